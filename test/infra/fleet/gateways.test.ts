/** Gateways as a fleet, in front of a fleet of backends: their resources, what they say, who reaches them, and what the policy pack says of it. */
import { gunzipSync } from "node:zlib";
import { costText } from "../../../infra/cli/cost";
import { stepLines } from "../../../infra/cli/preview-sections";
import { startsOf } from "../../../infra/hosts/starts";
import type { GraphResource, RunResult } from "../../../infra/offline/engine";
import { networkView } from "../../../infra/report/network";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { loadGraph } from "../../../policies/graph/load";
import { policies } from "../../../policies/rules";
import { byName, difference, evaluateDev, sources } from "../evaluate";
import { findings, judged } from "../judged";
import { altered, card, dangers, effects, statements, userData, type Change, type Danger, type Inputs } from "./altered";

jest.setTimeout(120_000);

const ACM = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";
const NAMED = { domain: "ml.your-company.com", tls: { acm: ACM }, dns: { zone: "Z0123456789ABCDEF" } };
const BACKENDS = { network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } };
const KEY = "0123456789abcdef".repeat(2);
const TOKEN = "correct-horse-battery-staple-4711";
const own = { loadBalancer: true, apiKeys: { "client-a": KEY }, secretEnv: { API_TOKEN: TOKEN } };
const BEFORE = { ...NAMED, ...BACKENDS, gateway: { ...own, sshFrom: ["203.0.113.0/24"] } };
const FLEETS = { ...NAMED, ...BACKENDS, access: "none", gateway: { ...own, fleet: {} } };
const PROXY = { ...FLEETS, gateway: { loadBalancer: true, mode: "proxy", fleet: { min: 1, max: 1, errorShare: 1 } } };

const TYPES = {
  group: "aws:autoscaling/group:Group",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  bundle: "aws:s3/bucketObjectv2:BucketObjectv2",
  local: "command:local:Command",
} as const;

/** One gateway behind its load balancer. */
let before: RunResult;
let fleets: RunResult;
let proxy: RunResult;
beforeAll(async () => {
  before = await evaluateDev(BEFORE);
  fleets = await evaluateDev(FLEETS);
  proxy = await evaluateDev(PROXY);
});

const group = (result = fleets): GraphResource => byName(result, TYPES.group, "gateways-group");
const template = (): GraphResource => byName(fleets, TYPES.template, "gateways-template");
test("takes the place of the gateway's instance, of its steps and of all that logged in, and of nothing else", () => {
  expect(difference(before, fleets)).toMatchSnapshot();
});

test("the fleet of backends keeps its resources: only what logged in there is gone", () => {
  const of = (result: RunResult): GraphResource[] => result.resources.filter(({ name }) => /^fleet(-|$)/.test(name));
  expect(of(fleets).map(({ name }) => name)).toEqual(of(before).map(({ name }) => name));
  const after = new Map(of(fleets).map(({ urn, inputs }) => [urn, inputs]));
  const changed = of(before).filter(({ urn, inputs }) => JSON.stringify(inputs) !== JSON.stringify(after.get(urn)));
  expect(changed.map(({ name }) => name)).toEqual(["fleet-template"]);
  const { keyName: _, ...rest } = changed[0]?.inputs ?? {};
  expect(after.get(changed[0]?.urn ?? "")).toEqual(rest);
});

test("no host has an SSH key, no rule opens port 22, and no output is about logging in", () => {
  const opened = fleets.resources.filter(({ type, inputs }) => /SecurityGroup(In|E)gressRule$/.test(type) && inputs.fromPort === 22);
  expect(opened).toEqual([]);
  expect(template().inputs).not.toHaveProperty("keyName");
  expect(fleets.resources.filter(({ type }) => /KeyPair$|remote:Command$/.test(type))).toEqual([]);
  const outputs = Object.keys(fleets.outputs);
  for (const name of ["sshGateway", "sshBackend", "sshKey", "instanceIds"]) expect(outputs).not.toContain(name);
  expect(outputs).toEqual(
    expect.arrayContaining(["gatewayAddress", "backendAddress", "healthUrl", "publicName", "hostKeys", "verification"]),
  );
  expect([fleets.outputs.hostKeys, fleets.outputs.verification]).toEqual([{}, {}]);
});

