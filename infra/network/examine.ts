/** Whether a network that is there already carries this stack: from what AWS answered to what is wrong with it, all at once. Pure. */
import { readBlock } from "./cidr";
import { isKnown, unanswered } from "./facts";
import type { Asked, Examined, Named, NetworkFacts, SubnetFacts, Verdict } from "./facts";
import { routing } from "./examine-routes";

/** AWS asks for as many of a load balancer's subnet. */
const BALANCER = { free: 8, prefix: 27 };

export function examine(args: Examined, facts: NetworkFacts): Verdict {
  const subnets = named(args, facts);
  const known = subnets.filter((one): one is Named & { readonly subnet: SubnetFacts } => isKnown(one.subnet));
  const parts: Verdict[] = [
    { problems: [...vpcProblems(args, facts, known), ...absent(args, subnets)], warnings: [] },
    {
      problems: [...known.flatMap((one) => subnetProblems(args, facts, one)), ...zoneProblems(args, known)],
      warnings: vpcWarnings(args, facts),
    },
    routing(args, facts, subnets),
    { problems: [], warnings: unseen(args, facts, subnets) },
  ];
  return { problems: parts.flatMap(({ problems }) => problems), warnings: parts.flatMap(({ warnings }) => warnings) };
}

/** Each subnet once: that of the gateway may be one of the load balancer's as well. */
function named({ project, existing, balanced }: Examined, { gateway, webservers, balancers }: NetworkFacts): Named[] {
  const { gatewaySubnetId, webserverSubnetIds, balancerSubnets = [] } = existing;
  const key = (name: string): string => `${project}:network.existing.${name}`;
  const fronted = balancerSubnets.some(({ id }) => id === gatewaySubnetId);
  return [
    { ...gateway, key: key("gatewaySubnetId"), id: gatewaySubnetId, of: "gateway", balanced: fronted },
    ...webservers.map((answer, index): Named => {
      const id = webserverSubnetIds[index] ?? "";
      return { ...answer, key: key(`webserverSubnetIds[${index}]`), id, of: "webserver", balanced };
    }),
    ...balancers.flatMap((answer, index): Named[] => {
      const id = balancerSubnets[index]?.id ?? "";
      return id === gatewaySubnetId ? [] : [{ ...answer, key: key(`balancerSubnets[${index}].id`), id, of: "balancer", balanced: true }];
    }),
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

function subnetProblems(args: Examined, { vpc }: NetworkFacts, one: KnownSubnet): string[] {
  const { key, id, of, balanced, subnet } = one;
  const found = `${key}: found ${id}`;
  if (vpc !== "absent" && subnet.vpcId !== args.existing.vpcId) {
    return [`${found}, which is in ${subnet.vpcId} and not in network.existing.vpcId ${args.existing.vpcId}; name a subnet of that VPC`];
  }
  if (subnet.ipv6Only)
    return [`${found}, which has IPv6 addresses alone, and the hosts and their rules use IPv4; name a subnet with an IPv4 block`];
  const needs = needed(args, one);
  return [
    ...(of === "webserver" ? publicAddresses(found, subnet) : []),
    ...(balanced ? balancerSize(found, one) : []),
    ...(subnet.free < needs
      ? [`${found}, in which ${subnet.free} of the addresses of ${subnet.cidr} are free and ${needs} needed; name a larger subnet`]
      : []),
  ];
}

/** Addresses for what is yet to be made; what is there has its own. */
function needed({ first, firstFront, gateways = false }: Examined, { of, balanced }: KnownSubnet): number {
  const isNew = of === "webserver" ? first : firstFront;
  const host = of === "balancer" ? gateways && firstFront : first;
  return (host ? 1 : 0) + (isNew && balanced ? BALANCER.free : 0);
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

function balancerSize(found: string, { of, subnet: { cidr } }: KnownSubnet): string[] {
  const block = readBlock(cidr);
  const key = of === "webserver" ? "backend.loadBalancer" : "gateway.loadBalancer";
  return "problem" in block || block.prefix <= BALANCER.prefix
    ? []
    : [
        `${found}, which is ${cidr}, and a load balancer takes no subnet smaller than /${BALANCER.prefix}; name a larger one, or remove ${key}`,
      ];
}

function zoneProblems({ project, existing }: Examined, known: readonly KnownSubnet[]): string[] {
  const fronts = known.filter(({ of, balanced }) => of !== "webserver" && balanced);
  const gateway = known.find(({ of }) => of === "gateway");
  // A load balancer that was looked at in part may well stand there.
  const isWhole = fronts.length > 0 && fronts.length === existing.balancerSubnets?.length;
  return [
    ...otherBlocks(project, existing, fronts),
    ...sameZone(known.filter(({ of }) => of === "webserver")),
    ...sameZone(fronts),
    ...(gateway === undefined || !isWhole || fronts.some(({ subnet }) => subnet.zone === gateway.subnet.zone)
      ? []
      : [
          `${project}:network.existing.balancerSubnets: none of them is in ${gateway.subnet.zone}, where ${gateway.id}, the gateway's subnet, is, and a load balancer sends nothing to a zone in which it does not stand; name one of that zone, or that subnet itself`,
        ]),
  ];
}

/** By another block the gateway would take the load balancer for the client of all requests, or others for the load balancer. */
function otherBlocks(project: string, { balancerSubnets = [] }: Examined["existing"], fronts: readonly KnownSubnet[]): string[] {
  return balancerSubnets.flatMap(({ id, cidr }, index) => {
    const found = fronts.find((one) => one.id === id)?.subnet.cidr ?? cidr;
    return found === cidr
      ? []
      : [
          `${project}:network.existing.balancerSubnets[${index}].cidr: found ${cidr}, and ${id} is ${found}, from where the load balancer reaches the gateway, which takes the addresses of clients from it alone; write ${found}`,
        ];
  });
}

/** Of several, each is there for a failure of another's zone. */
function sameZone(subnets: readonly KnownSubnet[]): string[] {
  return subnets.flatMap(({ key, id, subnet: { zone } }, index) => {
    const other = subnets.slice(0, index).find((one) => one.subnet.zone === zone);
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
