import type { Request } from "../../../infra/offline/engine";
import { decide } from "../provider-commands";
import { freeAddress } from "../provider-instances";
import type { Ec2Resource } from "../provider-network";
import { TYPES, deriveLab, interfaceOf } from "../provider-network";
import type { SavedResource } from "../provider-state";
import { inputDigests, inputsAfter, withoutIgnored } from "../provider-state";
import type { Host, LabState } from "../topology";
import { SERVICES } from "../topology";

const request = (inputs: Request["inputs"], ignoreChanges: string[] = []): Request => ({
  ...{
    urn: "urn",
    type: "command:remote:Command",
    name: "step",
    custom: true,
    inputs,
    wire: {},
    dependencies: [],
    propertyDependencies: {},
  },
  options: { ignoreChanges },
});
const saved = (inputs: Request["inputs"]): SavedResource => ({
  type: "",
  name: "",
  id: "",
  outputs: {},
  inputs: inputDigests(request(inputs)),
});

describe("when a command runs", () => {
  const old = { create: "a", stdin: "1", triggers: ["x"], connection: { host: "h", user: "u" } };

  test.each([
    ["never created", undefined, old, { script: "create", why: "new" }],
    ["nothing changed, keys in another order", saved(old), { ...old, connection: { user: "u", host: "h" } }, undefined],
    ["other stdin", saved(old), { ...old, stdin: "2" }, { script: "create", why: "stdin" }],
    [
      "other stdin, with an update",
      saved({ ...old, update: "u" }),
      { ...old, update: "u", stdin: "2" },
      { script: "update", why: "stdin" },
    ],
    [
      "other triggers, with an update",
      saved({ ...old, update: "u" }),
      { ...old, update: "u", triggers: ["y"] },
      { script: "create", why: "triggers", replaced: true },
    ],
    [
      "another retry limit of the connection",
      saved(old),
      { ...old, connection: { ...old.connection, dialErrorLimit: 3 } },
      { script: "create", why: "connection" },
    ],
    ["an input is gone", saved(old), { create: "a", triggers: ["x"], connection: old.connection }, { script: "create", why: "stdin" }],
  ])("%s", (_name, before, inputs, expected) => {
    expect(decide(before, request(inputs))).toEqual(expected);
  });

  test("what the program ignores does not count", () => {
    expect(decide(saved(old), request({ ...old, stdin: "2" }, ["stdin"]))).toBeUndefined();
  });

  test("a new trigger runs it with what was ignored as well; another change in place would need the earlier value", () => {
    expect(decide(saved(old), request({ ...old, stdin: "2", triggers: ["y"] }, ["stdin"]))).toEqual({
      script: "create",
      why: "triggers",
      replaced: true,
    });
    expect(() => decide(saved(old), request({ ...old, stdin: "2", create: "b" }, ["stdin"]))).toThrow("the earlier stdin is not kept");
    expect(() => decide(saved(old), request(old, ["connection.host"]))).toThrow('not of "connection.host"');
  });

  test("what is ignored stays as it was, until the resource is replaced", () => {
    const now = request({ ...old, stdin: "2", logging: "none" }, ["stdin", "logging"]);
    expect(inputsAfter(saved(old), now, false)).toEqual(saved(old).inputs);
    expect(inputsAfter(saved(old), now, true)).toEqual(inputDigests(now));
    expect(inputsAfter(undefined, now, false)).toEqual(inputDigests(now));
  });
});

test("what is ignored keeps its last value where it is known, so that a machine keeps the key it was launched with", () => {
  const wanted = request({ keyName: "new", ami: "b", userData: "x" }, ["keyName", "userData"]);
  expect(withoutIgnored({ ...saved({}), plain: { keyName: "old", ami: "a" } }, wanted).inputs).toEqual({
    keyName: "old",
    ami: "b",
    userData: "x",
  });
  expect(withoutIgnored(saved({ keyName: "old" }), wanted).inputs.keyName).toBe("new");
  expect(withoutIgnored(undefined, wanted).inputs.keyName).toBe("new");
});

test("addresses as AWS gives them: not the first ones, not taken ones", () => {
  expect(freeAddress("10.0.1.0/24", [])).toBe("10.0.1.10");
  expect(freeAddress("10.0.1.0/24", ["10.0.1.10", "10.0.1.11"])).toBe("10.0.1.12");
});

