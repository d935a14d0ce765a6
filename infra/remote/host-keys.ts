import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { commandConnection, type Connection } from "./setup";

export interface BastionKeyArgs {
  readonly address: pulumi.Input<string>;
  /** A new instance has a new key; the same one is never asked twice. */
  readonly instanceId: pulumi.Input<string>;
  /** Shell text that waits for the host and prints its key. */
  readonly script: string;
}

export interface BackendKeyArgs extends BastionKeyArgs {
  readonly bastion: Connection;
}

/**
 * Learns the gateway's host key from this machine, once for each instance; every later connection is pinned to it.
 *
 * @returns the key in the form `ssh-ed25519 AAAA…`.
 */
export function bastionHostKey(name: string, args: BastionKeyArgs, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { address, instanceId, script } = args;
  const learned = new command.local.Command(
    name,
    { create: script, stdin: pulumi.interpolate`${address}\n`, triggers: [instanceId], logging: command.local.Logging.Stderr },
    opts,
  );
  return learned.stdout.apply((text) => text.trim());
}

/** The same for the backend, asked from the gateway. */
export function backendHostKey(name: string, args: BackendKeyArgs, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { address, instanceId, script, bastion } = args;
  const learned = new command.remote.Command(
    name,
    {
      connection: commandConnection(bastion),
      create: script,
      stdin: pulumi.interpolate`${address}\n`,
      triggers: [instanceId],
      logging: command.remote.Logging.Stderr,
    },
    opts,
  );
  return learned.stdout.apply((text) => text.trim());
}
