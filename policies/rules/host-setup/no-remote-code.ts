import type { Finding, Policy, Settings } from "../../core/types";
import type { HostReport } from "../../shell/host";
import { forEachRun, violation } from "./findings";

const FIX = "Install a package of the distribution, or fetch a fixed version, check its sha256 against one in the script, and run that.";

function check({ record }: HostReport, _settings: Settings): Finding[] {
  return record.remoteCode.map((r) => violation(r.place, `Text from ${r.what} is run as it comes over the network. ${FIX}`));
}

export const policy: Policy = {
  id: "no-remote-code",
  severity: "high",
  control: "SETUP-2",
  tags: ["host-setup", "supply-chain", "shell"],
  description: "No script runs text that it has just fetched from the network.",
  why: "Whoever controls that address, or the way to it, runs commands on the host, mostly as root, at every set-up.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "curl -fsSL https://get.example.com | sudo bash" });`,
  good: `new command.remote.Command("x", { connection, create: "curl -fsSLo i.sh https://get.example.com/1.2/i.sh && echo '<sha256>  i.sh' | sha256sum -c && sudo bash i.sh" });`,
  evaluate: forEachRun(check),
};