describe("the lab that EC2 resources describe", () => {
  const host = (name: string, instanceId: string): Host => ({
    ...{ name, os: "ubuntu-22.04", index: 0, instanceId, subnet: "10.0.1.0/24", address: "10.0.1.10", availabilityZone: "us-east-1a" },
    ...{ sourceDestCheck: true, groups: [], egress: { via: "none" }, s3Endpoint: false },
  });
  const state = {
    cidr: "10.0.0.0/16",
    hosts: { gateway: host("gateway", "i-a"), backend: host("backend", "i-b"), other: host("other", "i-c") },
    groups: {},
  };
  const resource = (type: string, id: string, inputs: Ec2Resource["inputs"]): Ec2Resource => ({ type, id, inputs });
  const base: Ec2Resource[] = [
    resource(TYPES.vpc, "vpc-1", { cidrBlock: "10.1.0.0/16" }),
    resource(TYPES.association, "as-1", { subnetId: "subnet-b", routeTableId: "rtb-b" }),
    resource(TYPES.instance, "i-a", { subnetId: "subnet-a", vpcSecurityGroupIds: ["sg-a"], sourceDestCheck: false }),
    resource(TYPES.instance, "i-b", { subnetId: "subnet-b", vpcSecurityGroupIds: ["sg-b"] }),
  ];
  const derive = (...more: Ec2Resource[]): LabState => deriveLab(state as unknown as LabState, [...base, ...more]);
  const route = (inputs: Ec2Resource["inputs"]): Ec2Resource =>
    resource(TYPES.route, "r-1", { routeTableId: "rtb-b", destinationCidrBlock: "0.0.0.0/0", ...inputs });

  test("a subnet without a default route has no egress; a host not registered yet stays as it is", () => {
    const { hosts, cidr } = derive();
    expect(cidr).toBe("10.1.0.0/16");
    expect(hosts["backend"]).toMatchObject({ egress: { via: "none" }, groups: ["sg-b"], sourceDestCheck: true, s3Endpoint: false });
    expect(hosts["gateway"]).toMatchObject({ sourceDestCheck: false });
    expect(hosts["other"]).toEqual(state.hosts.other);
  });

  test.each([
    ["an internet gateway", { gatewayId: "igw-1" }, { via: "internet" }],
    ["a managed NAT", { natGatewayId: "nat-1" }, { via: "managed" }],
    ["the interface of an instance", { networkInterfaceId: interfaceOf("i-a") }, { via: "host", host: "gateway" }],
  ])("a default route to %s", (_name, target, egress) => {
    expect(derive(route(target)).hosts["backend"]?.egress).toEqual(egress);
  });

  test("an S3 endpoint serves the subnets of its route tables", () => {
    const endpoint = resource(TYPES.endpoint, "vpce-1", { serviceName: "com.amazonaws.us-east-1.s3", routeTableIds: ["rtb-b"] });
    expect(derive(endpoint).hosts["backend"]?.s3Endpoint).toBe(true);
  });

  test("the internal load balancer stands where the services are, in its groups, as long as the program has it; another that stands there stays", () => {
    const internal = (to: boolean): Ec2Resource => resource(TYPES.balancer, "lb-1", { internal: to, securityGroups: ["sg-lb"] });
    const [before, front] = [derive(internal(true)), { "sg-front": "10.0.2.10" }];
    expect(before.balancers).toEqual({ "sg-lb": SERVICES.address });
    expect(derive(internal(false)).balancers).toEqual({});
    expect(deriveLab({ ...before, balancers: { ...before.balancers, ...front } }, base).balancers).toEqual(front);
  });

  test("an Elastic IP is the address of the instance it is given to", () => {
    const given = resource(TYPES.elasticIpAssociation, "a-1", { allocationId: "eipalloc-00ff", instanceId: "i-a" });
    expect(derive(given).hosts["gateway"]?.publicAddress).toBe("203.0.113.183");
  });

  test("an Elastic IP that moves is no longer that of the machine before, whether the program knows that one still or not", () => {
    const given = resource(TYPES.elasticIpAssociation, "a-1", { allocationId: "eipalloc-00ff", instanceId: "i-b" });
    const at = { publicAddress: "203.0.113.183" };
    const { gateway, backend, other } = state.hosts;
    const hosts = { gateway: { ...gateway, ...at }, backend, other: { ...other, ...at } };
    const found = deriveLab({ ...state, hosts } as unknown as LabState, [...base, given]).hosts;
    expect(Object.values(found).map(({ name, publicAddress }) => [name, publicAddress])).toEqual([
      ["gateway", undefined],
      ["backend", "203.0.113.183"],
      ["other", undefined],
    ]);
    const own = { ...other, publicAddress: "203.0.113.12" };
    expect(deriveLab({ ...state, hosts: { backend, other: own } } as unknown as LabState, [...base, given]).hosts["other"]).toEqual(own);
  });

  test("rules are kept by group; what cannot be imitated is refused", () => {
    const rule = (inputs: Ec2Resource["inputs"]): Ec2Resource =>
      resource(TYPES.ingress, "sgr-1", { securityGroupId: "sg-b", ipProtocol: "tcp", fromPort: 9000, toPort: 9000, ...inputs });
    expect(derive(rule({ referencedSecurityGroupId: "sg-a" })).groups).toEqual({
      "sg-b": [{ direction: "ingress", protocol: "tcp", fromPort: 9000, toPort: 9000, peer: { group: "sg-a" } }],
    });
    expect(() => derive(rule({ cidrIpv6: "::/0" }))).toThrow("know cidrIpv4, referencedSecurityGroupId and prefixListId");
    expect(() => derive(rule({ cidrIpv4: "0.0.0.0/0", ipProtocol: "gre" }))).toThrow('no protocol "gre"');
  });
});
