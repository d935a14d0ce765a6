/** The order of the set-up of the hosts, as data. Only infra/set-up.ts reads it; what no row orders runs at the same time. */
import type { BackendId, GatewayMode, HostId, StepName } from "./types";

/** A step of one host. */
export type StepOf = `${HostId}:${StepName}`;
/**
 * `egress` is the private subnets' path to package mirrors, `bucket` the model bucket with its objects, `balancer` the way to the backend, `front`
 * that to the gateway, `record` the gateway's name.
 */
export type Part = "egress" | "bucket" | "balancer" | "front" | "record";
export type Needed = StepOf | Part;

type SetUp = ReadonlyArray<readonly [step: StepOf, needs: readonly Needed[]]>;

/** Every row stands below what it needs. A step that a host does not have (models on the gateway) is left out, also where another needs it. */
export const SET_UP: SetUp = [
  // Where there is a load balancer, this step gives up the backend's own address for it.
  ["gateway:prepare", ["balancer"]],
  // Before the release, whose site names its files. The acme step comes behind it: the authority asks that site.
  ["gateway:tls", ["gateway:prepare"]],
  ["gateway:access", ["gateway:prepare"]],
  ["gateway:code", ["gateway:prepare"]],
  ["gateway:env", ["gateway:prepare"]],
  ["gateway:release", ["gateway:tls", "gateway:access", "gateway:code", "gateway:env"]],
  // The backend's first packages come through the gateway's NAT.
  ["backend:prepare", ["gateway:prepare", "egress"]],
  ["backend:code", ["backend:prepare"]],
  ["backend:env", ["backend:prepare"]],
  ["backend:models", ["backend:prepare", "bucket"]],
  ["backend:release", ["backend:code", "backend:env", "backend:models"]],
  ["backend:verify", ["backend:release"]],
  ["gateway:acme", ["gateway:release", "record"]],
  // It looks at the backend as well, whose verify runs beside it.
  ["gateway:verify", ["gateway:release", "gateway:acme", "backend:release", "front"]],
];

/** In proxy mode the gateway's site leads to the backend: without one that serves, the release could not prove it. */
const PROXY_SET_UP: SetUp = [
  ...SET_UP.filter(([step]) => !["gateway:release", "gateway:acme", "gateway:verify"].includes(step)),
  ["gateway:release", ["gateway:prepare", "gateway:tls", "gateway:access", "backend:verify"]],
  ["gateway:acme", ["gateway:release", "record"]],
  ["gateway:verify", ["gateway:release", "gateway:acme", "front"]],
];

/** @param backends in the order in which a release reaches them; a fleet counts as one host */
export function setUpOrder(mode: GatewayMode, backends: readonly BackendId[] = ["backend"]): SetUp {
  const rows = mode === "proxy" ? PROXY_SET_UP : SET_UP;
  return backends.length < 2 ? rows : ofSeveral(rows, backends);
}

/**
 * The rows of the backend stand together, and each host has them in its turn. A host gets its release when the one before it was verified with that
 * release: a bad one stops at the first, and the others serve on. The gateway comes to its part when all of them were.
 */
function ofSeveral(rows: SetUp, backends: readonly BackendId[]): SetUp {
  const first = rows.findIndex(([step]) => isBackends(step));
  const own = rows.filter(([step]) => isBackends(step));
  const each = backends.flatMap((id, index): SetUp => {
    const before = backends[index - 1];
    return own.map(([step, needs]) => [
      renamed(step, id),
      [
        ...needs.map((need) => renamed(need, id)),
        ...(step === "backend:release" && before !== undefined ? [`${before}:verify` as const] : []),
      ],
    ]);
  });
  const gateway = (some: SetUp): SetUp =>
    some.map(([step, needs]) => [
      step,
      needs.flatMap((need) => (isBackends(need) ? backends.map((id) => `${id}:verify` as const) : [need])),
    ]);
  return [...gateway(rows.slice(0, first)), ...each, ...gateway(rows.slice(first + own.length))];
}

const isBackends = (need: Needed): boolean => need.startsWith("backend:");
const renamed = <Of extends Needed>(need: Of, id: BackendId): Of => need.replace(/^backend:/, `${id}:`) as Of;
