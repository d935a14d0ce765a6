/** The architecture of any program: boxes where things stand, arrows for who may reach whom, and the same as rows of a table. Pure. */
import { ofType } from "../../policies/core/graph";
import type { Settings } from "../../policies/core/types";
import type { Graph, Resource } from "../../policies/core/types";
import { facesInternet } from "../../policies/explain/hops";
import { templatesOf } from "../../policies/graph/network/launch";
import { networkOf, type Network } from "../../policies/graph/network/model";
import { servicesOf, type Box, type Picture } from "../picture/model";
import type { HostFile } from "../release/types";
import { blockedRows } from "./blocked";
import { doors } from "./doors";
import { incoming, type Arrow } from "./incoming";
import { BUCKETS, outgoing, type Exit } from "./outgoing";
import { OUTSIDE, outsideBoxes } from "./peers";
import { crowdsOf, placeBoxes, subnetName, type Crowd } from "./places";
import { plain, shown } from "./text";
import type { NetworkView, ReachRow } from "./types";

const BUCKET = /^aws:s3\/bucket(V2)?:Bucket(V2)?$/;
/** Names of buckets in their box. */
const NAMED = 4;
/** Subnets in the box of what stands in several. */
const SUBNETS = 2;
const GROUP = /^aws:autoscaling\/group:Group$/;
/** More arrows than these are a tangle. */
const ARROWS = 40;

export function networkView(graph: Graph, settings: Settings, files: readonly HostFile[]): NetworkView {
  const network = networkOf(graph, settings);
  const notes: string[] = [];
  const crowds = crowdsOf(network, notes);
  const buckets = bucketBox(graph);
  const into = incoming(network, crowds);
  const out = outgoing(network, crowds, buckets?.lines[0]);
  const isNat = ({ peer, crowd }: Arrow): boolean => out.some((one) => one.crowd === peer.crowd && one.target === crowd.id);
  const drawn = into.filter(
    (arrow) => arrow.peer.unseen !== true && arrow.peer.crowd !== arrow.crowd && arrow.verdict !== "blocked" && !isNat(arrow),
  );
  if (drawn.length + out.length > ARROWS)
    notes.push(
      `${String(drawn.length + out.length)} arrows would be a tangle: the first ${String(ARROWS)} are drawn, and the table has all of them.`,
    );
  const boxes = [
    ...outsideBoxes(drawn.map(({ peer }) => peer)),
    ...placeBoxes(network, crowds, (crowd) => hostBox(network, crowd, files), notes),
    ...(buckets === undefined ? [] : [buckets]),
    ...(out.some(({ target }) => target === OUTSIDE.id)
      ? [{ id: OUTSIDE.id, kind: "outside" as const, lines: ["Internet", "outgoing"], children: [] }]
      : []),
  ];
  const arrows = [...drawn.map(entry), ...out.map(exit)];
  const picture: Picture = { boxes, beside: [], arrows: inOrder(arrows.slice(0, ARROWS)), partial: arrows.length > ARROWS };
  return {
    picture,
    arrows: [
      ...into.filter(({ verdict }) => verdict !== "blocked").map(rowOf),
      ...out.map(({ crowd: _c, target: _t, label: _l, ...row }): ReachRow => row),
    ],
    blocked: blockedRows(network, crowds, into),
    doors: doors(network, into, files),
    notes,
  };
}

const rowOf = ({ peer: _peer, crowd: _crowd, ...row }: Arrow): ReachRow => row;
const entry = ({ peer, crowd, ports, verdict }: Arrow): Picture["arrows"][number] => ({
  from: peer.id,
  to: crowd.id,
  label: verdict === "unknown" ? `${ports} (not known)` : ports,
  outward: false,
});
const exit = ({ crowd, target, label }: Exit): Picture["arrows"][number] => ({ from: crowd.id, to: target, label, outward: true });

/** From the outside inwards: the order in which the layout takes them, and so what stands left. */
function inOrder(arrows: Picture["arrows"]): Picture["arrows"] {
  const depth = depths(arrows);
  const of = ({ from }: Picture["arrows"][number]): number => depth.get(from) ?? Infinity;
  return [...arrows].sort((a, b) => Number(a.outward) - Number(b.outward) || of(a) - of(b) || 0);
}

