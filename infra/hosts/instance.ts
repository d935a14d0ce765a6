import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import type { HostConfig, IamConfig } from "../config/types";
import { tags } from "../naming";
import { hostProfile, type Statement } from "./role";

/** The machine: `instanceType`, `rootVolumeGiB`, and `ami` where the configuration names an image. */
export type HostMachine = Pick<HostConfig, "instanceType" | "rootVolumeGiB" | "ami">;

/** What {@link Host} needs. */
export interface HostArgs {
  /** Tag `Role`, by which policies tell a public host from a private one. */
  readonly role: "gateway" | "backend";
  /** Its `Name` tag. @default the role */
  readonly title?: string;
  /** Type, size of the root volume, and the image where it is fixed. */
  readonly config: HostMachine;
  /** Image for a first launch; followed later only when the configuration names it. */
  readonly image: string;
  /** Subnet that it stands in. */
  readonly subnetId: pulumi.Input<string>;
  /** Its only security group. */
  readonly groupId: pulumi.Input<string>;
  /** Key pair of the first boot; a later one is not followed, because it would replace the host (remote/ssh-key.ts rotates keys). */
  readonly keyName: pulumi.Input<string>;
  /** First-boot script; plain text without a secret. */
  readonly userData: string;
  /** What the host may do, as IAM statements; none means no permission at all. */
  readonly statements: readonly Statement[];
  /** Path and permissions boundary of its role. @default none */
  readonly iam?: IamConfig;
  /** Neither the engine nor EC2 may delete it. @default false */
  readonly protect?: boolean;
  /** Key of the root volume; the account's when there is none. */
  readonly volumeKey?: VolumeKey;
  /** It gets a public IPv4 address. */
  readonly publicAddress: boolean;
  /** The host forwards packets of others (NAT). */
  readonly forwards: boolean;
  /** What has to be there before the instance is made or changed. @default nothing but what its inputs name */
  readonly after?: readonly pulumi.Resource[];
}

/** Key of KMS that encrypts a volume. */
export interface VolumeKey {
  /** ARN of the key. */
  readonly arn: string;
  /** Another key replaces the host. Not where an alias named it: that can lead to another key one day, by itself. */
  readonly followed: boolean;
}

/** One Ubuntu instance with an encrypted root volume, IMDSv2 only, and a role that may do what its statements say and nothing else. */
export class Host extends pulumi.ComponentResource {
  /** The instance itself. */
  readonly instance: aws.ec2.Instance;

  /** @param name begins the names of all that belongs to it. */
  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:Host", name, {}, opts);
    const { role, title = role } = args;
    const { profile } = hostProfile(name, args, this);
    this.instance = new aws.ec2.Instance(
      `${name}-instance`,
      {
        ami: args.image,
        instanceType: args.config.instanceType,
        subnetId: args.subnetId,
        vpcSecurityGroupIds: [args.groupId],
        associatePublicIpAddress: args.publicAddress,
        sourceDestCheck: !args.forwards,
        keyName: args.keyName,
        iamInstanceProfile: profile.name,
        userData: args.userData,
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        rootBlockDevice: {
          volumeType: "gp3",
          volumeSize: args.config.rootVolumeGiB,
          encrypted: true,
          ...(args.volumeKey === undefined ? {} : { kmsKeyId: args.volumeKey.arn }),
          deleteOnTermination: true,
          tags: tags(title),
        },
        tags: tags(title, role),
        ...(args.protect === true ? { disableApiTermination: true } : {}),
      },
      // A newer image, a new first-boot script or another key must not replace or stop a host that serves. A host that is made anew gets them.
      { parent: this, ignoreChanges: ignored(args), protect: args.protect, dependsOn: [...(args.after ?? [])] },
    );
    this.registerOutputs({ instanceId: this.instance.id });
  }
}

function ignored({ config, volumeKey }: HostArgs): string[] {
  const key = volumeKey?.followed === false ? ["rootBlockDevice.kmsKeyId"] : [];
  return [...(config.ami === undefined ? ["ami"] : []), "userData", "keyName", ...key];
}
