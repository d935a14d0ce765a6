/**
 * What each policy is about, by its id. A policy without a row is about every program (secrets, tags, packages). Where a graph has nothing of
 * it, the policy is counted as "nothing to evaluate"; what asks for a role is not evaluated in a program without roles.
 */
import type { Policy, Roles, Subject } from "../core/types";
import { LIGHTSAIL_PORTS, LISTENER } from "../graph/network/kinds";
import { BALANCER } from "./bucket/access-logs-guarded";
import { DATABASES } from "./general/databases-not-public";
import { NODE_GROUPS } from "./general/node-groups";

const BACKEND: readonly (keyof Roles)[] = ["backendInstances", "backendGroup"];
const GATEWAY: readonly (keyof Roles)[] = ["gatewayInstances", "gatewayGroup"];
const HOSTS = [...BACKEND, ...GATEWAY];

const GROUPS = /^aws:(ec2|vpc)\/.*[sS]ecurityGroup/;
const MACHINES =
  /^aws:(ec2\/(instance|spotInstanceRequest|launchTemplate|launchConfiguration|spotFleetRequest|fleet):|autoscaling\/group:)/;
const DISKS =
  /^aws:(ec2\/(instance|spotInstanceRequest|launchTemplate|launchConfiguration|spotFleetRequest)|ebs\/(volume|snapshotCopy)|ec2\/(ami|amiCopy)):/;
const SCRIPTS = /^(command:|aws:ec2\/(instance|spotInstanceRequest|launchTemplate|launchConfiguration):)/;
const REMOTE = /^command:remote:/;
const COMMANDS = /^command:/;
const either = (...types: readonly RegExp[]): RegExp => new RegExp(types.map(({ source }) => source).join("|"));

/** Rows of `ids: subject`; ids are separated by spaces. */
const ROWS: readonly (readonly [string, Subject])[] = [
  ["roles-resolved", { roles: [...HOSTS, "modelBuckets"] }],
  [
    "acl-keeps-service-port-closed backend-egress-limited backend-groups backend-in-private-subnet backend-no-public-address backend-no-public-ingress backend-not-load-balanced-publicly backend-not-published backend-ssh-only-from-gateway service-port-only-from-gateway service-port-open-to-gateway state-matches-program backend-through-bastion ssh-closed-behind-tunnel",
    { roles: BACKEND },
  ],
  ["gateway-group-only-on-gateway gateway-no-service-port gateway-public-ports gateway-ssh-restricted", { roles: GATEWAY }],
  ["forwarding-only-on-gateway group-stays-in-vpc", { roles: HOSTS }],
  ["guards-not-ignored", { roles: [...HOSTS, "modelBuckets"] }],
  [
    "private-subnet-gives-no-public-address private-subnet-is-private private-subnet-no-other-network",
    { roles: [...BACKEND, "privateSubnets"] },
  ],
  [
    "env-file-mode env-file-owner home-ownership code-file-mode directory-mode models-read-only application-on-loopback host-setup-present host-setup-readable delete-keeps-models",
    { roles: [...HOSTS, "modelBuckets"] },
  ],
  [
    "bucket-access-point bucket-acl-private bucket-cors bucket-encryption bucket-force-destroy bucket-kept bucket-lifecycle-keeps-models bucket-not-public bucket-not-published bucket-own-account bucket-ownership-enforced bucket-public-access-block bucket-tls-only bucket-versioning models-read-only-role",
    { roles: ["modelBuckets"] },
  ],
  ["access-logs-guarded", { types: BALANCER }],
  ["default-group-closed rules-in-one-form", { types: GROUPS }],
  [
    "account-guards-on",
    {
      types:
        /^aws:(s3\/accountPublicAccessBlock|ec2\/imageBlockPublicAccess|ebs\/snapshotBlockPublicAccess|(vpc|ec2)\/(vpcB|b)lockPublicAccessOptions|emr\/blockPublicAccessConfiguration|ssm\/serviceSetting):/,
    },
  ],
  ["admin-ports-not-open", { types: either(GROUPS, LIGHTSAIL_PORTS, NODE_GROUPS) }],
  ["buckets-not-public", { types: /^aws:s3\/bucket(V2)?:/ }],
  ["databases-not-public", { types: DATABASES }],
  ["databases-encrypted", { types: /^aws:(rds|docdb|neptune|efs|elasticache)\// }],
  ["endpoints-restricted", { types: either(/^aws:(eks\/cluster|lambda\/functionUrl|ecs\/service):/, LISTENER) }],
  ["components-show-resources", { types: /^awsx:/ }],
  ["imds-v2-required imds-hop-limit", { types: MACHINES }],
  ["volumes-encrypted", { types: DISKS }],
  ["least-privilege-role role-trust", { types: /^aws:iam\// }],
  ["host-key-checked connection-credentials-marked connection-without-password", { types: REMOTE }],
  ["command-environment-secret command-stdin-secret secret-in-triggers no-run-at-preview", { types: COMMANDS }],
  [
    "nginx-safe no-hidden-errors no-imperative-aws no-password-login no-remote-code pinned-python-packages script-output-keeps-secrets secret-file-window service-not-root strict-shell tls-verified secret-in-script secret-in-unit secret-echoed",
    { types: SCRIPTS },
  ],
  ["secret-in-user-data", { types: MACHINES }],
];

const SUBJECTS = new Map(ROWS.flatMap(([ids, subject]) => ids.split(" ").map((id) => [id, subject] as const)));

/** Every id that has a row. */
export const subjectIds: readonly string[] = [...SUBJECTS.keys()];

export function withSubject(policy: Policy): Policy {
  const subject = SUBJECTS.get(policy.id);
  return subject === undefined ? policy : { ...policy, subject };
}
