import type { Finding, Policy, Settings } from "../../core/types";
import type { Entry } from "../../shell/files";
import type { Asked } from "../../shell/answers";
import { isWithin } from "../../shell/paths";
import { isSecretPath } from "../../shell/subjects";
import { plain, show } from "../../shell/text";
import { forEachHost, checkMode, nameOf, subjects, unknown } from "./findings";

const FIX = "Write it with `install -m 600`, or under `umask 077` and then `chmod 600`.";

function check(report: Asked, settings: Settings): readonly Finding[] {
  const { files } = report;
  const found = subjects(files, (path, e) => isWithin(path, settings.home) && isEnvFile(path, e));
  if (found.length > 0) return found.flatMap((subject) => checkMode(files, subject, 0o600, ".env file", FIX));
  return absent(report, settings);
}

export const isEnvFile = (path: string, entry: Entry): boolean =>
  isSecretPath(path) && (entry.secret || nameOf(path).startsWith(".env")) && entry.kind !== "dir" && entry.kind !== "link";

/** Nobody was seen to write it: then text that was not followed may have, and a unit that reads it proves that somebody does. */
function absent(report: Asked, settings: Settings): Finding[] {
  const { files, record } = report;
  if (files.fog)
    return [
      unknown(
        files.fog.place,
        `Cannot tell the mode of ${settings.home}/**/.env: the host runs ${files.fog.reason}. Keep scripts literal and pass values by stdin.`,
      ),
    ];
  const reader = record.written.find((w) => w.path.endsWith(".service") && namesEnvFile(w.content, settings));
  if (!reader) return [];
  return [
    unknown(
      reader.place,
      `Cannot tell the mode of .env: ${show(reader.path)} reads it, and no step of this stack is seen to write it. ${FIX}`,
    ),
  ];
}

const namesEnvFile = (content: string, settings: Settings): boolean =>
  plain(content)
    .split(/[\s="']+/u)
    .some((word) => word.replace(/^-/u, "").startsWith(`${settings.home}/`) && isSecretPath(word));

export const policy: Policy = {
  id: "env-file-mode",
  severity: "critical",
  control: "FILE-4",
  tags: ["host-setup", "file-mode", "secrets"],
  description: "The .env file of the service ends with mode 600 or stricter, whichever way the steps are run.",
  why: "The file holds the database credentials and SECRET_KEY. With any group or other bit, each process on the host can read them.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: 'new command.remote.Command("env", { connection, create: "sudo install -m 644 -o ddos -g ddos /dev/stdin /home/ddos/app/.env", stdin: envText });',
  good: 'new command.remote.Command("env", { connection, create: "sudo install -m 600 -o ddos -g ddos /dev/stdin /home/ddos/app/.env", stdin: envText });',
  evaluate: forEachHost("env-file-mode", check),
};
