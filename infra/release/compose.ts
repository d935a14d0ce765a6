/** Composes what a step runs on the host from the plain files in templates/steps. */
import { sha256 } from "../sha256";
import { hereDocument, readPart, readScript } from "./templates";
import type { AskedName, StepFile, StepName } from "./types";

export interface StepScript {
  readonly name: StepName | AskedName;
  /** Exclusive steps run alone on a host; shared ones may run beside each other; one without a lock only reads. */
  readonly lock: "exclusive" | "shared" | "none";
  readonly limitSeconds: number;
  /** Scripts in templates/steps, in order, without `.sh`. @default the step's name */
  readonly parts?: readonly string[];
  /** A unit that systemd starts when the step fails or is killed. */
  readonly onFailure?: string;
  /** Files that the step finds in $STAGE. */
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

/** `. lib.sh` lets shellcheck and a person run a step alone; in the composed script the library stands above already. */
const LIBRARY_LINES = /^# shellcheck source=.*\n\. .*\n/gm;

/** Shell text in front of what runs as root. This sudo must not take any of the standard input, which is what is read behind it. */
export const mayUseSudo = (name: string): string => `if ! sudo -n true </dev/null; then
  echo "ddos ${name} did not run on $(uname -n): $(id -un) may not use sudo without a password there, and every step needs it (sudo -l)" >&2
  exit 1
fi
`;

/**
 * A create runs in the login shell of the user who logs in, which may be one that reads no sh: csh, or fish, which ends with status 0 when it
 * understands nothing, so that a step would count as done. This is read alike by all of them: one line, and nothing of it outside of the quotes.
 * @throws Error when the text has a single quote, or a line that does not end a command.
 */
export function forAnyShell(text: string): string {
  if (text.includes("'")) throw new Error("A create has a single quote, which ends it in the login shell.");
  const lines = text
    .replace(/ *\\\n */g, " ")
    .trim()
    .split("\n");
  const joined = lines.map((line) => `${line.trim()}${/(^|\s)(then|do|else)$/.test(line) ? "" : ";"}`).join(" ");
  return `exec /bin/sh -c '${joined.replace(/;$/, "")}'\n`;
}

/** Where the scripts lie on a host; templates/steps/scripts.sh puts them there. */
const STORE = "/var/lib/ddos/steps";

/**
 * The script of a step, named by its digest. Nothing in it depends on the host or holds a secret.
 * @throws Error when a file would end a here-document early.
 */
export function composeScript(step: StepScript): StepFile {
  const body = [
    withoutShebang(readScript("lib")),
    `begin ${step.name} ${step.lock}\n`,
    ...step.files.map((file) => hereDocument(`cat >"$STAGE/${file.name}"`, "DDOS_FILE", file.content)),
    ...(step.parts ?? [step.name]).map((part) => withoutShebang(readPart(part)).replace(LIBRARY_LINES, "")),
    "ended\n",
  ].join("\n");
  const text = `#!/bin/bash\n${body}`;
  const digest = sha256(text);
  return { name: `${step.name}-${digest.slice(0, 12)}.sh`, sha256: digest, text };
}

/**
 * What the Command of a step runs: the script with this digest, or nothing. It runs in a transient unit, which belongs to the host's PID 1,
 * so a cut link cannot stop it half-way, and it is bounded by systemd and by timeout. A status of 0 is not enough to have succeeded (a
 * machine that goes down ends its processes in any order): the script itself has to say at its end that it is done, in a word that this
 * Command has just made. It is told who logged in, from where, for the history of releases. All of this is printed when a step fails, so it
 * is short.
 */
export function composeCreate(step: StepScript, script: StepFile): string {
  const { name, limitSeconds, onFailure } = step;
  const properties = [
    `RuntimeMaxSec=${limitSeconds}`,
    "TimeoutStopSec=15",
    ...(onFailure === undefined ? [] : [`OnFailure=${onFailure}`]),
    "EnvironmentFile=-/etc/environment",
  ].map((property) => `--property=${property}`);
  return forAnyShell(`set -eu
${mayUseSudo(name)}script=${STORE}/${script.name}
if ! echo "${script.sha256}  $script" | sudo -n sha256sum --check --quiet >&2; then
  echo "ddos ${name} did not run on $(uname -n): $script is missing there or is not what this deployment runs. Bring it back: pulumi config set repair \\"\\$(date -u +%FT%TZ)\\" && pulumi up" >&2
  exit 1
fi
said=/run/ddos-steps/done-${name}-$$
mark=$(cat /proc/sys/kernel/random/uuid)
from=\${SSH_CONNECTION:-unknown}
by="$(id -un) from \${from%% *}"
sudo -n timeout -k 10 ${limitSeconds + 30} systemd-run --quiet --wait --pipe --collect --unit="ddos-step-${name}-$$" \\
  ${properties.join(" ")} \\
  --setenv=HOME=/root --setenv=DDOS_BY="$by" --setenv=DDOS_DONE="$said" --setenv=DDOS_MARK="$mark" /bin/bash "$script"
if ! echo "$mark" | sudo -n cmp -s -- - "$said" || ! sudo -n rm -- "$said"; then
  echo "ddos ${name} failed on $(uname -n): it ended before it was done, as when the host goes down; run again" >&2
  exit 1
fi
`);
}

export function withoutShebang(text: string): string {
  return text.replace(/^#!.*\n/, "");
}
