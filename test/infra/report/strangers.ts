/** Exports of programs that have nothing to do with this project. */
import type { Given } from "../../../infra/report/live";

export interface Row {
  readonly type: string;
  readonly name: string;
  readonly inputs?: object;
  readonly uses?: Readonly<Record<string, readonly string[]>>;
  readonly parent?: string;
}

export const MARKUP = "</script><img src=x onerror=alert(1)>";
export const UNICODE = "сеть-網路-🐙-\u202eoffset";

const urnOf = ({ type, name }: Pick<Row, "type" | "name">): string => `urn:pulumi:theirs::shop::${type}::${name}`;

export function exported(rows: readonly Row[]): Given {
  const urns = new Map(rows.map((row) => [row.name, urnOf(row)]));
  const resources = rows.map((row) => ({
    urn: urnOf(row),
    type: row.type,
    custom: !row.type.includes("component") && row.type !== "pulumi:pulumi:Stack",
    ...(row.parent === undefined ? {} : { parent: urns.get(row.parent) }),
    ...(row.type.startsWith("aws:") ? { id: `id-${row.name}` } : {}),
    inputs: row.inputs ?? {},
    outputs: {},
    dependencies: [...new Set(Object.values(row.uses ?? {}).flat())].map((name) => urns.get(name)),
    propertyDependencies: Object.fromEntries(
      Object.entries(row.uses ?? {}).map(([key, names]) => [key, names.map((name) => urns.get(name))]),
    ),
  }));
  return { name: "theirs.json", text: JSON.stringify({ version: 3, deployment: { manifest: {}, resources } }) };
}

const SG = "aws:ec2/securityGroup:SecurityGroup";
const INSTANCE = "aws:ec2/instance:Instance";
const rule = (ports: readonly [number, number], more: object): object => ({
  protocol: "tcp",
  fromPort: ports[0],
  toPort: ports[1],
  ...more,
});

export const EMPTY = exported([]);

/** No VPC, no subnet: nothing says where the hosts are. */
export const HOMELESS = exported([
  { type: SG, name: "web", inputs: { ingress: [rule([443, 443], { cidrBlocks: ["0.0.0.0/0"] })] } },
  { type: INSTANCE, name: "box", inputs: { instanceType: "m5.large", vpcSecurityGroupIds: ["id-web"] } },
  {
    type: "aws:rds/instance:Instance",
    name: "db",
    inputs: { engine: "postgres", password: "hunter2-plain-text", vpcSecurityGroupIds: ["sg-0123"] },
  },
  {
    type: "aws:lambda/function:Function",
    name: "job",
    inputs: { runtime: "nodejs22.x", environment: { variables: { API_KEY: "sk-live-abcdef" } } },
  },
]);

/** Names that are markup, and names in other scripts; secrets of every form. */
export const ODD = exported([
  { type: "pulumi:pulumi:Stack", name: "shop-theirs" },
  { type: "shop:component:Thing", name: MARKUP, parent: "shop-theirs" },
  { type: "aws:ec2/vpc:Vpc", name: UNICODE, inputs: { cidrBlock: "10.9.0.0/16", tags: { Name: MARKUP } }, parent: MARKUP },
  { type: "aws:ec2/internetGateway:InternetGateway", name: "way", inputs: { vpcId: `id-${UNICODE}` } },
  {
    type: "aws:ec2/routeTable:RouteTable",
    name: "table",
    inputs: { vpcId: `id-${UNICODE}`, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "id-way" }] },
  },
  {
    type: "aws:ec2/subnet:Subnet",
    name: `${MARKUP}-subnet`,
    inputs: { vpcId: `id-${UNICODE}`, cidrBlock: "10.9.1.0/24", availabilityZone: 'eu-central-1a"><b>', tags: { Name: MARKUP } },
  },
  {
    type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    name: "joins",
    inputs: { subnetId: `id-${MARKUP}-subnet`, routeTableId: "id-table" },
  },
  { type: SG, name: `sg-${MARKUP}`, inputs: { ingress: [rule([0, 65535], { cidrBlocks: ["0.0.0.0/0"], description: MARKUP })] } },
  {
    type: INSTANCE,
    name: `host-${UNICODE}`,
    inputs: {
      instanceType: MARKUP,
      subnetId: `id-${MARKUP}-subnet`,
      associatePublicIpAddress: true,
      vpcSecurityGroupIds: [`id-sg-${MARKUP}`],
      userData: "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00",
    },
  },
  {
    type: "random:index/randomPassword:RandomPassword",
    name: "password",
    inputs: {
      length: 32,
      seed: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"very-secret-plaintext"' },
    },
  },
]);

/** Five hundred resources: three VPCs, many subnets, groups and hosts of several kinds. */
export function large(): Given {
  const rows: Row[] = [];
  for (let v = 0; v < 3; v += 1) {
    rows.push({ type: "aws:ec2/vpc:Vpc", name: `vpc${String(v)}`, inputs: { cidrBlock: `10.${String(v)}.0.0/16` } });
    for (let s = 0; s < 6; s += 1)
      rows.push({
        type: "aws:ec2/subnet:Subnet",
        name: `s${String(v)}-${String(s)}`,
        inputs: {
          vpcId: `id-vpc${String(v)}`,
          cidrBlock: `10.${String(v)}.${String(s)}.0/24`,
          availabilityZone: `us-east-1${"abc"[s % 3] ?? "a"}`,
        },
      });
    for (let g = 0; g < 12; g += 1)
      rows.push({
        type: SG,
        name: `g${String(v)}-${String(g)}`,
        inputs: {
          vpcId: `id-vpc${String(v)}`,
          ingress: [
            rule([8000 + g, 8000 + g], { securityGroups: [`id-g${String(v)}-${String((g + 1) % 12)}`] }),
            rule([22, 22], { cidrBlocks: ["198.51.100.0/24", "10.0.0.0/8"] }),
          ],
        },
      });
    for (let h = 0; h < 120; h += 1)
      rows.push({
        type: INSTANCE,
        name: `host${String(v)}-${String(h)}`,
        inputs: {
          instanceType: "t3.small",
          subnetId: `id-s${String(v)}-${String(h % 6)}`,
          vpcSecurityGroupIds: [`id-g${String(v)}-${String(h % 12)}`],
        },
      });
  }
  for (let b = 0; rows.length < 500; b += 1) rows.push({ type: "aws:s3/bucket:Bucket", name: `bucket-${String(b)}` });
  return exported(rows);
}
