import type { Finding, Policy, Settings } from "../../core/types";
import type { Asked } from "../../shell/answers";
import { forEachRun, unknown } from "./findings";

const FIX = "Keep scripts literal in `create`, pass values by stdin, and run no text from a variable, a file nobody showed or the network.";

function check({ record, host }: Asked, _settings: Settings): Finding[] {
  // What the machine that runs Pulumi does to itself is nobody's business here; what it does to hosts from there is.
  const unclear = host.isOperator === true ? record.unclear.filter(({ onHosts }) => onHosts === true) : record.unclear;
  const name = host.isOperator === true ? "hosts end up with" : `«${host.name}» ends up with`;
  const where = host.isOperator === true ? ", on the machine that runs Pulumi" : "";
  // A reason may be the first part of a longer sentence elsewhere.
  return unclear.map(({ what, place }) =>
    unknown(place, `Cannot tell what ${name}, because of ${what.replace(/,$/u, "")}${where}. ${FIX}`),
  );
}

export const policy: Policy = {
  id: "host-setup-readable",
  severity: "medium",
  control: "SETUP-1",
  tags: ["host-setup", "shell"],
  description: "All text that the set-up runs on a host is known when the program is previewed.",
  why: "What cannot be read cannot be evaluated: it may change modes, owners, units or firewall rules.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "sudo sh -c \\"$SCRIPT\\"" });`,
  good: `new command.remote.Command("x", { connection, create: "set -eu; sudo install -m 600 /dev/stdin /home/ddos/app/.env" });`,
  evaluate: forEachRun("host-setup-readable", check),
};
