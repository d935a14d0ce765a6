/** Values that have the right form and are known to fail, on a host or in AWS. Pure; each rule returns its problems. */
import { contains, parseBlock, readBlock, RFC_1918 } from "../network/cidr";
import { instanceSize, siblingTypes } from "../hosts/sizing";
import { bucketProblem } from "./aws-names";
import { calendarProblem } from "./calendar";
import type { Sections } from "./structure";

export interface Context {
  readonly project: string;
  /** Empty when it is not a region at all, which is reported elsewhere. */
  readonly region: string;
  readonly sections: Sections;
}

export function instanceTypes({ project, sections }: Context): string[] {
  return ["gateway", "backend"].flatMap((host) => {
    const { instanceType, memoryMiB } = (sections[host] ?? {}) as { instanceType?: string; memoryMiB?: number };
    if (instanceType === undefined || memoryMiB !== undefined || instanceSize(instanceType) !== undefined) {
      return [];
    }
    const siblings = siblingTypes(instanceType);
    const known = siblings.length === 0 ? "t3.micro or m7i.large" : siblings.join(", ");
    return [
      `${project}:${host}.instanceType: found ${JSON.stringify(instanceType)}, which is no instance type that this program knows; write one that there is ` +
        `(for example ${known}). If AWS has it by now, give its memory as well: ${host}.memoryMiB`,
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

export function privateAddresses({ project, sections }: Context): string[] {
  const { cidr } = (sections.network ?? {}) as { cidr?: unknown };
  const own = typeof cidr === "string" ? readBlock(cidr) : undefined;
  // One that is no block is reported by the rule of blocks.
  if (own === undefined || "problem" in own || PRIVATE.some((block) => contains(block, own))) {
    return [];
  }
  return [
    `${project}:network.cidr: found ${own.text}, which are public addresses: the hosts could not reach whoever has them on the internet; ` +
      "write a private block (in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16), for example cidr: 10.0.0.0/16",
  ];
}

export function buckets({ project, sections }: Context): string[] {
  const models = (sections.models ?? {}) as { bucket?: unknown };
  const app = (sections.app ?? {}) as { bundle?: { uri?: unknown } };
  const python = (sections.python ?? {}) as { wheelhouse?: { uri?: unknown } };
  const named: readonly [key: string, bucket: unknown][] = [
    ["models.bucket", models.bucket],
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
