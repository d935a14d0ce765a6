/**
 * What the configuration must fulfil beyond its structure: relations between keys. Pure; each rule returns its problems.
 */
import { contains, overlaps, parseBlock, type Block } from "../network/cidr";
import { instanceSize, siblingTypes } from "../hosts/sizing";
import { appRules } from "./app-rules";
import type { Sections } from "./structure";

interface Context {
  readonly project: string;
  /** Empty when it is not a region at all, which is reported elsewhere. */
  readonly region: string;
  readonly sections: Sections;
}

/** All rules over the sections that could be read. */
export function checkRules(context: Context): string[] {
  const rules = [zones, blocks, sshFrom, images, instanceTypes, appRules, egress, environment, sshKey];
  return rules.flatMap((rule) => rule(context));
}

function zones({ project, region, sections }: Context): string[] {
  if (region === "") {
    return [];
  }
  const network = sections.network as { availabilityZones?: unknown; gatewaySubnets?: unknown; webserverSubnets?: unknown } | undefined;
  const names = strings(network?.availabilityZones);
  const foreign = names
    .filter((name) => !name.startsWith(region))
    .map(
      (name) => `${project}:network.availabilityZones: found "${name}", which is not in aws:region ${region}; name zones of that region`,
    );
  const counts = (["gatewaySubnets", "webserverSubnets"] as const)
    .filter((key) => strings(network?.[key]).length !== names.length)
    .map(
      (key) =>
        `${project}:network.${key}: found ${strings(network?.[key]).length} blocks for ${names.length} availability zones; give one block a zone`,
    );
  return [...foreign, ...counts];
}

const VPC_PREFIXES = { from: 16, to: 28 };

