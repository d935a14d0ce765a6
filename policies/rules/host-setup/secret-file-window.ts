import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { isWithin } from "../../shell/paths";
import { showMode } from "../../shell/mode";
import { isSecretFile } from "../../shell/subjects";
import { show } from "../../shell/text";
import { isEnvFile } from "./env-file-mode";
import { isSheltered } from "../../shell/shelter";
import { forEachHost, inFog, subjects, violation, withLinks } from "./findings";

const FIX = "Set `umask 077` before writing, write with `install -m 600`, or stage in a folder of mode 700.";

const READABLE = 0o044;

function check(report: HostReport, settings: Settings): Finding[] {
  const { files, record } = report;
  const windows = record.written
    .filter((w) => isSecretFile(w.path, w.content) && !w.sheltered && w.content !== "" && !/^\/(dev|proc)\//u.test(w.path))
    .flatMap((w) => {
      const open = w.entries.find((e) => (e.mode.set & READABLE) !== 0);
      return open
        ? [
            violation(
              w.place,
              `${show(w.path)} holds a secret while its mode is ${showMode(open.mode)}: until a later chmod every user of the host can read it. ${FIX}`,
            ),
          ]
        : [];
    });
  const kept = subjects(files, (path, e) => e.secret && e.kind === "file" && !(isWithin(path, settings.home) && isEnvFile(path, e)))
    .filter(
      (s) => (s.entry.mode.set & READABLE) !== 0 && !s.path.startsWith("/dev/") && !isSheltered(files, s.path) && !inFog(files, s.entry),
    )
    .map((s) =>
      violation(
        s.entry.place,
        `${withLinks(files, s.path)} holds a secret and stays on the host with mode ${showMode(s.entry.mode)}. ${FIX}`,
      ),
    );
  return [...windows, ...kept];
}

export const policy: Policy = {
  id: "secret-file-window",
  severity: "high",
  control: "FILE-4",
  tags: ["host-setup", "file-mode", "secrets"],
  description: "A file with secrets is never readable by others: not while it is written, and not as a copy that stays behind.",
  why: "Between writing with mode 644 and the chmod that follows, or in a staged copy, any process on the host can read the secrets.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "cat > /home/ddos/app/.env; chmod 600 /home/ddos/app/.env" });`,
  good: `new command.remote.Command("x", { connection, create: "umask 077; cat > /home/ddos/app/.env" });`,
  evaluate: forEachHost(check),
};
