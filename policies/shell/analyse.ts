/** Runs one script over a host's files. */
import { input, stdinOf, terminal } from "./channels";
import type { Files, Place } from "./files";
import { noFiles } from "./files";
import { exactly } from "./mode";
import { addSource, locate, placeAt } from "./origin";
import type { ParseShell } from "./parser";
import { unclear } from "./report";
import { inSubshell, MORE_THAN_FOLLOWED, runScript } from "./run";
import { homeOf } from "./expand";
import { CowMap } from "./cow-map";
import { noHappenings } from "./state";
import type { Context, State, Variable } from "./state";
import { plain } from "./text";
import { charged, isTooMuch, MOST_STATEMENTS } from "./work";

export const newContext = (parse: ParseShell, home: string): Context => ({
  parse,
  home,
  record: noHappenings(),
  place: { urn: "", part: "", line: 0 },
  origin: { urn: "", part: "", start: 1 },
  running: "",
  sources: [],
  time: 0,
  budget: MOST_STATEMENTS,
  fresh: 0,
  sums: new Map(),
});

export interface ScriptRun {
  readonly urn: string;
  /** The property the text stands in: `create`, `update`, `userData`. */
  readonly part: string;
  readonly text: string;
  readonly stdin: string;
  readonly user: string;
  /** Variables of the environment. */
  readonly environment: ReadonlyMap<string, string>;
  /** The text is cut from a file: where that was made. */
  readonly at?: Place;
}

/** Changes `files` to what the host has afterwards. Several ways to end are joined. */
export function runOnHost(one: ScriptRun, files: Files, context: Context): void {
  const state = newState(files, one);
  const scope = {
    context,
    channels: new Map([
      [0, { ...input(one.stdin), inherited: true }],
      [1, terminal()],
      [2, terminal()],
    ]),
    frame: { exits: [] },
    depth: 0,
    ignored: false,
  };
  const { urn, part } = one;
  context.running = urn;
  if (one.at) context.origin = locate(plain(one.text), context, one.at);
  else {
    context.origin = { urn, part, start: 1 };
    addSource(context, urn, part, one.text);
    addSource(context, urn, "stdin", one.stdin);
  }
  context.place = placeAt(context, 1);
  let ends = 0;
  const whole = attempt(context, () =>
    inSubshell(state, scope, (s, inner) => {
      const status = runScript(context.parse(plain(one.text)), s, inner);
      ends = inner.frame.exits.length + (s.live ? 1 : 0);
      return status;
    }),
  );
  context.place = placeAt(context, 1);
  if (!whole) unclear(state, scope, MORE_THAN_FOLLOWED);
  else if (ends === 0) unclear(state, scope, "a script that, as far as it can be followed, always fails");
  files.entries = state.files.entries;
  if (state.files.fog) files.fog = state.files.fog;
}

/** False where the text takes more than there is: work, nesting, or the length of what it puts together. */
function attempt(context: Context, body: () => void): boolean {
  try {
    charged(context, body);
    return true;
  } catch (error) {
    if (!isTooMuch(error)) throw error;
    if (context.budget < 0) context.isSpent = true;
    return false;
  }
}

const newState = (files: Files, one: ScriptRun): State => ({
  live: true,
  files,
  variables: CowMap.from<string, Variable>([
    ["HOME", { values: [homeOf(one.user)] }],
    ...[...one.environment].map(([name, value]): [string, { values: string[] }] => [name, { values: [value] }]),
  ]),
  functions: CowMap.from(),
  exported: new Set([...one.environment.keys()]),
  umask: exactly(0o022),
  cwd: homeOf(one.user),
  user: one.user,
  options: { errexit: false, xtrace: false, pipefail: false },
  args: [],
});

/** For tests and tools: the files after one script, run by root on an empty host. */
export function filesAfter(text: string, parse: ParseShell, given: Partial<ScriptRun> = {}): { files: Files; context: Context } {
  const files = noFiles();
  const context = newContext(parse, "/home/ddos");
  runOnHost({ urn: "urn", part: "create", text, stdin: "", user: "root", environment: new Map(), ...given }, files, context);
  return { files, context };
}

export { stdinOf };
