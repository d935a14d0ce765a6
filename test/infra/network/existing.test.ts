/** A stack in a VPC that is there already. */
import * as pulumi from "@pulumi/pulumi";
import type { Properties, Provider, RunResult } from "../../../infra/offline/engine";
import { policies } from "../../../policies/rules";
import { byName, evaluateDev } from "../evaluate";
import { findings, judged } from "../judged";
import { answering, BESIDE, EXISTING, FRONT, GOOD, placed, PRIVATE, PUBLIC, route, SECOND, table, VPC } from "./existing-aws";

jest.setTimeout(60_000);

const MANAGED = { network: { existing: EXISTING, egress: "managed" } };

const TODAY = "2026-11-27";

describe("a good network", () => {
  let result: RunResult;
  beforeAll(async () => {
    result = await evaluateDev(MANAGED, answering(), true);
  });

  test("nothing of a network is registered", () => {
    expect(result.resources.filter(({ type }) => /^aws:ec2\/(vpc|subnet|route|internet|nat|defaultSecurity)/i.test(type))).toEqual([]);
  });

  test("hosts and groups are in it", () => {
    expect(byName(result, "aws:ec2/instance:Instance", "gateway-instance").inputs.subnetId).toBe(PUBLIC);
    expect(byName(result, "aws:ec2/instance:Instance", "backend-instance").inputs.subnetId).toBe(PRIVATE);
    for (const name of ["gateway", "webserver"]) {
      expect(byName(result, "aws:ec2/securityGroup:SecurityGroup", `firewall-${name}-sg`).inputs.vpcId).toBe(VPC);
    }
    expect(byName(result, "aws:ec2/instance:Instance", "gateway-instance").inputs.sourceDestCheck).toBe(true);
  });

  test("the pack has no finding", async () => {
    const verdict = await judged(result, TODAY);
    expect(findings(verdict)).toEqual([]);
    expect(verdict.summary).toMatchObject({ ran: policies.length, withFindings: 0, cannotTell: 0 });
  });
});

test("without what was looked up the pack says that it cannot tell, and goes on", async () => {
  const verdict = await judged(await evaluateDev(MANAGED), TODAY);
  expect(verdict.summary).toMatchObject({ withFindings: 0 });
  expect(findings(verdict)).toEqual([
    expect.stringMatching(new RegExp(`^backend-in-private-subnet mandatory unknown .* is in the subnet ${PRIVATE}`)),
  ]);
});

test("routes to another network: the pack cannot tell who comes from there", async () => {
  const world = {
    [`table of ${PRIVATE}`]: table(
      "rtb-x",
      route("0.0.0.0/0", { natGatewayId: "nat-1" }),
      route("10.0.0.0/8", { transitGatewayId: "tgw-1" }),
    ),
  };
  const verdict = await judged(await evaluateDev(MANAGED, answering(world), true), TODAY);
  expect(findings(verdict)).toEqual([
    expect.stringMatching(/^private-subnet-no-other-network mandatory unknown .*10\.0\.0\.0\/8.* leads to tgw-1/),
  ]);
});

test("a public block that the gateway's subnet leads elsewhere is warned of, private ones and the VPC's own are not", async () => {
  const world = {
    [`table of ${PUBLIC}`]: table(
      "rtb-x",
      route("10.20.0.0/16", { gatewayId: "local" }),
      route("0.0.0.0/0", { gatewayId: "igw-1" }),
      route("198.51.100.0/24", { transitGatewayId: "tgw-1" }),
      ...["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12"].map((block) => route(block, { transitGatewayId: "tgw-1" })),
    ),
  };
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  await evaluateDev(MANAGED, answering(world), true);
  const said = warn.mock.calls.map(([text]) => text).filter((text) => text.includes("tgw-1"));
  warn.mockRestore();
  expect(said).toEqual([
    expect.stringMatching(/gatewaySubnetId: subnet-0a+1 leads 198\.51\.100\.0\/24 to tgw-1 and not to the internet gateway: who comes/),
  ]);
});

test("a main table applies where a subnet names none", async () => {
  const world = { [`table of ${PRIVATE}`]: undefined, "rtb-main": table("rtb-main", route("0.0.0.0/0", { natGatewayId: "nat-1" })) };
  const result = await evaluateDev(MANAGED, answering(world), true);
  expect(JSON.stringify(result.resources.find(({ type }) => type.endsWith(":ExistingNetwork"))?.inputs)).toContain(`${PRIVATE}/rtb-main`);
});

