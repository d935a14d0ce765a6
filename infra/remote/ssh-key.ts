import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { SshKey } from "../config/types";
import { inSh } from "../release/in-sh";
import { commandConnection, type Connection } from "./setup";

export interface KeyRotationArgs {
  /** With the current key; the bastion, where there is one, is reached with it already. */
  readonly connection: Connection;
  readonly current: SshKey;
  readonly previous: SshKey;
  readonly instanceId: pulumi.Input<string>;
  /** Key pair that the instance was launched with. */
  readonly launchKeyName: pulumi.Input<string>;
  /** Key pair of the current key. */
  readonly currentKeyName: pulumi.Input<string>;
  /** Text of templates/steps/ssh-key.sh. */
  readonly script: string;
}

export interface KeyRotation {
  /** Has to be done before anything else connects with the current key. */
  readonly authorized: command.remote.Command;
  /** When it is done, the host accepts the current key and no longer the previous one. */
  readonly revoked: command.remote.Command;
}

/**
 * Rotates the SSH key of one host: `<name>` logs in with the previous key and authorizes the current one, `<name>-revoke` logs in with the
 * current one, which proves it, and removes the previous one. Neither undoes anything when it is deleted, so the setting can be removed
 * afterwards without a trace on the host.
 */
export function rotateKey(name: string, args: KeyRotationArgs, opts: pulumi.CustomResourceOptions): KeyRotation {
  const { connection, current, previous, script } = args;
  const authorized = new command.remote.Command(
    name,
    {
      connection: commandConnection({ ...connection, privateKey: acceptedKey(args) }),
      create: inSh(script),
      stdin: `authorizedKey=${current.publicKey}\n===\n`,
      triggers: [args.instanceId, current.publicKey],
    },
    {
      ...opts,
      // The previous key is gone from the host once this has run, so a new connection is no reason to run it again. A replacement, which is
      // what triggers cause, takes the connection as it is then.
      ignoreChanges: ["connection"],
    },
  );
  const revoked = new command.remote.Command(
    `${name}-revoke`,
    {
      connection: commandConnection(connection),
      create: inSh(script),
      stdin: `authorizedKey=${current.publicKey}\nrevokedKey=${previous.publicKey}\n===\n`,
    },
    { ...opts, dependsOn: [authorized] },
  );
  return { authorized, revoked };
}

/** A host that was launched with the current key never knew the previous one. */
function acceptedKey({ current, previous, launchKeyName, currentKeyName }: KeyRotationArgs): pulumi.Output<string> {
  return pulumi
    .all([launchKeyName, currentKeyName, current.privateKey, previous.privateKey])
    .apply(([launched, now, currentKey, previousKey]) => (launched === now ? currentKey : previousKey));
}
