/**
 * A local port that leads to port 22 of an instance, through a session of the AWS CLI. The port is this program's own from the beginning; the
 * session is started by the first connection, so that an update that runs no step opens none, and a lost one by the next.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import { guardedChild, type GuardedChild } from "./guarded-child";
import { LOOPBACK } from "./local-ports";
import { failureOf, PORT_OPENED, sessionArgs, type SessionTarget } from "./session";

/** Milliseconds. */
export interface Patience {
  /** For an instance that nobody has reached yet: it boots, and its agent registers. */
  readonly first: number;
  /** For one that was reached before. */
  readonly again: number;
  /** Until the AWS CLI has opened a port. */
  readonly opening: number;
  /** Until an SSH server says something through it. */
  readonly banner: number;
  readonly pause: number;
  /** Between two signs of life: a session without traffic is ended by AWS after 20 minutes. */
  readonly alive: number;
}

export const PATIENCE: Patience = { first: 900_000, again: 120_000, opening: 60_000, banner: 20_000, pause: 2000, alive: 300_000 };
/** Failures that nobody knows, one after the other, until it is given up. */
const STRANGE = 3;
/** Connections that get no word, one after the other, until the session is taken for dead. */
const SILENT = 2;

export interface TunnelArgs {
  /** What the messages call it: gateway or backend. */
  readonly name: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly patience?: Patience;
  /** @default that of this program */
  readonly env?: NodeJS.ProcessEnv;
  /** Told what is waited for, every half a minute. */
  readonly say?: (text: string) => void;
  /** Told once, when the tunnel is given up. */
  readonly fail?: (reason: string) => void;
}

interface Session {
  readonly child: GuardedChild;
  readonly port: number;
}

/** An SSH server that is reached says something at once. */
class Silent extends Error {}

/** Nothing can be done about it by trying again. */
class Final extends Error {}

export class Tunnel {
  readonly port: number;
  private target?: SessionTarget;
  private session?: Promise<Session>;
  private child?: GuardedChild;
  private reached = false;
  private closed = false;
  private strange = 0;
  private silent = 0;
  private usedAt = 0;
  private failure?: string;
  private readonly clients = new Set<Socket>();

  /** @throws Error naming the port, where another process has it */
  static async open(args: TunnelArgs): Promise<Tunnel> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(taken(error, args)));
      server.listen({ host: LOOPBACK, port: args.port, exclusive: true }, resolve);
    });
    return new Tunnel(args, server);
  }

  private constructor(
    private readonly args: TunnelArgs,
    private readonly server: Server,
  ) {
    this.port = (server.address() as { port: number }).port;
    server.unref();
    server.on("connection", (client) => void this.serve(client));
    const timer = setInterval(() => void this.signOfLife(), this.patience.alive).unref();
    server.once("close", () => clearInterval(timer));
  }

  /** Why it was given up; undefined while it works. */
  get problem(): string | undefined {
    return this.failure;
  }

  /** Where it leads to, from now on. Connections that came before wait for it. */
  aim(target: SessionTarget): void {
    if (JSON.stringify(target) === JSON.stringify(this.target)) return;
    this.drop();
    this.target = target;
    this.reached = false;
  }

  /** Ends the session and every connection, and gives up the port. */
  close(): void {
    this.closed = true;
    this.server.close();
    for (const client of this.clients) client.destroy();
    this.drop();
  }

  private get patience(): Patience {
    return this.args.patience ?? PATIENCE;
  }

  private async serve(client: Socket): Promise<void> {
    client.unref();
    this.clients.add(client);
    client.on("error", () => client.destroy()); // the other side is told by the end of the connection
    client.once("close", () => {
      this.clients.delete(client);
      this.usedAt = Date.now();
    });
    try {
      join(client, await this.reach(() => client.destroyed));
    } catch (error) {
      client.destroy();
      if (error instanceof Final) this.giveUp(error.message);
    }
  }

  /** @returns a connection to the SSH server, with its first words still to be read. */
  private async reach(abandoned: () => boolean): Promise<Socket> {
    const began = Date.now();
    let told = began;
    let why: string;
    for (;;) {
      if (abandoned() || this.closed) throw new Error("nobody waits any more");
      try {
        return await this.attempt();
      } catch (error) {
        if (error instanceof Final) throw error;
        why = (error as Error).message;
      }
      const limit = this.reached ? this.patience.again : this.patience.first;
      if (Date.now() - began > limit) throw new Final(`given up after ${seconds(limit)}: ${why}`);
      if (Date.now() - told > 30_000) {
        told = Date.now();
        this.args.say?.(`the ${this.args.name} is waited for since ${seconds(told - began)}: ${why}`);
      }
      await pause(this.patience.pause);
    }
  }

  private async attempt(): Promise<Socket> {
    const { target } = this;
    if (target === undefined) throw new Error("the instance is not there yet");
    this.session ??= this.start(target);
    const mine = this.session;
    try {
      const { child, port } = await mine;
      const socket = await Promise.race([sshServer(port, this.patience.banner), endOf(child)]);
      // Who else answers there is not who was asked: the port was taken before the session could.
      if (child.end() !== undefined) throw new Error("the session ended");
      this.reached = true;
      this.strange = 0;
      this.silent = 0;
      return socket;
    } catch (error) {
      // A session that nothing comes through is dead, though its program lives: the machine slept, or has another network now.
      this.silent = error instanceof Silent ? this.silent + 1 : 0;
      if (this.silent >= SILENT && this.session === mine) this.drop();
      const ended = this.child?.end() !== undefined;
      if (ended && this.session === mine) this.session = undefined;
      throw error;
    }
  }

  private async start(target: SessionTarget): Promise<Session> {
    const port = target.mode === "ssm" ? 0 : await freePort();
    const env = { ...(this.args.env ?? process.env), SSM_PLUGIN_LOCAL_HOST: LOOPBACK, AWS_PAGER: "" };
    const child = guardedChild("aws", sessionArgs(target, port), env);
    this.child = child;
    void child.ended.then(() => this.lost(child));
    const opened = target.mode === "ssm" ? child.wrote(PORT_OPENED).then((match) => Number(match[1])) : listening(port, child);
    try {
      return { child, port: await Promise.race([opened, this.failed(child), tooSlow(this.patience.opening)]) };
    } catch (error) {
      child.stop();
      this.session = undefined;
      throw error;
    }
  }

  /** Rejects when the session ends before it has opened its port. */
  private async failed(child: GuardedChild): Promise<never> {
    const { code, said } = await child.ended;
    const { kind, reason } = failureOf(code, said);
    this.strange = kind === "unknown" ? this.strange + 1 : 0;
    if (kind === "final" || this.strange >= STRANGE) throw new Final(reason);
    throw new Error(reason);
  }

  private lost(child: GuardedChild): void {
    if (this.child !== child || this.closed || !this.reached) return;
    this.session = undefined;
    const { code = 0, said = "" } = child.end() ?? {};
    if (this.clients.size > 0 || Date.now() - this.usedAt < 1000)
      this.args.say?.(
        `the session to the ${this.args.name} was lost: ${failureOf(code, said).reason}. A step that was running over it fails and can be run again; the next connection opens a new session`,
      );
  }

  private async signOfLife(): Promise<void> {
    if (this.clients.size === 0 || this.session === undefined) return;
    try {
      (await sshServer((await this.session).port, this.patience.banner)).destroy();
    } catch {
      // Whoever connects next is told why.
    }
  }

  private giveUp(reason: string): void {
    if (this.closed) return;
    this.failure = reason;
    this.close();
    this.args.fail?.(reason);
  }

  private drop(): void {
    this.child?.stop();
    this.child = undefined;
    this.session = undefined;
  }
}