test("without a way out the backend reaches S3 alone, by the prefix list of the region", async () => {
  const none = {
    network: { existing: EXISTING, egress: "none" },
    backend: { ami: "ami-0123456789abcdef0" },
    python: { wheelhouse: { uri: "s3://artefacts/wheels.tar.gz", sha256: "0".repeat(64) } },
  };
  const result = await evaluateDev(none, answering(), true);
  expect(byName(result, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "firewall-out-webserver-s3").inputs.prefixListId).toBe(
    "pl-63a5400a",
  );
  const refused = evaluateDev(none, answering({ prefixList: new Error("UnauthorizedOperation: no"), endpoint: undefined }), true);
  await expect(refused).rejects.toThrow(
    /whose route table rtb-private has no gateway endpoint of S3 [^\n]*only way to models(.|\n)*network\.egress: is none, and the prefix list of S3.*UnauthorizedOperation/,
  );
});

const CLIENTS = {
  gateway: { sshFrom: ["203.0.113.0/24"], loadBalancer: true },
  ...{ domain: "ml.your-company.com", tls: { acm: "new" }, dns: { zone: "Z0123456789ABCDEF" } },
};
const fronted = (balancerSubnets: readonly string[]): Record<string, object | string> => ({
  ...CLIENTS,
  network: { existing: { ...EXISTING, balancerSubnets: balancerSubnets.map(placed) }, egress: "managed" },
});

describe("a public load balancer in a network of others", () => {
  test.each([
    ["the gateway's subnet and one of another zone", [PUBLIC, FRONT]],
    ["two of its own", [FRONT, BESIDE]],
  ])("%s: it stands there, the gateway where it was, and the pack has no finding", async (_, subnets) => {
    const result = await evaluateDev(fronted(subnets), answering(), true);
    expect(byName(result, "aws:lb/loadBalancer:LoadBalancer", "front-lb").inputs.subnets).toEqual(subnets);
    expect(byName(result, "aws:ec2/instance:Instance", "gateway-instance").inputs.subnetId).toBe(PUBLIC);
    // By these alone the gateway's nginx takes a client's address from it.
    const site = String(byName(result, "command:remote:Command", "gateway-scripts").inputs.stdin);
    const blocks = subnets.map((id) => placed(id).cidr);
    expect([...new Set([...site.matchAll(/set_real_ip_from ([\d./]+);/g)].map(([, block]) => block))]).toEqual(blocks);
    const verdict = await judged(result, TODAY);
    expect(findings(verdict)).toEqual([]);
    expect(verdict.summary).toMatchObject({ withFindings: 0, cannotTell: 0 });
  });

  test("addresses are counted for what is yet to be made", async () => {
    const world = one(PUBLIC, { availableIpAddressCount: 8 }) as Record<string, Properties>;
    const refused = evaluateDev(fronted([PUBLIC, FRONT]), answering(world), true);
    await expect(refused).rejects.toThrow(
      /gatewaySubnetId: found .*, in which 8 of the addresses of 10\.20\.1\.0\/24 are free and 9 needed/,
    );
    await expect(evaluateDev(fronted([BESIDE, FRONT]), answering(world), true)).resolves.toBeDefined();
  });
});

describe("a fleet of gateways in a network of others", () => {
  const fleets = (balancerSubnets: readonly string[]): Record<string, object | string> => ({
    ...fronted(balancerSubnets),
    ...{ access: "none", backend: { loadBalancer: true, mode: "fleet" } },
    gateway: { loadBalancer: true, fleet: {} },
  });

  test("it starts in the subnets of its load balancer, and the pack has no finding", async () => {
    const result = await evaluateDev(fleets([BESIDE, FRONT]), answering(), true);
    const group = (name: string) => byName(result, "aws:autoscaling/group:Group", name).inputs;
    expect(group("gateways-group").vpcZoneIdentifiers).toEqual([BESIDE, FRONT]);
    expect(group("fleet-group").vpcZoneIdentifiers).toEqual([PRIVATE, SECOND]);
    const verdict = await judged(result, TODAY);
    expect(findings(verdict)).toEqual([]);
    expect(verdict.summary).toMatchObject({ ran: policies.length, withFindings: 0, cannotTell: 0 });
  });

  test("addresses are counted for a gateway in each", async () => {
    const world = one(FRONT, { availableIpAddressCount: 8 }) as Record<string, Properties>;
    await expect(evaluateDev(fleets([BESIDE, FRONT]), answering(world), true)).rejects.toThrow(
      /balancerSubnets\[1\]\.id: found .*, in which 8 of the addresses of 10\.20\.2\.0\/24 are free and 9 needed/,
    );
  });
});

