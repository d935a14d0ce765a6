import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { isWithin } from "../../shell/paths";
import { showMode } from "../../shell/mode";
import { isDecipheredInPlace } from "../../shell/effects/deciphered";
import type { Entry } from "../../shell/files";
import { isSecretFile, isSecretPath } from "../../shell/subjects";
import { holesOf, isKnown, show } from "../../shell/text";
import { isEnvFile } from "./env-file-mode";
import { isSheltered } from "../../shell/shelter";
import { forEachRun, inFog, subjects, violation, withLinks } from "./findings";

const FIX = "Set `umask 077` before writing, write with `install -m 600`, or stage in a folder of mode 700.";

const IN_PLACE_FIX = "Decipher into a pipe or a variable: `sops -d FILE | ssh …`, `sops exec-env`, `ansible-vault view`.";

/** Groups with more members than the one service or user that they are named after. */
const MANY = /^(users|adm|nogroup|staff|sudo|www-data|nginx|ubuntu|admin|ec2-user|docker|systemd-journal|games|daemon|syslog)$/u;

/** Whether others than root, the owner and a group of one service may read it. `.env` itself is its owner's alone. */
function isReadable({ mode, owner, group }: Entry, path: string): boolean {
  if ((mode.set & 0o004) !== 0) return true;
  if ((mode.set & 0o040) === 0) return false;
  return isSecretPath(path) || group === undefined || !isKnown(group) || (group !== owner && MANY.test(group));
}

/** Of the machine that runs Pulumi only what is a secret for sure counts: text out of a store, or deciphered. Its own files are nobody's business. */
const isOfStore = (content: string | undefined): boolean =>
  holesOf(content ?? "").some(({ kind, label }) => kind === "secret" && !/^(content|stdin|\$)/u.test(label));

function check(report: Asked, settings: Settings): Finding[] {
  const { files, record, host } = report;
  const counts = (content: string | undefined): boolean => host.isOperator !== true || isOfStore(content);
  const windows = record.written
    .filter((w) => counts(w.content))
    .filter((w) => isSecretFile(w.path, w.content) && !w.sheltered && w.content !== "" && !/^\/(dev|proc)\//u.test(w.path))
    .flatMap((w) => {
      const open = w.entries.find((e) => isReadable(e, w.path));
      return open
        ? [
            violation(
              w.place,
              `${show(w.path)} holds a secret while its mode is ${showMode(open.mode)}: until a later chmod every user of the host can read it. ${FIX}`,
            ),
          ]
        : [];
    });
  const kept = subjects(
    files,
    (path, e) => counts(e.content) && e.secret && e.kind === "file" && !(isWithin(path, settings.home) && isEnvFile(path, e)),
  )
    .filter((s) => isReadable(s.entry, s.path) && !s.path.startsWith("/dev/") && !isSheltered(files, s.path) && !inFog(files, s.entry))
    .map((s) =>
      violation(
        s.entry.place,
        `${withLinks(files, s.path)} holds a secret and stays on the host with mode ${showMode(s.entry.mode)}. ${FIX}`,
      ),
    );
  return [...windows, ...kept, ...(host.isOperator === true ? inPlaceOfCiphers(report) : [])];
}

/** A file of the checkout whose ciphertext is kept there: its plain text stays in the working tree, whatever its mode. */
const inPlaceOfCiphers = ({ files }: Asked): Finding[] =>
  subjects(files, (path, e) => e.kind === "file" && isDecipheredInPlace(e.content) && !isReadable(e, path)).map(({ path, entry }) =>
    violation(
      entry.place,
      `${show(path)} is deciphered in place on the machine that runs Pulumi: its plain text stays in the working tree, where the next commit takes it. ${IN_PLACE_FIX}`,
    ),
  );

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
  evaluate: forEachRun("secret-file-window", check),
};
