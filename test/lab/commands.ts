/** The commands that boot real hosts on this machine: `up:local`, `down:local`, `test:hosts`, `test:faults`, `test:soak`, `drill`, and `lab ...` for machines of one's own. */
import { command, EXIT, Problem, systemSentence, UsageProblem } from "../../policies/cli";
import type { AnyCommand, Form, Group } from "../../policies/cli";
import { STACK } from "../../infra/cli/stack-form";
import { OPERATING_SYSTEMS } from "../../infra/external-names";
import { unsupported } from "./host-tools";

const NAME: Form = { pattern: /^[a-z][a-z0-9-]{0,11}$/, what: "at most 12 lower-case letters, digits and hyphens, a letter first" };
const OS = {
  kind: "text",
  value: "OS",
  help: `release of Ubuntu that the machines stand for: ${OPERATING_SYSTEMS.join(", ")}`,
  form: { pattern: new RegExp(`^(${OPERATING_SYSTEMS.join("|").replaceAll(".", "\\.")})$`), what: OPERATING_SYSTEMS.join(" or ") },
} as const;
const WHOLE: Form = { pattern: /^[1-9]\d*$/, what: "a whole number" };
const LOCAL = { kind: "text", value: "NAME", default: "local", help: "name of the machines", form: NAME } as const;
const LAB = { kind: "text", value: "NAME", required: true, help: "name of the lab", form: NAME } as const;

export const LAB_EXIT_CODES = {
  1: "a machine, a set-up step or a check failed; the message says which",
  3: "this machine cannot run real hosts (they need Linux and root), or is in the way",
} as const;

/**
 * Runs work that needs real hosts. What the lab throws on purpose is a plain Error with a message for the reader; any other class of error is a
 * fault of the lab itself.
 */
export async function onHosts(work: () => Promise<number>): Promise<number> {
  const reasons = unsupported();
  if (reasons.length > 0) throw new Problem(reasons.join("\n"), EXIT.cannotTell);
  const { ConfigError } = await import("../../infra/config/load");
  const { StackFileError } = await import("../../infra/offline/stack-file");
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof StackFileError) throw new Problem(error.message);
    const meant = error instanceof Error && error.constructor === Error && systemSentence(error) === undefined;
    throw meant ? new Problem(error.message, EXIT.wrong) : error;
  }
}

export const upLocalCommand = command({
  name: "up:local",
  summary: "Boots the two machines here, runs the program against them over SSH, and leaves the system running. Needs Linux and root.",
  options: {
    name: LOCAL,
    stack: { ...STACK, help: "the stack whose configuration is used (default: dev)" },
    config: { kind: "text", value: "FILE", help: "values over the stack's own: a JSON object with keys such as ml-gateway:app" },
    os: OS,
    force: {
      kind: "maybe",
      value: "yes",
      help: "run every step, though nothing changed",
      form: { pattern: /^yes$/, what: "yes, or no value" },
    },
  },
  examples: ["", "--name second --stack prod", "--os ubuntu-24.04", "--force"],
  exitCodes: LAB_EXIT_CODES,
  run: ({ options: { name, stack, config, os, force } }) =>
    onHosts(async () => (await import("./cli-up")).upCommand({ name, stack, config, os, force: force === undefined ? undefined : "yes" })),
});

export const downLocalCommand = command({
  name: "down:local",
  summary: "Removes every trace of the machines, also after a crash. Needs Linux and root.",
  options: { name: LOCAL },
  examples: ["", "--name second"],
  exitCodes: LAB_EXIT_CODES,
  run: ({ options }) => onHosts(async () => (await import("./cli-up")).downCommand(options)),
});

export const testHostsCommand = command({
  name: "test:hosts",
  summary:
    "Builds the whole system on real machines here from nothing, checks what it promises, and takes it away again. Needs Linux and root.",
  options: {
    os: OS,
    only: { kind: "text", value: "PATTERN", help: "a plain set-up and the checks whose name matches (a regular expression, any case)" },
    short: { kind: "flag", help: "without the checks that the release of Ubuntu makes no difference to (what CI runs on all but one)" },
    list: { kind: "flag", help: "name the checks, those that run by name alone apart, and run none" },
  },
  examples: ["", "--list", "--os ubuntu-24.04 --short", "--only 'health.startSeconds'"],
  notes: [
    "Takes minutes. The closing line is: N passed, N failed.",
    "What takes minutes more runs by name alone, such as requests that last, fleets, tunnels, certificates, restores and machines that are replaced: --list names it.",
  ],
  exitCodes: LAB_EXIT_CODES,
  run: async ({ options: { os, only, short, list } }, io) => {
    if (short && only !== undefined) throw new UsageProblem("--short and --only both choose the checks: give one of them");
    if (list) {
      io.out((await import("./checks/main")).listChecks());
      return EXIT.ok;
    }
    const pattern = only === undefined ? undefined : patternOf(only);
    return onHosts(async () => (await import("./checks/main")).testHosts({ os, only: pattern, short }));
  },
});