const BALANCED = { ...MANAGED, backend: { loadBalancer: true } };
const one = (id: string, properties: Properties): object => ({ [id]: { ...(GOOD[id] as Properties), ...properties } });
const routed = (id: string, ...routes: Properties[]): object => ({ [`table of ${id}`]: table("rtb-x", ...routes) });
const toInternet = { gatewayId: "igw-1" };
const GROUP = "sg-0123456789abcdef0";
const database = { backend: { egress: [{ port: 5432, securityGroup: GROUP, description: "the database" }] } };

test.each<[string, object, object, RegExp]>([
  [
    "a VPC of another region or account",
    MANAGED,
    { [VPC]: undefined },
    /existing\.vpcId: found vpc-0a+1, which is not there in account 123456789012 and us-east-1; the subnets that are named are in vpc-0a+1/,
  ],
  ["no DNS", MANAGED, one(VPC, { enableDnsSupport: false }), /has DNS resolution off, .*--enable-dns-support\)$/],
  [
    "no DNS names, with a load balancer",
    BALANCED,
    one(VPC, { enableDnsHostnames: false }),
    /has DNS hostnames off, .* or remove backend\.loadBalancer$/,
  ],
  ["a shared VPC, with a load balancer", BALANCED, one(VPC, { ownerId: "210987654321" }), /which account 210987654321 shares/],
  ["a subnet that is not there", MANAGED, { [PUBLIC]: undefined }, /gatewaySubnetId: found subnet-0a+1, which is not there in account/],
  [
    "a subnet of another VPC",
    MANAGED,
    one(SECOND, { vpcId: "vpc-2" }),
    /webserverSubnetIds\[1\]: found .*, which is in vpc-2 and not in network\.existing\.vpcId/,
  ],
  [
    "IPv6 alone",
    MANAGED,
    one(PRIVATE, { ipv6Native: true, cidrBlock: "" }),
    /webserverSubnetIds\[0\]: found .*, which has IPv6 addresses alone/,
  ],
  [
    "public addresses for all",
    MANAGED,
    one(PRIVATE, { mapPublicIpOnLaunch: true, assignIpv6AddressOnCreation: true }),
    /gives public IPv4 \(mapPublicIpOnLaunch\) and IPv6/,
  ],
  [
    "a full subnet",
    MANAGED,
    one(PRIVATE, { availableIpAddressCount: 0 }),
    /in which 0 of the addresses of 10\.20\.101\.0\/24 are free and 1 needed/,
  ],
  [
    "a small subnet, with a load balancer",
    BALANCED,
    one(SECOND, { cidrBlock: "10.20.102.0/28", availableIpAddressCount: 5 }),
    /no subnet smaller than \/27.*\n.*5 of the addresses .* free and 9 needed/,
  ],
  [
    "one zone",
    MANAGED,
    one(SECOND, { availabilityZone: "us-east-1a" }),
    /webserverSubnetIds\[1\]: found .*, which is in us-east-1a as subnet-0b+1 is/,
  ],
  [
    "a private subnet for the gateway",
    MANAGED,
    routed(PUBLIC, route("0.0.0.0/0", { natGatewayId: "nat-1" })),
    /whose route table rtb-x leads 0\.0\.0\.0\/0 to nat-1 and not to an internet gateway/,
  ],
  [
    "no route for the gateway",
    MANAGED,
    { [`table of ${PUBLIC}`]: undefined },
    /whose route table rtb-main \(the VPC's main one\) has no route for 0\.0\.0\.0\/0/,
  ],
  [
    "a public subnet for the backend",
    MANAGED,
    routed(PRIVATE, route("0.0.0.0/0", toInternet)),
    /leads 0\.0\.0\.0\/0 to igw-1, an internet gateway: the subnet is public/,
  ],
  [
    "IPv6 to the Internet",
    MANAGED,
    routed(PRIVATE, route("0.0.0.0/0", { natGatewayId: "nat-1" }), route("", { ipv6CidrBlock: "::/0", ...toInternet })),
    /leads ::\/0 to igw-1/,
  ],
  [
    "a half of the Internet that goes another way",
    MANAGED,
    routed(
      PUBLIC,
      route("0.0.0.0/0", toInternet),
      route("0.0.0.0/1", { transitGatewayId: "tgw-1" }),
      route("10.0.0.0/8", { transitGatewayId: "tgw-1" }),
    ),
    /gatewaySubnetId: found .*, whose route table rtb-x leads 0\.0\.0\.0\/1 to tgw-1, which is more specific than 0\.0\.0\.0\/0: answers/,
  ],
  ["no way out", MANAGED, routed(PRIVATE), /has no route for 0\.0\.0\.0\/0 \(those that a VPN gateway propagates are not shown\)/],
  [
    "a NAT gateway that was deleted",
    MANAGED,
    { "nat-1": { state: "deleted", connectivityType: "public" } },
    /leads 0\.0\.0\.0\/0 to nat-1, which is deleted, so the backend/,
  ],
  ["a NAT gateway that is not there", MANAGED, { "nat-1": undefined }, /to nat-1, which is not there in us-east-1/],
  ...(
    [
      [
        "a private subnet for the public load balancer",
        routed(FRONT, route("0.0.0.0/0", { natGatewayId: "nat-1" })),
        /balancerSubnets\[1\]\.id: found .*, whose route table rtb-x leads 0\.0\.0\.0\/0 to nat-1 and not to an internet gateway, so nobody could reach the load balancer/,
      ],
      [
        "a subnet of another VPC for it",
        one(FRONT, { vpcId: "vpc-2" }),
        /balancerSubnets\[1\]\.id: found .*, which is in vpc-2 and not in/,
      ],
      [
        "a subnet for it that is not there",
        { [FRONT]: undefined },
        /balancerSubnets\[1\]\.id: found subnet-0a+2, which is not there in account/,
      ],
      [
        "a small and full subnet for it",
        one(FRONT, { cidrBlock: "10.20.2.0/28", availableIpAddressCount: 7 }),
        /balancerSubnets\[1\]\.id: .*no subnet smaller than \/27; name a larger one, or remove gateway\.loadBalancer\n.*7 of the addresses .* free and 8 needed/,
      ],
      [
        "a small gateway's subnet in which it stands",
        one(PUBLIC, { cidrBlock: "10.20.1.0/28" }),
        /gatewaySubnetId: .*no subnet smaller than \/27; name a larger one, or remove gateway\.loadBalancer/,
      ],
      [
        "another block than it has",
        one(FRONT, { cidrBlock: "10.20.9.0/24" }),
        /balancerSubnets\[1\]\.cidr: found 10\.20\.2\.0\/24, and subnet-0a+2 is 10\.20\.9\.0\/24, .*; write 10\.20\.9\.0\/24/,
      ],
      [
        "one zone for it",
        one(FRONT, { availabilityZone: "us-east-1a" }),
        /balancerSubnets\[1\]\.id: found .*, which is in us-east-1a as subnet-0a+1 is; name one of another zone/,
      ],
    ] as [string, object, RegExp][]
  ).map(([title, world, message]): [string, object, object, RegExp] => [title, fronted([PUBLIC, FRONT]), world, message]),
  [
    "a public load balancer that is not in the gateway's zone",
    fronted([FRONT, BESIDE]),
    one(BESIDE, { availabilityZone: "us-east-1c" }),
    /network\.existing\.balancerSubnets: none of them is in us-east-1a, where subnet-0a+1, the gateway's subnet, is, and a load balancer sends nothing/,
  ],
  [
    "a group of another VPC",
    { ...MANAGED, ...database },
    { [GROUP]: { vpcId: "vpc-2" } },
    /backend\.egress\[0\]\.securityGroup: found sg-0123456789abcdef0, which is in vpc-2 and not in vpc-0a+1/,
  ],
  ["a group that is not there", database, {}, /backend\.egress\[0\]\.securityGroup: found .*, which is not there in account/],
  [
    "a group for a VPC that is yet to be made",
    database,
    { [GROUP]: { vpcId: "vpc-2" } },
    /is in vpc-2, and the VPC of this stack is yet to be made/,
  ],
])("%s is refused before anything is registered", async (_title, sections, world, message) => {
  const provider = answering(world as Record<string, Properties>);
  const registered: string[] = [];
  const noted: Provider = {
    ...provider,
    create: (request) => (registered.push(request.type), provider.create(request)),
  };
  const run = evaluateDev(sections as Record<string, object>, noted, true);
  const text = await run.then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );
  expect(text).toMatch(/^what the configuration names cannot be used:\n {2}- ml-gateway:/);
  expect(text).toMatch(new RegExp(message.source, "m"));
  expect(registered).toEqual([]);
});

test("everything is said at once, and nothing twice", async () => {
  const world = {
    ...one(VPC, { enableDnsSupport: false }),
    ...one(PRIVATE, { mapPublicIpOnLaunch: true }),
    [SECOND]: undefined,
    ...routed(PUBLIC),
  };
  const text = await evaluateDev(MANAGED, answering(world as Record<string, Properties | undefined>), true).then(
    String,
    (error: Error) => error.message,
  );
  expect(text.split("\n")).toHaveLength(5);
});