test("stands in the public subnets behind the public load balancer, which alone reaches it, and has addresses of its own as its way out", () => {
  expect(sources(fleets, group(), "vpcZoneIdentifiers")).toEqual(["network-gateway-us-east-1a", "network-gateway-us-east-1b"]);
  expect(sources(fleets, group(), "targetGroupArns")).toEqual(["front-targets"]);
  expect(template().inputs).toMatchObject({
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    networkInterfaces: [{ associatePublicIpAddress: "true" }],
    blockDeviceMappings: [{ ebs: { encrypted: "true" } }],
    tags: { Role: "gateway" },
  });
  expect(sources(fleets, template(), "networkInterfaces")).toEqual(["firewall-gateway-sg"]);
  const entries = fleets.resources.filter(
    (rule) => /IngressRule$/.test(rule.type) && sources(fleets, rule, "securityGroupId")[0] === "firewall-gateway-sg",
  );
  expect(entries.map((rule): unknown[] => [rule.inputs.toPort, ...sources(fleets, rule, "referencedSecurityGroupId")])).toEqual([
    [80, "firewall-front-sg"],
  ]);
});

test("comes behind the backends, whose answer its hosts ask for, and behind what leads to them", () => {
  const names = group().dependencies.map((urn) => urn.split("::").pop());
  const needed = ["fleet-group", "fleet-refresh", "balancer-record", "front-https", "gateways-bundle", "gateways-policy", "models-bucket"];
  expect(names).toEqual(expect.arrayContaining(needed));
  expect(byName(fleets, TYPES.group, "fleet-group").dependencies.map((urn) => urn.split("::").pop())).toEqual(
    expect.arrayContaining(["egress-default", "models-bucket", "balancer-listener"]),
  );
  // The refresh of the gateways as well: it waits for their group.
  expect(byName(fleets, TYPES.local, "gateways-refresh").dependencies).toContain(group().urn);
});

test("the load balancer's word replaces a gateway, but not in proxy mode, where health is the backends'", () => {
  expect(group().inputs).toMatchObject({ minSize: 2, maxSize: 4, healthCheckType: "ELB", minElbCapacity: 2 });
  expect(group(proxy).inputs).toMatchObject({ minSize: 1, maxSize: 1, healthCheckType: "EC2", minElbCapacity: 1 });
  expect(byName(proxy, TYPES.group, "fleet-group").inputs.healthCheckType).toBe("ELB");
  const names = proxy.resources.map(({ name }) => name);
  for (const name of ["gateways-requests", "gateways-errors"]) expect(names).not.toContain(name);
});

test("a new gateway proves by its own nginx that a backend answers: the load balancer sends it nothing yet, and to the first ones nobody's answer", () => {
  // Without keys of the API, where a single gateway asks through the load balancer as well.
  const { contentBase64 } = byName(proxy, TYPES.bundle, "gateways-bundle").inputs;
  const archive = gunzipSync(Buffer.from(String(contentBase64), "base64")).toString("latin1");
  expect(archive).toContain("\nbackendUrl=http://backend.internal:9000\n");
  expect(archive).not.toMatch(/^public(Domain|Name)=/m);
});