/** How many arrows lead from outside to each box. */
export function depths(arrows: Picture["arrows"]): Map<string, number> {
  const inward = arrows.filter(({ outward }) => !outward);
  const targets = new Set(inward.map(({ to }) => to));
  const depth = new Map(inward.filter(({ from }) => !targets.has(from)).map(({ from }) => [from, 0]));
  for (let reached = [...depth.keys()]; reached.length > 0;) {
    const next = inward.filter(({ from, to }) => reached.includes(from) && !depth.has(to)).map(({ to }) => to);
    const steps = depth.get(reached[0] ?? "") ?? 0;
    for (const one of next) depth.set(one, steps + 1);
    reached = [...new Set(next)];
  }
  return depth;
}

function hostBox(network: Network, crowd: Crowd, files: readonly HostFile[]): Box {
  const [host] = crowd.hosts;
  const role = host?.gateway === true ? "gateway" : host?.backend === "role" ? "backend" : "";
  const lines =
    host === undefined
      ? []
      : [
          ...(GROUP.test(host.resource.type)
            ? sizeOfGroup(network, host.resource)
            : [kindOf(host.resource.type, plain(host.resource, "instanceType"))]),
          ...placeText(crowd),
          addressText(network, crowd),
          ...servicesOf(files, role),
        ];
  return { id: crowd.id, kind: "host", lines: [crowd.label, ...lines].filter((line) => line !== ""), children: [] };
}

/** `2 to 4 hosts, t3.micro`: the numbers of a scaling group, and the type that its template names. */
function sizeOfGroup({ graph }: Network, group: Resource): string[] {
  const [min, max] = [plain(group, "minSize"), plain(group, "maxSize")];
  const templates = templatesOf(graph, group, ["launchTemplate", "launchConfiguration"])?.certain ?? [];
  const types = [...new Set(templates.map((template) => plain(template, "instanceType")))].filter((type) => type !== "");
  const hosts = min === "" || max === "" ? "" : min === max ? `${max} ${max === "1" ? "host" : "hosts"}` : `${min} to ${max} hosts`;
  return ["Auto Scaling group", [hosts, ...types].filter((text) => text !== "").join(", ")];
}

/** What stands in several subnets is in the box of none. */
function placeText({ subnets }: Crowd): string[] {
  if (subnets.length < 2) return [];
  const names = subnets.slice(0, SUBNETS).map((subnet, index) => `${index === 0 ? "in" : "and"} ${subnetName(subnet)}`);
  return [...names, ...(subnets.length > SUBNETS ? [`and ${String(subnets.length - SUBNETS)} more subnets`] : [])];
}

/** Whom a load balancer stands in front of. */
function facesText(faces: boolean | "unknown"): string {
  return faces === "unknown" ? "" : faces ? "faces the Internet" : "internal";
}

/** `aws:ec2/instance:Instance` of a known size is said by the size alone; `aws:rds/instance:Instance` is rds Instance. */
function kindOf(type: string, size: string): string {
  const [, module = "", name = type] = type.split(":");
  const service = module.split("/")[0] ?? "";
  const kind = name === "LoadBalancer" ? "load balancer" : service === "ec2" || service === "" ? name : `${service} ${name}`;
  return size === "" ? shown(kind) : size;
}

function addressText(network: Network, { hosts, subnets }: Crowd): string {
  const [first] = hosts;
  const faces = first === undefined ? undefined : facesInternet(first.resource);
  if (faces !== undefined) return facesText(faces);
  const own = new Set(hosts.flatMap(({ resource, interfaceResources }) => [resource, ...interfaceResources]));
  if (network.addresses.some(({ on }) => on.is !== undefined && own.has(on.is))) return "elastic address";
  // Where the subnet is not known, it decides all the same.
  const bySubnet = subnets.length === 0 || subnets.some(({ mapPublicIp }) => mapPublicIp === "unknown") ? "unknown" : subnets.some(({ mapPublicIp }) => mapPublicIp === true); // prettier-ignore
  const given = hosts.flatMap(({ networkInterfaces }) => networkInterfaces.map(({ publicIp }) => publicIp ?? bySubnet));
  if (given.includes(true)) return "public address";
  return given.includes("unknown") ? "" : "no public address";
}

function bucketBox(graph: Graph): Box | undefined {
  const buckets = ofType(graph, BUCKET);
  if (buckets.length === 0) return undefined;
  const names = buckets.slice(0, NAMED).map(({ name }) => shown(name));
  const more = buckets.length > NAMED ? [`and ${String(buckets.length - NAMED)} more`] : [];
  return {
    id: BUCKETS,
    kind: "bucket",
    lines: [buckets.length === 1 ? "S3 bucket" : `${String(buckets.length)} S3 buckets`, ...names, ...more],
    children: [],
  };
}
