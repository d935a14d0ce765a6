/** What the program registers for a fleet of backends or of gateways, brought to the lab's S3 and SSM as the AWS provider would, and what its hosts are launched with. */
import { runProgram, type Properties, type Request } from "../../../infra/offline/engine";
import { program } from "../../../infra/program";
import type { HostRole } from "../../../infra/release/types";
import type { Lab } from "../lab";
import { rawConfig } from "../over";
import { repositoryRoot } from "../paths";
import { answers } from "../provider-calls";
import { openStackState } from "../provider-state";
import { labS3 } from "../s3-client";
import { configuration } from "../system";
import { putParameter } from "./release";

/** What gateways as a fleet need beside it. */
const FRONT = {
  domain: "ml.your-company.com",
  tls: { acm: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" },
  access: "none",
};

/** Of one version of the launch template. */
export interface Launch {
  readonly userData: string;
  /** Of the instances. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What a provider makes up, as far as something else is made of it. */
const plain = ({ name, inputs }: Request): Properties => ({
  ...{ arn: `arn:aws:local:us-east-1:123456789012:${name}`, arnSuffix: name, name, keyName: name, latestVersion: 1 },
  ...{ publicIp: "203.0.113.99", privateIp: "10.0.1.99", dnsName: `${name}.elb.example`, zoneId: "Z1", privateDns: "host.example" },
  ...inputs,
});

/**
 * Runs the program for the dev stack with fleets. Their bundles and its parameter are really put; models are there since the lab's own set-up, and all
 * else is only given an id. Commands do not run.
 */
export async function launchOf(lab: Lab, role: HostRole = "backend", gateway: object = {}): Promise<Launch> {
  const s3 = labS3(lab.name, lab.state().region);
  let template: Properties | undefined;
  const handlers: Readonly<Record<string, (inputs: Properties) => Promise<Properties>>> = {
    "aws:s3/bucketObjectv2:BucketObjectv2": async ({ bucket, key, contentBase64 }) => {
      if (contentBase64 === undefined) return {};
      await s3.put(String(bucket), String(key), Buffer.from(String(contentBase64), "base64"));
      return {};
    },
    "aws:ssm/parameter:Parameter": async ({ name, value }) => ({ version: await putParameter(lab, String(name), String(value)) }),
    "aws:ec2/launchTemplate:LaunchTemplate": (inputs) => {
      if ((inputs.tags as { Role?: unknown } | undefined)?.Role === role) template = inputs;
      return Promise.resolve({});
    },
    "command:local:Command": () => Promise.resolve({ stdout: "", stderr: "" }),
    "command:remote:Command": () => Promise.resolve({ stdout: "", stderr: "" }),
  };
  const create = async (request: Request): Promise<{ id: string; outputs: Properties }> => {
    const made = await handlers[request.type]?.(request.inputs);
    const bucket = request.type === "aws:s3/bucket:Bucket" ? { id: String(request.inputs.bucket ?? request.name) } : {};
    return { id: `${request.name}-1`, outputs: { ...plain(request), ...made }, ...bucket };
  };
  const fleet = { network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } };
  const sections = { ...fleet, ...(role === "gateway" ? { ...FRONT, gateway: { loadBalancer: true, fleet: {}, ...gateway } } : {}) };
  const call = answers(s3.client, openStackState(lab.name), lab.state().region);
  await runProgram({
    ...configuration(lab, "dev", rawConfig(sections)),
    ...{ stack: "dev", preview: false, provider: { create, call } },
    program: async () => ({ ...(await program(repositoryRoot)) }),
  });
  if (template === undefined) throw new Error("the program registered no launch template");
  const { userData, tagSpecifications } = template as {
    userData: string;
    tagSpecifications: readonly { resourceType: string; tags: Record<string, unknown> }[];
  };
  const tags = tagSpecifications.find(({ resourceType }) => resourceType === "instance")?.tags ?? {};
  return {
    userData: Buffer.from(userData, "base64").toString("utf8"),
    tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])),
  };
}
