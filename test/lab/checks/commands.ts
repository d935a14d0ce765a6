/** The imitation of the Command provider, on the running machines: what the real one refuses is refused, with its reason. */
import { readFileSync } from "node:fs";
import type { Properties } from "../../../infra/offline/engine";
import type { Lab } from "../lab";
import { connectOutside } from "../outside";
import type { CommandResult, Connection, RemoteCommand } from "../remote-command";
import { runRemote } from "../remote-command";
import type { Check } from "./harness";
import { expect } from "./harness";

async function refusal(work: Promise<CommandResult>, reason: RegExp): Promise<string> {
  let message: string;
  try {
    await work;
    message = "it succeeded";
  } catch (error) {
    message = (error as Error).message;
  }
  expect(reason.test(message), `expected ${reason.source}, got: ${message.slice(0, 500)}`);
  return message;
}

/** Key of a third machine, in the right form. */
const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

export function commandChecks(lab: () => Lab, outputs: () => Properties): Check[] {
  const run = (command: Omit<RemoteCommand, "connection">, change: (to: Connection) => Connection = (to) => to): Promise<CommandResult> => {
    const privateKey = readFileSync(lab().state().privateKeyFile, "utf8");
    const { hostKeys, gatewayAddress, backendAddress } = outputs() as {
      hostKeys: Record<string, string>;
      gatewayAddress: string;
      backendAddress: string;
    };
    const to = (host: string, hostKey: string | undefined): Connection => ({
      host,
      hostKey,
      user: "ubuntu",
      privateKey,
      dialErrorLimit: 1,
      perDialTimeout: 4,
    });
    const connection = change({ ...to(backendAddress, hostKeys["backend"]), proxy: to(gatewayAddress, hostKeys["gateway"]) });
    return runRemote({ ...command, connection }, (host, port, timeoutMs) => connectOutside(lab().name, host, port, timeoutMs));
  };
  const stdin = "x".repeat(2 * 1024 * 1024);
  return [
    {
      name: "a command gets its stdin, 2 MiB, through the bastion",
      run: async () => expect((await run({ command: "wc -c", stdin })).stdout === String(stdin.length), "the sizes differ"),
    },
    {
      name: "a non-zero exit fails with status and stderr",
      run: () => refusal(run({ command: "echo the reason >&2; exit 7" }), /status 7: running "echo the reason >&2; exit 7":\nthe reason/),
    },
    {
      name: "a wrong host key of the target is refused",
      run: async () =>
        void (await refusal(
          run({ command: "true" }, (to) => ({ ...to, hostKey: OTHER_KEY })),
          /handshake failed/,
        )),
    },
    {
      name: "a wrong host key of the bastion is refused",
      run: async () =>
        void (await refusal(
          run({ command: "true" }, (to) => ({ ...to, proxy: { host: "", ...to.proxy, hostKey: OTHER_KEY } })),
          /proxy: after 1 failed attempts/,
        )),
    },
    {
      name: "a line of more than 64 KiB fails instead of hanging",
      run: async () => void (await refusal(run({ command: "head -c 70000 /dev/zero | tr '\\0' x; sleep 30" }), /more than 65536 bytes/)),
    },
    {
      name: "an unknown key of the connection is named, without the private key",
      run: async () => {
        const said = await refusal(
          run({ command: "true" }, (to) => ({ ...to, tty: true }) as Connection),
          /does not know tty/,
        );
        expect(!said.includes("PRIVATE KEY"), "the private key is in the message");
      },
    },
  ];
}
