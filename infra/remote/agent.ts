/** The SSH agent that SSH_AUTH_SOCK names: with one that is gone, the command provider gives every remote command up, although a key is given. */
import { existsSync } from "node:fs";
import { connect } from "node:net";

const LIMIT_MS = 2000;

/** @returns why no agent can be reached; undefined where none is named, or one answers */
export async function agentProblem(socket: string | undefined): Promise<string | undefined> {
  if (socket === undefined || socket === "") return undefined;
  if (!existsSync(socket)) return `names "${socket}", which does not exist`;
  return (await listens(socket)) ? undefined : `names "${socket}", where no agent listens any more`;
}

function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const client = connect(socket);
    const end = (found: boolean): void => {
      client.destroy();
      resolve(found);
    };
    client.setTimeout(LIMIT_MS, () => end(true)); // slow is not gone
    client.once("connect", () => end(true));
    client.once("error", () => end(false)); // the caller says what it means
  });
}
