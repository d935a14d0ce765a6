/** The cost of a month: from registered resources and dated list prices, and unknown where those say nothing. */
import { costLines, costText } from "../../../infra/cli/cost";
import { areOld, PRICES_OF } from "../../../infra/cli/prices";
import { evaluateDev } from "../evaluate";

jest.setTimeout(120_000);
const DAY = new Date(PRICES_OF);

const instance = (instanceType: string, open = false, volumeType = "gp3") => ({
  type: "aws:ec2/instance:Instance",
  inputs: { instanceType, associatePublicIpAddress: open, rootBlockDevice: { volumeSize: 16, volumeType } },
});
const one = (type: string) => ({ type, inputs: {} });
const ADDRESS = one("aws:ec2/eip:Eip");
const HELD = one("aws:ec2/eipAssociation:EipAssociation");

test("the dev stack: two t3.micro, their volumes, one address", async () => {
  const { resources } = await evaluateDev();
  const lines = costLines(resources, "us-east-1");
  expect(lines.map(({ what }) => what)).toEqual(["2 t3.micro", "32 GB of gp3", "1 public IPv4 address"]);
  expect(lines.map(({ month }) => month)).toEqual(
    [2 * 730 * 0.0104, 32 * 0.08, 730 * 0.005].map((usd) => expect.closeTo(usd, 6) as number),
  );
  expect(costText(resources, "us-east-1", DAY)).toContain(
    "about 21.39 USD (2 t3.micro 15.18, 32 GB of gp3 2.56, 1 public IPv4 address 3.65)",
  );
});

test("a managed NAT gateway and Elastic IPs cost what they cost; an Elastic IP takes the place of the instance's own address", () => {
  const lines = costLines([instance("t3.micro", true), ADDRESS, HELD, ADDRESS, one("aws:ec2/natGateway:NatGateway")], "us-east-1");
  expect(lines.slice(2)).toEqual([
    { what: "2 public IPv4 addresses", month: expect.closeTo(7.3, 6) as number },
    { what: "1 NAT gateway", month: expect.closeTo(32.85, 6) as number },
  ]);
});

test("an internal load balancer and its hosted zone", () => {
  const made = [one("aws:lb/loadBalancer:LoadBalancer"), one("aws:route53/zone:Zone")];
  expect(costLines(made, "us-east-1")).toEqual([
    { what: "1 load balancer (capacity units come on top)", month: expect.closeTo(16.425, 6) as number },
    { what: "1 hosted zone", month: 0.5 },
  ]);
  expect(costLines(made, "eu-west-9")[0]).toEqual({ what: "1 load balancer (capacity units come on top)", month: undefined });
});

test("hosts of scaling groups: each of its own template, and unknown where that is not told", () => {
  const template = (urn: string, instanceType: string) => ({
    ...{ urn, type: "aws:ec2/launchTemplate:LaunchTemplate", dependencies: [] },
    inputs: { instanceType, blockDeviceMappings: [{ ebs: { volumeSize: 8, volumeType: "gp3" } }] },
  });
  const group = (minSize: number, maxSize: number, dependencies: string[]) => ({
    ...{ urn: `g${minSize}`, type: "aws:autoscaling/group:Group", dependencies },
    inputs: { minSize, maxSize },
  });
  const templates = [template("a", "t3.micro"), template("b", "t3.small")];
  const told = [...templates, group(2, 4, ["a"]), group(1, 1, ["b"])];
  expect(costLines(told, "us-east-1").map(({ what }) => what)).toEqual(["2 t3.micro", "1 t3.small", "24 GB of gp3"]);
  expect(costText(told, "us-east-1", DAY)).toContain("with 2 scaling groups as small as they may be, which may grow to 5 hosts");
  expect(costLines([...templates, group(2, 4, [])], "us-east-1")[0]).toEqual({ what: "2 instance of an unknown type", month: undefined });
});

test.each([
  ["a region", [instance("t3.micro")], "eu-west-9", "1 t3.micro unknown"],
  ["a type", [instance("u7i-12tb.224xlarge")], "us-east-1", "u7i-12tb.224xlarge unknown"],
  ["a kind of volume", [instance("t3.micro", false, "io2")], "us-east-1", "16 GB of io2 unknown"],
  ["a name of every object", [instance("toString")], "constructor", "toString unknown"],
])("%s that is not in the table is unknown, not free", (_, resources, region, words) => {
  const lines = costLines(resources, region);
  expect(lines.some(({ month }) => month === undefined)).toBe(true);
  const text = costText(resources, region, DAY);
  expect(text).toContain("USD, and what is unknown");
  expect(text).toContain(words);
});

test("prices are dated, and said to be old after a year", () => {
  const later = (days: number): Date => new Date(DAY.getTime() + days * 24 * 3600 * 1000);
  expect([areOld(later(365)), areOld(later(367))]).toEqual([false, true]);
  expect(costText([instance("t3.micro")], "us-east-1", later(400))).toMatch(/List prices of 2026-11-27, older than a year/);
  // Told to whoever runs the tests, and no failure: a day is no mistake of the code.
  if (areOld(new Date())) console.warn(`infra/cli/prices.ts is of ${PRICES_OF}: compare its figures with AWS's and set the date`);
});
