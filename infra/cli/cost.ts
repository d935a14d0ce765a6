/** What a stack costs a month at list prices, from its registered resources. Pure. */
import type { GraphResource } from "../offline/engine";
import { count } from "../../policies/cli/words";
import { HOST_METRICS, METRICS_OF_ONE } from "../watch/names";
import { ALARM, areOld, HOSTED_ZONE, HOURS, METRIC, PRICES, PRICES_OF, PUBLIC_IPV4, type Prices } from "./prices";

export interface CostLine {
  readonly what: string;
  /** USD a month; undefined where the price is not known. */
  readonly month: number | undefined;
}

/** What stands in dependencies are URNs; without them a group of several templates has an unknown one. */
type Resources = readonly (Pick<GraphResource, "type" | "inputs"> &
  Partial<Pick<GraphResource, "urn" | "dependencies" | "propertyDependencies">>)[];

const of = (resources: Resources, type: string): Resources => resources.filter((resource) => resource.type === type);
const INSTANCE = "aws:ec2/instance:Instance";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const SCALING_GROUP = "aws:autoscaling/group:Group";

export function costLines(resources: Resources, region: string): CostLine[] {
  const prices = Object.hasOwn(PRICES, region) ? PRICES[region] : undefined;
  const addresses = addressCount(resources);
  const balancers = of(resources, "aws:lb/loadBalancer:LoadBalancer").length;
  const logged = of(resources, "aws:lb/loadBalancer:LoadBalancer").filter(({ inputs }) => inputs.accessLogs !== undefined).length;
  const zones = of(resources, "aws:route53/zone:Zone").length;
  const gateways = of(resources, "aws:ec2/natGateway:NatGateway").length;
  return [
    ...instanceLines(resources, prices),
    ...volumeLines(resources, prices),
    ...(addresses > 0
      ? [{ what: count(addresses, "public IPv4 address", "public IPv4 addresses"), month: hourly(addresses, PUBLIC_IPV4) }]
      : []),
    ...(balancers > 0
      ? [{ what: `${count(balancers, "load balancer")} (capacity units come on top)`, month: hourly(balancers, prices?.loadBalancer) }]
      : []),
    ...(logged > 0 ? [{ what: "access logs of a load balancer (S3, by what is stored)", month: 0 }] : []),
    ...(zones > 0 ? [{ what: count(zones, "hosted zone"), month: zones * HOSTED_ZONE }] : []),
    ...(gateways > 0 ? [{ what: count(gateways, "NAT gateway"), month: hourly(gateways, prices?.natGateway) }] : []),
    ...endpointLines(resources, prices),
    ...watchLines(resources),
  ];
}

function hourly(count: number, price: number | undefined): number | undefined {
  return price === undefined ? undefined : count * HOURS * price;
}

/** Gateway endpoints and Instance Connect Endpoints cost nothing. */
function endpointLines(resources: Resources, prices: Prices | undefined): CostLine[] {
  const made = of(resources, "aws:ec2/vpcEndpoint:VpcEndpoint").filter(({ inputs }) => inputs.vpcEndpointType === "Interface");
  // One an hour for each subnet that it stands in.
  const places = made.reduce((sum, { inputs }) => sum + (Array.isArray(inputs.subnetIds) ? inputs.subnetIds.length : 1), 0);
  if (made.length === 0) return [];
  return [{ what: `${count(made.length, "interface endpoint")} (traffic comes on top)`, month: hourly(places, prices?.interfaceEndpoint) }];
}

function watchLines(resources: Resources): CostLine[] {
  const alarms = of(resources, "aws:cloudwatch/metricAlarm:MetricAlarm").length;
  const checks = of(resources, "aws:route53/healthCheck:HealthCheck").length;
  const dashboards = of(resources, "aws:cloudwatch/dashboard:Dashboard").length;
  const metrics = hostMetrics(resources);
  const logs = of(resources, LOG_GROUP).length;
  return [
    ...(metrics > 0 ? [{ what: count(metrics, "metric of the hosts", "metrics of the hosts"), month: metrics * METRIC }] : []),
    ...(logs > 0 ? [{ what: `${count(logs, "group")} of logs (what comes in is by use)`, month: 0 }] : []),
    ...(alarms > 0 ? [{ what: count(alarms, "alarm"), month: alarms * ALARM }] : []),
    ...(checks > 0 ? [{ what: count(checks, "health check"), month: undefined }] : []),
    ...(dashboards > 0 ? [{ what: count(dashboards, "dashboard"), month: undefined }] : []),
  ];
}

