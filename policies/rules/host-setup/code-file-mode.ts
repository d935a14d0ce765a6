import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { isEnvFile } from "./env-file-mode";
import { isModelPath } from "./models";
import { forEachHost, inFog, isOwnFile, checkMode, seenFromHome, subjects } from "./findings";
import type { Subject } from "./findings";

const FIX = "`find /home/ddos/app -name '*.py' -exec chmod 644 {} +`, or `install -m 644`.";

function check({ files }: Asked, settings: Settings): Finding[] {
  const seen = seenFromHome(files, settings);
  const isCode = ({ path }: Subject): boolean => path.endsWith(".py");
  const found = subjects(
    files,
    (path, e) =>
      isOwnFile(seen(path), settings) &&
      (e.kind === "file" || e.kind === "any") &&
      !isEnvFile(path, e) &&
      !isModelPath(seen(path), settings),
  );
  return found
    .filter((s) => s.entry.mode.untouched !== true && !inFog(files, s.entry))
    .flatMap((s) =>
      checkMode(files, isCode(s) ? withoutDoubtfulExecute(s) : s, isCode(s) ? 0o644 : 0o7755, isCode(s) ? "Python file" : "file", FIX),
    );
}

/** An archive may hold scripts: an execute bit that only may be there is no reason for doubt. */
const withoutDoubtfulExecute = (s: Subject): Subject => ({
  ...s,
  entry: { ...s.entry, mode: { set: s.entry.mode.set, may: s.entry.mode.may & (~0o111 | s.entry.mode.set) } },
});

export const policy: Policy = {
  id: "code-file-mode",
  severity: "high",
  control: "FILE-2",
  tags: ["host-setup", "file-mode"],
  description: "Python files of the service end with mode 644 or stricter, and no other file of it is writable by group or others.",
  why: "Whoever may write the code runs as the service at its next start. An execute bit on modules is not needed and hides a careless chmod -R.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo chmod -R 666 /home/ddos/app/ml_gateway" });`,
  good: `new command.remote.Command("x", { connection, create: "sudo find /home/ddos/app -name '*.py' -exec chmod 644 {} +" });`,
  evaluate: forEachHost("code-file-mode", check),
};
