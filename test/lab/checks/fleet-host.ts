/** What a host of a fleet has to be when it is up. */
import type { Lab } from "../lab";
import { expect } from "./harness";

/**
 * Nowhere but in .env and the store of root: not in user data, what cloud-init keeps, logs, memory file systems or command lines.
 * @param units whose journal is looked at: an application may print what it likes to its own. @default all
 */
export async function checkSecretsOf(lab: Lab, host: string, secrets: readonly string[], units = ""): Promise<void> {
  const places = "/var/log /run /etc /tmp /var/tmp /home/ubuntu /root /usr/local /var/lib/cloud /var/lib/ddos/fleet /var/lib/ddos/inputs";
  // The pattern is in no command line of the search itself.
  const search = `pattern=$(cat); { grep -rlsaF -f <(printf '%s\\n' "$pattern") ${places} | grep -vE '^/(run/systemd|var/log)/journal'
{ journalctl -q --no-pager ${units}; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; } | grep -F -f <(printf '%s\\n' "$pattern") | head -n 3; } || :`;
  for (const secret of secrets) {
    const found = (await lab.must(host, search, { input: secret })).trim();
    expect(found === "", `${host}: a secret is in ${found.replaceAll(secret, "***").slice(0, 400)}`);
  }
}
