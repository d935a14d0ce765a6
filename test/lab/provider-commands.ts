/** The command resources of a program, really executed; when they run is decided as the engine decides it. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import type { Properties, Request } from "../../infra/offline/engine";
import { LOOPBACK } from "../../infra/remote/local-ports";
import type { Lab } from "./lab";
import { connect, type Socket } from "node:net";
import { connectOutside } from "./outside";
import { repositoryRoot } from "./paths";
import type { SavedResource } from "./provider-state";
import { changedInputs, frozenInputs } from "./provider-state";
import type { CommandResult, Connection, RemoteCommand } from "./remote-command";
import { runRemote } from "./remote-command";

export const LOCAL_COMMAND = "command:local:Command";
export const COMMAND_TYPES = [LOCAL_COMMAND, "command:remote:Command"] as const;

/** Inputs that this imitation carries out or may leave out (assets, directories and interpreters are not among them). */
const KNOWN = ["create", "update", "stdin", "triggers", "connection", "logging", "environment", "addPreviousOutputInEnv"];

/**
 * Why a command has to run: never created, or these inputs differ. undefined: the engine would leave it alone.
 * `update`: in place, which runs `update` when there is one; a change of `triggers` replaces, which runs `create`, and then with all inputs
 * as the program gives them now, the ignored ones too.
 * @throws where the engine would run it with earlier values of ignored inputs: only their digests are kept here
 */
export function decide(
  saved: SavedResource | undefined,
  request: Request,
): { readonly script: "create" | "update"; readonly why: string; readonly replaced?: true } | undefined {
  if (saved === undefined) return { script: "create", why: "new" };
  const changed = changedInputs(saved, request);
  if (changed.length === 0) return undefined;
  const replaced = changed.includes("triggers");
  const frozen = replaced ? [] : frozenInputs(saved, request);
  if (frozen.length > 0) {
    throw new Error(`${request.name}: ${changed.join(", ")} changed, and the earlier ${frozen.join(", ")} is not kept here to run it with`);
  }
  return {
    script: replaced || request.inputs.update === undefined ? "create" : "update",
    why: changed.join(", "),
    ...(replaced ? { replaced } : {}),
  };
}

function check(request: Request): void {
  const { inputs } = request;
  const known = request.type === LOCAL_COMMAND ? [...KNOWN, "delete"] : KNOWN;
  const unknown = Object.keys(inputs).filter((key) => !known.includes(key) && inputs[key] !== undefined);
  if (unknown.length > 0) throw new Error(`the local hosts do not imitate ${unknown.join(", ")} of ${request.type}`);
  if (request.type === "command:remote:Command" && inputs.environment !== undefined) {
    throw new Error("environment: sshd accepts no variables (AcceptEnv), the provider would fail; use stdin");
  }
}

/** Like the provider's local command: the operator's /bin/sh, but in the operator's network namespace, unless the ports of the tunnels are asked. */
export function runLocal(lab: Lab, script: string, inputs: Properties, tunnelled: boolean): Promise<CommandResult> {
  const shell = ["/bin/sh", "-c", script];
  const [program = "", ...args] = tunnelled ? shell : lab.outside(shell);
  return new Promise((resolve, reject) => {
    const environment = (inputs.environment ?? {}) as Record<string, string>;
    const child = spawn(program, args, { cwd: repositoryRoot, env: { ...process.env, ...environment } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => out.push(part));
    child.stderr.on("data", (part: Buffer) => err.push(part));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const [stdout, stderr] = [out, err].map((parts) => Buffer.concat(parts).toString("utf8")) as [string, string];
      if (code === 0) resolve({ stdout: stdout.replace(/\n$/, ""), stderr: stderr.replace(/\n$/, "") });
      else {
        const how = code === null ? `signal: ${signal ?? "unknown"}` : `exit status ${code}`;
        reject(new Error(`${how}: running ${JSON.stringify(script)}:\n${stdout}${stderr}`));
      }
    });
    // A script that does not read its input is evaluated by its exit status.
    child.stdin.on("error", () => undefined);
    child.stdin.end((inputs.stdin as string | undefined) ?? "");
  });
}

/** A port of this computer. */
export function connectHere(port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: LOOPBACK, port, timeout: timeoutMs });
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new Error(`dial tcp ${LOOPBACK}:${port}: ${reason}`));
    };
    socket.once("timeout", () => fail("i/o timeout"));
    socket.once("error", (error) => fail(error.message));
    socket.once("connect", () => {
      socket.removeAllListeners("error").removeAllListeners("timeout").setTimeout(0);
      resolve(socket);
    });
  });
}

/** @param tunnelled the loopback that a connection names is this computer's. @throws with what it printed */
export async function runCommand(
  lab: Lab,
  request: Request,
  script: "create" | "update",
  tunnelled: boolean,
): Promise<{ id: string; outputs: Properties }> {
  check(request);
  const { inputs } = request;
  const text = inputs[script] as string | undefined;
  const id = `${request.name}${createHash("sha256").update(request.urn).digest("hex").slice(0, 8)}`;
  if (text === undefined) return { id, outputs: { ...inputs, stdout: "", stderr: "" } };
  const command: RemoteCommand = {
    connection: inputs.connection as Connection,
    command: text,
    stdin: inputs.stdin as string | undefined,
    logging: inputs.logging as RemoteCommand["logging"],
  };
  const result =
    request.type === LOCAL_COMMAND
      ? await runLocal(lab, text, inputs, tunnelled)
      : await runRemote(command, (host, port, timeoutMs) =>
          tunnelled && host === LOOPBACK ? connectHere(port, timeoutMs) : connectOutside(lab.name, host, port, timeoutMs),
        );
  return { id, outputs: { ...inputs, ...result } };
}
