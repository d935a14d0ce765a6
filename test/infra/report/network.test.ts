/** Who may reach whom, and what blocks the rest: of this project's program and of programs of others. */
import type { Given } from "../../../infra/report/live";
import { exportReport, stackReport } from "../../../infra/report/make";
import { reportPage } from "../../../infra/report/page";
import type { NetworkView, Report } from "../../../infra/report/types";
import { ROOT } from "../evaluate";
import { fullReport } from "../../browser/pages";
import { database, service, site } from "./programs";
import { exported, ODD } from "./strangers";

jest.setTimeout(60_000);

const QUIET = { say: () => undefined };
const TODAY = new Date("2026-11-27");
const of = (given: Given, config?: object): Promise<Report> =>
  exportReport(
    given,
    { config: config === undefined ? undefined : { name: "config.json", text: JSON.stringify(config) }, today: TODAY },
    QUIET,
  );
let evaluated: Promise<Report> | undefined;
const dev = (): Promise<Report> => (evaluated ??= stackReport(ROOT, { stack: "dev", config: undefined, live: {}, today: TODAY }, QUIET));
const lines = ({ arrows }: Pick<NetworkView, "arrows">): string[] =>
  arrows.map(({ from, to, ports, verdict }) => `${from} > ${to}: ${ports} (${verdict})`);
const stops = ({ blocked }: NetworkView): string[] =>
  blocked.map(({ from, to, ports, paths }) => `${from} > ${to}: ${ports}: ${paths[0] ?? ""}`);

test("dev: every arrow with its ports and its path, and the layers that stop the rest", async () => {
  const { network } = await dev();
  expect(lines(network)).toEqual([
    "Internet > gateway-instance: tcp 80, 443 (open)",
    "203.0.113.0/24 > gateway-instance: tcp 22 (open)",
    "backend-instance > gateway-instance: udp 123 (rule)",
    "gateway-instance > backend-instance: tcp 22, 9000 (open)",
    "gateway-instance > Internet: tcp 80, 443, udp 123 (open)",
    "gateway-instance > S3 bucket: https (rule)",
    "backend-instance > Internet, by way of gateway-instance: tcp 80, 443, udp 123 (open)",
    "backend-instance > S3 bucket: https (rule)",
  ]);
  expect(network.arrows[3]?.paths[0]).toBe(
    "gateway-instance -> the VPC's default network ACL -> firewall-webserver-sg rule firewall-in-webserver-service tcp 9000 -> backend-instance",
  );
  expect(network.arrows[0]?.source?.file).toBe("infra/network/firewall.ts");
  expect(stops(network)).toEqual([
    "Internet > gateway-instance: tcp 22, 9000: firewall-gateway-sg: no rule lets anybody in",
    "anybody > gateway-instance: every other port: firewall-gateway-sg: no rule lets anything else in",
    "Internet > backend-instance: tcp 22, 80, 443, 9000: network-private of network-webserver-us-east-1a: it has no route to an internet gateway",
    "anybody > backend-instance: every other port: firewall-webserver-sg: no rule lets anything else in",
  ]);
});

const SG = "aws:ec2/securityGroup:SecurityGroup";
const rule = (port: number, more: object): object => ({ protocol: "tcp", fromPort: port, toPort: port, ...more });
const HOST = "aws:ec2/instance:Instance";

/** A web host in a public subnet, a database host in a private one, and a rule that names the world but stands behind no route. */
const SHOP = exported([
  { type: "aws:ec2/vpc:Vpc", name: "v", inputs: { cidrBlock: "10.0.0.0/16" } },
  { type: "aws:ec2/internetGateway:InternetGateway", name: "i", inputs: { vpcId: "id-v" } },
  { type: "aws:ec2/routeTable:RouteTable", name: "t", inputs: { vpcId: "id-v", routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "id-i" }] } },
  { type: "aws:ec2/routeTable:RouteTable", name: "u", inputs: { vpcId: "id-v", routes: [] } },
  { type: "aws:ec2/subnet:Subnet", name: "open", inputs: { vpcId: "id-v", cidrBlock: "10.0.1.0/24", availabilityZone: "us-east-1a" } },
  { type: "aws:ec2/subnet:Subnet", name: "shut", inputs: { vpcId: "id-v", cidrBlock: "10.0.2.0/24", availabilityZone: "us-east-1b" } },
  { type: "aws:ec2/routeTableAssociation:RouteTableAssociation", name: "a", inputs: { subnetId: "id-open", routeTableId: "id-t" } },
  { type: "aws:ec2/routeTableAssociation:RouteTableAssociation", name: "b", inputs: { subnetId: "id-shut", routeTableId: "id-u" } },
  { type: SG, name: "web-sg", inputs: { vpcId: "id-v", ingress: [rule(443, { cidrBlocks: ["0.0.0.0/0"] })] } },
  {
    type: SG,
    name: "db-sg",
    inputs: { vpcId: "id-v", ingress: [rule(5432, { securityGroups: ["id-web-sg"] }), rule(22, { cidrBlocks: ["0.0.0.0/0"] })] },
  },
  { type: HOST, name: "web", inputs: { subnetId: "id-open", associatePublicIpAddress: true, vpcSecurityGroupIds: ["id-web-sg"] } },
  { type: HOST, name: "db", inputs: { subnetId: "id-shut", associatePublicIpAddress: false, vpcSecurityGroupIds: ["id-db-sg"] } },
]);

