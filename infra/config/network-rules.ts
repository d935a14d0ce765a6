/** Rules about zones and blocks of the network. Pure; each returns its problems. */
import { contains, overlaps, readBlock, type Block } from "../network/cidr";
import { count } from "../../policies/cli/words";
import { isZoneId } from "./aws-names";
import { SECTIONS } from "./schema";
import { hasExisting, isPrivate, type Context } from "./value-rules";

interface NetworkKeys {
  readonly cidr?: unknown;
  readonly availabilityZones?: unknown;
  readonly gatewaySubnets?: unknown;
  readonly webserverSubnets?: unknown;
}
const SUBNETS = ["gatewaySubnets", "webserverSubnets"] as const;

export function zones({ project, region, sections }: Context): string[] {
  const network = sections.network as NetworkKeys | undefined;
  if (hasExisting({ sections })) return [];
  if (region === "" || !Array.isArray(network?.availabilityZones)) {
    return [];
  }
  const names = strings(network.availabilityZones);
  const foreign = names.flatMap((name, index) =>
    name.startsWith(region) || isZoneId(name)
      ? []
      : [
          `${project}:network.availabilityZones[${index}]: found "${name}", which is not in aws:region ${region}; name zones of that region, for example ${region}a`,
        ],
  );
  return [...foreign, ...counts(project, names.length, network)];
}

/** One block for each zone. Where both lists have as many as each other, the zones are what differs. */
function counts(project: string, zoneCount: number, network: NetworkKeys): string[] {
  const wrong = SUBNETS.map((key) => ({ key, blocks: strings(network[key]).length })).filter(
    ({ blocks }) => blocks > 0 && blocks !== zoneCount,
  );
  const [first, second] = wrong;
  if (first !== undefined && first.blocks === second?.blocks) {
    return [
      `${project}:network.availabilityZones: there ${zoneCount === 1 ? "is" : "are"} ${count(zoneCount, "zone")} and ${count(first.blocks, "block")} in gatewaySubnets and in webserverSubnets; give one block for each zone`,
    ];
  }
  return wrong.map(
    ({ key, blocks }) =>
      `${project}:network.${key}: found ${count(blocks, "block")} for ${count(zoneCount, "availability zone")}; give one block for each zone`,
  );
}

const VPC_PREFIXES = { from: 16, to: 28 };

interface Subnet {
  readonly key: string;
  readonly block: Block | undefined;
}

export function blocks({ project, sections }: Context): string[] {
  const network = sections.network as NetworkKeys | undefined;
  if (network === undefined || hasExisting({ sections })) {
    return [];
  }
  const problems: string[] = [];
  const read = (key: string, text: string): Block | undefined => {
    const block = readBlock(text);
    if ("problem" in block) {
      problems.push(`${project}:network.${key}: ${block.problem}`);
      return undefined;
    }
    if (block.prefix < VPC_PREFIXES.from || block.prefix > VPC_PREFIXES.to) {
      problems.push(
        `${project}:network.${key}: found ${block.text}; AWS takes blocks from /16 (largest) to /28 (smallest); choose one of these sizes`,
      );
      return undefined;
    }
    return block;
  };
  const vpc = typeof network.cidr === "string" ? read("cidr", network.cidr) : undefined;
  const subnets = SUBNETS.flatMap((key) =>
    strings(network[key]).map((text, index) => ({ key: `${key}[${index}]`, block: read(`${key}[${index}]`, text) })),
  );
  const outside = vpc === undefined || !isPrivate(vpc) ? [] : outsideProblems(project, vpc, subnets, network);
  return [...problems, ...outside, ...overlapProblems(project, subnets)];
}

function outsideProblems(project: string, vpc: Block, subnets: readonly Subnet[], network: NetworkKeys): string[] {
  const outside = subnets.filter(({ block }) => block !== undefined && !contains(vpc, block));
  const unchanged = SUBNETS.filter((key) => JSON.stringify(network[key]) === JSON.stringify(defaultOf(key)));
  if (outside.length > 0 && unchanged.length === SUBNETS.length) {
    return [
      `${project}:network.cidr: found ${vpc.text}, and the subnets' default blocks (10.0.1.0/24 and so on) lie outside of it; ` +
        "give network.gatewaySubnets and network.webserverSubnets as well, parts of it that do not overlap",
    ];
  }
  return outside.map(
    ({ key, block }) =>
      `${project}:network.${key}: found ${block?.text}, which lies outside the VPC's block ${vpc.text}; choose a part of it`,
  );
}

function defaultOf(key: (typeof SUBNETS)[number]): unknown {
  const properties = SECTIONS.network?.schema.properties as Readonly<Record<string, { readonly default?: unknown }>> | undefined;
  return properties?.[key]?.default;
}

function overlapProblems(project: string, subnets: readonly Subnet[]): string[] {
  return subnets.flatMap(({ key, block }, index) => {
    const other = subnets.slice(0, index).find((one) => one.block !== undefined && block !== undefined && overlaps(one.block, block));
    return other === undefined
      ? []
      : [
          `${project}:network.${key}: found ${block?.text}, which overlaps ${other.key} (${other.block?.text}); choose blocks that do not overlap`,
        ];
  });
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}
