/** The state of a shell and of the host it runs on, and the record of what happened. */
import { keysThatDiffer } from "./cow-map";
import type { CowMap } from "./cow-map";
import type { ParseShell } from "./parser";
import type { Entry, Files, Place } from "./files";
import { cloneFiles, joinFiles } from "./files";
import type { Mode } from "./mode";
import { joinModes } from "./mode";
import type { Stored } from "./stored";
import type { Script, Statement } from "./syntax";
import { hole, unknownOf } from "./text";

/** A text of the program from which others are cut: a script, a standard input, the text of an asset. */
export interface Source {
  readonly urn: string;
  readonly part: string;
  readonly text: string;
}

/** Where the text that is being run begins. */
export interface Origin {
  readonly urn: string;
  readonly part: string;
  readonly start: number;
  /** The text is put together on the host, so all of it counts for the line that made it. */
  readonly fixed?: boolean;
}

/** What a variable can hold. `list` for arrays; undefined `values` never happens: unset variables are not listed. */
export interface Variable {
  readonly values: readonly string[];
  readonly list?: readonly string[];
  /** Of an associative array: the key of each item of the list. */
  readonly keys?: readonly string[];
}

export interface ShellFunction {
  readonly body: Statement;
  /** The text that defines it, which is not always the one that calls it. */
  readonly origin: Origin;
  /** What the name stands for on other ways. */
  readonly others?: readonly ShellFunction[];
  /** On some way nothing has defined it. */
  readonly isDoubtful?: true;
}

export interface ShellOptions {
  readonly errexit: boolean;
  readonly xtrace: boolean;
  readonly pipefail: boolean;
  /** Each variable that is set is exported as well. @default false */
  readonly allexport?: boolean;
}

/** What a check has changed in the files as if it had succeeded (proven.ts). */
export interface Proven {
  readonly before: readonly (readonly [path: string, entries: readonly Entry[]])[];
  /** The command fails where the file is the right one: `[ "$sum" != 0123… ]`. */
  readonly inverted: boolean;
  /** The variables, where it has shown more of them. */
  readonly variables?: CowMap<string, Variable>;
  /** A list of commands that ends so has run its last one: what there is then. */
  readonly taken?: State;
}

export interface State {
  /** False after exit, return, break: nothing that follows is run. */
  live: boolean;
  files: Files;
  variables: CowMap<string, Variable>;
  functions: CowMap<string, ShellFunction>;
  /** Names of variables that child processes see. */
  exported: ReadonlySet<string>;
  umask: Mode;
  cwd: string;
  user: string;
  options: ShellOptions;
  /** Positional parameters from $1; undefined where not known. */
  args: readonly string[] | undefined;
  /** What the last command has checked. */
  proven?: Proven;
  /** What `trap ... EXIT` will run. */
  exitTrap?: string;
  /** What `trap ... ERR` and signals may run. */
  otherTraps?: readonly string[];
}

/** Where output goes to or input comes from. */
export interface Channel {
  readonly kind: "terminal" | "capture" | "file" | "drop" | "input";
  text: string;
  readonly path?: string;
  /** The standard input of the whole script: it belongs to whichever command reads it. */
  readonly inherited?: boolean;
  /** `> >(command)`: what reads the text when all of it is there. */
  readonly reader?: Script;
}

export type Channels = Map<number, Channel>;

/** How a command ended: certainly well, certainly badly, well unless something is broken, or either. */
export type Status = "ok" | "failed" | "likely" | "open";

/** One simple command that was run, with its words expanded. */
export interface Executed {
  readonly argv: readonly string[];
  /** The program's name without its folder: what nearly every policy looks at first. */
  readonly program: string;
  readonly user: string;
  readonly place: Place;
  readonly options: ShellOptions;
  /** What the command reads from its standard input, as far as that is known. */
  readonly stdin: string;
  /** Text of the file that an interpreter runs or a packet filter reads, as far as that is known. */
  readonly code?: string;
  /** Assignments in front of the command. */
  readonly assignments: readonly (readonly [string, string])[];
  /** Its failure has no effect: `|| true`, `|| :`, `; true` after it in the same list. */
  readonly ignored: boolean;
  /** A function or a builtin of the shell: no process of its own. */
  readonly isInside?: true;
}

/** Content written into a file. */
export interface Written {
  readonly path: string;
  /** The file's states at that moment. */
  readonly entries: readonly Entry[];
  readonly content: string;
  /** Somewhere above it is a folder that others may not enter. */
  readonly sheltered: boolean;
  readonly place: Place;
}

/** Text that could not be followed. */
export interface Unclear {
  readonly what: string;
  /** It reaches other hosts from here, which matters where a local Command runs it. */
  readonly onHosts?: boolean;
  readonly place: Place;
}

export interface Happenings {
  readonly executed: Executed[];
  readonly written: Written[];
  readonly unclear: Unclear[];
  /** Text that reached the terminal (a Command's stdout and stderr), when it may hold a secret. */
  readonly shown: { readonly text: string; readonly place: Place }[];
  /** Text of a secret file that went to another machine. */
  readonly sent: { readonly what: string; readonly place: Place }[];
  /** Remote text that a program was given to run. */
  readonly remoteCode: { readonly what: string; readonly place: Place }[];
  /** Script files that were run, with the text they had then, and the resource whose Command did it. */
  readonly ran: { readonly path: string; readonly text: string; readonly urn: string }[];
}

export const noHappenings = (): Happenings => ({ executed: [], written: [], unclear: [], shown: [], sent: [], remoteCode: [], ran: [] });

