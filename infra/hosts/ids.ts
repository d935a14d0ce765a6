/** What the hosts of a stack are called: the gateway, and the backends, of which the first keeps the plain name. Pure. */
import type { BackendId, HostId, HostRole } from "../release/types";

/** In the order in which a release reaches them. */
const BACKENDS: readonly BackendId[] = ["backend", "backend-2", "backend-3"];

/** In the order in which they are asked. */
export const HOST_IDS: readonly HostId[] = ["gateway", ...BACKENDS];

/** How many backends a stack may have, each set up over SSH. */
export const MOST_BACKENDS = BACKENDS.length;

interface Sized {
  readonly gateway?: { readonly fleet?: object };
  readonly backend: { readonly mode: "single" | "fleet"; readonly count: number };
}

/** The backends that are set up over SSH: none with a fleet, whose hosts set themselves up. */
export function backendIds({ backend: { mode, count } }: Sized): readonly BackendId[] {
  return mode === "fleet" ? [] : BACKENDS.slice(0, count);
}

/** Those that are set up over SSH, the gateway first, as they are asked; none where all come as fleets. */
export function hostIds(config: Sized): readonly HostId[] {
  return [...(config.gateway?.fleet === undefined ? (["gateway"] as const) : []), ...backendIds(config)];
}

export const isHostId = (name: unknown): name is HostId => HOST_IDS.some((id) => id === name);

export const roleOf = (id: HostId): HostRole => (id === "gateway" ? "gateway" : "backend");

/** By the names of the backends that are set up over SSH. */
export type OfBackends<T> = Readonly<Partial<Record<BackendId, T>>>;

/** The same with the gateway, where that is set up over SSH. */
export type OfHosts<T> = { readonly gateway?: T } & OfBackends<T>;

/** What is made of each backend, under its name. */
export function byId<Of extends { readonly id: BackendId }, Made>(backends: readonly Of[], make: (backend: Of) => Made): OfBackends<Made> {
  return Object.fromEntries(backends.map((backend) => [backend.id, make(backend)]));
}
