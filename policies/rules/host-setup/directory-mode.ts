import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { DIRS } from "../../shell/text";
import { forEachHost, inFog, isOwnFile, checkMode, seenFromHome, subjects } from "./findings";

const FIX = "`install -d -m 755`, or `find /home/ddos -type d -exec chmod 755 {} +`.";

function check({ files }: Asked, settings: Settings): Finding[] {
  const seen = seenFromHome(files, settings);
  const found = subjects(files, (path, e) => isOwnFile(seen(path), settings) && (e.kind === "dir" || path.endsWith(DIRS)));
  return found
    .filter((s) => s.entry.mode.untouched !== true && !inFog(files, s.entry))
    .flatMap((s) => checkMode(files, s, 0o7755, "folder", FIX));
}

export const policy: Policy = {
  id: "directory-mode",
  severity: "high",
  control: "FILE-3",
  tags: ["host-setup", "file-mode"],
  description: "Folders below the service's home end with mode 755 or stricter.",
  why: "In a folder that others may write, every file can be replaced, whatever its own mode.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo mkdir -p -m 777 /home/ddos/models" });`,
  good: `new command.remote.Command("x", { connection, create: "sudo install -d -m 755 -o ddos -g ddos /home/ddos/models" });`,
  evaluate: forEachHost("directory-mode", check),
};