/** By the roles that may send some; those of single hosts show in the alarms on them. */
function hostMetrics(resources: Resources): number {
  const senders = of(resources, "aws:iam/rolePolicy:RolePolicy").filter(({ inputs }) =>
    String(inputs.policy).includes("cloudwatch:PutMetricData"),
  );
  const alarms = of(resources, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs.metricName as unknown);
  return senders.length * HOST_METRICS + alarms.filter((name) => METRICS_OF_ONE.some((one) => one === name)).length;
}

/** Instances, and those of a fleet as long as it is as small as it may be: the template's inputs, once for each. */
function machines(resources: Resources): Resources {
  return [...of(resources, INSTANCE), ...fleetHosts(resources, ({ minSize }) => minSize)];
}

/** Of a warm pool, which cost their volumes alone. */
function stopped(resources: Resources): Resources {
  return fleetHosts(resources, ({ warmPool }) => (warmPool as { minSize?: unknown } | undefined)?.minSize);
}

function fleetHosts(resources: Resources, count: (group: Resources[number]["inputs"]) => unknown): Resources {
  return of(resources, SCALING_GROUP).flatMap((group) => {
    const hosts = count(group.inputs);
    return Array.from({ length: typeof hosts === "number" ? hosts : 0 }, () => templateOf(resources, group));
  });
}

/** What a group starts its hosts from; of several templates the one that it takes a value from. Without one its hosts have no price. */
function templateOf(resources: Resources, group: Resources[number]): Resources[number] {
  const templates = of(resources, "aws:ec2/launchTemplate:LaunchTemplate");
  // A group may depend on the template of another one as well, which has to be there before it.
  const from = group.propertyDependencies?.launchTemplate ?? group.dependencies ?? [];
  const named = templates.length === 1 ? templates : templates.filter(({ urn }) => urn !== undefined && from.includes(urn));
  const [template] = named;
  return template !== undefined && named.length === 1 ? template : { type: SCALING_GROUP, inputs: {} };
}

/** How far scaling groups may grow beyond what is counted; undefined where there is none, or where it is not known. */
export function growth(resources: Resources): string | undefined {
  const most = of(resources, SCALING_GROUP).map(({ inputs }) => inputs.maxSize as unknown);
  const sum = most.reduce<number>((all, one) => all + (typeof one === "number" ? one : NaN), 0);
  if (most.length === 0 || Number.isNaN(sum)) return undefined;
  const who = most.length === 1 ? "the fleet as small as it may be, which" : `${most.length} scaling groups as small as they may be, which`;
  return `with ${who} may grow to ${count(sum, "host")}`;
}

interface Disk {
  readonly volumeSize?: unknown;
  readonly volumeType?: unknown;
}

function diskOf({ rootBlockDevice, blockDeviceMappings }: Resources[number]["inputs"]): Disk {
  const [mapping] = Array.isArray(blockDeviceMappings) ? (blockDeviceMappings as readonly { ebs?: Disk }[]) : [];
  return (rootBlockDevice ?? mapping?.ebs ?? {}) as Disk;
}

function instanceLines(resources: Resources, prices: Prices | undefined): CostLine[] {
  const counts = new Map<string, number>();
  for (const { inputs } of machines(resources)) {
    const type = typeof inputs.instanceType === "string" ? inputs.instanceType : "instance of an unknown type";
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].map(([type, count]) => {
    const hour = prices !== undefined && Object.hasOwn(prices.instances, type) ? prices.instances[type] : undefined;
    return { what: `${count} ${type}`, month: hour === undefined ? undefined : count * HOURS * hour };
  });
}

