/** What several backends need (`backend.count`). Pure. */
import { MOST_BACKENDS } from "../hosts/ids";
import { isRefused, type Context } from "./value-rules";

export function several(context: Context): string[] {
  const { project, sections } = context;
  const { count, mode, loadBalancer } = (sections.backend ?? {}) as { count?: unknown; mode?: unknown; loadBalancer?: unknown };
  if (typeof count !== "number" || count < 2 || count > MOST_BACKENDS || !Number.isInteger(count)) return [];
  const key = `${project}:backend.count: found ${count}`;
  if (mode === "fleet")
    return [
      `${key}, and backend.mode is fleet, whose size is backend.fleet.min to backend.fleet.max; write these, and remove backend.count`,
    ];
  return [
    ...(loadBalancer === true || isRefused(context, "backend.loadBalancer")
      ? []
      : [
          `${key}, and without a load balancer the gateway would reach the first host alone; set backend.loadBalancer to true, or backend.count to 1`,
        ]),
    ...portsOf(context, count),
  ];
}

/** Each host behind a tunnel has a port of the operator's machine. */
function portsOf({ project, sections }: Context, count: number): string[] {
  const { localPort } = (sections.ssh ?? {}) as { localPort?: unknown };
  const most = 65535 - count;
  return typeof localPort === "number" && localPort > most && localPort < 65535
    ? [
        `${project}:ssh.localPort: found ${localPort}, and with backend.count ${count} the ${count} ports behind it lead to the backends, of which the last would be above 65535; write ${most} at most`,
      ]
    : [];
}
