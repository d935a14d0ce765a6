import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Carrier, Step, StepValues } from "../release/types";

/** A remote command of a host: the program's own steps are of this kind, and so are those of another program. */
export interface RemoteStep {
  /** Ends the name of the Command; unique on its host. */
  readonly name: string;
  /** Shell text. It may run again from any half-done point, and the provider prints it when it fails. */
  readonly create: string;
  /** True when stdin holds a secret: then nothing of the step's output is shown. */
  readonly secret: boolean;
  /** What the shell text reads from its standard input, never shown. */
  stdin(values: StepValues): string;
}

/** What {@link RemoteSetup} needs. */
export interface RemoteSetupArgs<S extends RemoteStep = Step> {
  /** How the host is reached. */
  readonly connection: Connection;
  /** Brings the scripts that the steps run: a first command, which comes before all steps. */
  readonly scripts: Carrier;
  /** Values that travel by stdin. Give each step only what it uses: an unknown value hides the rest from a preview. */
  readonly valuesFor: (step: S) => pulumi.Input<StepValues>;
  /** What has to be there before the first connection. */
  readonly waitFor?: readonly pulumi.Resource[];
}

/** Closed on purpose: the provider prints the private key when it is given a key that it does not know. */
export interface Connection {
  /** Address. */
  readonly host: pulumi.Input<string>;
  /** @default 22 */
  readonly port?: pulumi.Input<number>;
  /** Who logs in; sudo has to need no password. */
  readonly user: string;
  /** In OpenSSH form, as a secret. */
  readonly privateKey: pulumi.Output<string>;
  /** `ssh-ed25519 AAAA…`; any other key is refused. */
  readonly hostKey: pulumi.Input<string>;
  /** The bastion, for a host without a public address. */
  readonly proxy?: Omit<Connection, "proxy">;
}

/**
 * How long a host is waited for. Between two attempts the provider waits 0.1 s, half as much again each time, at most 5 s: 19 attempts with
 * 18 waits are 51 s for a host that refuses (its SSH server is not up yet), and 19 times two seconds more, 89 s, for an address that drops
 * packets, as a firewall does. The timeout is that of the TCP connection alone.
 */
const PATIENCE = { dialErrorLimit: 18, perDialTimeout: 2 };

export function commandConnection(connection: Connection): command.types.input.remote.ConnectionArgs {
  const { proxy, ...target } = connection;
  const hop = proxy === undefined ? {} : { proxy: { ...proxy, ...PATIENCE } };
  return { ...target, ...hop, ...PATIENCE };
}

/** Nothing of a step that sees secrets; a report is an output, not something to read line by line; the others say a summary. */
function loggingOf(step: RemoteStep): command.types.enums.remote.Logging {
  if (step.secret) {
    return command.remote.Logging.None;
  }
  return step.name === "verify" ? command.remote.Logging.Stderr : command.remote.Logging.StdoutAndStderr;
}

/**
 * The steps of one host: a Command that brings their scripts, then each step as a Command of its own that runs as early as the steps and
 * resources it waits for allow.
 */
export class RemoteSetup<S extends RemoteStep = Step> extends pulumi.ComponentResource {
  private readonly scripts: command.remote.Command;
  private readonly commands = new Map<S["name"], command.remote.Command>();

  /** @param name begins the names of its Commands. */
  constructor(
    private readonly name: string,
    private readonly args: RemoteSetupArgs<S>,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("ml-gateway:infra:RemoteSetup", name, {}, opts);
    const connection = commandConnection(args.connection);
    this.scripts = new command.remote.Command(
      `${name}-scripts`,
      { connection, ...args.scripts, logging: command.remote.Logging.StdoutAndStderr, addPreviousOutputInEnv: false },
      { parent: this, dependsOn: [...(args.waitFor ?? [])] },
    );
    this.registerOutputs({});
  }

  /** Adds a step that runs when the scripts are on the host and `needs` are there. */
  add(step: S, needs: readonly pulumi.Resource[] = []): command.remote.Command {
    const stdin = pulumi.output(this.args.valuesFor(step)).apply((values) => step.stdin(values));
    const added = new command.remote.Command(
      `${this.name}-${step.name}`,
      {
        connection: commandConnection(this.args.connection),
        create: step.create,
        stdin: step.secret ? pulumi.secret(stdin) : stdin,
        logging: loggingOf(step),
        // It would come as an environment variable, which sshd refuses and the provider then warns of.
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        dependsOn: [this.scripts, ...needs],
        additionalSecretOutputs: step.secret ? ["stdout", "stderr"] : [],
      },
    );
    this.commands.set(step.name, added);
    return added;
  }

  /** The Command of a step. @throws Error when the step was not added yet. */
  command(name: S["name"]): command.remote.Command {
    const found = this.commands.get(name);
    if (found === undefined) {
      throw new Error(`${this.name}: the step "${name}" was not added`);
    }
    return found;
  }
}
