/**
 * What the configuration must fulfil beyond its structure: relations between keys. Pure; each rule returns its problems.
 */
import { contains, readBlock, RFC_1918 } from "../network/cidr";
import { acme, dns } from "./acme-rules";
import { arns, tags } from "./account-rules";
import { apiKeys, basicAuth, cors } from "./access-rules";
import { loadBalancer } from "./balancer-rules";
import { appRules } from "./app-rules";
import { existing, existingBucket } from "./existing-rules";
import { several } from "./count-rules";
import { fleet } from "./fleet-rules";
import { front } from "./front-rules";
import { gatewayFleet } from "./gateway-fleet-rules";
import { health } from "./health";
import { blocks, zones } from "./network-rules";
import { environment, requirements } from "./env-rules";
import { packageIndexes } from "./package-index";
import { shadow } from "./shadow-rules";
import { isGroup } from "./values";
import { watch } from "./watch";
import { way } from "./way-rules";
import { buckets, instanceTypes, isRefused, login, ports, privateAddresses, proofBody, schedule, type Context } from "./value-rules";

/** All rules over the sections that could be read. */
export function checkRules(context: Context): string[] {
  const rules = [
    zones,
    blocks,
    existing,
    existingBucket,
    privateAddresses,
    sources,
    httpsReachable,
    apiKeys,
    basicAuth,
    cors,
    acme,
    dns,
    loadBalancer,
    front,
    fleet,
    gatewayFleet,
    several,
    images,
    egressTargets,
    instanceTypes,
    ports,
    buckets,
    schedule,
    login,
    proofBody,
    appRules,
    egress,
    packageIndexes,
    environment,
    requirements,
    sshKey,
    health,
    shadow,
    tags,
    arns,
    watch,
    way,
  ];
  return rules.flatMap((rule) => rule(context));
}

function sources({ project, sections }: Context): string[] {
  const gateway = (sections.gateway ?? {}) as { sshFrom?: unknown; httpsFrom?: unknown };
  return (["sshFrom", "httpsFrom"] as const).flatMap((key) =>
    strings(gateway[key]).flatMap((text, index) => {
      const block = readBlock(text);
      return "problem" in block ? [`${project}:gateway.${key}[${index}]: ${block.problem}`] : [];
    }),
  );
}

/** Whoever is sent from 80 to 443 has to get in there. */
function httpsReachable({ project, sections }: Context): string[] {
  const { httpsFrom } = (sections.gateway ?? {}) as { httpsFrom?: unknown };
  return sections.domain !== undefined && Array.isArray(httpsFrom) && httpsFrom.length === 0
    ? [
        `${project}:gateway.httpsFrom: is empty, and with domain every client is sent to port 443, which nobody could reach; name blocks, or remove domain`,
      ]
    : [];
}

/** Named services of the backend: NAT on the gateway passes packages and time alone, so the Internet has to be reached another way. */
function egressTargets({ project, sections, refused = [] }: Context): string[] {
  const targets = (sections.backend as { egress?: unknown } | undefined)?.egress;
  const network = sections.network as { egress?: string } | undefined;
  if (!Array.isArray(targets)) return [];
  const list = targets as readonly { port?: number; cidr?: string; securityGroup?: string }[];
  return list.flatMap((target, index) => {
    if (!isGroup(target)) return []; // reported by the structure's check
    const { port, cidr, securityGroup } = target;
    const key = `${project}:backend.egress[${index}]`;
    // A key that nobody knows may have been meant as one of the two, and has been reported.
    const known = ["port", "cidr", "securityGroup", "description"].map((name) => `backend.egress[${index}].${name}`);
    if (refused.some((one) => one.startsWith(`backend.egress[${index}].`) && !known.includes(one))) return [];
    if ((cidr === undefined) === (securityGroup === undefined)) {
      const found = cidr === undefined ? "neither cidr nor securityGroup" : "cidr and securityGroup";
      return [`${key}: found ${found}; give one of them, which says where the service is`];
    }
    const same = list.findIndex((one) => isGroup(one) && one.port === port && one.cidr === cidr && one.securityGroup === securityGroup);
    if (same !== index) return [`${key}: is the same as backend.egress[${same}]; remove one of the two`];
    if (cidr === undefined) return [];
    const block = readBlock(cidr);
    if ("problem" in block) return [`${key}.cidr: ${block.problem}`];
    return network?.egress === "managed" || RFC_1918.some((range) => contains(range, block))
      ? []
      : [
          `${key}.cidr: found ${cidr}, which is on the Internet, and with network.egress ${network?.egress ?? "gateway"} the backend reaches it on 80 and 443 at most; give a private address, or set network.egress to managed`,
        ];
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

function sshKey(context: Context): string[] {
  const { project, sections } = context;
  const ssh = sections.ssh as { privateKeyFile?: unknown; previousPrivateKeyFile?: unknown } | undefined;
  const twice = (
    [
      ["privateKeyFile", "sshPrivateKey"],
      ["previousPrivateKeyFile", "sshPreviousPrivateKey"],
    ] as const
  )
    .filter(([file, secret]) => ssh?.[file] !== undefined && sections[secret] !== undefined)
    .map(([file, secret]) => `${project}:ssh.${file}: ${project}:${secret} is given too; keep one of the two`);
  // Nobody logs in: what is given is told by wayNotices.
  if (sections.access === "none") return [];
  const tried = ["ssh", "sshPrivateKey"].some((key) => isRefused(context, key));
  if (ssh?.privateKeyFile === undefined && sections.sshPrivateKey === undefined && !tried) {
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
