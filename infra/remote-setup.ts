import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Step, StepValues } from "./host/steps";

export interface RemoteSetupArgs {
  readonly steps: readonly Step[];
  readonly connection: Connection;
  /** Values that travel by stdin. Give each step only what is known early: an unknown value hides the rest from a preview. */
  readonly valuesFor: (step: Step) => pulumi.Input<StepValues>;
  /** Resources that a step has to wait for, by the step's name. */
  readonly waitFor?: Readonly<Record<string, readonly pulumi.Resource[]>>;
}

/** Closed on purpose: the provider prints the private key when it is given a key that it does not know. */
export interface Connection {
  readonly host: pulumi.Input<string>;
  readonly user: string;
  readonly privateKey: pulumi.Output<string>;
  /** `ssh-ed25519 AAAA…`; any other key is refused. */
  readonly hostKey: pulumi.Input<string>;
  /** The bastion, for a host without a public address. */
  readonly proxy?: Omit<Connection, "proxy">;
}

/** Dial attempts; ten last about 11 s, so this is about a minute. */
const DIAL_ERROR_LIMIT = 60;

export function commandConnection(connection: Connection): command.types.input.remote.ConnectionArgs {
  const { proxy, ...target } = connection;
  const hop = proxy === undefined ? {} : { proxy: { ...proxy, dialErrorLimit: DIAL_ERROR_LIMIT } };
  return { ...target, ...hop, dialErrorLimit: DIAL_ERROR_LIMIT };
}

/** Runs the steps of one host, each as a Command of its own, each as early as the steps that it names allow. */
export class RemoteSetup extends pulumi.ComponentResource {
  /** What the last step (verify) printed. */
  readonly report: pulumi.Output<string>;
  /** The Commands by the name of their step. */
  readonly commands: Readonly<Record<string, command.remote.Command>>;

  constructor(name: string, args: RemoteSetupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("ml-gateway:infra:RemoteSetup", name, {}, opts);
    const connection = commandConnection(args.connection);
    const commands: Record<string, command.remote.Command> = {};
    for (const step of args.steps) {
      const before = step.after.map((earlier) => commands[earlier]).filter((found) => found !== undefined);
      const values = pulumi.output(args.valuesFor(step));
      const stdin = values.apply((known) => step.stdin(known));
      commands[step.name] = new command.remote.Command(
        `${name}-${step.name}`,
        {
          connection,
          create: step.create,
          stdin: step.secret ? pulumi.secret(stdin) : stdin,
          logging: step.secret ? command.remote.Logging.None : command.remote.Logging.StdoutAndStderr,
        },
        {
          parent: this,
          dependsOn: [...before, ...(args.waitFor?.[step.name] ?? [])],
          additionalSecretOutputs: step.secret ? ["stdout", "stderr"] : [],
        },
      );
    }
    this.commands = commands;
    const last = args.steps.at(-1);
    this.report = last === undefined ? pulumi.output("") : (commands[last.name]?.stdout ?? pulumi.output(""));
    this.registerOutputs({ report: this.report });
  }
}
