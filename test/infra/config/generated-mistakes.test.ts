/** Every key of the schema with values of every wrong kind, through the whole preview: what each message fulfils, whatever it is about. */
import { SECTIONS } from "../../../infra/config/schema";
import { isSecretKey } from "../../../infra/config/environments";
import { keyText } from "../../../policies/cli/schema-words";
import { KEYS, nest } from "./schema-keys";
import { expectClear, Trial } from "./stack-trial";

jest.setTimeout(300_000);

const trial = new Trial();
afterAll(() => trial.end());

const isSecret = (path: readonly string[]): boolean =>
  SECTIONS[path[0] ?? ""]?.secret === true || isSecretKey(path[0] ?? "", path[1] ?? "");

const MARK = "qjx7-secret-value-zk9";
/** Kind, value, and whether the value is a secret that no message may show. */
const VALUES: readonly (readonly [kind: string, value: unknown])[] = [
  ["null", null],
  ["true", true],
  ["a number", 7],
  ["a fraction", 0.5],
  ["a large number", 1e15],
  ["an empty text", ""],
  ["blanks", "  "],
  ["a long text", "x".repeat(6000)],
  ["letters of other scripts", "größe-日本-\u200b🚀"],
  ["control characters", "a\u0007b\u001b[31m"],
  ["an empty list", []],
  ["a list of a list", [[1]]],
  ["an empty group", {}],
  ["a group with an unknown key", { zebra: 1 }],
  ["an encrypted value", { secure: "AAABAJ" }],
  ["an encrypted value in a list", [{ secure: "AAABAJ" }]],
  ["a secret within a group", { password: { secure: "AAABAJ", plain: MARK } }],
];

interface Group {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Group & { readonly example?: unknown }>>;
}

/** The value in its groups, each with the keys that it requires: without them the message is about these alone. */
function inGroups(group: Group, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const inner = group.properties?.[name];
  if (inner === undefined) return nest([name, ...rest], value);
  const beside = (group.required ?? []).filter((key) => key !== name).map((key) => [key, group.properties?.[key]?.example]);
  return { ...Object.fromEntries(beside), [name]: inGroups(inner, rest, value) };
}

/** What switches a group on: without it a message is about the switch. */
const ON: Readonly<Record<string, object>> = { "release.shadow": { seconds: 60, minRequests: 1 } };
const withBeside = (value: unknown, group: object | undefined): unknown =>
  group === undefined ? value : { ...group, ...(value as object) };

/** The stack with one value at one path; what else the section needs is left out. */
function stackWith(path: readonly string[], value: unknown): string {
  const [section = "", first, ...rest] = path;
  const inner = first === undefined ? undefined : (SECTIONS[section]?.schema as Group).properties?.[first];
  const group = rest.length > 0 ? ON[`${section}.${first ?? ""}`] : undefined;
  const nested = inner === undefined ? nest(path.slice(1), value) : { [first ?? ""]: withBeside(inGroups(inner, rest, value), group) };
  const acme = path.slice(0, 2).join(".") === "tls.acme";
  const others: Record<string, unknown> = {
    app: { path: "templates/sample-app" },
    gateway: { sshFrom: ["198.51.100.7/32"], ...(acme ? { elasticIp: true } : {}) },
  };
  if (acme) others.domain = "ml.your-company.com";
  const base = others[section];
  const whole = path.length > 1 && base !== undefined ? { ...base, ...(nested as object) } : nested;
  const config = Object.fromEntries(Object.entries({ ...others, [section]: whole }).map(([name, one]) => [`ml-gateway:${name}`, one]));
  return JSON.stringify({ config: { "aws:region": "eu-central-1", ...config } });
}

/** Keys of which one message about the group says more than one about the entry. */
const related = (key: string, other: string): boolean => key.startsWith(other) || other.startsWith(key);

test.each(KEYS.map(({ path }) => [keyText(path), path] as const))("%s", async (text, path) => {
  const key = `ml-gateway:${text}`;
  let refused = 0;
  for (const [kind, value] of VALUES) {
    const problems = await trial.problems(stackWith(path, value), { whole: false });
    const about = problems.filter((problem) => related(key, problem.split(/: (?=\S)/, 1)[0] ?? ""));
    for (const problem of problems) expectClear(problem, [MARK]);
    const wanted = {
      kind,
      own: problems.filter((problem) => problem.startsWith(`${key}: `)).length <= 1,
      about: problems.length === 0 || about.length > 0 || isSecret(path),
    };
    expect({ ...wanted, problems }).toEqual({ kind, own: true, about: true, problems });
    const places = problems.map((problem) => problem.split(/: (?=\S)/, 1)[0]);
    expect(new Set(places).size).toBe(places.length);
    refused += problems.length > 0 ? 1 : 0;
  }
  // A text that takes nearly anything takes these too; nothing takes all of them.
  expect(refused).toBeGreaterThanOrEqual(4);
});
