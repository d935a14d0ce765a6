/** What doctor looks at for a fleet, for the other modes of access, and for where instance types are offered. */
import { rmSync } from "node:fs";
import { examine } from "../../../infra/doctor/examine";
import type { Line } from "../../../infra/doctor/line";
import type { Aws, Ran, Surroundings } from "../../../infra/doctor/surroundings";
import { pulumi, surroundings, systemError } from "./doubles";
import { GOOD_STACK, makeProject } from "./project";

jest.setTimeout(60_000);

const FLEET = `${GOOD_STACK.replace("elasticIp: true", "elasticIp: false")}  ml-gateway:network: { egress: managed }
  ml-gateway:backend: { mode: fleet, loadBalancer: true, instanceType: t3.small, fleet: { min: 2, max: 12 } }
`;
const access = (mode: string, backend = ""): string => `${GOOD_STACK}  ml-gateway:access: ${mode}\n${backend}`;
const OWN_IMAGE = "  ml-gateway:backend: { ami: ami-0123456789abcdef0 }\n";

/** Programs by what they are called with; one that is not named is not installed. */
function programs(said: Readonly<Record<string, string>>): Surroundings["run"] {
  return (program, args): Promise<Ran> => {
    if (program === "pulumi") return pulumi()(program, args);
    const key = Object.keys(said).find((known) => [program, ...args].join(" ").startsWith(known));
    if (key === undefined) return Promise.reject(systemError("ENOENT", `spawn ${program}`));
    const out = said[key] ?? "";
    return Promise.resolve({ code: out === "" ? 254 : 0, out, err: "" });
  };
}
const CLI = { "aws --version": "aws-cli/2.15.30 Python/3.11.8 Linux/6.1 exe/x86_64\n" };
const PLUGIN = { "session-manager-plugin --version": "1.2.650.0\n" };
const AGENTS = "aws ssm describe-instance-information --region us-east-1 --filters Key=tag:Stack,Values=dev";

async function looked(stack: string, run: Surroundings["run"], aws: Partial<Aws> = {}): Promise<(check: string) => Line | undefined> {
  const root = makeProject(stack);
  const all = await examine(root, "dev", surroundings({ run }, aws));
  rmSync(root, { recursive: true });
  return (check) => all.find((line) => line.check === check);
}

test("a stack of two hosts needs no program of AWS and no role of a service", async () => {
  const line = await looked(GOOD_STACK, programs({}));
  expect(["AWS CLI", "session-manager-plugin", "SSM agents", "service roles"].map(line)).toEqual(Array(4).fill(undefined));
  expect(line("instance types")).toMatchObject({ verdict: "good", found: "t3.micro: offered in us-east-1a" });
});

test("a fleet: the CLI that starts its releases, its type in both zones, its roles, and vCPUs for the largest it may be", async () => {
  const line = await looked(FLEET, programs(CLI));
  expect(line("AWS CLI")).toMatchObject({ verdict: "good", found: "aws-cli/2.15.30, which starts the releases of a fleet" });
  expect(line("instance types")).toMatchObject({ verdict: "good", found: "t3.micro and t3.small: offered in us-east-1a and us-east-1b" });
  expect(line("service roles")).toMatchObject({ verdict: "good" });
  // A gateway, twelve hosts, and two more while a release replaces them; two vCPUs each.
  expect(line("vCPU quota")?.found).toContain("this stack adds 30");
});