test("another release of the backends is none of the gateways, and the other way round", async () => {
  const bundle = (result: RunResult, name: string): unknown => byName(result, TYPES.bundle, name).inputs.key;
  const backend = await evaluateDev({ ...FLEETS, backend: { ...BACKENDS.backend, workers: 1 } });
  expect(bundle(backend, "fleet-bundle")).not.toBe(bundle(fleets, "fleet-bundle"));
  expect(bundle(backend, "gateways-bundle")).toBe(bundle(fleets, "gateways-bundle"));
  const gateway = await evaluateDev({ ...FLEETS, gateway: { ...FLEETS.gateway, workers: 1 } });
  expect(bundle(gateway, "fleet-bundle")).toBe(bundle(fleets, "fleet-bundle"));
  expect(bundle(gateway, "gateways-bundle")).not.toBe(bundle(fleets, "gateways-bundle"));
});

test("the role may read its own releases and its own parameter, and speak for its own group; it writes nothing", () => {
  const bucket = "arn:aws:s3:::ml-gateway-dev-models-123456789012-us-east-1";
  expect(Object.fromEntries(statements(fleets, "gateways").map(({ Sid, Action, Resource }) => [Sid, [Action, Resource]]))).toEqual({
    ReadReleases: [["s3:GetObject"], [`${bucket}/releases/gateway/${"?".repeat(64)}.tar.gz`]],
    ReadSecrets: [["ssm:GetParameter"], ["arn:aws:ssm:us-east-1:123456789012:parameter/fleet/ml-gateway/dev/gateway"]],
    SayReady: [
      ["autoscaling:CompleteLifecycleAction"],
      ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/ml-gateway-dev-gateway"],
    ],
  });
  expect(byName(fleets, TYPES.bundle, "gateways-bundle").inputs.key).toMatch(/^releases\/gateway\/[0-9a-f]{64}\.tar\.gz$/);
});

test("secrets are in the parameter alone: neither a setting nor a key of the API is anywhere else", () => {
  for (const secret of [KEY, TOKEN]) {
    const shifted = [0, 1, 2].map((shift) => Buffer.from(" ".repeat(shift) + secret).toString("base64").slice(4, 24)); // prettier-ignore
    const holds = ({ inputs }: GraphResource): boolean => [secret, ...shifted].some((part) => JSON.stringify(inputs).includes(part));
    expect(fleets.resources.filter(holds).map(({ name }) => name)).toEqual(["gateways-secrets"]);
  }
  const text = byName(fleets, "aws:ssm/parameter:Parameter", "gateways-secrets").inputs;
  expect(text.type).toBe("SecureString");
  const keys = /^access=(.*)$/m.exec(JSON.stringify(text.value).replaceAll("\\n", "\n"))?.[1] ?? "";
  expect(Buffer.from(keys, "base64").toString()).toContain(`"${KEY}" client-a;`);
  expect(userData(fleets, "gateways")).toContain("parameter=/fleet/ml-gateway/dev/gateway\n");
  expect(userData(fleets, "gateways")).toContain("group=ml-gateway-dev-gateway\nhook=set-up\n");
  expect(userData(fleets, "gateways")).toContain("first boot of the gateway");
});

test("a destroy leaves the bucket with models and bundles, as docs/how-to/destroy.md says, and nothing else", () => {
  const stays = ({ resources }: RunResult): string[] =>
    resources.filter(({ custom, options }) => custom && options.retainOnDelete === true).map(({ name }) => name);
  for (const result of [before, fleets])
    expect(stays(result).filter((name) => !/^models-|^(fleet|gateways)-bundle$/.test(name))).toEqual([]);
  expect(stays(fleets)).toEqual(expect.arrayContaining(["models-bucket", "fleet-bundle", "gateways-bundle"]));
  // Nothing is refused that nobody asked to protect.
  expect(fleets.resources.filter(({ options }) => options.protect === true)).toEqual([]);
});

