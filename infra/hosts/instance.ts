import * as aws from "../aws";
import * as pulumi from "@pulumi/pulumi";
import type { HostConfig, IamConfig } from "../config/types";
import { EC2_PRINCIPAL } from "../external-names";
import { tags } from "../naming";

export interface HostArgs {
  readonly role: "gateway" | "backend";
  readonly config: HostConfig;
  /** Image for a first launch; followed later only when the configuration names it. */
  readonly image: string;
  readonly subnetId: pulumi.Input<string>;
  readonly groupId: pulumi.Input<string>;
  /** Key pair of the first boot; a later one is not followed, because it would replace the host (remote/ssh-key.ts rotates keys). */
  readonly keyName: pulumi.Input<string>;
  /** First-boot script; plain text without a secret. */
  readonly userData: string;
  /** What the host may do, as IAM statements; none means no permission at all. */
  readonly statements: readonly Statement[];
  readonly iam: IamConfig;
  /** Neither the engine nor EC2 may delete it. */
  readonly protect: boolean;
  /** Key of the root volume; the account's when there is none. */
  readonly volumeKey?: VolumeKey;
  readonly publicAddress: boolean;
  /** The host forwards packets of others (NAT). */
  readonly forwards: boolean;
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface VolumeKey {
  readonly arn: string;
  /** Where it was named by an alias, which can lead to another key one day: that replaces no host. */
  readonly followed: boolean;
}

/** One Ubuntu instance with an encrypted root volume, IMDSv2 only, and a role that may do what its statements say and nothing else. */
export class Host extends pulumi.ComponentResource {
  readonly instance: aws.ec2.Instance;

  constructor(name: string, args: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:Host", name, {}, opts);
    const role = new aws.iam.Role(
      `${name}-role`,
      { assumeRolePolicy: trust(), description: `What the ${args.role} may do`, tags: tags(args.role), ...args.iam },
      { parent: this },
    );
    if (args.statements.length > 0) {
      const policy = JSON.stringify({ Version: "2012-10-17", Statement: args.statements });
      new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy }, { parent: this });
    }
    const profile = new aws.iam.InstanceProfile(
      `${name}-profile`,
      { role: role.name, tags: tags(args.role), path: args.iam.path },
      { parent: this },
    );
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
          tags: tags(args.role),
        },
        tags: tags(args.role, args.role),
        ...(args.protect ? { disableApiTermination: true } : {}),
      },
      // A newer image, a new first-boot script or another key must not replace or stop a host that serves. A host that is made anew gets them.
      { parent: this, ignoreChanges: ignored(args), protect: args.protect },
    );
    this.registerOutputs({ instanceId: this.instance.id });
  }
}

function ignored({ config, volumeKey }: HostArgs): string[] {
  const key = volumeKey?.followed === false ? ["rootBlockDevice.kmsKeyId"] : [];
  return [...(config.ami === undefined ? ["ami"] : []), "userData", "keyName", ...key];
}

function trust(): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: EC2_PRINCIPAL }, Action: "sts:AssumeRole" }],
  });
}
