/** What the program sends to a step, and what the script of the step reads: a name that only one of the two knows says nothing to anybody. */
import { askReleases, askRollback } from "../../../infra/release/asked";
import { hostSteps } from "../../../infra/release/steps";
import type { HostSpec, StepValues } from "../../../infra/release/types";
import { exampleSpec, MODELS, VALUES } from "./example";

const tls = { serverName: "ml.example.org", certificate: "-----BEGIN CERTIFICATE-----\n", hstsSeconds: 300 };
const acme = { directory: "https://ca.example/directory", email: "operations@your-company.com", eabKeyId: "kid" };
const access = { keyNames: ["client-a"], userNames: ["operations"], perSecond: 5, burst: 10, openHealth: true, forwardKey: false };
const release = { bakeSeconds: 30, bakeErrorShare: 0.05, bakeLatency: 3 };
const shadow = { seconds: 30, percent: 50, requests: ["POST /predict"], minRequests: 5, maxRequests: 50, bodyKiB: 64, tolerance: 0.01 };
const health = { path: "/health", status: 200, body: { status: "ok" }, startSeconds: 60, host: "ml.example.org" };
const more: Partial<HostSpec> = { release, watch: { namespace: "a", metrics: true }, repair: "1", repairOnly: true, readAll: true };

/** Between them every line that there is. */
const SPECS: readonly HostSpec[] = [
  exampleSpec("gateway", { ...more, front: { from: ["10.0.1.0/24"], hstsSeconds: 0, domain: "ml.example.org" } }),
  exampleSpec("gateway", { ...more, tls, access, backends: 3, balanced: true, health, peer: "d" }),
  exampleSpec("gateway", { ...more, tls: { serverName: "ml.example.org", acme, hstsSeconds: 300 }, gatewayMode: "proxy", backends: 3 }),
  exampleSpec("gateway", { tls: { serverName: "ml.example.org", acme: { ...acme, zone: "Z0123456789ABCDEF" }, hstsSeconds: 300 } }),
  exampleSpec("backend", {
    ...{
      ...more,
      shadow: { ...shadow, ignore: ["took"], minAgreement: 0.9 },
      backup: { schedule: "daily", prefix: "team/" },
      host: "backend-2",
    },
    ...{ wheelhouse: { uri: "s3://b/w.tar.gz", sha256: "ee".repeat(32) }, index: { url: "https://pypi.example/simple", secret: false } },
    models: {
      ...MODELS,
      imports: ["mine"],
      checks: { file: "checks.json", rows: [], settings: [] },
      files: MODELS.files.map((file) => ({ ...file, format: "pickle" as const })),
    },
  }),
  exampleSpec("backend", { code: { kind: "git", url: "https://example.org/a.git", commit: "a".repeat(40) } }),
  exampleSpec("backend", { code: { kind: "s3", uri: "s3://b/a.tar.gz", sha256: "ab".repeat(32) } }),
];

const values: StepValues = {
  ...VALUES,
  otherBackends: ["10.0.101.11", "10.0.102.12"],
  balancerName: "internal-x.elb.amazonaws.com",
  publicName: "x.elb.amazonaws.com",
  tlsKey: "key",
  eabKey: "eab",
  apiKeys: { "client-a": "k".repeat(32) },
  basicAuth: { operations: "p".repeat(16) },
};

const keysOf = (stdin: string): string[] =>
  (/^([^]*?)^---$/m.exec(stdin)?.[1] ?? "").split("\n").flatMap((line) => (line === "" ? [] : [line.slice(0, line.indexOf("="))]));
const withoutComments = (text: string): string => text.replace(/^\s*#.*$/gm, "");

const sent = new Map<string, { readonly text: string; readonly keys: Set<string> }>();
for (const spec of SPECS) {
  const target = askRollback(spec, { target: "3-abcdef012345", expected: "4-abcdef012345", by: "me" });
  const steps = hostSteps(spec).map((step) => ({ name: step.name, script: step.script, stdin: step.stdin(values) }));
  for (const { name, script, stdin } of [...steps, { ...askReleases(spec, 5), name: "releases" }, { ...target, name: "rollback" }]) {
    const before = sent.get(name);
    sent.set(name, {
      text: `${before?.text ?? ""}\n${withoutComments(script.text)}`,
      keys: new Set([...(before?.keys ?? []), ...keysOf(stdin)]),
    });
  }
}

/** Lines that are there so that the step runs again when they change; verify gets all of a release's. */
const TRIGGERS = new Set(["repair", "peer", "module", "workers", "nextWorkers", "wheelhouse", "nextUnit", "startSeconds"]);

test.each([...sent.keys()])("%s reads what it is sent", (step) => {
  const { text, keys } = sent.get(step) ?? { text: "", keys: new Set<string>() };
  const unread = [...keys].filter((key) => !TRIGGERS.has(key) && !new RegExp(`(?<![A-Za-z])${key}(?![A-Za-z])`).test(text));
  expect(unread).toEqual([]);
});

test("what a script asks for by name, some step is sent", () => {
  const all = new Set([...sent.values()].flatMap(({ keys }) => [...keys]));
  const asked = new Set(
    [...sent.values()].flatMap(({ text }) =>
      [...text.matchAll(/[$<]\((?:value|values|need|word) ([a-z][A-Za-z]+)\b/g)].map((found) => found[1] ?? ""),
    ),
  );
  expect(asked.size).toBeGreaterThan(30);
  expect([...asked].filter((key) => !all.has(key))).toEqual([]);
});
