import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { show } from "../../shell/text";
import { forEachHost, violation } from "./findings";
import { programOf, wordsOf } from "./runs";
import { linesWritten } from "./written";

const FIX = "Keep `PasswordAuthentication no` and `PermitRootLogin no`; log in with keys.";

/** Of root every word but `no` lets somebody in: `prohibit-password` and `forced-commands-only` by a key (sshd_config(5)). */
const OPENS =
  /\b((PasswordAuthentication|PermitEmptyPasswords|KbdInteractiveAuthentication|ChallengeResponseAuthentication)\s+yes|PermitRootLogin\s+(yes|prohibit-password|without-password|forced-commands-only))\b/iu;

function check({ record }: Asked, _settings: Settings): Finding[] {
  const settings = linesWritten(record, /\/sshd_config/u).flatMap(({ path, line, place }) => {
    const [opens] = OPENS.exec(line) ?? [];
    return opens === undefined ? [] : [violation(place, `${show(path)} gets \`${show(opens)}\`. ${FIX}`)];
  });
  const commands = record.executed.flatMap((run) => {
    const program = programOf(run);
    const given =
      program === "sshpass" ||
      (program === "passwd" && wordsOf(run).some((w) => w === "-d" || w === "--delete")) ||
      (program === "sshd" && wordsOf(run).some((w) => /PasswordAuthentication=yes/iu.test(w)));
    return given ? [violation(run.place, `\`${program}\` makes a password a way to log in. ${FIX}`)] : [];
  });
  return [...settings, ...commands];
}

export const policy: Policy = {
  id: "no-password-login",
  severity: "high",
  control: "NET-4",
  tags: ["host-setup", "ssh"],
  description: "No script lets people log in over SSH with a password, or root at all.",
  why: "Passwords are guessed from the whole internet within hours of port 22 being reachable.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo sed -i 's/^#*PasswordAuthentication.*/PasswordAuthentication yes/' /etc/ssh/sshd_config" });`,
  good: `new command.remote.Command("x", { connection, create: "echo 'PasswordAuthentication no' | sudo tee /etc/ssh/sshd_config.d/10-keys.conf" });`,
  evaluate: forEachHost("no-password-login", check),
};
