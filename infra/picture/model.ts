/**
 * What the picture of a stack shows, from its registered resources alone: who may reach whom by which ports, and where each thing lies. Nothing is
 * added by hand, so that a change of the program changes the picture. Pure.
 */
import type { GraphResource } from "../offline/engine";
import type { HostFile } from "../release/types";

export interface Box {
  readonly id: string;
  readonly kind: "outside" | "vpc" | "zone" | "public" | "private" | "subnet" | "host" | "bucket";
  /** The first line is the name. */
  readonly lines: readonly string[];
  readonly children: readonly Box[];
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Traffic that the system starts by itself: packages, updates, models. */
  readonly outward: boolean;
}

export interface Picture {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  /** Boxes that stand side by side though nothing leads from one to the other. */
  readonly beside: readonly (readonly [left: string, right: string])[];
}

/** What each box is called, by id. */
export function namesOf({ boxes }: Pick<Picture, "boxes">): Map<string, string> {
  const flat = boxes.flatMap(function all(one): Box[] {
    return [one, ...one.children.flatMap(all)];
  });
  return new Map(flat.map(({ id, lines }) => [id, lines[0] ?? id]));
}

type Resources = readonly GraphResource[];
type Files = readonly Pick<HostFile, "host" | "path" | "kind" | "content">[];

const EVERYBODY = "0.0.0.0/0";
const of = (resources: Resources, kind: string): Resources => resources.filter(({ type }) => type.endsWith(`:${kind}`));
const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");
const tag = ({ inputs }: GraphResource, name: string): string => text((inputs.tags as Record<string, unknown> | undefined)?.[name]);
const points = (resource: GraphResource, property: string): readonly string[] => resource.propertyDependencies[property] ?? [];

/** @param files of the hosts; they say what listens there */
export function pictureOf(resources: Resources, files: Files): Picture {
  const outside = sources(resources);
  const way = wayOut(resources);
  const egress: Box[] = way === undefined ? [] : [{ ...leaf("egress", "outside"), lines: ["internet", "packages, time"] }];
  const bucket = of(resources, "Bucket").filter((resource) => tag(resource, "Role") === "models");
  const spare = (role: string): Resources =>
    of(resources, "Subnet").filter(
      (subnet) => tag(subnet, "Role") === role && !of(resources, "Instance").some((host) => points(host, "subnetId").includes(subnet.urn)),
    );
  return {
    beside: spare("public").flatMap(({ name }, index): [string, string][] => {
      const right = spare("private")[index];
      return right === undefined ? [] : [[name, right.name]];
    }),
    boxes: [
      ...[...outside].map(([block, name]): Box => ({ ...leaf(name, "outside"), lines: [name, block] })),
      ...of(resources, "Vpc").map((vpc) => vpcBox(vpc, resources, files)),
      ...bucket.map((): Box => ({ ...leaf("bucket", "bucket"), lines: ["model bucket", "S3, versioned"] })),
      ...egress,
    ],
    arrows: [...entries(resources, outside), ...exits(resources, way, bucket.length > 0)],
  };
}

const leaf = (id: string, kind: Box["kind"]): Omit<Box, "lines"> => ({ id, kind, children: [] });

/** Address blocks that rules let in, by block. */
function sources(resources: Resources): Map<string, string> {
  const blocks = of(resources, "SecurityGroupIngressRule").map(({ inputs }) => text(inputs.cidrIpv4));
  const unique = [...new Set(blocks.filter((block) => block !== ""))];
  const others = unique.filter((block) => block !== EVERYBODY);
  const name = (block: string): string => {
    if (block === EVERYBODY) return "clients";
    return others.length === 1 ? "operator" : `operator ${String(others.indexOf(block) + 1)}`;
  };
  return new Map(unique.map((block) => [block, name(block)]));
}

function vpcBox(vpc: GraphResource, resources: Resources, files: Files): Box {
  const subnets = of(resources, "Subnet").filter((subnet) => points(subnet, "vpcId").includes(vpc.urn));
  return {
    id: "vpc",
    kind: "vpc",
    lines: [`VPC ${text(vpc.inputs.cidrBlock)}`],
    children: subnets.map((subnet) => {
      const hosts = of(resources, "Instance").filter((host) => points(host, "subnetId").includes(subnet.urn));
      const kind = tag(subnet, "Role") === "public" ? "public" : "private";
      return {
        id: subnet.name,
        kind,
        lines: [tag(subnet, "Name"), `${kind}, ${text(subnet.inputs.availabilityZone)}`, text(subnet.inputs.cidrBlock)],
        children: hosts.map((host): Box => ({ ...leaf(tag(host, "Role"), "host"), lines: hostLines(host, resources, files) })),
      };
    }),
  };
}

