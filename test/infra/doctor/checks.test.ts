/** doctor's checks of the machine, the account and the network, on doubles. */
import { once } from "events";
import { createServer } from "net";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessProblem } from "../../../infra/doctor/aws";
import { examine } from "../../../infra/doctor/examine";
import { exitCode, type Line } from "../../../infra/doctor/line";
import { agentLine, nodeLine, packagesLine, pulumiLines } from "../../../infra/doctor/machine";
import { vcpuQuota } from "../../../infra/doctor/quotas";
import { renderLines } from "../../../infra/doctor/report";
import { realSurroundings } from "../../../infra/doctor/real";
import type { Aws, Surroundings } from "../../../infra/doctor/surroundings";
import { lacking, unless } from "../../needs";
import { ROOT } from "../evaluate";
import { ALL_ALLOWED, awsError, pulumi, surroundings, systemError } from "./doubles";
import { GOOD_STACK, makeProject } from "./project";

jest.setTimeout(120_000);

let root = "";
beforeAll(() => (root = makeProject()));
afterAll(() => rmSync(root, { recursive: true }));

async function lines(more: Partial<Surroundings> = {}, aws: Partial<Aws> = {}): Promise<Line[]> {
  return (await examine(root, "dev", surroundings(more, aws))).filter(({ check }) => check !== "npm packages");
}
const only = (all: readonly Line[], check: string): Line | undefined => all.find((line) => line.check === check);
const notGood = (all: readonly Line[]): Line[] => all.filter(({ verdict }) => verdict !== "good");

unless(lacking("python3"))("where everything is in order, every line is good", async () => {
  const all = await lines({}, { simulate: ALL_ALLOWED });
  expect(notGood(all)).toEqual([]);
  expect(exitCode(all)).toBe(0);
  expect(all.map(({ check }) => check)).toEqual([
    ...["Node", "Pulumi CLI", "Pulumi plugins", "Pulumi login", "Pulumi stack"],
    ...["AWS identity", "AWS region", "vCPU quota", "Elastic IP quota", "VPC quota", "AWS permissions", "instance types"],
    ...["own address", "clock", "SSH agent"],
    ...["configuration", "application", "models", "SSH key", "secrets"],
  ]);
  expect(only(all, "vCPU quota")?.found).toContain("0 of 32 used, this stack adds 4");
});

test("without the right to simulate, what the identity lacks could not be checked", async () => {
  expect(only(await lines(), "AWS permissions")).toMatchObject({
    verdict: "not checked",
    found: "this identity may not ask (AccessDenied)",
  });
});

test("without CLI, credentials and network it says so and looks at the rest", async () => {
  const all = await lines({
    run: () => Promise.reject(systemError("ENOENT", "spawn pulumi")),
    get: () => Promise.reject(systemError("ENOTFOUND", "getaddrinfo")),
    aws: () => Promise.resolve({ identity: () => Promise.reject(awsError("CredentialsProviderError")) } as unknown as Aws),
  });
  expect(notGood(all).map(({ check, verdict }) => [check, verdict])).toEqual([
    ["Pulumi CLI", "bad"],
    ["Pulumi plugins", "not checked"],
    ["Pulumi login", "not checked"],
    ["Pulumi stack", "not checked"],
    ["AWS identity", "bad"],
    ["AWS region", "not checked"],
    ["vCPU quota", "not checked"],
    ["Elastic IP quota", "not checked"],
    ["VPC quota", "not checked"],
    ["AWS permissions", "not checked"],
    ["instance types", "not checked"],
    ["own address", "not checked"],
    ["clock", "not checked"],
  ]);
  expect(exitCode(all)).toBe(1);
  expect(only(all, "AWS identity")?.fix).toBe("aws configure");
});