function blocks({ project, sections }: Context): string[] {
  const problems: string[] = [];
  const network = sections.network as Record<string, unknown> | undefined;
  if (network === undefined) {
    return [];
  }
  const read = (key: string, text: unknown): Block | undefined => {
    try {
      const block = parseBlock(String(text));
      if (block.prefix < VPC_PREFIXES.from || block.prefix > VPC_PREFIXES.to) {
        problems.push(`${project}:network.${key}: found ${block.text}; AWS takes blocks from /16 (largest) to /28 (smallest)`);
      }
      return block;
    } catch (error) {
      problems.push(`${project}:network.${key}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const vpc = read("cidr", network.cidr);
  const subnets = ["gatewaySubnets", "webserverSubnets"].flatMap((key) =>
    strings(network[key]).map((text, index) => ({ key: `${key}[${index}]`, block: read(`${key}[${index}]`, text) })),
  );
  for (const [index, { key, block }] of subnets.entries()) {
    if (block !== undefined && vpc !== undefined && !contains(vpc, block)) {
      problems.push(`${project}:network.${key}: found ${block.text}, which lies outside the VPC's block ${vpc.text}; choose a part of it`);
    }
    const other = subnets.slice(0, index).find((one) => one.block !== undefined && block !== undefined && overlaps(one.block, block));
    if (other !== undefined) {
      problems.push(
        `${project}:network.${key}: found ${block?.text}, which overlaps ${other.key} (${other.block?.text}); choose blocks that do not overlap`,
      );
    }
  }
  return problems;
}

function sshFrom({ project, sections }: Context): string[] {
  return strings((sections.gateway as { sshFrom?: unknown } | undefined)?.sshFrom).flatMap((text, index) => {
    try {
      parseBlock(text);
      return [];
    } catch (error) {
      return [`${project}:gateway.sshFrom[${index}]: ${(error as Error).message}`];
    }
  });
}

function images({ project, sections }: Context): string[] {
  return ["gateway", "backend"].flatMap((host) => {
    const { os, ami } = (sections[host] ?? {}) as { os?: string; ami?: string };
    return os === undefined || ami === undefined
      ? []
      : [`${project}:${host}.os: found ${os}, and ${host}.ami names an image, which decides alone; remove one of the two`];
  });
}

function instanceTypes({ project, sections }: Context): string[] {
  return ["gateway", "backend"].flatMap((host) => {
    const { instanceType, memoryMiB } = (sections[host] ?? {}) as { instanceType?: string; memoryMiB?: number };
    if (instanceType === undefined || memoryMiB !== undefined || instanceSize(instanceType) !== undefined) {
      return [];
    }
    const siblings = siblingTypes(instanceType);
    const known = siblings.length === 0 ? "" : ` (it knows ${siblings.join(", ")})`;
    return [
      `${project}:${host}.instanceType: found "${instanceType}", whose memory this program does not know${known}; if there is such a type, set ${project}:${host}.memoryMiB as well`,
    ];
  });
}

function egress({ project, sections }: Context): string[] {
  if ((sections.network as { egress?: unknown } | undefined)?.egress !== "none") {
    return [];
  }
  const why = "network.egress is none, so the backend cannot fetch it";
  const problems: string[] = [];
  if ((sections.backend as { ami?: unknown } | undefined)?.ami === undefined) {
    problems.push(`${project}:backend.ami: missing. OS packages: ${why}; name an image that has them`);
  }
  if ((sections.python as { wheelhouse?: unknown } | undefined)?.wheelhouse === undefined) {
    problems.push(`${project}:python.wheelhouse: missing. Python packages: ${why}; put wheels into S3`);
  }
  if ((sections.app as { git?: unknown } | undefined)?.git !== undefined) {
    problems.push(`${project}:app.git: application code: ${why}; use app.path or app.bundle`);
  }
  return problems;
}

const NAME = /^[A-Z_][A-Z0-9_]*$/;
const SECRET_NAME = /(SECRET|TOKEN|PASSW|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|_KEY$|^KEY$|DATABASE_URL|DSN$)/;
const MANAGED = ["UPSTREAM_URL", "MODEL_PATH"];

function environment({ project, sections }: Context): string[] {
  const gateway = (sections.gateway ?? {}) as { env?: unknown; secretEnv?: unknown };
  const plain = [...keys("env", sections.env), ...keys("gateway.env", gateway.env)];
  const secret = [...keys("secretEnv", sections.secretEnv), ...keys("gateway.secretEnv", gateway.secretEnv)];
  const problems: string[] = [];
  for (const { section, name, value } of [...plain, ...secret]) {
    if (typeof value === "string" && /[\r\n\0]/.test(value)) {
      problems.push(`${project}:${section}.${name}: has a line break or a NUL, which .env cannot hold; encode it, for example as base64`);
    }
    if (!NAME.test(name)) {
      problems.push(`${project}:${section}.${name}: not a name for an environment variable; use capitals, digits and underscores`);
    }
    if (MANAGED.includes(name)) {
      problems.push(`${project}:${section}.${name}: is set by the program; remove it`);
    }
  }
  for (const { section, name } of plain.filter((entry) => SECRET_NAME.test(entry.name))) {
    problems.push(
      `${project}:${section}.${name}: looks like a secret, and ${section} is stored in plain text; move it: pulumi config set --secret --path '${project}:${secretSectionOf(section)}.${name}'`,
    );
  }
  for (const { section, name } of plain) {
    if (secret.some((entry) => entry.section === secretSectionOf(section) && entry.name === name)) {
      problems.push(`${project}:${section}.${name}: also given in ${project}:${secretSectionOf(section)}; keep one of the two`);
    }
  }
  return problems;
}

/** Where the secrets of the same .env stand: "gateway.env" belongs to "gateway.secretEnv". */
function secretSectionOf(section: string): string {
  return section.replace(/env$/, "secretEnv");
}

function sshKey({ project, sections }: Context): string[] {
  const ssh = sections.ssh as { privateKeyFile?: unknown; previousPrivateKeyFile?: unknown } | undefined;
  const twice = (
    [
      ["privateKeyFile", "sshPrivateKey"],
      ["previousPrivateKeyFile", "sshPreviousPrivateKey"],
    ] as const
  )
    .filter(([file, secret]) => ssh?.[file] !== undefined && sections[secret] !== undefined)
    .map(([file, secret]) => `${project}:ssh.${file}: ${project}:${secret} is given too; keep one of the two`);
  if (ssh?.privateKeyFile === undefined && sections.sshPrivateKey === undefined) {
    return [
      ...twice,
      `${project}:sshPrivateKey: missing. Set it (pulumi config set --secret ${project}:sshPrivateKey < KEYFILE) or name a file in ${project}:ssh.privateKeyFile`,
    ];
  }
  return twice;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

function keys(section: string, group: unknown): { section: string; name: string; value: unknown }[] {
  return group !== null && typeof group === "object"
    ? Object.entries(group as Record<string, unknown>).map(([name, value]) => ({ section, name, value }))
    : [];
}
