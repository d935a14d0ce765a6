/**
 * A lab: real systemd machines, a router, an outside and S3 on this one machine, under a name. Labs do not touch each other, and those of
 * another checkout are not seen at all (paths.ts).
 * Needs Linux and root. See cli.ts for the same from a shell.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { labsWithGroups, removeEmptyRoot, removeGroups } from "./cgroup";
import { scriptInNamespace, startDaemon } from "./daemon";
import { ensureHostTools } from "./host-tools";
import { DEFAULT_OS, type Os } from "../../infra/external-names";
import type { Image } from "./image";
import { ensureImage } from "./image";
import { controlServices, execInside } from "./inside";
import type { InTurn } from "./lab-machines";
import { applyState, machines } from "./lab-machines";
import { applyNetwork, createNetwork, namespacesOf, removeNetwork } from "./network";
import type { OutsideReply, OutsideRequest } from "./outside";
import { fetchOutside } from "./outside";
import { diskDir, runDir, runRoot } from "./paths";
import type { RunOptions, RunResult } from "./process";
import { must, until } from "./process";
import { addWheels, ensureMoto } from "./python-env";
import type { FirstBoot } from "./seed";
import type { S3Fault, S3Record } from "./services/s3-relay";
import { labExists, readState, writeState } from "./state";
import type { Tls } from "./tls";
import { ensureTls } from "./tls";
import type { Host, LabState } from "./topology";
import { checkName, labOfNamespace, namespaceOf, SERVICES } from "./topology";

/** `os` is the lab's own by default. */
export type NewHost = Omit<Host, "index" | "instanceId" | "os"> & { readonly instanceId?: string; readonly os?: Os };

export interface Lab {
  readonly name: string;
  /** The state as it is now. */
  state(): LabState;
  /** Changes rules, routes, groups or hosts' attributes and makes the router follow. */
  update(change: (state: LabState) => LabState): Promise<void>;
  /** Makes machines of a release possible: its image, and the wheels for its Python. */
  provideOs(os: Os): Promise<void>;
  /** Creates a machine and switches it on; returns when its first process runs (ssh: see `ready`). */
  addHost(host: NewHost, boot: FirstBoot): Promise<Host>;
  removeHost(host: string): Promise<void>;
  /** Waits until the first boot is done (cloud-init) and ssh answers. */
  ready(host: string): Promise<void>;
  /** A bash command line as the machine's root, independent of its network. */
  exec(host: string, command: string, options?: RunOptions): Promise<RunResult>;
  /** The same, for what has to succeed. @returns standard output */
  must(host: string, command: string, options?: RunOptions): Promise<string>;
  /** A program in the operator's namespace: outside of the machines' network. */
  outside(argv: readonly string[]): readonly string[];
  fetchFromOutside(url: string, options?: OutsideRequest): Promise<OutsideReply>;
  /** Drops every packet of a host, or of the operator ("operator"), until `reconnectLink`. */
  cutLink(part: string): Promise<void>;
  reconnectLink(part: string): Promise<void>;
  /** An orderly reboot from inside; returns when the machine's new first process runs. */
  reboot(host: string): Promise<void>;
  /** Pulls the plug; `powerOn` boots from what reached the disk. */
  powerOff(host: string): Promise<void>;
  /** The same, and what the file system had not written to the disk is lost, as in a power cut. */
  losePower(host: string): Promise<void>;
  powerOn(host: string): Promise<void>;
  /** MiB for the whole machine; undefined lifts the limit. Holds also after a reboot. */
  setMemory(host: string, mebibytes: number | undefined): Promise<void>;
  readonly s3: {
    /** Replaces all faults. Without argument: S3 is well again. */
    faults(...faults: readonly S3Fault[]): Promise<void>;
    /** What was moved since the lab began. */
    records(): Promise<S3Record[]>;
  };
}

export interface LabOptions {
  /** @default 10.0.0.0/16 */
  readonly cidr?: string;
  /** @default us-east-1 */
  readonly region?: string;
  /** What its machines boot. @default ubuntu-22.04 */
  readonly os?: Os;
  /** Progress, one line each. @default console.error */
  readonly say?: (line: string) => void;
}

export interface Prepared {
  readonly image: Image;
  /** Program of the S3 stand-in. */
  readonly moto: string;
  readonly tls: Tls;
}

/** Everything that is made once for all labs and kept: 2-4 minutes the first time, nothing later. */
export async function prepareMachine(os: Os, region: string, say: (line: string) => void): Promise<Prepared> {
  await ensureHostTools();
  const [image, moto, tls] = await Promise.all([ensureImage(os, say), ensureMoto(say), ensureTls(region)]);
  return { image, moto, tls };
}