/** An instance that says nothing of its volume has that of its image. */
function volumeLines(resources: Resources, prices: Prices | undefined): CostLine[] {
  const disks = [...machines(resources), ...stopped(resources)].map(({ inputs }) => diskOf(inputs));
  const sized = disks.flatMap(({ volumeSize: size, volumeType: type }) =>
    typeof size === "number" && typeof type === "string" ? [{ size, type }] : [],
  );
  const unsaid = disks.length - sized.length;
  return [
    ...[...new Set(sized.map(({ type }) => type))].map((type) => {
      const size = sized.filter((disk) => disk.type === type).reduce((sum, disk) => sum + disk.size, 0);
      return { what: `${size} GB of ${type}`, month: type === "gp3" && prices !== undefined ? size * prices.gp3 : undefined };
    }),
    ...(unsaid > 0 ? [{ what: `${count(unsaid, "root volume")} of a size or type that is not said`, month: undefined }] : []),
  ];
}

/** An instance says it itself, a launch template of its interface, in a text. */
function hasAddress({ associatePublicIpAddress, networkInterfaces }: Resources[number]["inputs"]): boolean {
  const [card] = Array.isArray(networkInterfaces) ? (networkInterfaces as readonly { associatePublicIpAddress?: unknown }[]) : [];
  return String(associatePublicIpAddress ?? card?.associatePublicIpAddress) === "true";
}

/** An Elastic IP takes the place of the address that its instance would have. A public load balancer has one in each of its subnets, at its least. */
function addressCount(resources: Resources): number {
  const automatic = machines(resources).filter(({ inputs }) => hasAddress(inputs)).length;
  const taken = of(resources, "aws:ec2/eipAssociation:EipAssociation").length;
  const balancers = of(resources, "aws:lb/loadBalancer:LoadBalancer")
    .filter(({ inputs }) => inputs.internal === false)
    .reduce((sum, { inputs }) => sum + (Array.isArray(inputs.subnets) ? inputs.subnets.length : 0), 0);
  return Math.max(0, automatic - taken) + of(resources, "aws:ec2/eip:Eip").length + balancers;
}

export interface UsePrice {
  readonly what: string;
  /** USD. */
  readonly price: number;
  readonly per: string;
}

/** What goes by use and is not in the sum; undefined where no price of the region is known. */
export function usePrices(lines: readonly CostLine[], region: string): UsePrice[] | undefined {
  const prices = Object.hasOwn(PRICES, region) ? PRICES[region] : undefined;
  if (prices === undefined) return undefined;
  return [
    { what: "S3", price: prices.s3, per: "GB and month" },
    { what: "data out to the internet", price: prices.dataOut, per: "GB" },
    ...(lines.some(({ what }) => what.includes("NAT"))
      ? [{ what: "through the NAT gateway", price: prices.natGatewayData, per: "GB" }]
      : []),
    ...(lines.some(({ what }) => what.includes("of logs")) ? [{ what: "logs into CloudWatch", price: prices.logs, per: "GB" }] : []),
  ];
}

/** One paragraph: the sum, what it is made of, what goes by use, and whose prices these are. */
export function costText(resources: Resources, region: string, today: Date): string {
  const lines = costLines(resources, region);
  const usd = (month: number): string => month.toFixed(2);
  const known = lines.flatMap(({ month }) => month ?? []).reduce((sum, month) => sum + month, 0);
  const unknown = lines.filter(({ month }) => month === undefined).map(({ what }) => what);
  const parts = lines.map(({ what, month }) => `${what} ${month === undefined ? "unknown" : usd(month)}`).join(", ");
  const uses = usePrices(lines, region)?.map(({ what, price, per }) => `${what} ${price} a ${per}`);
  const byUse = uses === undefined ? "what goes by use is unknown there" : `by use: ${uses.join(", ")}`;
  const more = growth(resources);
  const sum = unknown.length === 0 ? `about ${usd(known)} USD` : `${usd(known)} USD, and what is unknown`;
  const old = areOld(today) ? ", older than a year: compare them with AWS's" : "";
  return `Cost a month in ${region}: ${sum} (${parts}); ${byUse}${more === undefined ? "" : `; ${more}`}. List prices of ${PRICES_OF}${old}.`;
}