export const testFaultsCommand = command({
  name: "test:faults",
  summary:
    "Breaks deployments in every way on real machines here: each fault ends with the old release serving, or with the new one. Needs Linux and root.",
  options: {
    only: { kind: "text", value: "PATTERN", help: "run the cases whose name matches (a regular expression, any case)" },
    short: { kind: "flag", help: "of cases that try one kind of fault at many places, one of each (what CI runs)" },
    seed: { kind: "text", value: "N", help: "with --short: which (default: 1)", form: WHOLE },
    lab: { kind: "text", value: "NAME", default: "faults", help: "name of the machines; running ones are used", form: NAME },
    keep: { kind: "flag", help: "leave the machines running" },
    list: { kind: "flag", help: "name the cases and run none" },
  },
  examples: ["", "--list", "--short --seed 7", "--only 'disk is full' --keep"],
  notes: [
    "Takes half an hour. The closing line is: N passed, N failed.",
    "Power cuts, a clock that is a year off and ten releases under long requests run by name alone: --only 'power cut|a year off|ten releases'.",
  ],
  exitCodes: LAB_EXIT_CODES,
  run: async ({ options }, io) => {
    const only = options.only === undefined ? undefined : patternOf(options.only);
    const { chosenCases, runIn } = await import("./faults/main");
    const { holdLab } = await import("./state");
    if (options.seed !== undefined && !options.short)
      throw new UsageProblem("--seed chooses the cases of the short form: give --short with it");
    if (options.short && only !== undefined) throw new UsageProblem("--short and --only both choose the cases: give one of them");
    const cases = chosenCases({ only, seed: options.short ? Number(options.seed ?? 1) : undefined });
    if (cases.length === 0) throw new UsageProblem(`--only ${options.only ?? ""} matches no case; --list shows them`);
    if (!options.list) return onHosts(() => holdLab(options.lab, "test:faults", () => runIn(options.lab, cases, options.keep)));
    for (const one of cases) io.out(one.name);
    return EXIT.ok;
  },
});

export const testSoakCommand = command({
  name: "test:soak",
  summary:
    "Lets chance attack deployments on real machines here: a random fault at a random moment of a random change, under load, by a seed. Needs Linux and root.",
  options: {
    runs: { kind: "text", value: "N", default: "15", help: "how many", form: WHOLE },
    seed: { kind: "text", value: "S", default: "1", help: "what they are drawn from", form: WHOLE },
    from: { kind: "text", value: "K", default: "1", help: "number of the first run: one run by itself is --from K --runs 1", form: WHOLE },
    json: { kind: "text", value: "FILE", help: "writes what became of each run, after each" },
    lab: { kind: "text", value: "NAME", default: "soak", help: "name of the machines; running ones are used", form: NAME },
    keep: { kind: "flag", help: "leave the machines running" },
    list: { kind: "flag", help: "name the runs and make none" },
  },
  examples: ["", "--runs 100 --seed 7 --json soak.json", "--seed 7 --from 31 --runs 1", "--seed 7 --runs 30 --list"],
  notes: [
    "A run takes 15 to 30 s. One that fails prints its seed, its number and the command that makes it again.",
    "The closing line is: N passed, N failed.",
  ],
  exitCodes: LAB_EXIT_CODES,
  run: async ({ options }, io) => {
    const [runs, seed, from] = [Number(options.runs), Number(options.seed), Number(options.from)];
    const { chosenRuns, soak } = await import("./soak/main");
    const { holdLab } = await import("./state");
    const { lab, keep, json } = options;
    if (!options.list) return onHosts(() => holdLab(lab, "test:soak", () => soak({ runs, seed, from, lab, keep, json })));
    for (const { run, fault, change, afterMs } of chosenRuns({ runs, seed, from }))
      io.out(`run ${run}: ${fault} after ${(afterMs / 1000).toFixed(1)} s of ${change}`);
    return EXIT.ok;
  },
});

export const drillCommand = command({
  name: "drill",
  summary:
    "Restores a stack's latest backup into machines here, makes a release of it answer the recorded checks, and says how long that took. Needs Linux and root.",
  options: {
    stack: { ...STACK, required: true, help: "the stack: its configuration, and its bucket" },
    from: { kind: "text", value: "FOLDER", help: "a copy of the bucket's objects under their keys, in place of the bucket itself" },
    bucket: { kind: "text", value: "BUCKET", help: "the bucket (default: the stack's output modelBucket, by the pulumi CLI)" },
    region: { kind: "text", value: "REGION", help: "of the bucket (default: that of the environment, or us-east-1)" },
    lab: { kind: "text", value: "NAME", default: "drill", help: "name of the machines", form: NAME },
    keep: { kind: "flag", help: "leave the machines running" },
    json: { kind: "flag", help: "print one JSON document" },
  },
  examples: ["--stack prod", "--stack prod --from /tmp/copy", "--stack prod --bucket my-models --json"],
  notes: [
    "The deployed stack is not touched: its bucket is read, with the credentials of your environment. Secrets are made up for the machines here.",
    "The working copy has to be what was deployed, with its model files.",
  ],
  exitCodes: LAB_EXIT_CODES,
  run: ({ options }, io) =>
    onHosts(async () => {
      const { runDrill } = await import("./drill/command");
      return runDrill(options, io);
    }),
});

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch (error) {
    throw new UsageProblem(`--only: ${(error as Error).message}`);
  }
}