function taken(error: NodeJS.ErrnoException, { name, port }: TunnelArgs): Error {
  return error.code === "EADDRINUSE"
    ? new Error(`port ${port} of this machine, which leads to the ${name}, is used by another process`)
    : new Error(`port ${port} of this machine, which is to lead to the ${name}, cannot be opened: ${error.message}`);
}

/** Both ways, until both have ended; one that breaks takes the other along. */
function join(client: Socket, host: Socket): void {
  host.unref();
  host.on("error", () => client.destroy());
  host.once("close", () => client.destroy());
  client.once("close", () => host.destroy());
  client.pipe(host).pipe(client);
  client.resume();
}

/** A connection whose other side has begun as SSH servers do; what it said is still to be read. */
function sshServer(port: number, limit: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: LOOPBACK, port, allowHalfOpen: true });
    const fail = (reason: string, Kind: new (text: string) => Error = Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Kind(reason));
    };
    const timer = setTimeout(() => fail(`no SSH server answered through the session within ${seconds(limit)}`, Silent), limit).unref();
    const ended = (): void => fail("the session is open, and port 22 of the instance does not answer");
    socket.once("error", (error) => fail(`the session does not take connections: ${error.message}`));
    socket.once("end", ended);
    socket.once("data", (first: Buffer) => {
      if (!first.subarray(0, 4).equals(Buffer.from("SSH-"))) return fail("what answers is no SSH server");
      clearTimeout(timer);
      socket.pause();
      socket.removeAllListeners();
      socket.unshift(first);
      resolve(socket);
    });
  });
}

/** Until something listens there, while the session lives. */
async function listening(port: number, child: GuardedChild): Promise<number> {
  while (child.end() === undefined) {
    if (await accepts(port)) return port;
    await pause(200);
  }
  return endOf(child);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false)); // not yet
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

async function endOf(child: GuardedChild): Promise<never> {
  const { code, said } = await child.ended;
  throw new Error(`the session ended: ${failureOf(code, said).reason}`);
}

function tooSlow(limit: number): Promise<never> {
  return new Promise((_, reject) =>
    setTimeout(() => reject(new Error(`the AWS CLI opened no port within ${seconds(limit)}`)), limit).unref(),
  );
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
