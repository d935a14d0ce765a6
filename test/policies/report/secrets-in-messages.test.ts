/** What a program marks as secret stands in no output of any policy, wherever the program puts it and however a script passes it on. */
import { explainGraph } from "../../../policies/api";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { evaluate } from "../../../policies/core/evaluate";
import { masked } from "../../../policies/core/masked";
import { makeGraph, makeResource } from "../../../policies/core/graph";
import { Secret } from "../../../policies/core/types";
import type { Value } from "../../../policies/core/types";
import { loadGraph } from "../../../policies/graph/load";
import { jsonReport } from "../../../policies/report/json";
import { junitReport } from "../../../policies/report/junit";
import { sarifReport } from "../../../policies/report/sarif";
import { textReport } from "../../../policies/report/text";
import { policies } from "../../../policies/rules";
import { secret, stringAsset } from "../core/builder";
import { ownStack } from "../network/stack";

jest.setTimeout(60_000);
let count = 0;
/** Each has its number, so that a failure names the place. */
const planted = (): string => `b7Fq29LmZx81TtKp40Wn${String((count += 1)).padStart(3, "0")}`;

/** Lines that policies quote, with the secret as a variable. */
const QUOTED = [
  'sudo -u ddos git -C /home/ddos/app config http.extraHeader "Authorization: Bearer $GIT_TOKEN"',
  "printf 'ProxyCommand nc -x u:%s@proxy:3128 %%h %%p\\n' \"$GIT_TOKEN\" | sudo tee /etc/ssh/ssh_config.d/p.conf >/dev/null",
  'echo "ExecStart=/opt/x --key ${GIT_TOKEN:0:12}" | sudo tee /etc/systemd/system/x.service.d/a.conf >/dev/null',
  'printf "%s\\n" "PermitTunnel $GIT_TOKEN" | sudo tee -a /etc/ssh/sshd_config >/dev/null',
  'curl -k "https://u:$GIT_TOKEN@example.com/x"',
  'sudo sysctl "kernel.core_pattern=|/bin/$GIT_TOKEN"',
  'sudo pip install "https://u:$GIT_TOKEN@example.com/x.whl"',
  'frobnicate "$GIT_TOKEN" /home/ddos/app/.env',
  "ssh -o StrictHostKeyChecking=no u@$GIT_TOKEN true",
  'aws s3 rm "s3://$GIT_TOKEN"',
];

function flawed(mode: "unknown" | "known"): { readonly document: object; readonly secrets: string[] } {
  const { p, backend, gateway } = ownStack();
  const secrets: string[] = [];
  const one = (): string => (secrets.push(planted()), secrets.at(-1) ?? "");
  const add = (name: string, inputs: Record<string, unknown>): void => {
    p.add("command:remote:Command", name, {
      connection: { host: backend.id, privateKey: secret(one()) },
      triggers: [backend.id, gateway.id],
      ...inputs,
    });
  };
  for (const [index, create] of QUOTED.entries())
    add(`environment-${String(index)}`, { create, environment: { GIT_TOKEN: secret(one()) }, stdin: secret(`A=b\nPASSWORD=${one()}\n`) });
  for (const [index, create] of QUOTED.entries())
    add(`text-${String(index)}`, { create: secret(create.replace(/\$(GIT_TOKEN|\{GIT_TOKEN:0:12\})/u, one())) });
  for (const [index, create] of QUOTED.entries()) add(`by-name-${String(index)}`, { create, environment: { GIT_TOKEN: one() } });
  add("stdin", { create: `read -r t; ${(QUOTED[0] ?? "").replace("$GIT_TOKEN", "$t")}`, stdin: secret(one()) });
  p.add("command:remote:CopyToRemote", "asset", {
    connection: { host: backend.id },
    remotePath: "/etc/ssh/sshd_config.d/x.conf",
    source: secret(stringAsset(`PermitTunnel ${one()}\n`)),
  });
  p.add("aws:ec2/instance:Instance", "extra", {
    tags: { token: secret(one()) },
    userData: secret(`#!/bin/bash\nset -eu\n${(QUOTED[1] ?? "").replace("$GIT_TOKEN", one())}\n`),
  });
  p.add("aws:ssm/parameter:Parameter", "configured", { type: "String", value: secret(one()), name: secret(one()) });
  p.add("aws:s3/bucketPolicy:BucketPolicy", "policy", {
    bucket: "x",
    policy: secret(JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: one(), Resource: "*" }] })),
  });
  return { document: p.plain(mode), secrets };
}