interface Shape {
  readonly what: string;
  readonly summary: string;
  readonly example: string;
  /** HOST is one of these; undefined: the command takes none. */
  readonly hosts?: readonly string[];
  readonly limit?: boolean;
  readonly rest?: "required" | "allowed";
}

const MACHINES = ["gateway", "backend"];

function labSubcommand({ what, summary, example, hosts, limit, rest }: Shape): AnyCommand & { readonly run: unknown } {
  const known = hosts?.join("|") ?? "";
  const word = limit === true ? `(${known}|none|[1-9]\\d*)` : `(${known})`;
  const count = hosts === undefined ? 0 : limit === true ? 2 : 1;
  return command({
    name: `lab ${what}`,
    summary,
    options: { name: LAB },
    words:
      count === 0
        ? undefined
        : {
            value: limit === true ? "HOST MIB|none" : "HOST",
            help: `one of ${hosts?.join(", ") ?? ""}${limit === true ? ", then MiB or none" : ""}`,
            min: count,
            max: count,
            form: { pattern: new RegExp(`^${word}$`), what: `one of ${hosts?.join(", ") ?? ""}` },
          },
    rest: rest === undefined ? undefined : { value: "COMMAND", help: "what is run there", required: rest === "required" },
    examples: [example],
    notes: rest === undefined ? [] : ["The exit code is that of what was run there."],
    exitCodes: LAB_EXIT_CODES,
    run: (given) => onHosts(async () => (await import("./cli-lab")).labCommand({ ...given, words: [what, ...given.words] })),
  });
}

const lab = (shape: Shape) => labSubcommand(shape) as Group["commands"][string];

export const labGroup: Group = {
  name: "lab",
  summary: "Two machines of one's own, gateway and backend, without the program. Needs Linux and root.",
  commands: {
    up: command({
      name: "lab up",
      summary: "Boots two fresh machines, gateway and backend.",
      options: {
        name: LAB,
        memory: { kind: "text", value: "MIB", help: "memory of each machine", form: WHOLE },
        disk: { kind: "text", value: "GIB", help: "disk of each machine", form: WHOLE },
        os: OS,
        "user-data": { kind: "text", value: "FILE", help: "what cloud-init gets" },
      },
      examples: ["--name mine", "--name mine --memory 1024 --user-data user-data.sh"],
      exitCodes: LAB_EXIT_CODES,
      run: ({ options }) => onHosts(async () => (await import("./cli-lab")).labCommand({ words: ["up"], options, rest: [] })),
    }),
    down: lab({ what: "down", summary: "Removes every trace of a lab.", example: "--name mine" }),
    list: command({
      name: "lab list",
      summary: "Names the labs of which anything is left.",
      options: {},
      examples: [""],
      exitCodes: LAB_EXIT_CODES,
      run: () => onHosts(async () => (await import("./cli-lab")).labCommand({ words: ["list"], options: {}, rest: [] })),
    }),
    exec: lab({
      what: "exec",
      summary: "Runs a bash command line as root of a machine (outside: the operator's namespace).",
      hosts: [...MACHINES, "outside"],
      rest: "required",
      example: "--name mine backend -- 'systemctl status ddos-backend'",
    }),
    ssh: lab({
      what: "ssh",
      summary: "Logs in as the program does: ubuntu with the lab's key, to the backend through the gateway.",
      hosts: MACHINES,
      rest: "allowed",
      example: "--name mine gateway",
    }),
    reboot: lab({ what: "reboot", summary: "Reboots a machine in order.", hosts: MACHINES, example: "--name mine backend" }),
    off: lab({ what: "off", summary: "Pulls a machine's plug.", hosts: MACHINES, example: "--name mine backend" }),
    on: lab({ what: "on", summary: "Switches a machine on.", hosts: MACHINES, example: "--name mine backend" }),
    cut: lab({
      what: "cut",
      summary: "Drops every packet of a machine, or of the operator.",
      hosts: [...MACHINES, "operator"],
      example: "--name mine backend",
    }),
    reconnect: lab({ what: "reconnect", summary: "Ends a cut.", hosts: [...MACHINES, "operator"], example: "--name mine backend" }),
    memory: lab({
      what: "memory",
      summary: "Limits the memory of a whole machine.",
      hosts: MACHINES,
      limit: true,
      example: "--name mine backend 300",
    }),
  },
};

/** By the first word of cli.ts. */
export const LAB_COMMANDS: Readonly<Record<string, AnyCommand>> = {
  up: upLocalCommand,
  down: downLocalCommand,
  test: testHostsCommand,
  faults: testFaultsCommand,
  soak: testSoakCommand,
  drill: drillCommand,
  lab: labGroup,
};
