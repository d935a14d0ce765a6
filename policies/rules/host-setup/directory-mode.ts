import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { UNTOUCHED } from "../../shell/mode";
import { DIRS } from "../../shell/text";
import { forEachHost, inFog, isOwnFile, judgeMode, subjects } from "./judge";

const MEND = "`install -d -m 755`, or `find /home/ddos -type d -exec chmod 755 {} +`.";

function judge({ files }: HostReport, settings: Settings): Finding[] {
  const found = subjects(files, (path, e) => isOwnFile(path, settings) && (e.kind === "dir" || path.endsWith(DIRS)));
  return found
    .filter((s) => s.entry.mode !== UNTOUCHED && !inFog(files, s.entry))
    .flatMap((s) => judgeMode(files, s, 0o7755, "folder", MEND));
}

export const policy: Policy = {
  id: "directory-mode",
  severity: "high",
  checklist: "All directories 755 permissions",
  description: "Folders below the service's home end with mode 755 or stricter.",
  why: "In a folder that others may write, every file can be replaced, whatever its own mode.",
  mend: MEND,
  level: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo mkdir -p -m 777 /home/ddos/models" });`,
  good: `new command.remote.Command("x", { connection, create: "sudo install -d -m 755 -o ddos -g ddos /home/ddos/models" });`,
  evaluate: forEachHost(judge),
};
