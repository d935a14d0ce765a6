/** What is said of a host's machine before an update, for each thing that can happen to it. */
import { machineTexts } from "../../../infra/diff/machine";
import { compareResources } from "../../../infra/diff/resources";
import type { Side } from "../../../infra/diff/side";
import type { HostId } from "../../../infra/release/types";
import type { GraphResource } from "../../../infra/offline/engine";

interface Machine {
  readonly type?: string;
  readonly ami?: string;
  readonly size?: number;
  readonly protect?: boolean;
  /** What there is beside it. */
  readonly others?: readonly string[];
}

const resource = (type: string, name: string, inputs: GraphResource["inputs"], protect = false): GraphResource => ({
  ...{ urn: `urn:pulumi:dev::p::${type}::${name}`, type, name, custom: true, inputs, outputs: {} },
  ...{ dependencies: [], propertyDependencies: {}, options: { protect } },
});

function side(host: HostId, { type = "t3.micro", ami = "ami-1", size = 10, protect, others = [] }: Machine): Side {
  const inputs = { instanceType: type, ami, rootBlockDevice: { volumeSize: size }, associatePublicIpAddress: host === "gateway" };
  const resources = [
    resource("aws:ec2/instance:Instance", `${host}-instance`, inputs, protect),
    ...others.map((name) => resource("aws:x:X", name, {})),
  ];
  return { resources } as unknown as Side;
}

function texts(host: HostId, then: Machine, now: Machine): string[] {
  const [before, after] = [side(host, then), side(host, now)];
  return machineTexts(host, before, after, compareResources(before.resources, after.resources));
}

const OTHER = { ami: "ami-2" };
const elastic = { others: ["gateway-address"] };
const named = { others: ["gateway-record"] };
const fronted = { others: ["gateway-record", "front-gateway"] };
const stops = "the machine stops and starts: an outage of less than a minute";

test.each<[string, HostId, Machine, Machine, (string | RegExp)[]]>([
  ["nothing", "backend", {}, {}, []],
  ["another image", "backend", {}, OTHER, [/^a new, empty machine takes its place.* an outage until its release serves/]],
  ["behind a balancer", "backend-2", { others: ["balancer-backend-2"] }, { ...OTHER, others: ["balancer-backend-2"] }, [/: no outage;/]],
  [
    "behind that of another",
    "backend-2",
    { others: ["balancer-backend"] },
    { ...OTHER, others: ["balancer-backend"] },
    [/ an outage until/],
  ],
  ["a gateway", "gateway", {}, OTHER, [/beside the old one, at another address: the old one answers until the update ends/]],
  ["with an Elastic IP", "gateway", elastic, { ...OTHER, ...elastic }, [/its Elastic IP moves there before .* an outage until/]],
  ["with one from now on", "gateway", {}, { ...OTHER, ...elastic }, [/at another address/]],
  ["with a name", "gateway", named, { ...OTHER, ...named }, [/its name in DNS leads there before .* an outage until/]],
  ["in front of it a balancer", "gateway", fronted, { ...OTHER, ...fronted }, [/: no outage;/]],
  [
    "protected",
    "backend",
    { protect: true },
    { ...OTHER, protect: true },
    [/protect\.hosts is true: the update ends there/, /takes its place/],
  ],
  // The engine lets both happen in one update (step generator: new.Protect && old.Protect).
  ["protected until now", "backend", { protect: true }, OTHER, [/^a new, empty machine takes its place/]],
  ["protected from now on", "backend", {}, { ...OTHER, protect: true }, [/^a new, empty machine takes its place/]],
  ["another type", "backend", {}, { type: "t3.small" }, [stops]],
  ["protected and another type", "backend", { protect: true }, { protect: true, type: "t3.small" }, [stops]],
  ["of a gateway", "gateway", {}, { type: "t3.small" }, [`${stops}, and it has another public address then (gateway.elasticIp keeps one)`]],
  ["of one with an Elastic IP", "gateway", elastic, { ...elastic, type: "t3.small" }, [stops]],
  ["of another architecture", "backend-2", {}, { type: "t4g.micro" }, [/of x86_64 and t4g\.micro is arm64: AWS refuses.* in backend\.ami/]],
  ["and back", "gateway", { type: "t4g.micro" }, { type: "t3.micro" }, [/of arm64 and t3\.micro is x86_64: AWS refuses.* in gateway\.ami/]],
  ["with its image", "backend", {}, { ...OTHER, type: "t4g.micro" }, [/^a new, empty machine/]],
  [
    "a larger volume",
    "backend",
    {},
    { size: 20 },
    [/^its volume grows to 20 GiB while the machine runs, and the file system at its next start$/],
  ],
  ["a smaller one", "gateway", { size: 20 }, {}, [/smaller \(20 to 10 GiB\): the update fails.* 20 or more in gateway\.rootVolumeGiB/]],
  ["a smaller one of another machine", "backend", { size: 20 }, OTHER, [/^a new, empty machine/]],
  ["type and volume", "backend", {}, { type: "t3.small", size: 20 }, [stops, /^its volume grows/]],
])("%s (%s)", (_name, host, then, now, expected) => {
  expect(texts(host, then, now)).toEqual(expected.map((one): unknown => (typeof one === "string" ? one : expect.stringMatching(one))));
});

test("a machine that comes or goes is none of these", () => {
  const there = side("backend", {});
  const none: Side = { ...there, resources: [] };
  for (const [before, after] of [
    [there, none],
    [none, there],
  ] as const)
    expect(machineTexts("backend", before, after, compareResources(before.resources, after.resources))).toEqual([]);
});
