/**
 * How the steps' scripts reach a host: one Command whose create is a line and whose stdin is a shell script that installs them. The
 * provider prints all of `create` when a Command fails, and nothing of stdin, so a failed step is readable only where `create` is short.
 */
import { forAnyShell, mayUseSudo, withoutShebang } from "./compose";
import { hereDocument, readTemplate } from "./templates";
import type { Carrier, StepFile } from "./types";

/** The provider takes megabytes by stdin; this is far above what is there, and far below that. */
const LIMIT_BYTES = 1_000_000;

/** Seconds. Nothing is fetched: it waits for the lock and writes some files. */
const LIMIT_SECONDS = 240;

/** All of it is printed when it fails. */
const CREATE = forAnyShell(`${mayUseSudo("scripts")}status=0
sudo -n timeout -k 10 ${LIMIT_SECONDS} /bin/bash -s || status=$?
if [ $status = 124 ] || [ $status = 137 ]; then
  echo "ddos scripts failed on $(uname -n): their text, some hundred kB, had not arrived within ${LIMIT_SECONDS} seconds. The link is very slow, or small packets pass and large ones do not (path MTU: ping -M do -s 1472 on the way; a VPN or a tunnel is the usual reason)" >&2
fi
exit $status
`);

export interface CarrierOptions {
  /** Another text makes the Command run again, which puts back what is missing. */
  readonly repair?: string;
  /** Scripts that are not listed are removed from the host. @default true */
  readonly only?: boolean;
}

/** @throws Error when a script would end a here-document early, a name is unfit, or all of it gets too long. */
export function carrier(scripts: readonly StepFile[], options: CarrierOptions = {}): Carrier {
  const { repair = "none", only = true } = options;
  if (/[\r\n]/.test(repair)) throw new Error("Scripts: line breaks are not possible in repair.");
  const unfit = scripts.find(({ name, sha256 }) => !/^[a-z]+-[0-9a-f]{12}\.sh$/.test(name) || !/^[0-9a-f]{64}$/.test(sha256));
  if (unfit !== undefined) throw new Error(`Scripts: «${unfit.name}» is no name of a script.`);
  const stdin = [
    `# The scripts of this host's steps. repair: ${repair}`,
    "{",
    withoutShebang(readTemplate("steps/scripts.sh")).trimEnd(),
    "open_store",
    ...scripts.map(({ name, sha256, text }) => hereDocument(`script ${name} ${sha256}`, "DDOS_SCRIPT", text).trimEnd()),
    ...(only ? [["only", ...scripts.map((script) => script.name)].join(" ")] : []),
    "close_store",
    "exit 0",
    "}",
    "",
  ].join("\n");
  const size = Buffer.byteLength(stdin);
  if (size > LIMIT_BYTES) throw new Error(`Scripts: the text that installs them has ${size} bytes, the limit is ${LIMIT_BYTES}.`);
  return { create: CREATE, stdin };
}
