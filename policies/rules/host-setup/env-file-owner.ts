import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { isWithin } from "../../shell/paths";
import { isEnvFile } from "./env-file-mode";
import { checkOwner } from "./owner";
import { forEachHost, subjects, withLinks } from "./findings";

const FIX = "Give the owner with `install -o ddos -g ddos`, or `chown ddos:ddos` the file at the end.";

function check({ files }: Asked, settings: Settings): Finding[] {
  const found = subjects(files, (path, e) => isWithin(path, settings.home) && isEnvFile(path, e));
  return found.flatMap((subject) => checkOwner(files, subject, settings.user, `.env file ${withLinks(files, subject.path)}`, FIX));
}

export const policy: Policy = {
  id: "env-file-owner",
  severity: "high",
  control: "FILE-4",
  tags: ["host-setup", "file-mode", "secrets"],
  description: "The .env file of the service ends with the service's user and group as its owner.",
  why: "With mode 600 the owner alone can read it: an owner other than the service's user makes the service fail or leaves the file to somebody else.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo install -m 600 -o root -g root /dev/stdin /home/ddos/app/.env" });`,
  good: `new command.remote.Command("x", { connection, create: "sudo install -m 600 -o ddos -g ddos /dev/stdin /home/ddos/app/.env" });`,
  evaluate: forEachHost("env-file-owner", check),
};