test("gateways as a fleet: vCPUs for both fleets, their type in all zones, no address to admit and no SSH key", async () => {
  const own = "  ml-gateway:gateway: { loadBalancer: true, instanceType: t3.nano, fleet: { min: 2, max: 5 } }\n";
  const stack = `${FLEET.replace(/ {2}ml-gateway:gateway:\n( {4}.*\n)+/, own).replace(/ {2}ml-gateway:ssh:\n.*\n/, "")}  ml-gateway:access: none
  ml-gateway:domain: ml.your-company.com
  ml-gateway:tls: { acm: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" }
`;
  const line = await looked(stack, programs(CLI));
  expect(line("AWS CLI")).toMatchObject({ verdict: "good" });
  expect(line("instance types")).toMatchObject({ verdict: "good", found: "t3.nano and t3.small: offered in us-east-1a and us-east-1b" });
  // Six gateways and fourteen backends while releases replace them, two vCPUs each.
  expect(line("vCPU quota")?.found).toContain("this stack adds 40");
  expect(line("own address")).toMatchObject({ verdict: "good", found: expect.stringContaining("with access none no address") as string });
  expect(line("SSH key")).toBeUndefined();
});

test("a type that one of its zones lacks, or that nobody offers, and roles that the account does not have", async () => {
  const there = (zones: readonly string[]): Partial<Aws> => ({
    offerings: (types) => Promise.resolve(new Map(types.map((type) => [type, type === "t3.small" ? zones : ["us-east-1a", "us-east-1b"]]))),
    hasServiceRole: (service) => Promise.resolve(service !== "autoscaling.amazonaws.com"),
  });
  const one = await looked(FLEET, programs(CLI), there(["us-east-1c", "us-east-1a"]));
  expect(one("instance types")).toMatchObject({
    verdict: "bad",
    found: expect.stringMatching(
      /^backend\.instanceType: t3\.small is not offered in us-east-1b .*, but in us-east-1a, us-east-1c;/,
    ) as string,
  });
  expect(one("service roles")).toMatchObject({
    verdict: "bad",
    fix: "aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com",
  });
  const none = await looked(FLEET, programs(CLI), there([]));
  expect(none("instance types")?.found).toContain("no zone of us-east-1 offers t3.small");
});

test.each<[string, string, Record<string, string>, string, object]>([
  ["no CLI", FLEET, {}, "AWS CLI", { verdict: "bad", found: expect.stringContaining("install version 2: https://") as string }],
  ["version 1", FLEET, { "aws --version": "aws-cli/1.32.0 Python/3.8\n" }, "AWS CLI", { verdict: "bad" }],
  ["a CLI too old for an endpoint", access("instance-connect"), { "aws --version": "aws-cli/2.11.9 x\n" }, "AWS CLI", { verdict: "bad" }],
  ["one that is not", access("instance-connect"), { "aws --version": "aws-cli/2.12.0 x\n" }, "AWS CLI", { verdict: "good" }],
  ["another program of that name", access("ssm"), { "aws --version": "hello\n" }, "AWS CLI", { verdict: "not checked" }],
  ["no plugin", access("ssm"), CLI, "session-manager-plugin", { verdict: "bad" }],
  ["a plugin", access("ssm"), { ...CLI, ...PLUGIN }, "session-manager-plugin", { verdict: "good", found: "1.2.650.0" }],
  ["agents without a CLI", access("ssm"), {}, "SSM agents", { verdict: "not checked", found: "needs the AWS CLI" }],
  ["agents that may not be asked for", access("ssm"), { ...CLI, [AGENTS]: "" }, "SSM agents", { verdict: "not checked" }],
  ["agents that are there", access("ssm"), { ...CLI, [AGENTS]: '["Online","Online"]' }, "SSM agents", { verdict: "good" }],
  ["an agent that sleeps", access("ssm"), { ...CLI, [AGENTS]: '["Online","ConnectionLost"]' }, "SSM agents", { verdict: "bad" }],
  ["no host yet, of Ubuntu's image", access("ssm"), { ...CLI, [AGENTS]: "[]" }, "SSM agents", { verdict: "good" }],
  ["no host yet, of another image", access("ssm", OWN_IMAGE), { ...CLI, [AGENTS]: "[]" }, "SSM agents", { verdict: "not checked" }],
])("%s", async (_, stack, said, check, expected) => {
  expect((await looked(stack, programs(said)))(check)).toMatchObject(expected);
});