test.each(["unknown", "known"] as const)("no output has a secret of the program (%s)", async (mode) => {
  const { document, secrets } = flawed(mode);
  const { graph } = loadGraph(JSON.stringify(document), "document");
  const result = await evaluate(policies, graph, DEFAULT_CONFIG, "2030-06-15");
  const outputs = [
    textReport(result, policies),
    jsonReport(result, policies),
    junitReport(result, policies),
    sarifReport(result, policies, { program: "", files: "" }, "1.0.0"),
    JSON.stringify(await explainGraph(document, "host-setup-readable")),
  ];
  expect(result.outcomes.filter(({ message }) => message.includes("[secret]")).length).toBeGreaterThan(5);
  for (const output of outputs)
    expect(secrets.filter((text) => output.includes(text.slice(0, 10)) || output.includes(text.slice(-10)))).toEqual([]);
});

const say = (text: string, value: Value, key = "value"): string =>
  masked(text, makeGraph([makeResource({ urn: "urn:pulumi:a::b::c:d:E::x", type: "c:d:E", inputs: { [key]: value } })], true));

test("a word without end is cut, and what stands before, between and behind such words is masked", () => {
  const long = "Qm9i/0K+".repeat(2_000);
  const [a, b, c] = ["Zk3vQ8wLx1Rt", "Pn7yB2mHs5Jd", "Wc4uG6eTf9Xa"];
  const line = `A_TOKEN="${a}";${long}B_TOKEN="x";B_TOKEN="${b}";${long} C_TOKEN="${c}"`;
  expect(say(`${a}, ${b} and ${c}`, new Secret(line), "create")).toBe("[secret], [secret] and [secret]");
});

test.each([
  ["whole", "it runs u:hunter2-blue@proxy", "hunter2-blue", "it runs u:[secret]@proxy"],
  ["a part", "begins with hunter2-bl", "hunter2-blue", "begins with [secret]"],
  ["cut off", "it runs x hunt...", "hunter2-blue", "it runs x [secret]..."],
  ["encoded for an address", "at u:p%40ss%2Fword@x", "p@ss/word", "at u:[secret]@x"],
  ["short", "the word pin42, here", "pin42", "the word [secret], here"],
  ["short, within another word", "the word spin427", "pin42", "the word spin427"],
  ["password of an address", "user ddos, hunter2-blue", "postgresql://ddos:hunter2-blue@127.0.0.1/ddos", "user ddos, [secret]"],
  ["nothing of it", "port 8000 on 127.0.0.1", "postgresql://ddos:hunter2-blue@127.0.0.1/ddos", "port 8000 on 127.0.0.1"],
])("a message and a secret: %s", (_, message, value, expected) => {
  expect(say(message, new Secret(value))).toBe(expected);
  expect(say(message, value)).toBe(message);
});

test("a script that is secret as a whole is shown but for its secrets", () => {
  const script = 'export API_TOKEN="open sesame"\nsudo chmod 644 /home/ddos/app/.env\n';
  expect(say("/home/ddos/app/.env has mode 644, open sesame", new Secret(script), "create")).toBe(
    "/home/ddos/app/.env has mode 644, [secret]",
  );
});

test.each([
  ["prose", "# A secret: stdin only.\nexport B_TOKEN=dragons\n"],
  ["code", "tokens = set()\nkeys: clients, packages\nsecret: bytes\n"],
  ["names of settings", "RestrictAddressFamilies=AF_INET\nCapabilityBoundingSet=\n"],
])("words of a secret text that are no values are shown: %s", (_, script) => {
  const message =
    "pass values by stdin, owner root:ubuntu, set() of clients, packages, bytes, RestrictAddressFamilies and CapabilityBoundingSet";
  expect(say(message, new Secret(script), "create")).toBe(message);
});

test.each([
  ["a line of .env", "A=1\nPASSWORD=dragon\n"],
  ["exported", "export API_TOKEN=dragon\n"],
  ["for one command", "set -eu; API_TOKEN=dragon run\n"],
  ["an option", "mysql --password=dragon -e x\n"],
  ["YAML", "users:\n  - password: dragon\n"],
  ["a list of YAML", "users:\n  - {name: a, password: dragon, type: text}\n"],
  ["JSON", '{"user":"a","password":"dragon"}'],
])("an ordinary word that is a secret is masked: %s", (_, text) => {
  expect(say("the word dragon, here", new Secret(text), "create")).toBe("the word [secret], here");
});

test.each<[string, (text: string) => string]>([
  ["one line", (text) => text],
  ["lines of 76", (text) => text.replace(/.{76}/gu, "$&\n")],
])("an encoded archive (%s) costs next to nothing, and what stands before and behind it is masked", (_form, laid) => {
  const archive = laid("Qm9i0K7x".repeat(2 ** 20));
  const [before, behind] = [planted(), planted()];
  const create = new Secret(`export A_TOKEN=${before}\n${archive}\nexport B_TOKEN=${behind}\n`);
  const resource = makeResource({
    urn: "urn:pulumi:a::b::command:remote:Command::x",
    type: "command:remote:Command",
    inputs: { create, stdin: archive },
  });
  expect(masked(`${before} and ${behind}, word by word`, makeGraph([resource], true))).toBe("[secret] and [secret], word by word");
});
