import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { forEachHost, unknown } from "./judge";

const MEND =
  "Keep scripts literal in `create`, pass values by stdin, and run no text from a variable, a file nobody showed or the network.";

function judge({ record, host }: HostReport, _settings: Settings): Finding[] {
  return record.unclear.map(({ what, place }) => unknown(place, `Cannot tell what «${host.name}» ends up with: it runs ${what}. ${MEND}`));
}

export const policy: Policy = {
  id: "host-setup-readable",
  severity: "medium",
  checklist: "All directories 755 permissions",
  description: "All text that the set-up runs on a host is known when the program is previewed.",
  why: "What cannot be read cannot be judged: it may change modes, owners, units or firewall rules.",
  mend: MEND,
  level: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo sh -c \\"$SCRIPT\\"" });`,
  good: `new command.remote.Command("x", { connection, create: "set -eu; sudo install -m 600 /dev/stdin /home/ddos/app/.env" });`,
  evaluate: forEachHost(judge),
};
