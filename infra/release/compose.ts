/** Composes the shell text of a step from the plain files in templates/steps. */
import { sha256 } from "./render";
import { readTemplate } from "./templates";
import type { StepName } from "./types";

export interface StepScript {
  readonly name: StepName;
  /** Exclusive steps run alone on a host; shared ones may run beside each other. */
  readonly lock: "exclusive" | "shared";
  readonly limitSeconds: number;
  /** Scripts in templates/steps, in order, without `.sh`. @default the step's name */
  readonly parts?: readonly string[];
  /** A unit that systemd starts when the step fails or is killed. */
  readonly onFailure?: string;
  /** Files that the step finds in $STAGE. */
  readonly files: readonly { readonly name: string; readonly content: string }[];
}

/** One argument of a program may have 128 KiB on Linux; sshd hands the whole script to the shell as one. */
const LIMIT_BYTES = 120_000;

/** `. lib.sh` lets shellcheck and a person run a step alone; in the composed script the library stands above already. */
const LIBRARY_LINES = /^# shellcheck source=.*\n\. .*\n/gm;

/**
 * The step's script goes to a file that only root can read, and runs in a transient unit: it belongs to the host's PID 1, so a cut link
 * cannot stop it half-way, and it is bounded by systemd and by timeout. Nothing in it depends on the host or holds a secret.
 * @throws Error when a file would end a here-document early or the script gets too long.
 */
export function composeStep(step: StepScript): string {
  const body = [
    withoutShebang(readTemplate("steps/lib.sh")),
    `begin ${step.name} ${step.lock}\n`,
    ...step.files.map((file) => hereDocument(`cat >"$STAGE/${file.name}"`, "DDOS_FILE", file.content)),
    ...(step.parts ?? [step.name]).map((part) => withoutShebang(readTemplate(`steps/${part}.sh`)).replace(LIBRARY_LINES, "")),
  ].join("\n");
  const script = `#!/bin/bash\n${body}`;
  const path = `/run/ddos-steps/${step.name}-${sha256(script).slice(0, 12)}.sh`;
  const create = [
    "set -eu",
    "sudo -n install -d -m 700 -o root -g root /run/ddos-steps",
    hereDocument(`sudo -n tee "${path}.$$" >/dev/null`, "DDOS_STEP", script).trimEnd(),
    `sudo -n mv -f "${path}.$$" ${path}`,
    run(step, path),
    "",
  ].join("\n");
  if (Buffer.byteLength(create) > LIMIT_BYTES) {
    throw new Error(`Step ${step.name}: the script has ${Buffer.byteLength(create)} bytes, the limit is ${LIMIT_BYTES}.`);
  }
  return create;
}

function run(step: StepScript, path: string): string {
  return [
    `exec sudo -n timeout -k 10 ${step.limitSeconds + 30} systemd-run --quiet --wait --pipe --collect`,
    `--unit="ddos-step-${step.name}-$$" --property=RuntimeMaxSec=${step.limitSeconds} --property=TimeoutStopSec=15`,
    `${step.onFailure === undefined ? "" : `--property=OnFailure=${step.onFailure} `}--property=EnvironmentFile=-/etc/environment`,
    `--setenv=HOME=/root /bin/bash ${path}`,
  ].join(" \\\n  ");
}

function withoutShebang(text: string): string {
  return text.replace(/^#!.*\n/, "");
}

function hereDocument(command: string, mark: string, content: string): string {
  if (content.split("\n").includes(mark)) throw new Error(`A line «${mark}» ends the text early: ${command}`);
  return `${command} <<'${mark}'\n${content}${content.endsWith("\n") ? "" : "\n"}${mark}\n`;
}
