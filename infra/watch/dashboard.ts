/** The body of a stack's dashboard. Pure. */
import type { HostId } from "../release/types";
import { BALANCER_NAMESPACE, BALANCER_TITLES, BALANCERS, type BalancerId } from "./balancer-alarms";

/** Where Route 53 keeps its metrics, whatever the stack's region. */
export const ROUTE_53_REGION = "us-east-1";

export interface Shown {
  readonly region: string;
  /** Id of the health check. */
  readonly check: string;
  /** The dimension of each host's metrics of EC2, by the hosts' names, in their order. */
  readonly hosts: Readonly<Partial<Record<HostId, object>>>;
  /** What AWS calls the load balancers that there are, and the groups of hosts behind them. */
  readonly balancers: Readonly<Partial<Record<BalancerId, { readonly balancer: string; readonly targets: string }>>>;
  /** Of the hosts' own metrics. @default none are sent */
  readonly namespace?: string;
  readonly backups: boolean;
  readonly tls: boolean;
}

interface Graph {
  readonly title: string;
  readonly region: string;
  readonly stat: string;
  readonly metrics: readonly (readonly unknown[])[];
}

/** Three graphs in a row; 24 units are the whole width. */
export function dashboardBody(shown: Shown): string {
  const graphs = [...ofAws(shown), ...ofBalancers(shown), ...(shown.namespace === undefined ? [] : ofHosts(shown.namespace, shown))];
  const widgets = graphs.map((properties, index) => ({
    type: "metric",
    x: (index % 3) * 8,
    y: Math.floor(index / 3) * 6,
    width: 8,
    height: 6,
    properties: { ...properties, period: 300 },
  }));
  return JSON.stringify({ widgets });
}

function ofAws({ region, check, hosts }: Shown): Graph[] {
  const perHost = (metric: string): string[][] =>
    Object.values(hosts).map((host) => ["AWS/EC2", metric, ...(Object.entries(host)[0] as [string, string])]);
  return [
    { title: "Health", region: ROUTE_53_REGION, stat: "Minimum", metrics: [["AWS/Route53", "HealthCheckStatus", "HealthCheckId", check]] },
    { title: "Processor, per cent", region, stat: "Average", metrics: perHost("CPUUtilization") },
    { title: "Bytes in", region, stat: "Sum", metrics: perHost("NetworkIn") },
  ];
}

function ofBalancers({ region, balancers }: Shown): Graph[] {
  return BALANCERS.flatMap((id): Graph[] => {
    const names = balancers[id];
    if (names === undefined) return [];
    const { balancer, targets } = names;
    const metric = (name: string, ...more: readonly string[]): string[] => [BALANCER_NAMESPACE, name, "LoadBalancer", balancer, ...more];
    const graph = (title: string, stat: string, ...metrics: string[][]): Graph => ({
      ...{ title: `${BALANCER_TITLES[id]}: ${title}`, region, stat, metrics },
    });
    return [
      graph("answers with 5xx, its own and of hosts", "Sum", metric("HTTPCode_ELB_5XX_Count"), metric("HTTPCode_Target_5XX_Count")),
      graph("hosts that are not healthy", "Maximum", metric("UnHealthyHostCount", "TargetGroup", targets)),
      graph("seconds until an answer begins, p99", "p99", metric("TargetResponseTime")),
    ];
  });
}

function ofHosts(namespace: string, { region, hosts: shown, backups, tls }: Shown): Graph[] {
  const all = Object.keys(shown);
  const own = (metric: string, ...hosts: readonly string[]): unknown[][] => hosts.map((host) => [namespace, metric, "Host", host]);
  const graph = (title: string, stat: string, metrics: readonly (readonly unknown[])[]): Graph => ({ title, region, stat, metrics });
  // Which release serves: a line for each that did, found by its dimension.
  const releases = `SEARCH('{"${namespace}",Host,Release} MetricName="Release"', 'Maximum', 300)`;
  return [
    graph("Requests", "SampleCount", own("ServerErrors", ...all)),
    graph("Share of 5xx", "Average", own("ServerErrors", ...all)),
    graph("Seconds until an answer begins, p99", "p99", own("Latency", ...all)),
    graph("Memory, per cent", "Average", own("Memory", ...all)),
    graph("Root volume, per cent", "Maximum", own("Disk", ...all)),
    graph("Release that serves", "Maximum", [[{ expression: releases, id: "releases", label: "" }]]),
    ...(backups ? [graph("Hours since the last backup", "Maximum", own("BackupAge", ...all.filter((host) => host !== "gateway")))] : []),
    ...(tls ? [graph("Days that the certificate has left", "Minimum", own("CertificateDays", "gateway"))] : []),
  ];
}
