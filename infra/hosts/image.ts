import * as pulumi from "@pulumi/pulumi";
import * as aws from "../aws";
import { UBUNTU, type Os } from "../external-names";
import { partitionOf } from "../partitions";
import { architectureOf } from "./sizing";

/** Ubuntu's words for the architectures of EC2. */
const UBUNTU_ARCHITECTURE = { x86_64: "amd64", arm64: "arm64" } as const;

export interface ImageQuery {
  /** Of the key that names an image instead, for example `ml-gateway:backend.ami`. */
  readonly key: string;
  readonly os: Os;
  readonly region: string;
  readonly instanceType: string;
}

/**
 * Id of the newest image of an Ubuntu release for an instance type. Instances ignore later changes of it, so it decides about a first launch only.
 *
 * By DescribeImages and not by Canonical's public SSM parameters: the provider needs that permission for every launch anyway, a role that may
 * only preview has it as well (ViewOnlyAccess lacks ssm:GetParameter), and Canonical documents owners for three partitions, but no parameters
 * outside of `aws`.
 *
 * @throws RunError naming the key to set when there is no such image.
 */
export async function ubuntuImage({ key, os, region, instanceType }: ImageQuery): Promise<string> {
  const owner = partitionOf(region)?.ubuntuOwner;
  const architecture = architectureOf(instanceType);
  const { release, imageName } = UBUNTU[os];
  const name = imageName.replace("ARCHITECTURE", UBUNTU_ARCHITECTURE[architecture]);
  const instead = `set ${key} to the id of an Ubuntu ${release} image (${architecture}); for a host that stands already, to the id of its own image, because another one replaces it`;
  if (owner === undefined) {
    throw new pulumi.RunError(`${key}: missing, and the account that publishes Ubuntu's images in ${region} is not known; ${instead}`);
  }
  const filters = Object.entries({
    name,
    architecture,
    "virtualization-type": "hvm",
    "root-device-type": "ebs",
    state: "available",
  }).map(([filter, value]) => ({ name: filter, values: [value] }));
  try {
    return (await aws.ec2.getAmi({ owners: [owner], mostRecent: true, filters })).id;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (/returned no results|no images? (was |were )?found/i.test(said)) {
      throw new pulumi.RunError(`No Ubuntu ${release} image (owner ${owner}, name ${name}) was found in ${region}: ${instead}`);
    }
    throw error;
  }
}
