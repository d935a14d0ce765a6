/** docker, podman and the like: a container reaches what is mounted into it, and as root what the host gives it. */
import type { Call, Effect } from "../call";
import { readAll, write } from "../channels";
import { guardedIn } from "../guarded";
import { parseOptions } from "../options";
import { blur } from "../unmodelled";
import { cannotTell } from "../report";
import { isSecretPath } from "../subjects";
import { contentOf } from "../redirects";
import { digestLabel, hole, isKnown, plain, show } from "../text";
import { resolveLinks } from "../files";
import { isWithin } from "../paths";
import { absolute } from "../tree";
import { secretAt } from "./send";

const VALUES = "vepwulmcaht";
/** Options of docker that take a value. */
export const LONG = Object.fromEntries(
  "volume mount env env-file publish workdir user label memory name network net hostname entrypoint restart cpus add-host cap-add cap-drop device dns gpus ip ipc pid platform pull security-opt shm-size stop-timeout tmpfs ulimit userns volumes-from log-driver log-opt health-cmd runtime cgroupns project-directory project-name file profile context host"
    .split(" ")
    .map((name) => [name, name]),
);

export const docker: Effect = (call) => {
  const { args, state, scope } = call;
  const global = parseOptions(args, { values: "Hc", long: LONG, stops: true });
  const [first = "", ...others] = global.operands;
  const grouped = /^(container|image|compose|volume|network|system|service|stack|swarm|config|secret|buildx)$/u.test(first);
  const inner = grouped ? parseOptions(others, { values: "fp", long: LONG, stops: true }) : undefined;
  const [action = "", ...rest] = inner ? inner.operands : [first, ...others];
  if (/^(run|create|exec|start|cp|commit|export)$/u.test(action)) reach(action, rest, call);
  if ((first === "compose" && /^(up|run|create|start|restart)$/u.test(action)) || (first === "stack" && action === "deploy"))
    composes(others, call);
  if (/^(build|buildx|bake)$/u.test(action) || (first === "buildx" && action === "build")) builds(rest, call);
  const prints = /^(inspect|config|convert|exec|run|logs)$/u.test(action) && first !== "config" && first !== "secret";
  const files = args.map((arg) => arg.replace(/^--[\w-]+=/u, "")).filter((arg) => isSecretPath(arg));
  const secret = prints && !/^(logs)$/u.test(action) && files.length > 0;
  write(state, scope, 1, `${hole(secret ? "secret" : "value", digestLabel("output of docker", ...args))}\n`);
  return "likely";
};

/** The context of an image is all that lies in a folder, but for what .dockerignore names. */
function builds(args: readonly string[], call: Call): void {
  const { operands } = parseOptions(args, {
    values: "tfo",
    long: { ...LONG, tag: "t", target: "t", "build-arg": "b", "cache-from": "c", "cache-to": "c" },
  });
  const folder = operands.at(-1) ?? ".";
  const secret = secretAt(folder, call);
  const ignored = plain(contentOf(`${folder}/.dockerignore`, call.state));
  if (secret !== undefined && !/^(\*\*\/)?(\.env\*?|\*)$/mu.test(ignored))
    cannotTell(
      call.scope,
      `«${call.name} build», whose context holds ${show(secret)}: it is in the image, and goes wherever that is pushed,`,
    );
}

function reach(action: string, args: readonly string[], call: Call): void {
  const { state, scope } = call;
  const options = parseOptions(args, { values: VALUES, long: LONG, stops: true });
  const mounts = [...(options.given.get("v") ?? []), ...(options.given.get("volume") ?? []), ...(options.given.get("mount") ?? [])];
  const writable = mounts.filter((m) => !/(:|,)(ro|readonly)(,|$|=true)/u.test(m));
  const all = options.has("privileged") || options.value("pid") === "host" || mounts.some((m) => m.includes("docker.sock"));
  const words = action === "run" || action === "create" ? writable : action === "cp" ? args : [];
  const named = guardedIn(words.join("\n"), state, scope.context.home);
  for (const path of named) blur(path, call);
  if (named.length > 0) cannotTell(scope, `a container that may change ${show(named[0] ?? "")}`);
  else if (all) cannotTell(scope, "a container that may change everything on the host");
  else if (/^(run|create)$/u.test(action) && options.value("network", "net") === "host" && scope.context.isOperator !== true)
    cannotTell(
      scope,
      "a container in the host's own network: which ports it opens and what it reaches on the loopback interface is not shown",
    );
}

const COMPOSE_FILES = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/** What the services of a Compose file may do to the host; the ports that they publish are another policy's. */
function composes(args: readonly string[], call: Call): void {
  const { state, scope } = call;
  const given = parseOptions(args, { values: "fp", long: LONG, stops: true }).given;
  const named = [...(given.get("f") ?? []), ...(given.get("file") ?? [])];
  const files =
    named.length > 0 ? named : COMPOSE_FILES.filter((file) => state.files.entries.has(resolveLinks(state.files, absolute(file, state))));
  const texts = files.map((file) => (file === "-" ? readAll(scope.channels) : contentOf(file, state)));
  // What lies with the application's code is as good as that.
  const strange = named.find((file, at) => !isKnown(texts[at] ?? "") && !isWithin(absolute(file, state), scope.context.home));
  if (strange !== undefined && scope.context.isOperator !== true)
    cannotTell(scope, `containers of ${show(strange)}, a file that nobody has shown`);
  const text = plain(texts.join("\n")).replace(/^[ \t]*#.*$/gmu, "");
  const mounts = [...text.matchAll(/^[ \t]*-[ \t]*["']?((?:\/|~|\.)[^\s"']*:[^\s"']*)|^[ \t]*source:[ \t]*["']?([^\s"']+)/gmu)].map(
    ([, a, b]) => a ?? b ?? "",
  );
  const guarded = guardedIn(mounts.filter((one) => !/:ro\b/u.test(one)).join("\n"), state, scope.context.home);
  for (const path of guarded) blur(path, call);
  if (guarded.length > 0) cannotTell(scope, `a container that may change ${show(guarded[0] ?? "")}`);
  else if (
    /privileged["']?:[ \t]*["']?(true|yes|on)\b|\b(pid|ipc|network_mode|userns_mode)["']?:[ \t]*["']?host\b|docker\.sock/u.test(text)
  )
    cannotTell(scope, "a container that shares the host's network, processes or rights");
}
