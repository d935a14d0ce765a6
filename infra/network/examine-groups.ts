/** Security groups of others that the backend may connect to (`backend.egress`). Pure. */
import type { EgressTarget, NetworkConfig } from "../config/types";
import { isKnown, whyUnknown, type Asked, type NetworkFacts, type Verdict } from "./facts";

export interface GroupArgs {
  readonly project: string;
  readonly region: string;
  readonly account: string;
  readonly network: Pick<NetworkConfig, "existing">;
  readonly targets: readonly EgressTarget[];
  /** Nothing of this stack is there yet, its own VPC included. */
  readonly first: boolean;
  readonly stack: string;
  /** Groups and ports that the backend may connect to already, as `sg-...:PORT`. */
  readonly open: readonly string[];
}

/** A rule may name a group of its own VPC, and of one that is joined to it (peering, transit gateway). */
export function groups(args: GroupArgs, found: ReadonlyMap<string, Asked<string>>, facts?: NetworkFacts): Verdict {
  const { project, region, account, targets, open } = args;
  const problems: string[] = [];
  const warnings: string[] = [];
  targets.forEach(({ securityGroup: id = "", port }, index) => {
    const vpc = found.get(id);
    const key = `${project}:backend.egress[${index}].securityGroup: found ${id}`;
    if (vpc === undefined) return;
    if (vpc === "absent") problems.push(`${key}, which is not there in account ${account} and ${region}; name one that is, or give cidr`);
    else if (!isKnown(vpc)) {
      warnings.push(
        `${key}, which was not looked at (${whyUnknown(vpc) ?? ""}), so whether a rule may name it is not known; ec2:DescribeSecurityGroups allows it`,
      );
    } else {
      const other = elsewhere(args, vpc, facts);
      if (other?.joined === true) warnings.push(`${key}, which ${other.text}; it can be named only while both VPCs are joined`);
      else if (other !== undefined)
        problems.push(
          `${key}, which ${other.text}, and AWS takes groups of the same VPC, or of one that is joined to it; name one, or give cidr`,
        );
      if (other?.joined !== false && !open.includes(`${id}:${port}`)) warnings.push(otherSide(args, key, id, port));
    }
  });
  return { problems, warnings };
}

/** Said when the rule of this side is new: that of the other side belongs to who runs the service. */
function otherSide({ region, stack }: GroupArgs, key: string, id: string, port: number): string {
  const own = `aws ec2 describe-security-groups --region ${region} --filters Name=tag:Stack,Values=${stack} Name=tag:Role,Values=backend --query 'SecurityGroups[0].GroupId' --output text`;
  return (
    `${key}, whose own rules the program does not change: unless one of them lets the backend in on ${port} already, add it once this update is through: ` +
    `aws ec2 authorize-security-group-ingress --region ${region} --group-id ${id} --protocol tcp --port ${port} --source-group "$(${own})"; before "pulumi destroy" take it away again (revoke-security-group-ingress), because AWS deletes no group that another one names`
  );
}

function elsewhere(
  { network, first }: GroupArgs,
  vpc: string,
  facts: NetworkFacts | undefined,
): { readonly text: string; readonly joined: boolean } | undefined {
  const { existing } = network;
  if (existing === undefined) {
    // The id of a VPC that stands is not known before the engine reads it; one that is not there yet has no peering.
    return first ? { text: `is in ${vpc}, and the VPC of this stack is yet to be made`, joined: false } : undefined;
  }
  if (vpc === existing.vpcId) return undefined;
  const [backend] = facts?.webservers ?? [];
  const routes = backend !== undefined && isKnown(backend.table) ? backend.table.routes : [];
  const joined = routes.some(({ via }) => /^(pcx|tgw)-/.test(via));
  return { text: `is in ${vpc} and not in ${existing.vpcId}`, joined };
}
