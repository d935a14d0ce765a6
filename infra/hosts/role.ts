import * as aws from "../aws";
import type * as pulumi from "@pulumi/pulumi";
import type { IamConfig } from "../config/types";
import { EC2_PRINCIPAL } from "../external-names";
import { tags } from "../naming";

/** One statement of an IAM policy; there are no others than those that allow. */
export interface Statement {
  /** Name of the statement, unique in its policy. */
  readonly Sid: string;
  /** Always `Allow`. */
  readonly Effect: "Allow";
  /** Actions, such as `s3:GetObject`. */
  readonly Action: readonly string[];
  /** ARNs. */
  readonly Resource: readonly string[];
  /** By operator and key. */
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface HostRoleArgs {
  readonly role: "gateway" | "backend";
  /** Their `Name` tag. @default the role */
  readonly title?: string;
  readonly statements: readonly Statement[];
  readonly iam?: IamConfig;
}

export interface HostProfile {
  readonly profile: aws.iam.InstanceProfile;
  /** A host that starts before it is there may do nothing. None where no statement is given. */
  readonly policy?: aws.iam.RolePolicy;
}

/** The role of a host, which may do what its statements say and nothing else, and the instance profile that hands it over. */
export function hostProfile(name: string, args: HostRoleArgs, parent: pulumi.Resource): HostProfile {
  const role = new aws.iam.Role(
    `${name}-role`,
    { assumeRolePolicy: trust(), description: `What the ${args.role} may do`, tags: tags(args.title ?? args.role), ...args.iam },
    { parent },
  );
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: args.statements });
  const made =
    args.statements.length === 0 ? {} : { policy: new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy }, { parent }) };
  const profile = new aws.iam.InstanceProfile(
    `${name}-profile`,
    { role: role.name, tags: tags(args.title ?? args.role), path: args.iam?.path },
    { parent },
  );
  return { profile, ...made };
}

function trust(): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: EC2_PRINCIPAL }, Action: "sts:AssumeRole" }],
  });
}