/** Starts a lab without machines. @throws when one of this name exists, or this machine cannot do it */
export async function createLab(name: string, options: LabOptions = {}): Promise<Lab> {
  checkName("lab", name);
  const say = options.say ?? ((line: string) => console.error(line));
  const region = options.region ?? "us-east-1";
  const os = options.os ?? DEFAULT_OS;
  const { image, moto, tls } = await prepareMachine(os, region, say);
  if (labExists(name)) throw new Error(`lab "${name}" exists already: take it down first (lab down --name ${name}).`);
  // Without a state there is nothing to use, only what a run left that died in its first moments.
  await removeLab(name);
  mkdirSync(runDir(name), { recursive: true, mode: 0o700 });
  const wheelhouse = join(diskDir(name), "wheels");
  mkdirSync(wheelhouse, { recursive: true });
  await addWheels(wheelhouse, image.python, say);
  const privateKeyFile = join(runDir(name), "key");
  const state: LabState = {
    ...{
      name,
      diskDir: diskDir(name),
      cidr: options.cidr ?? "10.0.0.0/16",
      region,
      os,
      images: { [os]: image },
      wheelhouse,
      privateKeyFile,
    },
    ...{ ready: false, hosts: {}, groups: {}, cut: [] },
  };
  writeState(state);
  await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", `lab-${name}`, "-f", privateKeyFile]);
  await createNetwork(name);
  await applyNetwork(state);
  const daemon = (part: string, script: string, ...args: string[]): void =>
    startDaemon(scriptInNamespace(namespaceOf(name, part), join(__dirname, script), ...args), {
      lab: name,
      part,
      logFile: join(runDir(name), `${part}.log`),
    });
  daemon("services", "services/main.ts", name, moto, tls.certificate, tls.key);
  daemon("operator", "services/operator.ts", join(runDir(name), "operator.sock"));
  await until(
    "start of the lab's services",
    30_000,
    async () => (await fetchOutside(name, `http://${SERVICES.address}/`)).status === 200 || undefined,
  );
  writeState({ ...state, ready: true });
  return openLab(name);
}

/** A running lab by its name. */
export function openLab(name: string): Lab {
  // One change of the network at a time, in the order asked for.
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn: InTurn = (job) => {
    const next = queue.then(job);
    queue = next.catch(() => undefined);
    return next;
  };
  const update: Lab["update"] = (change) =>
    inTurn(async () => {
      const before = readState(name);
      const after = change(before);
      if (after !== before) await applyState(after);
    });
  const hostOf = (host: string): Host => {
    const found = readState(name).hosts[host];
    if (found === undefined) throw new Error(`lab ${name} has no host "${host}"; it has: ${Object.keys(readState(name).hosts).join(", ")}`);
    return found;
  };
  const exec: Lab["exec"] = (host, command, options) => execInside(name, hostOf(host).name, command, options);
  const mustInside: Lab["must"] = async (host, command, options) => {
    const result = await exec(host, command, options);
    if (result.code === 0) return result.stdout;
    throw new Error(`on ${host}: ${command}\nended with status ${result.code}: ${(result.stderr + result.stdout).slice(-3000)}`);
  };
  const cut = (part: string, yes: boolean): Promise<void> =>
    update((state) => ({ ...state, cut: [...state.cut.filter((one) => one !== part), ...(yes ? [part] : [])] }));
  return {
    name,
    state: () => readState(name),
    update,
    exec,
    must: mustInside,
    ...machines(name, { hostOf, update, inTurn, inside: mustInside }),
    outside: (argv) => ["ip", "netns", "exec", namespaceOf(name, "operator"), ...argv],
    fetchFromOutside: (url, options) => fetchOutside(name, url, options),
    cutLink: (part) => cut(part, true),
    reconnectLink: (part) => cut(part, false),
    s3: { faults: async (...faults) => void (await controlServices(name, faults)), records: () => controlServices(name) },
  };
}

/** Labs of this checkout of which anything is left: state, processes or namespaces. */
export async function listLabs(): Promise<string[]> {
  const named = (await namespacesOf()).map((one) => labOfNamespace(one) ?? "");
  const states = existsSync(runRoot) ? readdirSync(runRoot).filter((one) => statSync(join(runRoot, one)).isDirectory()) : [];
  return [...new Set([...named, ...states, ...labsWithGroups()])].filter((one) => one !== "").sort();
}

/** Removes every trace of a lab, whatever state a crash left it in; nothing to remove is no error. */
export async function removeLab(name: string): Promise<void> {
  checkName("lab", name);
  const disk = labExists(name) ? readState(name).diskDir : diskDir(name);
  await removeGroups(name);
  removeEmptyRoot();
  await removeNetwork(name);
  rmSync(disk, { recursive: true, force: true });
  rmSync(runDir(name), { recursive: true, force: true });
}
