import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { isEnvFile } from "./env-file-mode";
import { show } from "../../shell/text";
import { isModelPath } from "./models";
import { checkOwner } from "./owner";
import { forEachHost, isOwnFile, subjects } from "./findings";

const FIX = "`chown -R ddos:ddos /home/ddos` after the last change, or `install -o ddos -g ddos`.";

function check({ files }: Asked, settings: Settings): Finding[] {
  const found = subjects(
    files,
    (path, e) => isOwnFile(path, settings) && e.kind !== "link" && !isEnvFile(path, e) && !isModelPath(path, settings),
  );
  return found.flatMap((subject) => checkOwner(files, subject, settings.user, show(subject.path), FIX, true));
}

export const policy: Policy = {
  id: "home-ownership",
  severity: "medium",
  control: "FILE-1",
  tags: ["host-setup", "file-mode"],
  description: "Everything that the set-up puts below the service's home ends with the service's user and group as its owner.",
  why: "Files that stay root's or the login user's cannot be replaced by the service's own deployments, or can be changed by an account that should not.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo cp -r /tmp/app /home/ddos/" });`,
  good: `new command.remote.Command("x", { connection, create: "sudo cp -r /tmp/app /home/ddos/ && sudo chown -R ddos:ddos /home/ddos" });`,
  evaluate: forEachHost("home-ownership", check),
};
