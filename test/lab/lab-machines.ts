/** What can be done with a lab's machines. */
import { randomBytes } from "node:crypto";
import type { Os } from "../../infra/external-names";
import { limitMemory } from "./cgroup";
import { ensureImage } from "./image";
import type { Lab, NewHost } from "./lab";
import { createDisk, losePower, powerOff, powerOn, removeDisk, waitForLeader } from "./machine";
import { applyNetwork, createHostNetwork, removeHostNetwork } from "./network";
import { until } from "./process";
import { addWheels } from "./python-env";
import { readState, writeState } from "./state";
import { ensureTls } from "./tls";
import type { Host, LabState } from "./topology";
import { checkName } from "./topology";

export type Machines = Pick<
  Lab,
  "provideOs" | "addHost" | "removeHost" | "ready" | "reboot" | "powerOff" | "losePower" | "powerOn" | "setMemory"
>;

export type InTurn = <T>(job: () => Promise<T>) => Promise<T>;

export async function applyState(state: LabState): Promise<void> {
  writeState(state);
  await applyNetwork(state);
}

export interface Tools {
  readonly hostOf: (host: string) => Host;
  readonly update: Lab["update"];
  readonly inTurn: InTurn;
  readonly inside: Lab["must"];
}

/** Takes the next free place in the lab, makes the host's network, and only then tells the state about it. */
async function connectHost(name: string, wanted: NewHost): Promise<Host> {
  const state = readState(name);
  if (state.hosts[checkName("host", wanted.name)] !== undefined) throw new Error(`lab ${name} has a host "${wanted.name}" already`);
  const index = Math.max(-1, ...Object.values(state.hosts).map((one) => one.index)) + 1;
  const host = { ...wanted, os: wanted.os ?? state.os, index, instanceId: wanted.instanceId ?? `i-${randomBytes(8).toString("hex")}0` };
  await createHostNetwork(name, host);
  await applyState({ ...state, hosts: { ...state.hosts, [host.name]: host } });
  return host;
}

export function machines(name: string, { hostOf, update, inTurn, inside }: Tools): Machines {
  const setHost = (host: Host): Promise<void> => update((state) => ({ ...state, hosts: { ...state.hosts, [host.name]: host } }));
  const start = async (host: string): Promise<void> => {
    powerOn(readState(name), hostOf(host));
    await waitForLeader(name, host);
  };
  const provideOs = async (os: Os): Promise<void> => {
    if (readState(name).images[os] !== undefined) return;
    const say = (line: string): void => console.error(line);
    const image = await ensureImage(os, say);
    await addWheels(readState(name).wheelhouse, image.python, say);
    await update((state) => ({ ...state, images: { ...state.images, [os]: image } }));
  };
  return {
    provideOs,
    addHost: async (wanted, boot) => {
      if (wanted.os !== undefined) await provideOs(wanted.os);
      const host = await inTurn(() => connectHost(name, wanted));
      createDisk(readState(name), host, boot, await ensureTls(readState(name).region));
      await start(host.name);
      return host;
    },
    removeHost: async (host) => {
      const found = hostOf(host);
      await powerOff(readState(name), host);
      await removeHostNetwork(name, found);
      removeDisk(readState(name), host);
      await update((state) => ({ ...state, hosts: Object.fromEntries(Object.entries(state.hosts).filter(([key]) => key !== host)) }));
    },
    ready: async (host) => {
      const done =
        "cloud-init status --wait >/dev/null 2>&1; status=$?; [ $status = 0 ] || [ $status = 2 ] || exit 1; systemctl is-active --quiet ssh";
      await until(`first boot of ${host}`, 90_000, async () => (await inside(host, done), true));
    },
    reboot: async (host) => {
      const before = await waitForLeader(name, host);
      await inside(host, "systemctl reboot");
      await until(`reboot of ${host}`, 60_000, async () => (await waitForLeader(name, host)) !== before || undefined);
    },
    powerOff: (host) => powerOff(readState(name), hostOf(host).name),
    losePower: (host) => losePower(readState(name), hostOf(host).name),
    powerOn: start,
    setMemory: async (host, mebibytes) => {
      limitMemory(name, host, mebibytes);
      await setHost({ ...hostOf(host), memoryMiB: mebibytes });
    },
  };
}