/** What listens on a host, in the order of a request: `nginx :80`, `→ uvicorn :8000`. */
export function servicesOf(files: Files, role: string): string[] {
  const own = files.filter((file) => file.host === role && file.kind === "file");
  const first = (path: RegExp, pattern: RegExp): string | undefined =>
    own.filter((file) => path.test(file.path)).flatMap(({ content }) => pattern.exec(content ?? "")?.[1] ?? [])[0];
  const front = first(/^\/etc\/nginx\/sites-available\//, /^\s*listen (\d+)/m);
  const service = first(/^\/etc\/systemd\/system\/ddos-(gateway|backend)\.service$/, /--port (\d+)/);
  return [front === undefined ? [] : `nginx :${front}`, service === undefined ? [] : `→ uvicorn :${service}`].flat();
}

function hostLines(host: GraphResource, resources: Resources, files: Files): string[] {
  const role = tag(host, "Role");
  const own = files.filter((file) => file.host === role && file.kind === "file");
  const also = [
    isBastion(role, resources) ? "SSH bastion" : [],
    wayOut(resources) === "gateway" && role === "gateway" ? "NAT" : [],
    own.some(({ path }) => path.endsWith("/ddos-backup.timer")) ? "backup timer" : [],
  ].flat();
  const address = host.inputs.associatePublicIpAddress === true ? "public address" : "no public address";
  return [role, text(host.inputs.instanceType), address, ...servicesOf(files, role), also.join(", ")].filter((line) => line !== "");
}

const groupRoles = (resources: Resources): Map<string, string> =>
  new Map(of(resources, "Instance").flatMap((host) => points(host, "vpcSecurityGroupIds").map((urn) => [urn, tag(host, "Role")])));

function isBastion(role: string, resources: Resources): boolean {
  const roles = groupRoles(resources);
  return of(resources, "SecurityGroupIngressRule").some(
    (rule) => rule.inputs.fromPort === 22 && points(rule, "referencedSecurityGroupId").some((urn) => roles.get(urn) === role),
  );
}

function portOf({ inputs }: GraphResource): string {
  const [from, to] = [text(inputs.fromPort), text(inputs.toPort)];
  const range = from === to ? from : `${from}-${to}`;
  return text(inputs.ipProtocol) === "tcp" ? range : `${range}/${text(inputs.ipProtocol)}`;
}

/** One arrow for each pair, with all ports. What a host is let in for NAT belongs to the way out. */
function entries(resources: Resources, outside: ReadonlyMap<string, string>): Arrow[] {
  const roles = groupRoles(resources);
  const ports = new Map<string, string[]>();
  for (const rule of of(resources, "SecurityGroupIngressRule")) {
    const block = outside.get(text(rule.inputs.cidrIpv4));
    const from = block === undefined ? points(rule, "referencedSecurityGroupId").map((urn) => roles.get(urn)) : [block];
    for (const source of from)
      for (const target of points(rule, "securityGroupId").map((urn) => roles.get(urn))) {
        if (source === undefined || target === undefined || (source === "backend" && target === "gateway")) continue;
        const key = `${source} ${target}`;
        ports.set(key, [...(ports.get(key) ?? []), portOf(rule)]);
      }
  }
  return [...ports].map(([key, all]) => {
    const at = key.lastIndexOf(" ");
    return {
      from: key.slice(0, at),
      to: key.slice(at + 1),
      label: `${all.length === 1 ? "port" : "ports"} ${all.join(", ")}`,
      outward: false,
    };
  });
}

/** By what the backend's subnets leave the VPC. */
function wayOut(resources: Resources): "gateway" | "managed" | undefined {
  const backend = of(resources, "Instance").find((host) => tag(host, "Role") === "backend");
  const subnets = backend === undefined ? [] : points(backend, "subnetId");
  const tables = of(resources, "RouteTableAssociation")
    .filter((association) => points(association, "subnetId").some((urn) => subnets.includes(urn)))
    .flatMap((association) => points(association, "routeTableId"));
  const route = of(resources, "Route").find(
    (one) => text(one.inputs.destinationCidrBlock) === EVERYBODY && points(one, "routeTableId").some((urn) => tables.includes(urn)),
  );
  if (route === undefined) return undefined;
  return points(route, "networkInterfaceId").length > 0 ? "gateway" : "managed";
}

function exits(resources: Resources, way: ReturnType<typeof wayOut>, bucket: boolean): Arrow[] {
  const endpoint = of(resources, "VpcEndpoint").some(({ inputs }) => text(inputs.serviceName).endsWith(".s3"));
  const by = way === "gateway" ? "gateway's NAT" : "NAT gateway";
  return [
    ...(bucket && endpoint ? [{ from: "backend", to: "bucket", label: "S3 endpoint", outward: true }] : []),
    ...(way === undefined ? [] : [{ from: "backend", to: "egress", label: by, outward: true }]),
  ];
}