describe("this machine", () => {
  test("Node", () => {
    expect(nodeLine(ROOT, surroundings({ node: "18.20.1" }))).toMatchObject({ verdict: "bad", fix: "nvm install 24" });
    expect(nodeLine(ROOT, surroundings({ node: "20.20.2" }))).toMatchObject({ verdict: "good" });
  });

  test("packages: those of this checkout are right; another version or none is not", () => {
    expect(packagesLine(ROOT)).toMatchObject({ verdict: "good" });
    mkdirSync(join(root, "node_modules/ajv"), { recursive: true });
    writeFileSync(join(root, "node_modules/ajv/package.json"), JSON.stringify({ version: "0.0.1" }));
    const { verdict, found, fix } = packagesLine(root);
    expect([verdict, fix]).toEqual(["bad", "npm ci"]);
    expect(found).toMatch(/^@aws-sdk\/client-ec2 is missing, .* and \d+ more$/);
  });

  test("an agent that is gone, one that no longer listens, and one that does", async () => {
    const socket = join(root, "agent");
    const line = (path: string): Promise<unknown> => agentLine(surroundings({ env: { SSH_AUTH_SOCK: path } }));
    expect(await line(join(root, "gone"))).toMatchObject({ verdict: "bad", fix: "unset SSH_AUTH_SOCK" });
    expect(await line(root)).toMatchObject({ verdict: "bad", found: expect.stringMatching(/no agent listens any more/) as string });
    const server = createServer().listen(socket);
    await once(server, "listening");
    expect(await line(socket)).toMatchObject({ verdict: "good" });
    server.close();
    expect(await line("")).toMatchObject({ verdict: "good" });
  });

  test.each<[string, Record<string, string>, string, object]>([
    ["an old CLI", { version: "v3.254.9" }, "Pulumi CLI", { verdict: "bad" }],
    ["the oldest", { version: "v3.255.0" }, "Pulumi CLI", { verdict: "good" }],
    ["another program of that name", { version: "hello" }, "Pulumi CLI", { verdict: "not checked" }],
    ["nobody is logged in", { "whoami --non-interactive": "" }, "Pulumi login", { verdict: "bad", fix: "pulumi login" }],
    ["no such stack", { "stack ls --json --non-interactive": "[]" }, "Pulumi stack", { verdict: "bad", fix: "pulumi stack init dev" }],
    ["a stack of an organization", { "stack ls --json --non-interactive": '[{"name":"acme/dev"}]' }, "Pulumi stack", { verdict: "good" }],
    ["stacks that cannot be read", { "stack ls --json --non-interactive": "{" }, "Pulumi stack", { verdict: "not checked" }],
    ["plugins that will be fetched", { "plugin ls --json": "[]" }, "Pulumi plugins", { verdict: "good" }],
  ])("%s", async (_, said, check, expected) => {
    expect(only(await pulumiLines(ROOT, "dev", surroundings({ run: pulumi(said) })), check)).toMatchObject(expected);
  });

  test("plugins that may not be fetched", async () => {
    const env = { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" };
    const all = await pulumiLines(ROOT, "dev", surroundings({ env, run: pulumi({ "plugin ls --json": "[]" }) }));
    expect(only(all, "Pulumi plugins")).toMatchObject({
      verdict: "bad",
      fix: expect.stringMatching(/^pulumi plugin install resource aws \d.* && pulumi plugin install resource command \d/) as string,
    });
  });

  test("real programs are run: their output, their exit code, and that they are not there", async () => {
    const { run } = realSurroundings(ROOT);
    expect(await run(process.execPath, ["-e", "console.log(1); process.exitCode = 3"])).toEqual({ code: 3, out: "1\n", err: "" });
    await expect(run("no-such-program", [])).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("AWS", () => {
  test.each<[string, string, string, object]>([
    ["ExpiredToken", "", "", { verdict: "bad", fix: "aws sso login" }],
    [
      "CredentialsProviderError",
      "Token is expired. To refresh this SSO session run aws sso login",
      "p",
      { fix: "aws sso login --profile p" },
    ],
    ["InvalidClientTokenId", "", "", { verdict: "bad", fix: "aws configure" }],
    [
      "CredentialsProviderError",
      "Could not load credentials from any providers",
      "p",
      { verdict: "bad", fix: "aws configure --profile p" },
    ],
    ["AccessDenied", "", "", { verdict: "not checked" }],
    ["TimeoutError", "Connection timed out", "", { verdict: "not checked", found: "AWS could not be asked (no answer in time)" }],
  ])("%s %s", (name, message, profile, expected) => {
    expect(accessProblem(awsError(name, message), profile === "" ? undefined : profile)).toMatchObject(expected);
  });

  const standard = (vcpus: number, stack?: string) => ({ type: "m7i.large", vcpus, ...(stack === undefined ? {} : { stack }) });
  test.each<[string, Partial<Aws>, string, object]>([
    [
      "a region that is not enabled",
      { zones: () => Promise.reject(awsError("AuthFailure")) },
      "AWS region",
      { verdict: "bad", fix: "aws account enable-region --region-name us-east-1" },
    ],
    ["zones that the account lacks", { zones: () => Promise.resolve(["us-east-1a", "us-east-1d"]) }, "AWS region", { verdict: "bad" }],
    [
      "zones that it may not ask for",
      { zones: () => Promise.reject(awsError("UnauthorizedOperation")) },
      "AWS region",
      { verdict: "not checked" },
    ],
    ["just enough vCPUs", { instances: () => Promise.resolve([standard(28)]) }, "vCPU quota", { verdict: "good" }],
    [
      "too few vCPUs",
      { instances: () => Promise.resolve([standard(29)]) },
      "vCPU quota",
      {
        verdict: "bad",
        fix: "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 33 --region us-east-1",
      },
    ],
    [
      "its own hosts are there already",
      { instances: () => Promise.resolve([standard(28), standard(2, "dev"), standard(2, "dev")]) },
      "vCPU quota",
      { verdict: "good" },
    ],
    [
      "another family does not count",
      { instances: () => Promise.resolve([{ type: "g5.xlarge", vcpus: 400 }]) },
      "vCPU quota",
      { verdict: "good" },
    ],
    ["all VPCs used", { vpcs: () => Promise.resolve(Array<undefined>(5).fill(undefined)) }, "VPC quota", { verdict: "bad" }],
    [
      "all VPCs used, one of them its own",
      { vpcs: () => Promise.resolve([...Array<string>(4).fill("x"), "dev"]) },
      "VPC quota",
      { verdict: "good" },
    ],
    [
      "no Elastic IP left",
      { addresses: () => Promise.resolve(Array<undefined>(5).fill(undefined)) },
      "Elastic IP quota",
      { verdict: "bad" },
    ],
    [
      "quotas that it may not ask for",
      { quota: () => Promise.reject(awsError("AccessDeniedException")) },
      "VPC quota",
      { verdict: "not checked", found: "this identity may not ask (AccessDeniedException)" },
    ],
  ])("%s", async (_, aws, check, expected) => {
    expect(only(await lines({}, aws), check)).toMatchObject(expected);
  });

  test.each<[string, string | undefined, object]>([
    ["a bucket of others that is there", "us-east-1", { verdict: "good" }],
    [
      "one of another account",
      undefined,
      { verdict: "bad", found: expect.stringContaining("is not among the buckets of account") as string },
    ],
    ["one of another region", "eu-west-1", { verdict: "bad", found: expect.stringContaining("is in eu-west-1") as string }],
  ])("%s", async (_, found, expected) => {
    const other = makeProject(`${GOOD_STACK}    existing: { bucket: team-models }\n`);
    const all = await examine(other, "dev", surroundings({}, { bucketRegion: () => Promise.resolve(found) }));
    rmSync(other, { recursive: true });
    expect(only(all, "model bucket")).toMatchObject(expected);
  });

  test("families and their quotas", () => {
    expect(
      ["t3.micro", "m7g.large", "im4gn.large", "g5.xlarge", "p4d.24xlarge", "inf2.xlarge", "x2idn.large"].map(
        (type) => vcpuQuota(type)?.code,
      ),
    ).toEqual(["L-1216C47A", "L-1216C47A", "L-1216C47A", "L-DB2E81BA", "L-417A185B", "L-1945791B", "L-7295265B"]);
    expect(["hpc6a.48xlarge", "toString", ""].map(vcpuQuota)).toEqual([undefined, undefined, undefined]);
  });
});

describe("the network", () => {
  const NOW = new Date("2026-11-27T12:00:00Z");
  const seen = (text: string, seconds = 0): Partial<Surroundings> => ({
    get: () => Promise.resolve({ text, sent: new Date(NOW.getTime() - seconds * 1000) }),
  });
  test.each<[string, Partial<Surroundings>, string, object]>([
    [
      "an address that nobody admits",
      seen("9.9.9.9"),
      "own address",
      { verdict: "bad", fix: "pulumi config set --stack dev --path 'gateway.sshFrom[2]' 9.9.9.9/32" },
    ],
    ["IPv6", seen("2001:db8::1"), "own address", { verdict: "not checked" }],
    ["a clock that is ahead", seen("8.8.8.8", 301), "clock", { verdict: "bad", found: expect.stringMatching(/^301 s ahead of/) as string }],
    ["a clock that is behind", seen("8.8.8.8", -301), "clock", { verdict: "bad", found: expect.stringMatching(/^301 s behind/) as string }],
    ["a clock that is a little off", seen("8.8.8.8", 30), "clock", { verdict: "good" }],
    ["no date", { get: () => Promise.resolve({ text: "8.8.8.8" }) }, "clock", { verdict: "not checked" }],
    ["no answer", { get: () => Promise.reject(awsError("TimeoutError")) }, "own address", { verdict: "not checked" }],
  ])("%s", async (_, more, check, expected) => {
    expect(only(await lines(more), check)).toMatchObject(expected);
  });

  test("a network for documentation is wrong without a network, too; the whole internet is", async () => {
    for (const [blocks, more, fix] of [
      ["203.0.113.0/24", { get: () => Promise.reject(new Error("no")) }, /'gateway\.sshFrom\[0\]' "\$\(curl/],
      ["203.0.113.0/24", seen("9.9.9.9"), /'gateway\.sshFrom\[0\]' 9\.9\.9\.9\/32$/],
      ["0.0.0.0/0", seen("9.9.9.9"), /'gateway\.sshFrom\[0\]' 9\.9\.9\.9\/32$/],
    ] as const) {
      const other = makeProject(GOOD_STACK.replace(/sshFrom: .*/, `sshFrom: [${blocks}]`));
      const found = only(await examine(other, "dev", surroundings(more)), "own address");
      rmSync(other, { recursive: true });
      expect(found).toMatchObject({ verdict: "bad", fix: expect.stringMatching(fix) as string });
    }
  });
});

test("the report: a command is never broken, the rest keeps to the width, and the counts close it", () => {
  const fix = `pulumi config set ${"x".repeat(200)}`;
  const text = renderLines(
    "dev",
    [
      { check: "Node", verdict: "good", found: "22.11.0" },
      { check: "Pulumi CLI", verdict: "bad", found: "word ".repeat(30).trim(), fix },
      { check: "clock", verdict: "not checked", found: "no" },
    ],
    { width: 60, colours: false },
  ).split("\n");
  expect(text.filter((line) => line.length > 60)).toEqual([expect.stringContaining(fix)]);
  expect(text.at(-1)).toBe("1 good, 1 bad, 1 not checked");
  const narrow = renderLines("dev", [{ check: "AWS identity", verdict: "bad", found: "word ".repeat(12).trim() }], {
    width: 40,
    colours: false,
  });
  expect(narrow.split("\n").filter((line) => line.length > 40)).toEqual([]);
  expect(narrow.split("\n").length).toBeLessThanOrEqual(6);
  expect(exitCode([{ check: "clock", verdict: "not checked", found: "no" }])).toBe(3);
});
