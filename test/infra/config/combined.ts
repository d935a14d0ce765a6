/**
 * Configurations by chance: some of the switches that change what a stack is made of, and some keys of the schema with values that it allows. Each is
 * either evaluated, and the pack has nothing mandatory to say, or refused in clear sentences before anything is registered.
 */
import { KNOWN_ERRORS } from "../../../infra/cli/preview-stack";
import { isGroup } from "../../../infra/config/values";
import type { Worded } from "../../../policies/cli/schema-words";
import { numbers } from "../../random";
import { evaluateDev } from "../evaluate";
import { judged } from "../judged";
import { answering, EXISTING, FRONT, placed, PUBLIC } from "../network/existing-aws";
import { KEYS, nest } from "./schema-keys";
import { expectClear, problemsOf } from "./stack-trial";

type Group = Readonly<Record<string, unknown>>;
type Sections = Readonly<Record<string, object | string>>;

const TODAY = "2026-11-28";
const key = (end: number): string => `arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-4567890000${end}`;

const BASE: Group = {
  gateway: { sshFrom: ["203.0.113.0/24"] },
  app: { path: "templates/sample-app", requires: ["DATABASE_URL", "SECRET_KEY"] },
};

const front = { domain: "ml.your-company.com", tls: { acm: "new" }, dns: { zone: "Z0123456789ABCDEF" } };
const FLEET = { network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } };
const existing = { ...EXISTING, balancerSubnets: [PUBLIC, FRONT].map(placed) };

/** Each is right by itself; of two that exclude each other the later one counts, or both are refused. */
const SWITCHES: readonly Group[] = [
  { gateway: { mode: "proxy" } },
  { gateway: { elasticIp: true } },
  { gateway: { apiKeys: { "client-a": "0123456789abcdef".repeat(2) } } },
  { gateway: { basicAuth: { operations: "Q2hhbmdlVGhpcw0123456789" } } },
  { gateway: { loadBalancer: true }, ...front },
  { gateway: { elasticIp: true }, domain: front.domain, tls: { acme: { email: "operations@your-company.com", agreeToTerms: true } } },
  {
    ...{ domain: front.domain, dns: front.dns },
    tls: { acme: { email: "operations@your-company.com", agreeToTerms: true, challenge: "dns" } },
  },
  { backend: { loadBalancer: true } },
  { backend: { loadBalancer: true, count: 2 } },
  FLEET,
  { ...FLEET, ...front, access: "none", gateway: { loadBalancer: true, fleet: {} } },
  { network: { egress: "managed" } },
  { network: { existing: EXISTING, egress: "managed" } },
  { network: { existing, egress: "managed" }, gateway: { loadBalancer: true }, ...front },
  { access: "ssm" },
  { access: "instance-connect" },
  { watch: { enabled: true, metrics: true, logs: true, emails: ["operations@your-company.com"] } },
  { kms: { volumeKey: key(11), bucketKey: "alias/models" } },
  { protect: { hosts: true, bucket: true } },
  { backup: { enabled: false } },
  { release: { shadow: { seconds: 60, minRequests: 10 } } },
];

export function combined(seed: number): Sections {
  const next = numbers(seed);
  const below = (end: number): number => Math.floor(next() * end);
  const switches = Array.from({ length: 1 + below(4) }, () => SWITCHES[below(SWITCHES.length)] ?? {});
  const keys = Array.from({ length: below(4) }, () => KEYS[below(KEYS.length)]).flatMap((one) => {
    const value = one === undefined || one.path.includes("NAME") ? undefined : valueOf(one.node, below);
    return one === undefined || value === undefined ? [] : [nest(one.path, value)];
  });
  return [BASE, ...switches, ...(keys as Group[])].reduce(merged) as Sections;
}

/** One that the schema allows; undefined for a text of which it has no example. */
function valueOf(node: Worded, below: (end: number) => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return pick(node.enum);
  if (node.anyOf !== undefined) return valueOf(pick(node.anyOf), below);
  const said = [node.example, node.default].filter((one) => one !== undefined);
  if (node.type === "boolean") return pick([true, false]);
  if (node.type === "integer") return pick([...said, node.minimum, node.maximum].filter((one) => one !== undefined));
  if (node.properties === undefined) return said[0];
  const required = (node.required ?? []) as readonly string[];
  const given = Object.entries(node.properties).flatMap(([name, inner]): [string, unknown][] => {
    const value = required.includes(name) || below(3) === 0 ? valueOf(inner, below) : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given);
}

function merged(one: Group, other: Group): Group {
  const both = Object.entries(other).map(([name, value]): [string, unknown] => {
    const there = one[name];
    return [name, isGroup(there) && isGroup(value) ? merged(there, value) : value];
  });
  return { ...one, ...Object.fromEntries(both) };
}

export interface Outcome {
  /** Sentences that refuse it; none when it was evaluated. */
  readonly problems: readonly string[];
  /** What the pack has to say that is mandatory. */
  readonly findings: readonly string[];
}

/** @throws what the program throws and no command knows: a fault of its own */
export async function outcomeOf(sections: Sections): Promise<Outcome> {
  const run = await evaluateDev(sections, answering(), true).catch((error: unknown) => {
    if (!KNOWN_ERRORS.some((kind) => error instanceof kind)) throw error;
    return problemsOf(error as Error);
  });
  if (Array.isArray(run)) return { problems: run, findings: [] };
  const { outcomes } = await judged(run, TODAY);
  const bad = outcomes.filter(({ verdict, level }) => verdict !== "pass" && level === "mandatory");
  return { problems: [], findings: bad.map(({ policy, verdict, message }) => `${policy} ${verdict} ${message}`) };
}

/** @returns whether it was evaluated */
export async function expectRightOrRefused(seed: number): Promise<boolean> {
  const sections = combined(seed);
  const { problems, findings } = await outcomeOf(sections).catch((error: unknown) => {
    throw new Error(`seed ${seed}: ${JSON.stringify(sections)}: ${String((error as Error).stack)}`);
  });
  expect({ seed, sections, findings }).toEqual({ seed, sections, findings: [] });
  for (const problem of problems) expectClear(problem);
  expect(new Set(problems).size).toBe(problems.length);
  return problems.length === 0;
}
