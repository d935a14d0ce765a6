/** What the program asks AWS before it registers anything, and the sentence that follows when the answer is no. */
import * as pulumi from "@pulumi/pulumi";
import { ubuntuImage } from "../../../infra/hosts/image";
import type { StackConfig } from "../../../infra/config/types";
import { checkOffered } from "../../../infra/hosts/offered";
import { checkZones } from "../../../infra/hosts/placement";
import { runProgram } from "../../../infra/offline/engine";
import { previewProvider } from "../../../infra/offline/preview-provider";

/** As gRPC hands a provider's reason on. */
const failing = (said: string) => (): Promise<never> => Promise.reject(Object.assign(new Error(said), { details: said }));

let answer: (token: string, args: Record<string, unknown>) => Promise<Record<string, unknown>>;

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: () => ({ id: "id", state: {} }),
    call: ({ token, inputs }) => answer(token, inputs as Record<string, unknown>),
  });
});

const KEY = "ml-gateway:backend.ami";

async function refusal(question: Promise<unknown>): Promise<string> {
  const error = await question.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  return (error as Error).message;
}

test("no such image: owner, name, region and the key to set", async () => {
  const said = "invocation of aws:ec2/getAmi:getAmi returned an error: invoking aws:ec2/getAmi:getAmi: 1 error occurred:\n\t* ";
  answer = failing(`${said}Your query returned no results. Please change your search criteria and try again.\n\n`);
  expect(await refusal(ubuntuImage({ key: KEY, os: "ubuntu-22.04", region: "us-east-1", instanceType: "t4g.small" }))).toBe(
    "No Ubuntu 22.04 image (owner 099720109477, name ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-20*) was found in us-east-1: set ml-gateway:backend.ami to the id of an Ubuntu 22.04 image (arm64); for a host that stands already, to the id of its own image, because another one replaces it",
  );
});

test("any other failure of the question is no statement about images", async () => {
  answer = failing("UnauthorizedOperation: You are not authorized to perform: ec2:DescribeImages");
  await expect(ubuntuImage({ key: KEY, os: "ubuntu-22.04", region: "us-east-1", instanceType: "t3.micro" })).rejects.toThrow(
    "ec2:DescribeImages",
  );
});

test("a partition whose publisher is not known", async () => {
  answer = failing("not to be asked");
  expect(await refusal(ubuntuImage({ key: KEY, os: "ubuntu-22.04", region: "eusc-de-east-1", instanceType: "t3.micro" }))).toMatch(
    /^ml-gateway:backend\.ami: missing, and the account that publishes Ubuntu's images in eusc-de-east-1 is not known; set ml-gateway:backend\.ami to/,
  );
});

test.each(["us-east-1", "cn-north-1", "us-gov-east-1"])("the offline catalogue has the image in %s", async (region) => {
  answer = (token, args) => previewProvider(region).call(token, args);
  await expect(ubuntuImage({ key: KEY, os: "ubuntu-22.04", region, instanceType: "t3.micro" })).resolves.toMatch(/^ami-/);
});

test("a zone that the account does not have: the zones that there are", async () => {
  answer = (token, args) => previewProvider("ap-northeast-1").call(token, args);
  await expect(checkZones("ml-gateway", "ap-northeast-1", ["ap-northeast-1a", "ap-northeast-1c"])).resolves.toBeUndefined();
  expect(await refusal(checkZones("ml-gateway", "ap-northeast-1", ["ap-northeast-1a", "ap-northeast-1b"]))).toBe(
    "ml-gateway:network.availabilityZones: ap-northeast-1b is not among the zones of this account in ap-northeast-1 (ap-northeast-1a, ap-northeast-1c, ap-northeast-1d); name 2 of these",
  );
});

test("without permission to ask for zones, a warning says that nobody has looked", async () => {
  answer = failing("UnauthorizedOperation: You are not authorized to perform: ec2:DescribeAvailabilityZones");
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  await checkZones("ml-gateway", "us-east-1", ["us-east-1z"]);
  expect(warn.mock.calls).toEqual([
    [expect.stringMatching(/^network\.availabilityZones was not compared .*: UnauthorizedOperation: .*ec2:DescribeAvailabilityZones$/)],
  ]);
  warn.mockRestore();
});

describe("the hosts' types in their zones", () => {
  const ZONES = { gateway: ["us-east-1a", "us-east-1e"], webservers: ["us-east-1a", "us-east-1e"] };
  const config = (mode: "single" | "fleet", gatewayType = "t3.micro", count = 1): StackConfig =>
    ({
      ...{ project: "ml-gateway", region: "us-east-1" },
      ...{ gateway: { instanceType: gatewayType }, backend: { instanceType: "t3.micro", mode, count } },
    }) as unknown as StackConfig;
  const warn = jest.fn(() => Promise.resolve());
  const asked: unknown[] = [];
  beforeEach(() => {
    asked.length = 0;
    warn.mockClear();
    answer = (token, { locationType, filters }) => {
      const [type] = (filters as [{ values: string[] }])[0].values;
      asked.push([token, locationType, type]);
      return Promise.resolve({ locations: type === "t3.micro" ? ["us-east-1b", "us-east-1a"] : [] });
    };
  });

  test("a single backend starts in the first zone, a second one in the next, a fleet in both", async () => {
    await expect(checkOffered(config("single"), ZONES, warn)).resolves.toBeUndefined();
    expect(asked).toEqual([["aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", "availability-zone", "t3.micro"]]);
    for (const several of [config("fleet"), config("single", "t3.micro", 2)])
      expect(await refusal(checkOffered(several, ZONES, warn))).toContain(
        "ml-gateway:backend.instanceType: found t3.micro, which EC2 does not have in us-east-1e, so that no host would start there; name another type, or subnets in zones that have it (us-east-1a, us-east-1b)",
      );
  });

  test("a type that the region does not have; what is wrong with both hosts is one message", async () => {
    const said = await refusal(checkOffered(config("fleet", "x9.huge"), ZONES, warn));
    expect(said).toContain(
      "ml-gateway:gateway.instanceType: found x9.huge, which EC2 does not have in us-east-1; name a type that it has there",
    );
    expect(said).toContain("ml-gateway:backend.instanceType: found t3.micro");
  });

  test("without permission to ask, a warning says so", async () => {
    answer = failing("UnauthorizedOperation: You are not authorized to perform: ec2:DescribeInstanceTypeOfferings");
    await checkOffered(config("fleet", "x9.huge"), ZONES, warn);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^whether EC2 has x9\.huge and t3\.micro in the zones of the hosts was not asked: Unauthorized.*Offerings$/)],
    ]);
  });
});

test("a question that no data answers ends the run, whatever the program makes of it", async () => {
  const ask = async (): Promise<object> => {
    await pulumi.runtime.invoke("aws:ec2/getNetworkAcls:getNetworkAcls", {}).catch(() => undefined);
    return {};
  };
  const frame = { project: "ml-gateway", stack: "dev", config: {}, secretKeys: [], preview: true };
  const run = runProgram({ ...frame, provider: previewProvider("us-east-1"), program: ask });
  await expect(run).rejects.toThrow(
    "invoke of aws:ec2/getNetworkAcls:getNetworkAcls: the offline preview cannot answer aws:ec2/getNetworkAcls:getNetworkAcls",
  );
});