describe("from one gateway to a fleet and back", () => {
  // What docs/how-to/run-a-fleet-of-gateways.md names as targets; one that needs something new beside it would be refused by the engine.
  test.each<[string, () => [RunResult, RunResult], RegExp]>([
    ["to a fleet", () => [before, fleets], /::gateways[^:]*$/],
    ["back", () => [fleets, before], /::(gateway|gateway-[^:]*|front-gateway[^:]*|ssh-key|firewall-[^:]*)$/],
  ])("%s, all that is new has names of its own and stands beside what is there", (_, sides, targets) => {
    const [from, to] = sides();
    const made = to.resources.filter(({ urn }) => !from.resources.some((other) => other.urn === urn));
    expect(made.length).toBeGreaterThan(8);
    const there = new Set([...from.resources, ...made].map(({ urn }) => urn));
    for (const { urn, dependencies, propertyDependencies } of made) {
      expect(urn).toMatch(targets);
      for (const needed of [...dependencies, ...Object.values(propertyDependencies).flat()]) expect(there).toContain(needed);
    }
  });
});

/** All bundles, as the backends' role did once. */
const readsAll: Change = ({ policy, ...inputs }) => ({
  ...inputs,
  policy: (policy as string).replace(/releases\/(gateway\/)?\?+\.tar\.gz/, "releases/*"),
});

