/** The same checks on an exported stack: what the state holds in plain, and that no message repeats it. */
import { DEFAULT_SETTINGS } from "../../../policies/core/settings";
import { loadGraph } from "../../../policies/graph/load";
import { policies } from "../../../policies/rules/secrets";
import { fakes, envText } from "./fakes";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const cipher = { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:AAAA:BBBB" };
const PREFIX = "urn:pulumi:prod::shop";
interface Given {
  readonly type: string;
  readonly name: string;
  readonly inputs?: object;
  readonly outputs?: object;
}

async function findingsOf(...resources: Given[]): Promise<{ policy: string; verdict: string; message: string }[]> {
  const list = [{ type: "pulumi:pulumi:Stack", name: "shop-prod" }, ...resources.filter(({ type }) => type !== "pulumi:pulumi:Stack")];
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const deployment = {
    resources: list.map(({ type, name, ...rest }) => ({
      urn: `${PREFIX}::${type}::${name}`,
      custom: type !== "pulumi:pulumi:Stack",
      type,
      ...(name === "shop-prod" ? { outputs: stack?.outputs ?? {} } : rest),
    })),
  };
  const { graph } = loadGraph(JSON.stringify({ version: 3, deployment }), "state.json");
  const found = await Promise.all(
    policies.map(async (policy) => (await policy.evaluate(graph, DEFAULT_SETTINGS)).map((finding) => ({ policy: policy.id, ...finding }))),
  );
  return found.flat();
}
const command = (inputs: object, outputs: object = inputs): Given => ({
  type: "command:remote:Command",
  name: "env",
  inputs: { connection: cipher, logging: "none", ...inputs },
  outputs: { connection: cipher, ...outputs },
});

const leaks: [what: string, policy: string, given: Given][] = [
  ["plain stdin", "command-stdin-secret", command({ create: "cat > x", stdin: envText })],
  ["plain environment", "command-environment-secret", command({ create: "x", environment: { API_KEY: fakes.password } })],
  ["a marked input whose output is plain", "plain-secret-in-state", command({ create: "cat > x", stdin: cipher }, { stdin: envText })],
  ["a secret in stdout", "plain-secret-in-state", command({ create: "x" }, { create: "x", stdout: fakes.privateKey })],
  [
    "a plain connection",
    "connection-credentials-marked",
    { type: "command:remote:Command", name: "env", inputs: { create: "x", connection: { host: "h", privateKey: fakes.privateKey } } },
  ],
  [
    "a plain stack output",
    "secret-in-stack-output",
    { type: "pulumi:pulumi:Stack", name: "shop-prod", outputs: { databaseUrl: fakes.databaseUrl } },
  ],
  [
    "an access key's secret",
    "plain-secret-in-state",
    { type: "aws:iam/accessKey:AccessKey", name: "ci", inputs: { user: "ci" }, outputs: { user: "ci", secret: fakes.awsSecret } },
  ],
  [
    "a database password",
    "plain-secret-in-state",
    { type: "aws:rds/instance:Instance", name: "db", inputs: { password: fakes.password }, outputs: { password: fakes.password } },
  ],
  [
    "provider arguments",
    "secret-in-provider",
    { type: "pulumi:providers:aws", name: "default", inputs: { region: "us-east-1", secretKey: fakes.awsSecret } },
  ],
];

test.each(leaks)("%s", async (_what, policy, given) => {
  const findings = await findingsOf(given);
  expect(findings.map((finding) => `${finding.verdict} ${finding.policy}`)).toContain(`violation ${policy}`);
  for (const { message } of findings)
    for (const value of [...Object.values(fakes), envText]) expect(message).not.toContain(value.slice(0, 9));
});

test("a state whose secrets are encrypted is quiet", async () => {
  expect(
    await findingsOf(
      command({ create: "umask 077; cat > /home/ddos/app/.env", stdin: cipher, environment: { API_KEY: cipher } }),
      { type: "pulumi:pulumi:Stack", name: "shop-prod", outputs: { databaseUrl: cipher, healthUrl: "http://203.0.113.7/health" } },
      { type: "aws:iam/accessKey:AccessKey", name: "ci", inputs: { user: "ci" }, outputs: { id: "x", user: "ci", secret: cipher } },
      {
        type: "pulumi:providers:aws",
        name: "default",
        inputs: { region: "us-east-1", secretKey: cipher, defaultTags: '{"tags":{"a":"b"}}' },
      },
      {
        type: "aws:s3/bucketObjectv2:BucketObjectv2",
        name: "model",
        inputs: { key: "models/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08/m.pkl" },
        outputs: {
          etag: "9e107d9d372bb6826bd81d3542a419d6",
          checksumSha256: "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
          versionId: "L4kqtJlcpXroDTDmpUMLUo",
        },
      },
      {
        type: "aws:ec2/keyPair:KeyPair",
        name: "k",
        inputs: { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBeKPZ0oT1iCo5Pxq2L0xQ5s6ZzV7uLhJ1d8mJvQm9c" },
        outputs: { fingerprint: "c5:9c:…", keyPairId: "key-0123456789abcdef0" },
      },
    ),
  ).toEqual([]);
});
