import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { inSh } from "../release/in-sh";
import { keyIn } from "./printed";
import { commandConnection, type Connection } from "./setup";

/** What is asked for the key of a host. */
export interface HostKeyArgs {
  /** Address that is asked. */
  readonly address: pulumi.Input<string>;
  /** A new instance has a new key; the same one is never asked twice. */
  readonly instanceId: pulumi.Input<string>;
  /** Shell text that waits for the host and prints its key. */
  readonly script: string;
}

/** What {@link bastionHostKey} needs. */
export interface BastionKeyArgs extends HostKeyArgs {
  /** IPv4 blocks that may connect to the address, for a message that helps. */
  readonly allowed: readonly string[];
}

/** Of a host that a local port leads to. */
export interface TunnelledKeyArgs extends HostKeyArgs {
  readonly port: pulumi.Input<number>;
}

export interface BackendKeyArgs extends HostKeyArgs {
  readonly bastion: Connection;
}

/**
 * Learns the gateway's host key from this machine, once for each instance; every later connection is pinned to it.
 *
 * @returns the key in the form `ssh-ed25519 AAAA…`.
 */
export function bastionHostKey(name: string, args: BastionKeyArgs, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const blocks = args.allowed.map((block) => `${block}\n`).join("");
  return askedFromHere(name, args, pulumi.interpolate`${args.address}\n${blocks}`, opts);
}

/** How long the script asks: longer than the tunnel tries (remote/tunnel.ts), which then says why and closes its port. */
const TUNNEL_SECONDS = 960;

/** The same for a host behind a tunnel. AWS leads it to this instance alone, so nobody else can answer. */
export function tunnelledHostKey(name: string, args: TunnelledKeyArgs, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return askedFromHere(name, args, pulumi.interpolate`${args.address} ${args.port} ${TUNNEL_SECONDS}\n`, opts);
}

function askedFromHere(
  name: string,
  { script, instanceId }: HostKeyArgs,
  stdin: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const inputs: command.local.CommandArgs = {
    create: script,
    stdin,
    triggers: [instanceId],
    logging: command.local.Logging.Stderr,
    addPreviousOutputInEnv: false,
  };
  return keyOf(new command.local.Command(name, inputs, { ...opts, ignoreChanges: allButTriggers(inputs) }));
}

/** The same for the backend, asked from the gateway. */
export function backendHostKey(name: string, args: BackendKeyArgs, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { address, instanceId, script, bastion } = args;
  const inputs: command.remote.CommandArgs = {
    connection: commandConnection(bastion),
    create: inSh(script),
    stdin: pulumi.interpolate`${address}\n`,
    triggers: [instanceId],
    logging: command.remote.Logging.Stderr,
    addPreviousOutputInEnv: false,
  };
  return keyOf(new command.remote.Command(name, inputs, { ...opts, ignoreChanges: allButTriggers(inputs) }));
}

/**
 * An address that changes (a stop and a start, an Elastic IP), another way to ask or another bastion are no reason to ask the same instance
 * again: whoever answers there would be believed. A new instance replaces the Command, and then the engine takes all inputs as they are now.
 */
function allButTriggers(inputs: object): string[] {
  return Object.keys(inputs).filter((key) => key !== "triggers");
}

function keyOf(learned: command.local.Command | command.remote.Command): pulumi.Output<string> {
  return learned.stdout.apply(keyIn);
}
