/** Looks for the secrets of the deployment wherever others could read them: journals, arguments of processes, files that everybody may read. */
import type { HostRole } from "../../../infra/release/types";
import { backendValues, SECRET } from "../faults/variants";
import type { Lab } from "../lab";

export const SECRETS: readonly string[] = [SECRET, String(backendValues().env?.["SECRET_KEY"])];

const MARK = "/root/soak-mark";

export const markNow = (lab: Lab, role: HostRole): Promise<string> => lab.must(role, `touch ${MARK}; sleep 0.02`);

/** @param quiet whether the application prints them on purpose, which is what a bad release does: its own lines are left out then */
const scan = (quiet: boolean): string => `
cat >/root/soak-secrets; chmod 600 /root/soak-secrets
since=$(stat -c @%Y ${MARK})
journalctl --quiet --no-pager --since "$since" -o json | jq -r 'select(${quiet ? `(._SYSTEMD_UNIT // "" | test("^ddos-(backend|gateway)(-next)?\\\\.service$") | not)` : "true"}) | "\\(._SYSTEMD_UNIT // .SYSLOG_IDENTIFIER): \\(.MESSAGE)"' | grep -F -f /root/soak-secrets | cut -c 1-60 | sed 's/^/journal of /'
find / /run /tmp -xdev -type f -perm -004 -newer ${MARK} -exec grep -l -F -f /root/soak-secrets {} + 2>/dev/null
for one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <"$one" 2>/dev/null | grep -q -F -f /root/soak-secrets && echo "arguments of $one"; done
:`;

/** @throws with where one was found, not with what */
export async function noSecrets(lab: Lab, role: HostRole, quiet: boolean): Promise<void> {
  const found = (await lab.must(role, scan(quiet), { input: `${SECRETS.join("\n")}\n` })).trim();
  if (found !== "") throw new Error(`a secret is in: ${found.split("\n").slice(0, 5).join("; ")}`);
}

export function saysNoSecret(said: string): void {
  if (SECRETS.some((secret) => said.includes(secret))) throw new Error("a secret is in what a step printed");
}
