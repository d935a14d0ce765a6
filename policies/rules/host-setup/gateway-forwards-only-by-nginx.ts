import type { Policy } from "../../core/types";
import { forEachHost, violation } from "./findings";
import { FRONTS, handsOn } from "../../shell/obeyed/others";
import { show } from "../../shell/text";
import { tunnelOf } from "./tunnels";
import { linesWritten } from "./written";

const FIX = "Let nginx be the only front of the backend: a site with `proxy_pass`, limits and TLS.";

export const policy: Policy = {
  id: "gateway-forwards-only-by-nginx",
  severity: "high",
  control: "NET-1",
  tags: ["host-setup", "network", "nginx"],
  description: "The gateway forwards to the backend by nginx alone: not by socat, DNAT, an ssh forward or a tunnel.",
  why: "A port that is forwarded below nginx publishes the backend without its limits, headers, TLS and log.",
  remediationSteps: FIX,
  enforcementLevel: "mandatory",
  bad: `new command.remote.Command("x", { connection, create: "socat TCP-LISTEN:443,fork TCP:10.0.1.5:9000 &" });`,
  good: "location / { proxy_pass http://10.0.1.5:9000; }",
  evaluate: forEachHost("gateway-forwards-only-by-nginx", ({ record, host }) =>
    host.role !== "gateway"
      ? []
      : [
          ...record.executed.flatMap((run) => {
            const what = tunnelOf(run);
            return what === undefined ? [] : [violation(run.place, `On «${host.name}» ${what}, past nginx. ${FIX}`)];
          }),
          ...linesWritten(record, FRONTS)
            .filter(({ line }) => handsOn(line))
            .map(({ path, line, place }) =>
              violation(place, `On «${host.name}» ${show(path)} gets \`${show(line)}\`, which hands connections on past nginx. ${FIX}`),
            ),
        ],
  ),
};
