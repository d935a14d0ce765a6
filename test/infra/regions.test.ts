/** Other regions, images and tags, each in a whole evaluation of the program (external-names.test.ts has what needs none). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UBUNTU, type Os } from "../../infra/external-names";
import type { RunResult } from "../../infra/offline/engine";
import { findImage } from "../../infra/offline/images";
import { osOfImage } from "../lab/image";
import { ROOT, evaluateDev } from "./evaluate";

jest.setTimeout(120_000);

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

describe("the stack in other regions", () => {
  const inputs = (result: RunResult, name: string): Record<string, unknown> =>
    result.resources.find((resource) => resource.name === name)?.inputs ?? {};

  test.each([
    ["us-east-1", "us-east-1a", "aws"],
    ["us-west-2", "us-west-2a", "aws"],
    ["ap-northeast-1", "ap-northeast-1a", "aws"],
    ["cn-north-1", "cn-north-1a", "aws-cn"],
    ["us-gov-west-1", "us-gov-west-1a", "aws-us-gov"],
  ])("%s", async (region, zone, partition) => {
    const result = await evaluateDev({ "aws:region": region });
    expect(inputs(result, `network-gateway-${zone}`).availabilityZone).toBe(zone);
    expect(inputs(result, "network-s3").serviceName).toBe(`com.amazonaws.${region}.s3`);
    expect(inputs(result, "models-tls").policy).toContain(`arn:${partition}:s3:::`);
    expect(inputs(result, "backend-policy").policy).toContain(`arn:${partition}:s3:::`);
    expect(inputs(result, "gateway-instance").ami).toMatch(/^ami-[0-9a-f]{17}$/);
  });

  test("where Canonical's account is not known, a named image will do", async () => {
    const host = { ami: "ami-0123456789abcdef0" };
    const result = await evaluateDev({ "aws:region": "eusc-de-east-1", gateway: host, backend: host });
    expect(inputs(result, "backend-policy").policy).toContain("arn:aws-eusc:s3:::");
  });
});

describe("the image of each host", () => {
  const query = (name: string, more: object = {}): Record<string, unknown> => ({
    owners: ["099720109477"],
    mostRecent: true,
    filters: [{ name: "name", values: [name] }],
    ...more,
  });

  test("another architecture is another image", async () => {
    const result = await evaluateDev({ backend: { instanceType: "t4g.small" } });
    const ami = (name: string) => result.resources.find((resource) => resource.name === name)?.inputs.ami as string;
    expect(ami("backend-instance")).not.toBe(ami("gateway-instance"));
  });

  test.each([
    ["t3.micro", "amd64"],
    ["t4g.small", "arm64"],
    ["c7g.medium", "arm64"],
  ])("each host has a release of its own: 24.04 on a %s backend", async (instanceType, word) => {
    const result = await evaluateDev({ backend: { os: "ubuntu-24.04", instanceType } });
    const ami = (name: string) => result.resources.find((resource) => resource.name === name)?.inputs.ami as string;
    const of = (os: Os, architecture: string) =>
      findImage("us-east-1", query(UBUNTU[os].imageName.replace("ARCHITECTURE", architecture))).id as unknown;
    expect(ami("backend-instance")).toBe(of("ubuntu-24.04", word));
    expect(ami("gateway-instance")).toBe(of("ubuntu-22.04", "amd64"));
    expect([osOfImage(ami("backend-instance"), "us-east-1"), osOfImage(ami("gateway-instance"), "us-east-1")]).toEqual([
      "ubuntu-24.04",
      "ubuntu-22.04",
    ]);
  });
});

describe("the tag Stack", () => {
  /** The property files of the SDK say which classes take tags. */
  const takesTags = (type: string): boolean => {
    const [, module = "", name = ""] = /^aws:([^/]+)\/([^:]+):/.exec(type) ?? [];
    return /readonly tags: /.test(read(`node_modules/@pulumi/aws/${module}/${name}.d.ts`));
  };

  test("is on everything that takes tags, disks included, and on nothing else", async () => {
    const { resources } = await evaluateDev({ gateway: { elasticIp: true }, network: { egress: "managed" } });
    const aws = resources.filter((resource) => resource.type.startsWith("aws:"));
    expect(aws.length).toBeGreaterThan(30);
    const tagged = aws.filter(({ inputs }) => (inputs.tags as Record<string, string> | undefined)?.Stack === "dev");
    expect(tagged.map(({ urn }) => urn).sort()).toEqual(
      aws
        .filter(({ type }) => takesTags(type))
        .map(({ urn }) => urn)
        .sort(),
    );
    for (const { inputs } of aws.filter(({ type }) => type === "aws:ec2/instance:Instance")) {
      expect((inputs.rootBlockDevice as { tags: Record<string, string> }).tags).toMatchObject({ Stack: "dev" });
      expect(inputs.tags).toHaveProperty("Role");
    }
  });
});
