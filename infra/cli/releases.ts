/**
 * `npm run releases`: what served on the hosts and when, and an earlier release that is to serve again. It asks the hosts over the path that
 * verify uses. A rollback is theirs alone: Pulumi's state stays as it is, and the host refuses to have it undone by an update in silence.
 */
import { hostname, userInfo } from "node:os";
import * as path from "path";
import {
  asProblems,
  command,
  EXIT,
  fitted,
  Problem,
  reasonOf,
  start,
  UsageProblem,
  type ExitCode,
  type Given,
  type Io,
} from "../../policies/cli";
import { HOST_IDS } from "../hosts/ids";
import type { HostId } from "../release/types";
import { chosen, DEPLOYED_STACK, DEPLOYED_VALUES } from "./deployed-options";
import { deployedJson } from "./pulumi-cli";
import { plan, readRollback, renderRollbacks, type Rollback, type RollbackOutcome } from "./releases-plan";
import { exitCode, readReleases, renderReleases, type HostReleases } from "./releases-report";

const ROOT = path.resolve(__dirname, "../..");

const OPTIONS = {
  ...DEPLOYED_STACK,
  host: {
    kind: "texts",
    value: "HOST",
    help: "gateway, backend, or with several backend-2 and backend-3; without it all, and for a rollback those that it means",
  },
  count: { kind: "text", value: "N", default: "20", help: "how many lines of the history of each host, 1 to 500" },
  ...DEPLOYED_VALUES,
} as const;

type Options = Given<typeof OPTIONS>["options"];

export const releasesCommand = command({
  name: "releases",
  summary:
    "Lists what served on the hosts, when and by whom; or makes an earlier release serve again. That takes seconds and no Pulumi, by the same trial and switch as any release.",
  options: OPTIONS,
  words: {
    value: "rollback ID | rollback previous | resume",
    help: "rollback: the release ID (or the first part of it) serves again; previous undoes the last update. resume: what was deployed serves again. Without a word the list",
    min: 0,
    max: 2,
  },
  examples: ["--stack dev", "rollback previous --stack prod", "rollback 7-3f9a12bc44de --stack prod", "resume --stack prod --host backend"],
  notes: [
    "At most three releases stay on a host. After a rollback an update does not put back what was rolled back from, unless it changed: a new release takes its place, and resume puts it back.",
  ],
  exitCodes: {
    0: "listed; or the release that was asked for serves",
    1: "the release that was asked for is not there, or does not serve: what served before still does",
    3: "a host, or the pulumi CLI, could not be asked",
  },
  run: ({ options, words }, io) => releases(options, words, io),
});

/** @returns undefined for the list */
function wish(words: readonly string[]): string | undefined {
  const [word, id, ...rest] = words;
  if (word === undefined) return undefined;
  if (rest.length === 0 && word === "resume" && id === undefined) return "deployed";
  if (rest.length === 0 && word === "rollback" && id !== undefined && /^(previous|\d+(-[0-9a-f]{0,12})?)$/.test(id)) return id;
  throw new UsageProblem(
    `found "${words.join(" ")}"; expected nothing, "resume", "rollback previous" or "rollback ID" with an ID of the list, such as 7-3f9a12bc44de`,
  );
}

function lines(count: string): number {
  const number = /^\d{1,3}$/.test(count) ? Number(count) : 0;
  if (number < 1 || number > 500) throw new Problem(`--count: found ${count}; expected a number from 1 to 500`);
  return number;
}

async function releases(options: Options, words: readonly string[], io: Io): Promise<ExitCode> {
  const named = chosen("--host", options.host, HOST_IDS);
  const wanted = wish(words);
  const count = wanted === undefined ? lines(options.count) : 500;
  const given = deployedJson(options, io.from);
  io.progress.busy("loading the program");
  // Loaded here: the provider's library takes seconds, which --help need not wait for.
  const { readInputs, send, singleHosts, KNOWN_ERRORS } = await import("./verify-hosts");
  const { askReleases, askRollback } = await import("../release/asked");
  const { specOf } = await import("../release/inputs");
  const { inputs, deployed } = await asProblems(KNOWN_ERRORS, () => readInputs(ROOT, options.stack, given));
  const roles = singleHosts(named, inputs, "rolled back");
  const ask = async (role: HostId): Promise<HostReleases> => {
    io.progress.say(`asking the ${role}`);
    const asked = askReleases(specOf(inputs, role), count);
    try {
      return readReleases(role, await send(role, asked, asked.stdin, inputs, deployed));
    } catch (error) {
      return { role, error: reasonOf(error) };
    }
  };
  const list = async (of: readonly HostId[]): Promise<HostReleases[]> => {
    const found: HostReleases[] = [];
    for (const role of of) found.push(await ask(role));
    return found;
  };
  const before = await list(roles);
  if (wanted === undefined) {
    io.progress.end();
    io.out(
      options.json ? JSON.stringify({ stack: options.stack, hosts: before }, null, 2) : renderReleases(options.stack, before, io.screen),
    );
    return exitCode(before);
  }
  const rollBack = async ({ role, target, from }: Rollback): Promise<RollbackOutcome> => {
    io.progress.say(`${role}: ${target} in place of ${from}`);
    const began = Date.now();
    const asked = askRollback(specOf(inputs, role), { target, expected: from, by: operator() });
    try {
      return readRollback({ role, target, from }, await send(role, asked, asked.stdin, inputs, deployed), Date.now() - began);
    } catch (error) {
      return { role, target, from, ok: false, unreachable: true, seconds: 0, said: [reasonOf(error)] };
    }
  };
  const done: RollbackOutcome[] = [];
  for (const one of plan(wanted, before, options.stack)) {
    done.push(await rollBack(one));
    // What the hosts do belongs together: the next one is not touched where one could not.
    if (done.at(-1)?.ok !== true) break;
  }
  io.progress.end();
  const { stack } = options;
  io.out(options.json ? JSON.stringify({ stack, rollbacks: done }, null, 2) : fitted(renderRollbacks(stack, done), io.screen));
  return done.every(({ ok }) => ok) ? EXIT.ok : done.some(({ unreachable }) => unreachable) ? EXIT.cannotTell : EXIT.wrong;
}

/** In letters that may stand in a host's record. */
function operator(): string {
  const text = `${userInfo().username}@${hostname()}`;
  return text.replace(/[^A-Za-z0-9@._-]/g, "-").slice(0, 80);
}

if (require.main === module) start(releasesCommand);
