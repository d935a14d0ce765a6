/** What an SSH key that is not the one of the last update means for the hosts, in words. Pure. */
import { fingerprint } from "./ssh-key";
import type { StackConfig } from "./types";

export interface Notice {
  readonly level: "info" | "warn";
  readonly text: string;
}

/**
 * @param lastKey fingerprint of the key of the last update that ended well; anything else when there was none.
 * @returns undefined when there is nothing to say.
 */
export function keyNotice({ project, stack, ssh }: Pick<StackConfig, "project" | "stack" | "ssh">, lastKey: unknown): Notice | undefined {
  if (ssh === undefined) return undefined;
  const current = fingerprint(ssh.publicKey);
  const setting = `${project}:sshPreviousPrivateKey`;
  if (ssh.previous === undefined) {
    return typeof lastKey !== "string" || lastKey === current
      ? undefined
      : {
          level: "warn",
          text:
            `${project}:sshPrivateKey is ${current}, and the hosts were set up with ${lastKey}. A new key reaches only hosts that are made anew; ` +
            `on those that run, the first step fails with "unable to authenticate". To rotate the key, give the old one as well: ` +
            `pulumi config set --stack ${stack} --secret ${setting} < KEYFILE (docs/how-to/rotate-keys-and-secrets.md)`,
        };
  }
  const previous = fingerprint(ssh.previous.publicKey);
  if (lastKey === current) {
    return {
      level: "info",
      text: `the SSH key is rotated: both hosts accept ${current} and no longer ${previous}. Remove the old key from the configuration: pulumi config rm --stack ${stack} ${setting}`,
    };
  }
  if (typeof lastKey === "string" && lastKey !== previous) {
    return {
      level: "warn",
      text:
        `${setting} is ${previous}, and the hosts were last set up with ${lastKey}: they may refuse it ("unable to authenticate"). ` +
        "Give the key with that fingerprint (ssh-keygen -l -f KEYFILE shows it)",
    };
  }
  return {
    level: "info",
    text:
      `the SSH key is rotated from ${previous} to ${current}: on each host the old key lets the new one in, then the new one removes the old. ` +
      `No instance is replaced, and the service is not interrupted. When it is done: pulumi config rm --stack ${stack} ${setting}`,
  };
}
