/** Pulumi.prod.yaml: strict, without a finding where every policy is mandatory, and refused while it is the example. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { policyConfigOf } from "../../infra/cli/policy-config";
import { previewStack, type Preview } from "../../infra/cli/preview-stack";
import { accessProblem } from "../../infra/account";
import { runProgram } from "../../infra/offline/engine";
import { placeholderKey } from "../../infra/offline/placeholder-key";
import { previewProvider } from "../../infra/offline/preview-provider";
import { readStackFile } from "../../infra/offline/stack-file";
import { program } from "../../infra/program";
import { ROOT } from "./evaluate";

jest.setTimeout(60_000);

const STRICT = policyConfigOf("policies/strict.json", readFileSync(join(ROOT, "policies/strict.json"), "utf8"));

describe("previewed", () => {
  let prod: Preview;
  beforeAll(async () => {
    jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
    prod = await previewStack(ROOT, { stack: "prod", policies: STRICT }, { say: () => undefined });
  });
  afterAll(() => jest.restoreAllMocks());
  const named = (name: string): Preview["document"]["resources"][number] => {
    const found = prod.document.resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };

  test("every policy is mandatory, and none has a finding or cannot tell", () => {
    expect(prod.result.summary).toMatchObject({ withFindings: 0, cannotTell: 0 });
    expect(new Set(prod.result.outcomes.map(({ level }) => level))).toEqual(new Set(["mandatory"]));
  });

  test("nothing is open to the world but ports 80 and 443 of the load balancer, and 80 sends everybody to HTTPS", () => {
    const rules = prod.document.resources.filter(({ type, inputs }) => /IngressRule$/.test(type) && inputs.cidrIpv4 !== undefined);
    const world = rules.filter(({ inputs }) => inputs.cidrIpv4 === "0.0.0.0/0");
    expect(world.map(({ inputs }) => inputs.fromPort as number)).toEqual([80, 443]);
    expect(world.map(({ propertyDependencies }) => propertyDependencies.securityGroupId?.map((urn) => urn.split("::").pop()))).toEqual([
      ["firewall-front-sg"],
      ["firewall-front-sg"],
    ]);
    expect(named("front-http").inputs.defaultActions).toMatchObject([{ type: "redirect", redirect: { protocol: "HTTPS" } }]);
    expect(named("front-https").inputs).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      sslPolicy: expect.stringContaining("TLS13-1-2") as string,
    });
    expect(rules.filter(({ inputs }) => inputs.fromPort === 22).map(({ inputs }) => inputs.cidrIpv4 as string)).toEqual(["203.0.113.0/28"]);
  });

  test("hosts, address, load balancer and bucket are protected; both zones are used; the way out is a managed NAT", () => {
    for (const name of ["gateway-instance", "backend-instance"]) {
      expect(named(name)).toMatchObject({ inputs: { disableApiTermination: true }, options: { protect: true } });
    }
    expect(named("gateway-address").options.protect).toBe(true);
    expect(named("front-lb").inputs).toMatchObject({ enableDeletionProtection: true });
    const zones = prod.document.resources
      .filter(({ type }) => type.endsWith(":Subnet"))
      .map(({ inputs }) => inputs.availabilityZone as string);
    expect(zones.sort()).toEqual(["us-east-1a", "us-east-1a", "us-east-1b", "us-east-1b"]);
    expect(named("models-bucket").options).toMatchObject({ protect: true, retainOnDelete: true });
    expect(prod.document.resources.filter(({ type }) => type.endsWith(":NatGateway"))).toHaveLength(1);
    const alarms = prod.document.resources
      .filter(({ type }) => type.endsWith(":MetricAlarm"))
      .map(({ name }) => name.replace("watch-", ""));
    expect(alarms).toEqual(
      expect.arrayContaining(["health", "errors", "latency", "gateway-disk", "backend-memory", "backup", "front-errors", "front-targets"]),
    );
  });
});

test("the example's network, name and alarms that tell nobody are warned of", async () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  const file = readStackFile(ROOT, "prod", { privateKey: placeholderKey });
  await runProgram({
    ...file,
    preview: true,
    provider: previewProvider("us-east-1"),
    program: async () => ({ ...(await program(ROOT, { operatorAddress: () => Promise.resolve("198.18.0.1") })) }),
  });
  expect(warn.mock.calls.map(([text]) => text)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/still names a documentation network/),
      expect.stringMatching(
        /domain and ml-gateway:dns\.zone are still ml\.your-company\.com and Z0123456789ABCDEFGHIJ, those of the examples/,
      ),
      expect.stringMatching(/watch\.emails names nobody, so that alarms go off unseen; add an address/),
    ]),
  );
  jest.restoreAllMocks();
});

test("credentials of another account than the one that is listed", () => {
  expect(accessProblem("invocation of aws:index returned an error: AWS account ID not allowed: 210987654321", "us-east-1")).toMatch(
    /^aws: the credentials are of an account that aws:allowedAccountIds does not list; name your account there.*210987654321/,
  );
});

test("a stack of another name with the same values is the same but for its name", async () => {
  const file = readStackFile(ROOT, "prod", { privateKey: placeholderKey });
  const provider = previewProvider(file.config["aws:region"] ?? "");
  const of = async (stack: string): Promise<string> => {
    const run = { ...file, stack, preview: true, provider };
    const { resources } = await runProgram({
      ...run,
      program: async () => ({ ...(await program(ROOT, { warn: () => Promise.resolve() })) }),
    });
    return JSON.stringify(resources.map(({ type, name, inputs, options }) => [type, name, inputs, options]));
  };
  const [prod, other] = [await of("prod"), await of("zweite")];
  expect(other).not.toBe(prod);
  expect(other.replaceAll(/zweite/g, "prod")).toBe(prod);
});
