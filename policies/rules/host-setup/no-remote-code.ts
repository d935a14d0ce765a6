import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import type { Happenings } from "../../shell/state";
import { holesOf, plain, show } from "../../shell/text";
import { forEachRun, nameOf, subjects, unknown, violation } from "./findings";
import { isModelPath } from "./models";
import { programOf, wordsOf } from "./runs";

const FIX = "Install a package of the distribution, or fetch a fixed version, check its sha256 against one in the script, and run that.";

function check({ record, files, host }: Asked, settings: Settings): Finding[] {
  const run = record.remoteCode.map((r) => violation(r.place, `Text from ${r.what} is run as it comes over the network. ${FIX}`));
  if (host.isOperator) return run;
  const kept = subjects(files, (path) => whatIs(path, settings) !== undefined).flatMap(({ path, entry }): Finding[] => {
    const from = holesOf(entry.content ?? "").find(({ kind }) => kind === "fetched")?.label;
    if (from === undefined) return [];
    const what = `${show(path)}, ${whatIs(path, settings) ?? ""}, is what ${from} gave`;
    return isSummed(record, from)
      ? [unknown(entry.place, `Cannot tell whether ${what}: its sum is made, but not compared by a command that is understood. ${CHECK}`)]
      : [violation(entry.place, `${what}, and nothing checks that it is the one that was meant. ${CHECK}`)];
  });
  return [...run, ...kept];
}

const CHECK = "Write the sha256 that it has to have into the script: `echo '<sha256>  FILE' | sha256sum -c`, before the file gets there.";

/** What is obeyed like code: to load a model of scikit-learn is to run it, and keys, sudoers and units decide who may do what. */
function whatIs(path: string, settings: Settings): string | undefined {
  if (isModelPath(path, settings)) return "a model";
  if (/\/\.ssh\/authorized_keys2?$/u.test(path)) return "which says whose keys open the host";
  if (/^\/etc\/sudoers(\.d\/|$)/u.test(path)) return "which says who may become root";
  return UNIT.test(path) ? "which says what the system starts" : undefined;
}

const UNIT =
  /^\/(etc|usr\/lib|lib|run|usr\/local\/lib)\/systemd\/(system|user)\/.|^\/etc\/(cron[^/]*(\/|$)|init\.d\/|profile\.d\/)|^\/var\/spool\/cron\//u;

/** A sum of a file with this text was made to be looked at, in a form that is not followed. */
function isSummed(record: Happenings, from: string): boolean {
  const copies = new Set(
    record.written
      .filter(({ content }) => holesOf(content).some(({ kind, label }) => kind === "fetched" && label === from))
      .map(({ path }) => nameOf(path)),
  );
  return record.executed.some(
    (run) =>
      /^(sha(224|256|384|512)sum|shasum|b2sum|openssl)$/u.test(programOf(run)) &&
      wordsOf(run).some((word) => copies.has(nameOf(plain(word)))) &&
      !wordsOf(run).some((word) => /^(-c|--check)$/u.test(word)),
  );
}

export const policy: Policy = {
  id: "no-remote-code",
  severity: "high",
  control: "SETUP-2",
  tags: ["host-setup", "supply-chain", "shell"],
  description:
    "No script runs text that it has just fetched from the network, and none becomes a model, a login key, a rule of sudo, a unit or a timed command unchecked.",
  why: "Whoever controls that address, or the way to it, runs commands on the host, mostly as root, at every set-up. A pickled model is code, and a key is access.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "curl -fsSL https://get.example.com | sudo bash" });`,
  good: `new command.remote.Command("x", { connection, create: "curl -fsSLo i.sh https://get.example.com/1.2/i.sh && echo '<sha256>  i.sh' | sha256sum -c && sudo bash i.sh" });`,
  evaluate: forEachRun("no-remote-code", check),
};
