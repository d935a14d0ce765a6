/** Whether a network that is there already carries this stack: from what AWS answered to what is wrong with it, all at once. Pure. */
import { readBlock } from "./cidr";
import { isKnown, unanswered } from "./facts";
import type { Asked, Examined, Named, NetworkFacts, SubnetAnswer, SubnetFacts, Verdict } from "./facts";
import { routing } from "./examine-routes";

/** AWS asks for as many of a load balancer's subnet. */
const BALANCER = { free: 8, prefix: 27 };

export function examine(args: Examined, facts: NetworkFacts): Verdict {
  const subnets = named(args, facts);
  const known = subnets.filter((one): one is Named & { readonly subnet: SubnetFacts } => isKnown(one.subnet));
  const parts: Verdict[] = [
    { problems: [...vpcProblems(args, facts, known), ...absent(args, subnets)], warnings: [] },
    {
      problems: [...known.flatMap((one) => subnetProblems(args, facts, one)), ...sameZone(known)],
      warnings: vpcWarnings(args, facts),
    },
    routing(args, facts, subnets),
    { problems: [], warnings: unseen(args, facts, subnets) },
  ];
  return { problems: parts.flatMap(({ problems }) => problems), warnings: parts.flatMap(({ warnings }) => warnings) };
}

function named({ project, existing }: Examined, { gateway, webservers }: NetworkFacts): Named[] {
  const at = (key: string, id: string, isGateway: boolean, answer: SubnetAnswer): Named => ({
    ...answer,
    ...{ key: `${project}:network.existing.${key}`, id, isGateway },
  });
  return [
    at("gatewaySubnetId", existing.gatewaySubnetId, true, gateway),
    ...webservers.map((answer, index) => at(`webserverSubnetIds[${index}]`, existing.webserverSubnetIds[index] ?? "", false, answer)),
  ];
}

type KnownSubnet = Named & { readonly subnet: SubnetFacts };

function vpcProblems(args: Examined, { vpc }: NetworkFacts, known: readonly KnownSubnet[]): string[] {
  const { project, region, account, existing, balanced } = args;
  const key = `${project}:network.existing.vpcId: found ${existing.vpcId}`;
  if (vpc === "absent") {
    const others = [...new Set(known.map(({ subnet }) => subnet.vpcId))];
    const hint = others.length === 1 ? `the subnets that are named are in ${String(others[0])}: write that` : "name one that is";
    return [`${key}, which is not there in account ${account} and ${region}; ${hint}`];
  }
  if (!isKnown(vpc)) return [];
  const switchOn = (option: string): string => `switch it on (aws ec2 modify-vpc-attribute --vpc-id ${existing.vpcId} --${option})`;
  const off = `, or remove backend.loadBalancer`;
  return [
    ...(vpc.dnsSupport
      ? []
      : [
          `${key}, which has DNS resolution off, so that hosts could not find S3 and package registries; ${switchOn("enable-dns-support")}`,
        ]),
    ...(balanced && vpc.dnsSupport && !vpc.dnsHostnames
      ? [
          `${key}, which has DNS hostnames off, and the private zone by which the gateway finds the load balancer works with both alone; ${switchOn("enable-dns-hostnames")}${off}`,
        ]
      : []),
    ...(balanced && vpc.owner !== account
      ? [
          `${key}, which account ${vpc.owner} shares, and Route 53 takes a private zone for a VPC of one's own account; name such a VPC${off}`,
        ]
      : []),
  ];
}

function vpcWarnings({ project, existing }: Examined, { vpc }: NetworkFacts): string[] {
  return isKnown(vpc) && vpc.tenancy !== "default"
    ? [
        `${project}:network.existing.vpcId: ${existing.vpcId} has the tenancy ${vpc.tenancy}, so both hosts stand on dedicated hardware, which AWS charges for and does not offer for every instance type`,
      ]
    : [];
}

function absent({ account, region }: Examined, subnets: readonly Named[]): string[] {
  return subnets
    .filter(({ subnet }) => subnet === "absent")
    .map(({ key, id }) => `${key}: found ${id}, which is not there in account ${account} and ${region}; name one that is`);
}

function subnetProblems(args: Examined, { vpc }: NetworkFacts, { key, id, isGateway, subnet }: KnownSubnet): string[] {
  const found = `${key}: found ${id}`;
  if (vpc !== "absent" && subnet.vpcId !== args.existing.vpcId) {
    return [`${found}, which is in ${subnet.vpcId} and not in network.existing.vpcId ${args.existing.vpcId}; name a subnet of that VPC`];
  }
  if (subnet.ipv6Only)
    return [`${found}, which has IPv6 addresses alone, and the hosts and their rules use IPv4; name a subnet with an IPv4 block`];
  const needs = args.balanced && !isGateway ? BALANCER.free + 1 : 1;
  return [
    ...(isGateway ? [] : publicAddresses(found, subnet)),
    ...(args.balanced && !isGateway ? balancerSize(found, subnet) : []),
    ...(args.first && subnet.free < needs
      ? [`${found}, in which ${subnet.free} of the addresses of ${subnet.cidr} are free and ${needs} needed; name a larger subnet`]
      : []),
  ];
}

function publicAddresses(found: string, { givesPublicIpv4, givesIpv6 }: SubnetFacts): string[] {
  const given = [
    ...(givesPublicIpv4 ? ["public IPv4 (mapPublicIpOnLaunch)"] : []),
    ...(givesIpv6 ? ["IPv6 (assignIpv6AddressOnCreation)"] : []),
  ];
  return given.length === 0
    ? []
    : [
        `${found}, which gives ${given.join(" and ")} addresses to what starts in it, and the backend has to have a private one alone; switch that off, or name another subnet`,
      ];
}

function balancerSize(found: string, { cidr }: SubnetFacts): string[] {
  const block = readBlock(cidr);
  return "problem" in block || block.prefix <= BALANCER.prefix
    ? []
    : [
        `${found}, which is ${cidr}, and a load balancer takes no subnet smaller than /${BALANCER.prefix}; name a larger one, or remove backend.loadBalancer`,
      ];
}

/** Of several, each is there for a failure of another's zone. */
function sameZone(known: readonly KnownSubnet[]): string[] {
  const privates = known.filter(({ isGateway }) => !isGateway);
  return privates.flatMap(({ key, id, subnet: { zone } }, index) => {
    const other = privates.slice(0, index).find((one) => one.subnet.zone === zone);
    return other === undefined
      ? []
      : [`${key}: found ${id}, which is in ${zone} as ${other.id} is; name one of another zone, or remove it`];
  });
}

/** One sentence for everything that nobody has looked at. */
function unseen({ project }: Examined, facts: NetworkFacts, subnets: readonly Named[]): string[] {
  const questions: [string, Asked<unknown>][] = [
    ["the VPC", facts.vpc],
    ...subnets.flatMap(({ id, subnet, table }): [string, Asked<unknown>][] => [
      [id, subnet],
      ...(isKnown(subnet) ? ([[`the routes of ${id}`, table]] as [string, Asked<unknown>][]) : []),
    ]),
    ...[...facts.nats],
    ["the endpoint of S3", facts.endpoint],
  ];
  const open = unanswered(questions);
  if (open === undefined) return [];
  return [
    `${project}:network.existing was not looked at as a whole (${open.why}): ${open.what}. Whether the subnets are what they have to be is not known there; ` +
      "ec2:DescribeVpcs, DescribeVpcAttribute, DescribeSubnets, DescribeRouteTables, DescribeNatGateways, DescribeVpcEndpoints and DescribePrefixLists allow it",
  ];
}