test("a program of somebody else: hosts by their groups, and a rule for the world that no route stands behind opens nothing", async () => {
  const { network } = await of(SHOP);
  expect(lines(network)).toEqual(["Internet > web: tcp 443 (open)", "web > db: tcp 5432 (open)"]);
  expect(network.blocked.find(({ to, ports }) => to === "db" && ports === "tcp 22")).toMatchObject({
    from: "Internet",
    verdict: "blocked",
  });
  expect(stops(network)).toContain("db > web: tcp 22: web-sg: no rule lets it in");
  expect(network.picture.boxes[1]).toMatchObject({
    kind: "vpc",
    children: [
      { kind: "zone", lines: ["us-east-1a"], children: [{ kind: "public", children: [{ kind: "host" }] }] },
      { kind: "zone", lines: ["us-east-1b"], children: [{ kind: "private", children: [{ kind: "host" }] }] },
    ],
  });
});

test("roles come by configuration; without any it is the general profile", async () => {
  expect((await of(SHOP)).policies.profile).toBe("general");
  const { policies } = await of(SHOP, { settings: { roles: { backendInstances: { names: ["db"] } } } });
  expect(policies.profile).toBe("gateway-backend");
  await expect(of(SHOP, { settings: { rolls: {} } })).rejects.toThrow(/--policy-pack-config config\.json: .*rolls/s);
});

describe("usual programs of others", () => {
  const boxes = ({ network }: Report): readonly { readonly kind: string; readonly lines: readonly string[] }[] => {
    const flat = (list: NetworkView["picture"]["boxes"]): NetworkView["picture"]["boxes"] =>
      list.flatMap((box) => [box, ...flat(box.children)]);
    return flat(network.picture.boxes);
  };
  const linesOf = (report: Report, name: string): readonly string[] =>
    boxes(report).find(({ lines: [first] }) => first === name)?.lines ?? [];

  test("a web application with a database: a group and not its template, and whatever names a group of subnets stands in the VPC", async () => {
    const report = await of(database());
    expect(lines(report.network).filter((line) => !line.includes("> Internet"))).toEqual([
      "198.51.100.0/24 > bastion: tcp 22 (open)",
      "front > app: tcp 3000 (open)",
      "bastion > app: tcp 22 (open)",
      "Internet > front: tcp 80, 443 (open)",
      "app > db: tcp 5432 (rule)",
      "bastion > db: tcp 5432 (rule)",
      "app > cache: tcp 6379 (rule)",
    ]);
    expect(report.network.picture.boxes.map(({ lines: [name] }) => name)).toEqual([
      "198.51.100.0/24",
      "Internet",
      "VPC vpc, 10.20.0.0/16",
      "S3 bucket",
      "Internet",
    ]);
    expect(linesOf(report, "app")).toEqual(expect.arrayContaining(["Auto Scaling group", "2 to 6 hosts, m6i.large"]));
    expect(linesOf(report, "db")).toEqual(expect.arrayContaining(["in private-eu-west-1a", "and private-eu-west-1b", "no public address"]));
    expect(report.network.arrows.find(({ from, to }) => from === "app" && to.startsWith("Internet"))?.to).toBe(
      "Internet, by way of a NAT gateway",
    );
  });

  test("a service of ECS: its load balancer faces the Internet, which no other word says", async () => {
    const report = await of(service());
    expect(linesOf(report, "front")).toEqual([
      "front",
      "load balancer",
      "in public-eu-west-1a",
      "and public-eu-west-1b",
      "faces the Internet",
    ]);
    expect(lines(report.network)).toEqual(expect.arrayContaining(["Internet > front: tcp 80, 443 (open)", "front > web: tcp 8080 (open)"]));
  });

  test("a site without any host: its bucket, and a price that nobody made up", async () => {
    const report = await of(site());
    expect(boxes(report).map(({ kind }) => kind)).toEqual(["bucket"]);
    expect(await reportPage(report)).toMatch(/<strong>unknown<\/strong> <span>USD a month at list prices/);
  });
});

test("a rule for all ports is one arrow", async () => {
  expect(lines((await of(ODD)).network)).toEqual([expect.stringMatching(/^Internet > host-.*: tcp, all ports \(open\)$/) as string]);
});

test("what is open to anybody says what answers there, and why it is open", async () => {
  const { network } = await dev();
  expect(network.doors).toEqual([
    "tcp 80 of gateway-instance: nginx serves plain HTTP to clients; domain and a certificate (tls) make it HTTPS.",
    "tcp 443 of gateway-instance: nothing listens there. It is open for HTTPS, which comes with domain and a certificate (tls); gateway.httpsFrom: [] closes it until then.",
  ]);
  expect((await of(SHOP)).network.doors).toEqual([]);
});

test("with HTTPS and a load balancer: who is sent on, and what has no way to the bucket", async () => {
  const { network, cost } = await fullReport();
  expect(network.doors).toEqual([
    "tcp 80 of gateway-instance: nginx sends whoever comes to HTTPS on 443 (308); health is answered to the host itself alone.",
    "tcp 443 of gateway-instance: nginx serves HTTPS for domain, for clients.",
  ]);
  const seen = lines(network);
  expect(seen).toEqual(
    expect.arrayContaining([
      "gateway-instance > balancer-lb: tcp 9000 (open)",
      "balancer-lb > backend-instance: tcp 9000 (open)",
      "backend-instance > S3 bucket: https (rule)",
    ]),
  );
  // Its group lets it reach the backend alone.
  expect(seen.filter((line) => line.startsWith("balancer-lb > ") && !line.includes("backend-instance"))).toEqual([]);
  expect(seen.filter((line) => line.startsWith("gateway-instance > backend-instance"))).toEqual([
    "gateway-instance > backend-instance: tcp 22 (open)",
  ]);
  expect(cost.lines.map(({ what }) => what)).toEqual(expect.arrayContaining(["1 load balancer (capacity units come on top)", "7 alarms"]));
});