/** One run over a host. */
export interface Context {
  readonly parse: ParseShell;
  readonly record: Happenings;
  place: Place;
  /** The text that is being run. */
  origin: Origin;
  /** The resource whose script or input runs. */
  running: string;
  /** Texts of the program that have been seen so far. */
  sources: readonly Source[];
  time: number;
  /** The machine that runs Pulumi. */
  isOperator?: boolean;
  /** The service's home. */
  readonly home: string;
  /** Statements that may still be run before the analysis gives up. */
  budget: number;
  /** The budget is spent, and that has been said. */
  isSpent?: boolean;
  fresh: number;
  /** Files by the sum that was made of each, which is a part of a text that is not known. */
  readonly sums: Map<string, string>;
  /** Both sides of the last comparison. */
  compared?: readonly (readonly string[])[];
  /** `tee >(command)`: what reads the files of this kind that stand in the words of the command that runs. */
  readers?: { readonly path: string; readonly body: Script }[];
  /** Objects of the program that the host's first boot names. */
  readonly stored?: readonly Stored[];
  /** Archives that steps have copied to the host. */
  sent?: readonly Stored[];
  /** Scripts that are run before anything has made them, while the first boot is followed that may unpack them. */
  awaited?: Awaited[];
}

export interface Awaited {
  readonly path: string;
  readonly argv: readonly string[];
  readonly user: string;
  readonly place: Place;
}

/** Places that break, return and exit jump to: states collected there are joined afterwards. */
export interface Frame {
  readonly exits: State[];
  readonly returns?: State[];
  /** How the function ended at each of its returns. */
  readonly outcomes?: Status[];
  /** Variables that `local` hides, with what they were outside. */
  readonly hidden?: Map<string, Variable | undefined>;
  readonly breaks?: State[];
  readonly continues?: State[];
}

/** What a statement is run with. */
export interface Scope {
  readonly context: Context;
  readonly channels: Channels;
  readonly frame: Frame;
  readonly depth: number;
  /** The scope before the redirections on this command; `exec` makes them last there. */
  readonly outer?: Scope;
  readonly ignored: boolean;
  /** Its failure is a question (`if`, `&&`, `!`): set -e has no effect in it. @default false */
  readonly tested?: boolean;
}

export function cloneState(state: State): State {
  return { ...state, files: cloneFiles(state.files), variables: state.variables.copy(), functions: state.functions.copy() };
}

/** Makes `target` the same as `source`. */
export function become(target: State, source: State): void {
  Object.assign(target, source);
}

/** Both can be. A dead state adds nothing. */
export function joinStates(a: State, b: State): State {
  if (!a.live) return b;
  if (!b.live) return a;
  const variables = a.variables.copy();
  const names = a.variables.sameAs(b.variables) ? [] : keysThatDiffer(a.variables, b.variables);
  for (const name of names) {
    const [mine, other] = [a.variables.get(name), b.variables.get(name)];
    if (mine !== other) variables.set(name, joinVariables(name, mine, other));
  }
  return {
    ...withoutProof(a),
    files: joinFiles(a.files, b.files),
    variables,
    functions: joinFunctions(a.functions, b.functions),
    umask: joinModes(a.umask, b.umask),
    cwd: a.cwd === b.cwd ? a.cwd : hole("value", "cwd"),
    user: a.user === b.user ? a.user : hole("value", "user"),
    options: {
      errexit: a.options.errexit && b.options.errexit,
      xtrace: a.options.xtrace || b.options.xtrace,
      pipefail: a.options.pipefail && b.options.pipefail,
      ...(a.options.allexport === true || b.options.allexport === true ? { allexport: true } : {}),
    },
    args: a.args?.join("\0") === b.args?.join("\0") ? a.args : undefined,
    ...joinTraps(a, b),
  };
}

/** What only one of them has set may run at the end, or not. */
function joinTraps(a: State, b: State): Pick<State, "exitTrap" | "otherTraps"> {
  const [mine = "", other = ""] = [a.exitTrap, b.exitTrap];
  const maybe = [...(a.otherTraps ?? []), ...(b.otherTraps ?? []), ...(mine === other ? [] : [mine, other])];
  return { exitTrap: mine === other ? mine : "", otherTraps: [...new Set(maybe.filter((text) => text !== ""))] };
}

const withoutProof = ({ proven: _, ...rest }: State): State => rest;

/** A name that two ways define otherwise stands for either; one that a single way defines is a program on the other. */
function joinFunctions(a: State["functions"], b: State["functions"]): State["functions"] {
  const joined = a.copy();
  if (a.sameAs(b)) return joined;
  for (const name of keysThatDiffer(a, b)) {
    const [mine, other] = [a.get(name), b.get(name)];
    if (mine === other) continue;
    const all = [mine, other].flatMap((one) => (one ? [one, ...(one.others ?? [])] : []));
    const [first, ...others] = all.filter((one, at) => all.findIndex(({ body }) => body === one.body) === at);
    const isDoubtful = !mine || !other || mine.isDoubtful === true || other.isDoubtful === true;
    if (first)
      joined.set(name, {
        body: first.body,
        origin: first.origin,
        ...(others.length > 0 ? { others: others.map(({ body, origin }) => ({ body, origin })) } : {}),
        ...(isDoubtful ? { isDoubtful } : {}),
      });
  }
  return joined;
}

const MOST_VALUES = 8;

function joinVariables(name: string, a: Variable | undefined, b: Variable | undefined): Variable {
  const values = [...new Set([...(a?.values ?? [""]), ...(b?.values ?? [""])])];
  if (a && b && (a.list?.join("\0") !== b.list?.join("\0") || a.keys?.join("\0") !== b.keys?.join("\0")))
    return { values: [unknownOf(`$${name}`, [...values, ...(a.list ?? []), ...(b.list ?? [])])] };
  return { ...(a ?? b), values: values.length <= MOST_VALUES ? values : [unknownOf(`$${name}`, values)] };
}
