import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { isWithin } from "../../shell/paths";
import { show } from "../../shell/text";
import { isEnvFile } from "./env-file-mode";
import { judgeOwner } from "./owner";
import { forEachHost, subjects } from "./judge";

const MEND = "Give the owner with `install -o ddos -g ddos`, or `chown ddos:ddos` the file at the end.";

function judge({ files }: HostReport, settings: Settings): Finding[] {
  const found = subjects(files, (path, e) => isWithin(path, settings.home) && isEnvFile(path, e));
  return found.flatMap((subject) => judgeOwner(files, subject, settings.user, `.env file ${show(subject.path)}`, MEND));
}

export const policy: Policy = {
  id: "env-file-owner",
  severity: "high",
  checklist: ".env file 600 permissions (owner only)",
  description: "The .env file of the service ends with the service's user and group as its owner.",
  why: "With mode 600 the owner alone can read it: an owner other than the service's user makes the service fail or leaves the file to somebody else.",
  mend: MEND,
  level: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo install -m 600 -o root -g root /dev/stdin /home/ddos/app/.env" });`,
  good: `new command.remote.Command("x", { connection, create: "sudo install -m 600 -o ddos -g ddos /dev/stdin /home/ddos/app/.env" });`,
  evaluate: forEachHost(judge),
};
