/** Values that have the right form and are known to fail, on a host or in AWS. Pure; each rule returns its problems. */
import { contains, parseBlock, readBlock, RFC_1918, type Block } from "../network/cidr";
import { instanceSize, siblingTypes } from "../hosts/sizing";
import { bucketProblem } from "./aws-names";
import { calendarProblem } from "./calendar";
import type { Sections } from "./structure";
import { isGroup } from "./values";

export interface Context {
  readonly project: string;
  /** Empty when it is not a region at all, which is reported elsewhere. */
  readonly region: string;
  readonly sections: Sections;
  /** Keys that were reported already, and so are missing in `sections`. @default none */
  readonly refused?: readonly string[];
  /** Names of the tags in `aws:defaultTags`. @default none */
  readonly defaultTags?: readonly string[];
}

/** Whether something was given there that has been reported. */
export function isRefused({ refused = [] }: Context, key: string): boolean {
  return refused.some((one) => one === key || one.startsWith(`${key}.`));
}

/** mac1.metal, mac2-m2pro.metal, mac-m4.metal: their images are Apple's, and instance-types.txt leaves them out. */
const MAC = /^mac(\d|-)/;

export function instanceTypes({ project, sections }: Context): string[] {
  return ["gateway", "backend"].flatMap((host) => {
    const { instanceType, memoryMiB } = (sections[host] ?? {}) as { instanceType?: string; memoryMiB?: number };
    const known = instanceType === undefined ? undefined : instanceSize(instanceType);
    if (known !== undefined && memoryMiB !== undefined && memoryMiB > known.memoryMiB) {
      return [
        `${project}:${host}.memoryMiB: found ${memoryMiB}, and a ${String(instanceType)} has ${known.memoryMiB}, so workers would be started that it has no room for; remove the key`,
      ];
    }
    if (instanceType !== undefined && MAC.test(instanceType)) {
      return [
        `${project}:${host}.instanceType: found ${JSON.stringify(instanceType)}, a Mac, which runs macOS alone, and on a host of its own that is paid for 24 hours at least; write a type that runs Linux, for example t3.micro or m7i.large`,
      ];
    }
    if (instanceType === undefined || memoryMiB !== undefined || known !== undefined) {
      return [];
    }
    const siblings = siblingTypes(instanceType);
    const others = siblings.length === 0 ? "t3.micro or m7i.large" : siblings.join(", ");
    return [
      `${project}:${host}.instanceType: found ${JSON.stringify(instanceType)}, which is no instance type that this program knows; write one that there is ` +
        `(for example ${others}). If AWS has it by now, give its memory as well: ${host}.memoryMiB`,
    ];
  });
}

/** What else listens on the backend: the service (8000), its candidate (8001) and the trials of a new nginx site (8100 and on). */
const TAKEN: readonly { readonly from: number; readonly to: number; readonly by: string }[] = [
  { from: 8000, to: 8000, by: "uvicorn listens there" },
  { from: 8001, to: 8001, by: "a new release is tried there" },
  { from: 8100, to: 8119, by: "a new nginx site is tried there" },
];

export function ports({ project, sections }: Context): string[] {
  const { port } = (sections.backend ?? {}) as { port?: unknown };
  return TAKEN.filter(({ from, to }) => typeof port === "number" && port >= from && port <= to).map(
    ({ by }) =>
      `${project}:backend.port: found ${String(port)}; on the host ${by}, so nginx could not; write another port, for example port: 9000`,
  );
}

/** Addresses that nobody else has on the internet: private ones, those between carriers and customers, and those for benchmarks. */
const PRIVATE = [...RFC_1918, ...["100.64.0.0/10", "198.18.0.0/15"].map(parseBlock)];

export function isPrivate(block: Block): boolean {
  return PRIVATE.some((range) => contains(range, block));
}

/** Whether the network is there already: the rules about blocks and zones have nothing to say then. */
export function hasExisting({ sections }: Pick<Context, "sections">): boolean {
  return isGroup((sections.network as { existing?: unknown } | undefined)?.existing);
}

export function privateAddresses({ project, sections }: Context): string[] {
  const { cidr } = (sections.network ?? {}) as { cidr?: unknown };
  if (hasExisting({ sections })) return [];
  const own = typeof cidr === "string" ? readBlock(cidr) : undefined;
  // One that is no block is reported by the rule of blocks.
  if (own === undefined || "problem" in own || isPrivate(own)) {
    return [];
  }
  return [
    `${project}:network.cidr: found ${own.text}, which are no private addresses: the hosts could not reach whoever has them on the internet; ` +
      "write a private block (in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16), for example cidr: 10.0.0.0/16",
  ];
}

export function buckets({ project, sections }: Context): string[] {
  const models = (sections.models ?? {}) as { bucket?: unknown; existing?: unknown };
  const app = (sections.app ?? {}) as { bundle?: { uri?: unknown } };
  const python = (sections.python ?? {}) as { wheelhouse?: { uri?: unknown } };
  const named: readonly [key: string, bucket: unknown][] = [
    ["models.bucket", models.bucket],
    ["models.existing.bucket", isGroup(models.existing) ? models.existing.bucket : undefined],
    ["app.bundle.uri", bucketOf(app.bundle?.uri)],
    ["python.wheelhouse.uri", bucketOf(python.wheelhouse?.uri)],
  ];
  return named.flatMap(([key, bucket]) => {
    const problem = typeof bucket === "string" ? bucketProblem(bucket) : undefined;
    return problem === undefined
      ? []
      : [`${project}:${key}: found the bucket "${String(bucket)}", ${problem}, for example my-models-123456789012`];
  });
}

function bucketOf(uri: unknown): string | undefined {
  return typeof uri === "string" ? /^s3:\/\/([^/]+)\//.exec(uri)?.[1] : undefined;
}

export function schedule({ project, sections }: Context): string[] {
  const { enabled, schedule: text } = (sections.backup ?? {}) as { enabled?: unknown; schedule?: unknown };
  const problem = typeof text === "string" && enabled !== false ? calendarProblem(text) : undefined;
  return problem === undefined ? [] : [`${project}:backup.schedule: found ${JSON.stringify(text)}, ${problem}`];
}

/** Canonical's images have one login; root may not log in there, and the service's user is made later and has no shell. */
export function login({ project, sections }: Context): string[] {
  const { user } = (sections.ssh ?? {}) as { user?: unknown };
  const own = ["gateway", "backend"].every((host) => (sections[host] as { ami?: unknown } | undefined)?.ami !== undefined);
  if (user === "ddos")
    return [
      `${project}:ssh.user: found "ddos", which is the service's user and may not log in; write the image's login, for example user: ubuntu`,
    ];
  if (user === "root")
    return [
      `${project}:ssh.user: found "root", and the set-up switches logins of root off (PermitRootLogin no), which would close the hosts; write a user of the image with sudo, for example user: ubuntu`,
    ];
  return typeof user !== "string" || user === "ubuntu" || own
    ? []
    : [
        `${project}:ssh.user: found ${JSON.stringify(user)}, and the images of Ubuntu let in ubuntu alone; remove the key, or name images of your own (gateway.ami and backend.ami)`,
      ];
}

export function proofBody({ project, sections }: Context): string[] {
  const { proof } = (sections.gateway ?? {}) as { proof?: { method?: unknown; body?: unknown } };
  const bodiless = proof?.method === "GET" || proof?.method === "HEAD";
  return bodiless && typeof proof.body === "string" && !["", "{}"].includes(proof.body)
    ? [`${project}:gateway.proof.body: found a body, and a ${String(proof.method)} request has none; remove it, or write method: POST`]
    : [];
}
