/** What has to be right of the section `watch`. Pure. */
import { partitionOf } from "../partitions";
import type { Context } from "./value-rules";
import { isGroup } from "./values";
import { WATCH_SECTION } from "./watch-schema";

/** Of what a health check of Route 53 asks for. */
const LONGEST_PATH = 255;

/** Names that RFC 2606 and RFC 6761 keep: no mail arrives there. */
const NOBODY = /(^|\.)(example\.(com|org|net)|example|test|invalid|localhost)$/i;

export function watch(context: Context): string[] {
  return [...alarms(context), ...sent(context), ...unchecked(context), ...unused(context)];
}

/** What the hosts send: nothing without alarms, which the emails are for, and nothing where CloudWatch cannot be reached. */
function sent({ project, sections }: Context): string[] {
  const { enabled, ...given } = (sections.watch ?? {}) as { enabled?: unknown; metrics?: unknown; logs?: unknown; drift?: unknown };
  const { egress } = (sections.network ?? {}) as { egress?: unknown };
  return (["metrics", "logs", "drift"] as const).flatMap((key) => {
    if (given[key] !== true) return [];
    if (enabled !== true)
      return [`${project}:watch.${key}: found true, and watch.enabled is not, so that nothing is watched; set it to true`];
    // Of the hosts it is the workflow that tells.
    return key !== "drift" && egress === "none"
      ? [
          `${project}:watch.${key}: found true, and with network.egress none the backend does not reach CloudWatch; set it to false, or give the backend a way out (network.egress gateway or managed)`,
        ]
      : [];
  });
}

/** The check asks hosts over SSH. */
function unchecked({ project, sections }: Context): string[] {
  const { drift } = (sections.watch ?? {}) as { drift?: unknown };
  const { fleet } = (sections.gateway ?? {}) as { fleet?: unknown };
  return drift === true && isGroup(fleet)
    ? [
        `${project}:watch.drift: found true, and with gateway.fleet nobody logs in to a host, so that no check could ask one; set it to false (a fleet replaces hosts and repairs none)`,
      ]
    : [];
}

const watchProperties = (WATCH_SECTION.schema.properties ?? {}) as Readonly<Record<string, Property>>;

interface Property {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Property>>;
}

/** Whoever writes a limit means that something is looked at. What is as by default may have been filled in. */
function unused({ project, sections }: Context): string[] {
  const given = (sections.watch ?? {}) as { metrics?: unknown; logs?: unknown; logDays?: unknown; thresholds?: unknown };
  const { logKey } = (sections.kms ?? {}) as { logKey?: unknown };
  const usual = watchProperties["thresholds"]?.properties ?? {};
  const limits = Object.entries(isGroup(given.thresholds) ? given.thresholds : {}).filter(
    ([name, value]) => value !== usual[name]?.default,
  );
  const say = (key: string, needs: string): string =>
    `${project}:${key}: is given, and watch.${needs} is not true, so that it would do nothing; set that to true, or remove it`;
  return [
    ...(given.metrics === true ? [] : limits.map(([name]) => say(`watch.thresholds.${name}`, "metrics"))),
    ...(given.logs === true || given.logDays === undefined || given.logDays === watchProperties["logDays"]?.default
      ? []
      : [say("watch.logDays", "logs")]),
    ...(given.logs === true || logKey === undefined ? [] : [say("kms.logKey", "logs")]),
  ];
}

function alarms({ project, region, sections }: Context): string[] {
  const { enabled, emails } = (sections.watch ?? {}) as { enabled?: unknown; emails?: unknown };
  const given = Array.isArray(emails) ? emails.filter((one): one is string => typeof one === "string") : [];
  const nobody = given.flatMap((one, index) =>
    NOBODY.test(one.slice(one.indexOf("@") + 1))
      ? [`${project}:watch.emails[${index}]: found ${one}, an address of examples, where nobody reads mail; write your own`]
      : [],
  );
  if (enabled !== true) {
    return given.length === 0
      ? []
      : [
          ...nobody,
          `${project}:watch.emails: found addresses, and watch.enabled is not true, so that nothing is watched; set it to true, or remove them`,
        ];
  }
  const { path, status } = (sections.health ?? {}) as { path?: unknown; status?: unknown };
  if (typeof path === "string" && path.length > LONGEST_PATH) {
    nobody.push(
      `${project}:health.path: found ${path.length} characters, and the health check of watch.enabled takes ${LONGEST_PATH}; make it shorter, or set watch.enabled to false`,
    );
  }
  if (typeof status === "number" && status >= 400) {
    nobody.push(
      `${project}:health.status: found ${status}, and Route 53 takes 2xx and 3xx alone for healthy, so that the alarm of watch.enabled would never end; set watch.enabled to false, or let health answer so`,
    );
  }
  const gateway = (sections.gateway ?? {}) as { httpsFrom?: unknown };
  const closed = sections.domain !== undefined && Array.isArray(gateway.httpsFrom) && !gateway.httpsFrom.includes("0.0.0.0/0");
  if (closed) {
    nobody.push(
      `${project}:watch.enabled: found true, and gateway.httpsFrom closes port 443 to Route 53, which asks for health there where domain is given, so that the alarm would never end; set it to false, or open the port`,
    );
  }
  const partition = region === "" ? undefined : partitionOf(region)?.id;
  return partition === undefined || partition === "aws"
    ? nobody
    : [
        ...nobody,
        `${project}:watch.enabled: found true, and health checks of Route 53 are known in the partition aws alone, not in ${partition}; set it to false`,
      ];
}
