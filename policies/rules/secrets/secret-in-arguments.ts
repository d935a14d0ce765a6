import { isSecretName } from "../../core/secret-name";
import type { Finding, Policy } from "../../core/types";
import { forEachRun, violation } from "../host-setup/findings";
import type { Executed } from "../../shell/state";
import { isSecretPath } from "../../shell/subjects";
import { holesOf, plain, SECRET_MARK } from "../../shell/text";

const FIX =
  "let the program read it from a file or from its own environment: `~/.pgpass` or PGPASSFILE, `mysql --defaults-extra-file`, REDISCLI_AUTH, `curl --netrc-file` or `--config`";

export const policy: Policy = {
  id: "secret-in-arguments",
  severity: "medium",
  control: "SECRET-2",
  tags: ["secrets", "host-setup", "shell"],
  description:
    "No program gets a password, key or address with one as an argument, cut out of a secret file or set by one that is sourced.",
  why: "Every user of the host sees the arguments of every process (`ps`, /proc/PID/cmdline), whatever the mode of the file they came from.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new remote.Command("probe", { create: 'psql "$(grep ^DATABASE_URL= /home/ddos/app/.env | cut -d= -f2-)" -c "select 1"', ... });`,
  good: `new remote.Command("probe", { create: 'PGPASSFILE=/home/ddos/.pgpass psql -h db.internal -U app -c "select 1"', ... });`,
  evaluate: forEachRun("secret-in-arguments", ({ record }) => {
    const sourcing = new Set(record.executed.filter(sources).map(stepOf));
    return record.executed.flatMap((run) => check(run, sourcing.has(stepOf(run))));
  }),
};

/** They hand their words to a program that is looked at by itself. */
const HANDS_ON =
  /^(sudo|doas|env|su|runuser|timeout|nice|nohup|setsid|xargs|find|systemd-run|flock|stdbuf|time|ionice|chroot|nsenter|unshare|setpriv|gosu|su-exec)$/u;

/** Its text came out of a secret file or a store for secrets. */
const isSecret = (word: string): boolean => word.includes(SECRET_MARK) || holesOf(word).some(({ kind }) => kind === "secret");

/** `. /home/ddos/app/.env` sets variables whose names are not known before it runs. */
const sources = ({ argv: [command = "", file = ""] }: Executed): boolean => /^(\.|source)$/u.test(command) && isSecretPath(plain(file));
const stepOf = ({ place }: Executed): string => place.runBy ?? place.urn;

/** A variable that has its value from elsewhere, under a name that promises a secret. */
const isVariable = (word: string): boolean => holesOf(word).some(({ label }) => label.startsWith("$") && isSecretName(label.slice(1)));

function check({ program, argv, place, isInside }: Executed, sourced: boolean): Finding[] {
  return isInside !== true && !HANDS_ON.test(program) && argv.slice(1).some((word) => isSecret(word) || (sourced && isVariable(word)))
    ? [violation(place, `\`${program}\` gets a secret as an argument, which every user of the host sees while it runs: ${FIX}.`)]
    : [];
}
