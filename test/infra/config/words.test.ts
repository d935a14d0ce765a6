import { parseSections } from "../../../infra/config/structure";
import { exampleOf, formOf, keyText as textOf } from "../../../policies/cli/schema-words";
import { KEYS, nest } from "./schema-keys";

/** What comes from a validator, a parser or the system, and says nothing to whoever wrote the file. */
export const FORBIDDEN =
  /\bmust (be|NOT|have|match)\b|\^\[|\[\^|\\[dws.]|items ##|schema|undefined|instancePath|ENOENT|EISDIR|Unexpected token|\n\s+at /;

const SECRETS = new Set(["sshPrivateKey", "sshPreviousPrivateKey", "secretEnv", "gateway", "python", "tls"]);

function problemsOf([section = "", ...path]: readonly string[], value: unknown): string[] {
  const whole = nest(path, value);
  const text = typeof whole === "string" ? whole : JSON.stringify(whole);
  const { problems } = parseSections({ project: "p", values: { [section]: text }, secretKeys: SECRETS });
  // What else the section lacks is not what is tried here.
  return problems.filter((problem) => !/: missing\./.test(problem));
}

const keyText = (path: readonly string[]): string => `p:${textOf(path)}`;

const WRONG: readonly unknown[] = [
  null,
  true,
  "yes",
  7,
  -1,
  1.5,
  99999999,
  "",
  "7",
  "???",
  "two\nlines",
  [],
  ["?"],
  [7],
  {},
  { zzz: "?" },
  "x".repeat(5000),
];

test.each(KEYS.map(({ path, node }) => [keyText(path), path, node] as const))(
  "%s: whatever is wrong with it is said in words, once, with an example",
  (key, path, node) => {
    const heard = WRONG.map((value) => ({ value, problems: problemsOf(path, value) })).filter(({ problems }) => problems.length > 0);
    // A key that takes any text takes some of these; nothing takes all of them.
    expect(heard.length).toBeGreaterThan(0);
    for (const { problems } of heard) {
      for (const problem of problems) {
        expect(problem).toMatch(/^p:[\w.[\]]+: /);
        expect(problem).not.toMatch(FORBIDDEN);
      }
      const own = problems.filter((problem) => problem.startsWith(`${key}: `));
      expect(own.length).toBeLessThanOrEqual(1);
      for (const problem of own) expect(problem).toMatch(/ for example |unknown key| twice /);
    }
    expect(formOf(node)).not.toMatch(FORBIDDEN);
  },
);

test.each(KEYS.filter(({ node }) => node.pattern !== undefined).map(({ path, node }) => [keyText(path), node] as const))(
  "%s: a key with a pattern has a form in words, and an example that is right",
  (_key, node) => {
    expect(node.form).toBeDefined();
    expect(String(exampleOf(node))).toMatch(new RegExp(node.pattern as string, "u"));
  },
);

test.each<[title: string, path: string, value: unknown, message: string]>([
  [
    "a number in quotes",
    "backend.port",
    "9000",
    'p:backend.port: found "9000"; that is a text: leave out the quotes; write a port from 1024 to 65535, as a number without quotes, for example port: 9000. TCP port of nginx on the backend. Where it is not the default, the tag ServicePort of the backend\'s security group tells the policy pack.',
  ],
  [
    "nothing",
    "backend.port",
    null,
    "p:backend.port: found nothing (the value is empty); write a port from 1024 to 65535, as a number without quotes, for example port: 9000. TCP port of nginx on the backend. Where it is not the default, the tag ServicePort of the backend's security group tells the policy pack.",
  ],
  [
    "a word that YAML no longer takes for true",
    "gateway.elasticIp",
    "yes",
    'p:gateway.elasticIp: found "yes"; only true and false count, without quotes; write true or false, for example elasticIp: false. Give the gateway an Elastic IP, so that its address survives a stop or a replacement.',
  ],
  [
    "capitals",
    "backend.workers",
    "Auto",
    'p:backend.workers: found "Auto"; did you mean auto? write auto, or a whole number from 1 to 64 without quotes, for example workers: 2. uvicorn workers; `auto` follows from the instance\'s memory and the size of the models.',
  ],
])("%s", (_title, path, value, message) => {
  expect(problemsOf(path.split("."), value)).toEqual([message]);
});

test("a secret is not shown, but what kind of thing it is", () => {
  const [problem] = problemsOf(["secretEnv", "SECRET_KEY"], "hunter22");
  expect(problem).toMatch(
    /^p:secretEnv\.SECRET_KEY: found a \(secret\) value of 8 characters; write a random text of at least 16 characters/,
  );
  expect(problem).not.toContain("hunter22");
  expect(problemsOf(["secretEnv", "A"], ["hunter22"])).toEqual([expect.not.stringContaining("hunter22")]);
});
