/** npm, yarn, cargo, go and the like: code that comes from an address or a branch, and packages that are run without being installed. */
import type { Call, Effect } from "../call";
import { cannotTell } from "../report";
import { parseOptions } from "../options";
import { isKnown, plain, show } from "../text";
import { runUnmodelled } from "../unmodelled";

const COMMIT = /#[0-9a-f]{40}$/u;
/** `git+https://…`, `https://…/x.tgz`, `github:owner/name`, `owner/name`. */
const ADDRESS = /^(git(\+\w+)?:|https?:\/\/|(github|gitlab|bitbucket|gist):|[\w.-]+\/[\w.-]+(#.*)?$)/u;
const INSTALLS = /^(install|i|add|global|link|update)$/u;
/** A version without a range, or a path. */
const PINNED = /^(@?[^@]+@\d+\.\d+\.\d[\w.+-]*|\.{0,2}\/.*)$/u;

function note(what: string, { scope: { context } }: Call): void {
  context.record.remoteCode.push({ what, place: context.place });
}

/** The package that is fetched to be run: `npx X`, `npm exec X`, `pnpm dlx X`. */
function runOnce(name: string, args: readonly string[]): string | undefined {
  const words = parseOptions(args, { values: "pc", long: { package: "p", call: "c" }, stops: /^(npx|bunx|pnpx)$/u.test(name) });
  if (words.has("no", "no-install", "offline")) return undefined;
  const [action = "", next] = words.operands;
  const named = words.value("p");
  if (/^(npx|bunx|pnpx)$/u.test(name)) return named ?? action;
  if (/^(exec|x|dlx|create|init)$/u.test(action) && !(name === "yarn" && action === "exec")) return named ?? next;
  return undefined;
}

export const node: Effect = (call) => {
  const { name, scope } = call;
  const words = call.args.map(plain);
  const once = runOnce(name, words);
  const [action = "", ...rest] = words.filter((word) => !word.startsWith("-"));
  if (once !== undefined && once !== "" && !PINNED.test(once) && scope.context.isOperator !== true)
    cannotTell(scope, `«${name} ${show(once)}», a package of a registry in whichever version that has by then,`);
  else if (INSTALLS.test(action))
    for (const one of rest) if (ADDRESS.test(one) && !COMMIT.test(one) && !/^https?:\/\/localhost/u.test(one)) note(show(one), call);
  return runUnmodelled(name, call);
};

const PYTHON_COMMIT = /@[0-9a-f]{40}(#|$)|#(.*&)?sha256=[0-9a-f]{64}/u;

/** `pipx run --spec git+URL`, `uvx --from git+URL`, `uv tool run`: a program of an address or a branch, run in the same breath. */
export function noteRunOnce(call: Call): void {
  const { name } = call;
  if (!/^(uvx?|pipx)$/u.test(name)) return;
  const words = call.args.map(plain);
  const runs =
    name === "uvx" ||
    (name === "pipx" && words.find((word) => !word.startsWith("-")) === "run") ||
    (name === "uv" && (words.includes("run") || words.includes("x")));
  const from = runs ? words.find((word) => /^(--\w+=)?(\S+ @ )?(git\+|https?:\/\/)/u.test(word)) : undefined;
  if (from !== undefined && !PYTHON_COMMIT.test(from) && !/^--(default-)?index/u.test(from)) note(show(from), call);
}

/** `cargo install --git URL` without --rev, `go install X@latest`, `gem install --source http://…`. */
export const others: Effect = (call) => {
  const words = call.args.map(plain);
  const { name } = call;
  if (name === "cargo" && words[0] === "install") {
    const options = parseOptions(call.args, { long: { git: "git", rev: "rev", branch: "branch", tag: "tag" } });
    const from = options.value("git");
    if (from !== undefined && !/^[0-9a-f]{40}$/u.test(options.value("rev") ?? "")) note(show(from), call);
  } else if (name === "go" && /^(install|run|get)$/u.test(words[0] ?? "")) {
    const branch = words.slice(1).find((word) => /@(latest|main|master|HEAD|upgrade|patch)$/u.test(word) || !isKnown(word));
    if (branch !== undefined) note(show(branch), call);
  } else if (name === "gem" && words[0] === "install" && words.some((word) => /^http:\/\//u.test(word.replace(/^--source=/u, ""))))
    note("a source of gems over plain http", call);
  return runUnmodelled(name, call);
};
