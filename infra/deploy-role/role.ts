/** The role that deploys a stack: policies, trust, and what a reader has to know of them. */
import { stackSettings } from "../config/stack-text";
import { Problem } from "../../policies/cli";
import { partition } from "../naming";
import type { StackFile } from "../offline/stack-file";
import { secretsRights, stateRights } from "./backend";
import { INLINE_LIMIT, MANAGED_COUNT, pack, sizeOf, documentOf, statementsOf, type Document } from "./documents";
import { EXAMPLE_ACCOUNT } from "./evaluate";
import { UnknownName, type Scope } from "./names";
import { allowed, NoRow, type Allowed, type Seen, type Wanted } from "./statements";
import { trust, type Trust } from "./trust";

export interface RoleOptions extends Wanted {
  readonly account?: string;
  /** In place of `account` while it is not known: what a reader then sees as a placeholder. */
  readonly standIn?: string;
  readonly vpc?: string;
  readonly oidc?: string;
  /** `s3://BUCKET/FOLDER`, with the place that says so. */
  readonly state?: Place;
  /** `awskms://...` */
  readonly secrets?: Place;
}

export interface Place {
  readonly url: string;
  readonly where: string;
}

export interface Role {
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  /** Undefined: the documents hold `standIn`, which a reader sees as a placeholder. */
  readonly account?: string;
  readonly standIn: string;
  readonly purposes: Wanted["purposes"];
  /** Each within the limit of a managed policy. */
  readonly policies: readonly Document[];
  /** All statements in one document fit an inline policy. */
  readonly inline: boolean;
  readonly trust?: Trust;
  /** Statements before they are divided. */
  readonly allowed: readonly Allowed[];
  readonly resources: number;
  /** The roles of hosts have a permissions boundary. */
  readonly bounded: boolean;
}

/** @throws Problem */
export function roleOf(file: Pick<StackFile, "project" | "stack" | "config">, region: string, seen: Seen, options: RoleOptions): Role {
  if (file.config["pulumi:autonaming"] !== undefined) {
    throw new Problem(
      `Pulumi.${file.stack}.yaml: pulumi:autonaming: with names of another form the ARNs of the roles cannot be told before an update; remove the key, or write the policy by hand from this one`,
    );
  }
  const scope = scopeOf(file.stack, region, seen, options);
  const all = [
    ...rights(seen, scope, options),
    ...(options.state === undefined ? [] : stateRights(options.state.url, options.state.where, scope)),
    ...(options.secrets === undefined ? [] : secretsRights(options.secrets.url, options.secrets.where, options.purposes, scope)),
  ];
  const statements = statementsOf(all);
  const policies = pack(statements);
  if (policies.length > MANAGED_COUNT) {
    throw new Problem(
      `the rights fill ${policies.length} managed policies, and a role takes ${MANAGED_COUNT}; use a role for each of --for preview, up and destroy`,
    );
  }
  const roles = seen.resources.filter(({ type }) => type === "aws:iam/role:Role");
  return {
    project: file.project,
    stack: file.stack,
    region,
    account: options.account,
    standIn: scope.account,
    purposes: options.purposes,
    policies,
    inline: sizeOf(documentOf(statements)) <= INLINE_LIMIT,
    trust: options.oidc === undefined ? undefined : trust(options.oidc, options.purposes, scope),
    allowed: all,
    resources: seen.resources.filter(({ type }) => type.startsWith("aws:")).length,
    bounded: roles.every(({ inputs }) => typeof inputs["permissionsBoundary"] === "string"),
  };
}

/** @throws Problem */
export function scopeOf(
  stack: string,
  region: string,
  { resources, questions }: Seen,
  { account, standIn = EXAMPLE_ACCOUNT, vpc }: Pick<RoleOptions, "account" | "standIn" | "vpc">,
): Scope {
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new Problem(`--account: found "${account}"; expected the account's number, twelve digits`);
  if (vpc !== undefined && !/^vpc-[0-9a-f]{8,17}$/.test(vpc))
    throw new Problem(`--vpc: found "${vpc}"; expected the id of the stack's VPC, such as vpc-0123456789abcdef0`);
  const owners = questions.flatMap(({ args }) => (args["owners"] ?? []) as string[]);
  return {
    partition: partition(region),
    region,
    account: account ?? standIn,
    stack,
    vpc,
    imageOwners: [...new Set(owners)],
    byUrn: new Map(resources.map((resource) => [resource.urn, resource])),
  };
}

function rights(seen: Seen, scope: Scope, wanted: Wanted): Allowed[] {
  try {
    return allowed(seen, scope, wanted);
  } catch (error) {
    if (error instanceof NoRow) {
      throw new Problem(
        `no actions are known for ${error.message}: the role would lack what they need; add a row for each type to infra/deploy-role/rows.ts, from the provider's source`,
      );
    }
    if (error instanceof UnknownName) throw new Problem(error.message);
    throw error;
  }
}

/** Where the state lies and what encrypts its secrets, as far as the project's files say so. */
export function backendOf(stack: string, project: string, text: string): Pick<RoleOptions, "state" | "secrets"> {
  const read = stackSettings(`Pulumi.${stack}.yaml`, text);
  const secrets = "settings" in read ? read.settings["secretsprovider"] : undefined;
  const url = /^backend:\s*\n\s+url:\s*["']?(s3:\/\/[^\s"']+)/m.exec(project)?.[1];
  return {
    ...(url === undefined ? {} : { state: { url, where: "Pulumi.yaml: backend.url" } }),
    ...(typeof secrets === "string" && secrets.startsWith("awskms:")
      ? { secrets: { url: secrets, where: `Pulumi.${stack}.yaml: secretsprovider` } }
      : {}),
  };
}
