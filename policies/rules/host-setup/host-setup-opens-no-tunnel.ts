import type { Policy } from "../../core/types";
import { forEachHost, violation } from "./findings";
import { tunnelOf } from "./tunnels";

const FIX = "Publish through nginx on the gateway, and reach the backend through the bastion.";

export const policy: Policy = {
  id: "host-setup-opens-no-tunnel",
  severity: "critical",
  control: "NET-1",
  tags: ["host-setup", "network"],
  description: "No host but the gateway opens a tunnel, joins another network or forwards a port to the service.",
  why: "A tunnel (ngrok, cloudflared, ssh -R, Tailscale) is opened from inside: no security group and no route table shows it.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "nohup ngrok http 9000 &" });`,
  good: `new command.remote.Command("x", { connection, create: "ssh -J ubuntu@gateway ubuntu@backend" }); // from the operator's machine`,
  evaluate: forEachHost("host-setup-opens-no-tunnel", ({ record, host }) =>
    host.role === "gateway"
      ? []
      : record.executed.flatMap((run) => {
          const what = tunnelOf(run);
          return what === undefined ? [] : [violation(run.place, `On «${host.name}» ${what}, past its security group. ${FIX}`)];
        }),
  ),
};
