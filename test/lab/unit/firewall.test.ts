import { renderFirewall, renderRoutes } from "../firewall";
import type { Host, LabState } from "../topology";
import { addressAt, checkName, SERVICES } from "../topology";

const host = (name: string, index: number, address: string, more: Partial<Host> = {}): Host => ({
  ...{
    name,
    os: "ubuntu-22.04",
    index,
    instanceId: `i-${index}`,
    subnet: `${addressAt(address + "/24", 0).replace(/\d+$/, "0")}/24`,
    address,
    availabilityZone: "us-east-1a",
  },
  ...{ sourceDestCheck: true, groups: [name], egress: { via: "none" }, s3Endpoint: false },
  ...more,
});

const state: LabState = {
  ...{
    name: "t",
    ready: true,
    diskDir: "/d",
    cidr: "10.0.0.0/16",
    region: "us-east-1",
    os: "ubuntu-22.04",
    images: {},
    wheelhouse: "/w",
    privateKeyFile: "/k",
    cut: [],
  },
  hosts: {
    gateway: host("gateway", 0, "10.0.1.10", { publicAddress: "203.0.113.10", sourceDestCheck: false, egress: { via: "internet" } }),
    backend: host("backend", 1, "10.0.101.10", { egress: { via: "host", host: "gateway" }, s3Endpoint: true }),
  },
  groups: {
    gateway: [{ direction: "ingress", protocol: "tcp", fromPort: 80, toPort: 80, peer: { cidr: "0.0.0.0/0" } }],
    backend: [
      { direction: "ingress", protocol: "tcp", fromPort: 9000, toPort: 9000, peer: { group: "gateway" } },
      { direction: "ingress", protocol: "tcp", fromPort: 5000, toPort: 5000, peer: { group: "nobody" } },
      { direction: "egress", protocol: "tcp", fromPort: 443, toPort: 443, peer: { s3: true } },
    ],
  },
};

const chain = (text: string, name: string): string[] =>
  (new RegExp(`chain ${name} \\{\\n([^]*?)\\n {2}\\}`).exec(text)?.[1] ?? "no such chain").split("\n").map((line) => line.trim());

describe("the router's rules", () => {
  const text = renderFirewall(state);

  test("a group as source means its members; a group without members admits nobody", () => {
    expect(chain(text, "backend-in")).toEqual(["ip saddr { 10.0.1.10 } tcp dport 9000-9000 accept", "drop"]);
  });

  test("everybody needs no address; what is not allowed is dropped", () => {
    expect(chain(text, "gateway-in")).toEqual(["tcp dport 80-80 accept", "drop"]);
    expect(chain(text, "gateway-out")).toEqual(["drop"]);
  });

  test("the prefix list of S3 is S3's address", () => {
    expect(chain(text, "backend-out")).toEqual(["ip daddr { 198.18.0.2 } tcp dport 443-443 return", "drop"]);
  });

  test("packets of others pass only a host without source/destination check", () => {
    expect(text).toContain('iifname "backend" ip saddr != 10.0.101.10 drop');
    expect(text).not.toContain('iifname "gateway" ip saddr !=');
  });

  test("only a public address leads in, and only its owner goes out under it", () => {
    expect(chain(text, "prerouting")).toContain('iifname "operator" ip daddr 203.0.113.10 dnat ip to 10.0.1.10');
    expect(chain(text, "outside-in")).toEqual(["ip saddr { 10.0.1.10 } accept", "drop"]);
    expect(chain(text, "services-in")).toContain("ip saddr { 10.0.1.10, 10.0.101.10 } accept");
  });

  test("a cut link drops before anything else is asked", () => {
    const lines = chain(renderFirewall({ ...state, cut: ["backend"] }), "forward");
    expect(lines.slice(1, 3)).toEqual(['iifname { "backend" } drop', 'oifname { "backend" } drop']);
  });
});

describe("the router's routes", () => {
  const routes = renderRoutes(state);

  test("a NAT instance is the next hop; S3 goes by the endpoint", () => {
    expect(routes).toContain("route replace default via 10.0.1.10 dev gateway onlink table 101");
    expect(routes).toContain("route replace throw 198.18.0.2/32 table 101");
  });

  test("without a route nothing leaves, S3 neither", () => {
    const alone = { ...state, hosts: { backend: host("backend", 1, "10.0.101.10") } };
    expect(renderRoutes(alone)).toEqual(
      expect.arrayContaining(["route replace unreachable default table 101", "route replace unreachable 198.18.0.2/32 table 101"]),
    );
  });
});

test("names that cannot be interfaces are refused", () => {
  expect(checkName("host", "gateway-2")).toBe("gateway-2");
  for (const name of ["", "a".repeat(13), "Gateway", "-a", "operator", "a.b"])
    expect(() => checkName("host", name)).toThrow(`host "${name}"`);
});

test("addresses are counted from the network's", () => {
  expect(addressAt("10.0.1.0/24", 10)).toBe("10.0.1.10");
  expect(addressAt("10.0.0.0/16", 258)).toBe("10.0.1.2");
});

test("the internal load balancer is a member of its group at the address of the services, and of no other", () => {
  const balanced = (groups: readonly string[]): string =>
    renderFirewall({
      ...state,
      groups: { backend: [{ ...RULE, peer: { group: "balancer" } }] },
      balancers: Object.fromEntries(groups.map((group) => [group, SERVICES.address])),
    });
  expect(balanced(["balancer"])).toContain("ip saddr { 198.18.0.2 } tcp dport 9000-9000 accept");
  expect(balanced(["another"])).not.toContain("dport 9000-9000");
});

const RULE = { direction: "ingress", protocol: "tcp", fromPort: 9000, toPort: 9000 } as const;