test("each role reads bundles of its own fleet and no other", () => {
  const key = (name: string): string => byName(fleets, TYPES.bundle, name).inputs.key as string;
  const reads = (kind: "fleet" | "gateways"): RegExp => {
    const { Resource } = statements(fleets, kind).find(({ Sid }) => Sid === "ReadReleases") ?? { Resource: [""] };
    const [, pattern = ""] = (Resource[0] ?? "").split(/:::[^/]+\//);
    return new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("?", ".").replaceAll("*", ".*")}$`, "s");
  };
  expect([key("fleet-bundle"), key("gateways-bundle")].map((one) => [reads("fleet").test(one), reads("gateways").test(one)])).toEqual([
    [true, false],
    [false, true],
  ]);
});

describe("the policy pack", () => {
  async function findingsOf(resources: readonly object[]): Promise<string[]> {
    const verdict = await judged({ resources }, "2026-11-27");
    expect(verdict.summary.ran).toBe(policies.length);
    return findings(verdict);
  }
  const ids = async (resources: readonly object[]): Promise<string[]> =>
    (await findingsOf(resources)).map((one) => one.split(" ")[0] ?? "");

  test.each<[string, () => Promise<RunResult>]>([
    ["as they are by default, with keys of the API and secrets", () => Promise.resolve(fleets)],
    ["in proxy mode, of one size", () => Promise.resolve(proxy)],
    [
      "with a warm pool, users, alarms, metrics, keys of KMS and protection",
      () =>
        evaluateDev({
          ...FLEETS,
          gateway: { loadBalancer: true, basicAuth: { operations: "Q2hhbmdlVGhpcw0123456789" }, fleet: { max: 6, warmPool: 2 } },
          watch: { enabled: true, emails: ["operations@your-company.com"], metrics: true, logs: true },
          kms: {
            bucketKey: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
            volumeKey: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555556",
          },
          protect: { hosts: true, bucket: true },
        }),
    ],
  ])("has nothing to say of gateways %s", async (_, made) => {
    expect(await findingsOf((await made()).resources)).toEqual([]);
  });

  test.each<Danger>([
    ...dangers(() => fleets, "gateways"),
    ["backends with a public address", "backend-no-public-address", "fleet-template", card({ associatePublicIpAddress: "true" })],
    ["backends that read the gateways' bundle", "least-privilege-role", "fleet-policy", readsAll],
    ["gateways that read the backends' bundle", "least-privilege-role", "gateways-policy", readsAll],
  ])("finds %s", async (_, id, name, change) => {
    expect(await ids(altered(fleets, name, change))).toContain(id);
  });

  /** One more rule, made of the one that lets the load balancer in. */
  const opened = (more: Inputs): GraphResource[] => {
    const rule = byName(fleets, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "firewall-in-gateway-front");
    const { referencedSecurityGroupId: _, ...inputs } = rule.inputs;
    const { referencedSecurityGroupId: _source, ...propertyDependencies } = rule.propertyDependencies;
    return [
      ...fleets.resources,
      { ...rule, name: "opened", urn: `${rule.urn}-opened`, inputs: { ...inputs, ...more }, propertyDependencies },
    ];
  };
  test.each<[string, string, Inputs]>([
    ["port 22 that is open to somebody", "ssh-closed-behind-tunnel", { fromPort: 22, toPort: 22, cidrIpv4: "203.0.113.7/32" }],
    ["gateways that are open on all ports", "gateway-public-ports", { ipProtocol: "-1", fromPort: -1, toPort: -1, cidrIpv4: "0.0.0.0/0" }],
  ])("finds %s", async (_, id, more) => {
    expect(await ids(opened(more))).toContain(id);
  });
});

describe("what is shown of it", () => {
  const graphOf = ({ resources }: RunResult) => loadGraph(JSON.stringify({ resources }), "gateways").graph;

  test("the picture has the group of gateways between the public load balancer and the internal one", () => {
    const { picture } = networkView(graphOf(fleets), DEFAULT_CONFIG.settings, []);
    const boxes = picture.boxes.flatMap(({ children }) => children);
    const box = (name: string) => boxes.find(({ lines }) => lines[0] === name);
    expect(box("gateways-group")?.lines.slice(0, 3)).toEqual(["gateways-group", "Auto Scaling group", "2 to 4 hosts, t3.micro"]);
    const arrow = (from: string, to: string) => ({ from: box(from)?.id, to: box(to)?.id });
    expect(picture.arrows).toEqual(
      expect.arrayContaining([
        expect.objectContaining(arrow("front-lb", "gateways-group")),
        expect.objectContaining(arrow("gateways-group", "balancer-lb")),
      ]),
    );
  });

  test("the costs are those of both fleets as small as they may be, with the addresses of the gateways", () => {
    const text = costText(fleets.resources, "us-east-1", new Date("2026-11-28"));
    expect(text).toContain("4 t3.micro");
    // Two gateways, the managed NAT, and the load balancer in two subnets.
    expect(text).toContain("5 public IPv4 addresses");
    expect(text).toContain("2 scaling groups as small as they may be, which may grow to 8 hosts");
  });

  test("a preview shows the steps that each kind of host runs by itself", () => {
    expect(stepLines({ steps: [], firstBoot: [["prepare"], ["verify"]], gatewayFirstBoot: [["prepare"], ["access", "code"]] })).toEqual([
      ...["gateways 1. prepare", "gateways 2. access, code"],
      ...["fleet    1. prepare", "fleet    2. verify"],
    ]);
  });

  test("a release of the gateways is one of theirs alone, and the way from and to one gateway is told", () => {
    const changed = { ...fleets, resources: altered(fleets, "gateways-template", (one) => ({ ...one, userData: "eA==" })) };
    expect(effects(fleets, changed)).toEqual(["gateway: a release of the fleet"]);
    expect(effects(before, fleets)).toEqual(["gateway: a fleet takes its place", "backend: a release of the fleet"]);
    expect(effects(fleets, before)).toEqual([
      expect.stringMatching(/^gateway: a single host takes the place of the fleet/),
      "backend: a release of the fleet",
    ]);
  });
});

test("gateways start in the zones of all public subnets", () => {
  const backend = { mode: "fleet", count: 1, instanceType: "t3.small" };
  const starts = (gateway: object): unknown =>
    startsOf({ gateway: { instanceType: "t3.micro", ...gateway }, backend } as unknown as Parameters<typeof startsOf>[0], {
      gateway: ["a", "b"],
      webservers: ["c", "d"],
    }).map(({ zones }) => zones);
  expect(starts({})).toEqual([["a"], ["c", "d"]]);
  expect(starts({ fleet: {} })).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
});
