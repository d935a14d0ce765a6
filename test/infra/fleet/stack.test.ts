/** A fleet in place of the one backend: its resources, what they say, and what the policy pack says of them. */
import type { GraphResource, RunResult } from "../../../infra/offline/engine";
import { costText } from "../../../infra/cli/cost";
import { VERSION_TAG } from "../../../infra/fleet/first-boot";
import { refreshPreferences } from "../../../infra/fleet/limits";
import { networkView } from "../../../infra/report/network";
import { DEFAULT_CONFIG } from "../../../policies/core/config";
import { loadGraph } from "../../../policies/graph/load";
import { policies } from "../../../policies/rules";
import { byName, difference, evaluateDev, sources } from "../evaluate";
import { judged } from "../judged";
import { altered, card, dangers, disk, effects, statements, userData, type Danger } from "./altered";

jest.setTimeout(120_000);

const gateway = { sshFrom: ["203.0.113.0/24"] };
const BALANCED = { gateway, network: { egress: "managed" }, backend: { loadBalancer: true } };
const FLEET = { ...BALANCED, backend: { loadBalancer: true, mode: "fleet" } };
const SECRET = "correct-horse-battery-staple-4711";
const DATABASE_URL = "postgresql://app:Zk4vT9qWx2@db.internal/app";
const SECRETS = { secretEnv: { SECRET_KEY: SECRET, DATABASE_URL } };

const TYPES = {
  group: "aws:autoscaling/group:Group",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  command: "command:remote:Command",
} as const;

let fleet: RunResult;
/** The stack that it is made of, and that is made of it. */
let single: RunResult;
beforeAll(async () => {
  fleet = await evaluateDev({ ...FLEET, ...SECRETS });
  single = await evaluateDev({ ...BALANCED, ...SECRETS });
});

const group = (): GraphResource => byName(fleet, TYPES.group, "fleet-group");
const template = (): GraphResource => byName(fleet, TYPES.template, "fleet-template");

test("takes the place of the backend's instance and its steps, and of nothing else", () => {
  expect(difference(single, fleet)).toMatchSnapshot();
});

describe("from one host to a fleet and back", () => {
  const added = (from: RunResult, to: RunResult): GraphResource[] =>
    to.resources.filter(({ urn }) => !from.resources.some((other) => other.urn === urn));

  test("bucket, models and target group stay, and the gateway, which leads to the load balancer in both, only proves again who answers", () => {
    const after = new Map(fleet.resources.map((one) => [one.urn, one.inputs]));
    const common = single.resources.filter(({ urn }) => after.has(urn));
    expect(common.map(({ name }) => name)).toEqual(expect.arrayContaining(["models-bucket", "balancer-targets", "gateway-release"]));
    const changed = common.filter(({ urn, inputs }) => JSON.stringify(inputs) !== JSON.stringify(after.get(urn)));
    expect(changed.map(({ name }) => name)).toEqual(["gateway-verify"]);
    expect({ ...after.get(changed[0]?.urn ?? ""), stdin: "" }).toEqual({ ...changed[0]?.inputs, stdin: "" });
    expect(Object.keys(fleet.outputs).sort()).toEqual(Object.keys(single.outputs).sort());
  });

  // What docs/how-to/run-a-fleet.md names as targets; one that needs something new beside it would be refused by the engine.
  test.each<[string, () => [RunResult, RunResult], RegExp]>([
    ["to a fleet", () => [single, fleet], /::fleet[^:]*$/],
    ["back", () => [fleet, single], /::(backend[^:]*|balancer-backend[^:]*)$/],
  ])("%s, all that is new has names of its own and stands beside what is there", (_, sides, targets) => {
    const [from, to] = sides();
    const made = added(from, to);
    expect(made.length).toBeGreaterThan(8);
    const there = new Set([...from.resources, ...made].map(({ urn }) => urn));
    for (const { urn, dependencies, propertyDependencies } of made) {
      expect(urn).toMatch(targets);
      for (const needed of [...dependencies, ...Object.values(propertyDependencies).flat()]) expect(there).toContain(needed);
    }
  });

  test("whoever comes is ready before the gateway is asked to prove it, and the engine removes what goes behind that", () => {
    const last = (result: RunResult): readonly string[] => byName(result, TYPES.command, "gateway-verify").dependencies;
    expect(last(fleet)).toContain(group().urn);
    expect(last(single)).toContain(byName(single, TYPES.command, "backend-release").urn);
  });
});

test("a new host is nowhere before it has set itself up, and whatever takes a host's place is there first", () => {
  expect(group().inputs).toMatchObject({
    minSize: 2,
    maxSize: 4,
    healthCheckType: "ELB",
    initialLifecycleHooks: [
      { lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING", defaultResult: "ABANDON", heartbeatTimeout: 7200 },
    ],
    instanceMaintenancePolicy: { minHealthyPercentage: 100 },
  });
  expect(sources(fleet, group(), "vpcZoneIdentifiers")).toEqual(["network-webserver-us-east-1a", "network-webserver-us-east-1b"]);
  expect(sources(fleet, group(), "targetGroupArns")).toEqual(["balancer-targets"]);
});

test("what a host needs is there before the first one starts, and what needs hosts comes after", () => {
  const needed = ["models-bucket", "fleet-bundle", "fleet-policy", "egress-default", "gateway-prepare"];
  const before = group().dependencies.map((urn) => urn.split("::").pop());
  expect(before).toEqual(expect.arrayContaining(needed));
  expect(byName(fleet, TYPES.command, "gateway-verify").dependencies).toContain(group().urn);
});

test("starts from a numbered version, which a refresh alone changes: a rollback goes back to what the group has", () => {
  expect(sources(fleet, group(), "launchTemplate")).toEqual(["fleet-template"]);
  expect(group().options.ignoreChanges).toEqual(["launchTemplate.version"]);
  expect(group().inputs).not.toHaveProperty("instanceRefresh");
  const refresh = byName(fleet, "command:local:Command", "fleet-refresh");
  expect(sources(fleet, refresh, "triggers")).toEqual(["fleet-template"]);
  expect(refresh.dependencies).toContain(group().urn);
  expect(refreshPreferences({ bakeSeconds: 300 }, 60, "fleet-errors")).toMatchObject({
    AutoRollback: true,
    MinHealthyPercentage: 100,
    CheckpointPercentages: [50, 100],
    CheckpointDelay: 300,
    AlarmSpecification: { Alarms: ["fleet-errors"] },
  });
  expect(refreshPreferences({ bakeSeconds: 0 }, 60)).not.toHaveProperty("AlarmSpecification");
});

test("the template has no public address, IMDSv2 alone, an encrypted disk, and names an image", () => {
  expect(template().inputs).toMatchObject({
    imageId: expect.stringMatching(/^ami-/) as string,
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    networkInterfaces: [{ associatePublicIpAddress: "false" }],
    blockDeviceMappings: [{ ebs: { encrypted: "true" } }],
  });
  expect(template().options.ignoreChanges).toContain("imageId");
});

test("the role may read the release, its own parameter, and speak for its own group; it writes nothing", () => {
  const own = Object.fromEntries(statements(fleet, "fleet").map(({ Sid, Action, Resource }) => [Sid, [Action, Resource]]));
  const bucket = "arn:aws:s3:::ml-gateway-dev-models-123456789012-us-east-1";
  expect(own).toEqual({
    FindModels: [["s3:ListBucket"], [bucket]],
    ReadModels: [["s3:GetObject"], [`${bucket}/models/*`]],
    ReadReleases: [["s3:GetObject"], [`${bucket}/releases/${"?".repeat(64)}.tar.gz`]],
    ReadSecrets: [["ssm:GetParameter"], ["arn:aws:ssm:us-east-1:123456789012:parameter/fleet/ml-gateway/dev/backend"]],
    SayReady: [
      ["autoscaling:CompleteLifecycleAction"],
      ["arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/ml-gateway-dev-backend"],
    ],
  });
});

test("secrets are in the parameter alone, and marked; user data and bundle are known at the first preview", () => {
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from(" ".repeat(shift) + SECRET)
      .toString("base64")
      .slice(4, 24),
  );
  const holds = ({ inputs }: GraphResource): boolean => [SECRET, ...base64].some((part) => JSON.stringify(inputs).includes(part));
  expect(fleet.resources.filter(holds).map(({ name }) => name)).toEqual(["fleet-secrets"]);
  expect(byName(fleet, "aws:ssm/parameter:Parameter", "fleet-secrets").inputs.type).toBe("SecureString");
  const text = userData(fleet, "fleet");
  expect(text).toContain("parameter=/fleet/ml-gateway/dev/backend\n");
  expect(text).toContain("group=ml-gateway-dev-backend\nhook=set-up\n");
  expect(text).toContain(`key=${String(byName(fleet, "aws:s3/bucketObjectv2:BucketObjectv2", "fleet-bundle").inputs.key)}\n`);
  expect(sources(fleet, template(), "tagSpecifications")).toEqual(["fleet-secrets"]);
});

test("another secret is another version of the template and the same bundle; other code is another bundle", async () => {
  const bundle = (result: RunResult): unknown => byName(result, "aws:s3/bucketObjectv2:BucketObjectv2", "fleet-bundle").inputs.key;
  const other = await evaluateDev({ ...FLEET, secretEnv: { SECRET_KEY: `${SECRET}-new`, DATABASE_URL } });
  expect(bundle(other)).toBe(bundle(fleet));
  const [instance] = template().inputs.tagSpecifications as readonly { tags: Record<string, unknown> }[];
  expect(instance?.tags).toHaveProperty(VERSION_TAG);
  const changed = await evaluateDev({ ...FLEET, ...SECRETS, repair: "again" });
  expect(bundle(changed)).not.toBe(bundle(fleet));
});

test("tags of the stack are on all that takes some, and instances and volumes get them as well", async () => {
  const tagged = await evaluateDev({ ...FLEET, tags: { CostCenter: "4711" } });
  const list = byName(tagged, TYPES.group, "fleet-group").inputs.tags as readonly { key: string; value: string }[];
  expect(list).toEqual(expect.arrayContaining([expect.objectContaining({ key: "CostCenter", value: "4711" })]));
  expect(list).toEqual(expect.arrayContaining([expect.objectContaining({ key: "Stack", value: "dev" })]));
  const launched = byName(tagged, TYPES.template, "fleet-template").inputs.tagSpecifications as readonly { tags: object }[];
  for (const { tags } of launched) expect(tags).toMatchObject({ CostCenter: "4711", Stack: "dev" });
});

test("keys of the fleet decide", async () => {
  const result = await evaluateDev({
    ...FLEET,
    backend: { loadBalancer: true, mode: "fleet", fleet: { min: 3, max: 3, warmPool: 0, errorShare: 1 } },
  });
  const names = result.resources.map(({ name }) => name);
  // A fleet of one size has nothing to track, and without a share there is no alarm.
  expect(names).not.toContain("fleet-requests");
  expect(names).not.toContain("fleet-errors");
  const warm = await evaluateDev({ ...FLEET, backend: { loadBalancer: true, mode: "fleet", fleet: { min: 1, max: 5, warmPool: 2 } } });
  expect(byName(warm, TYPES.group, "fleet-group").inputs).toMatchObject({ warmPool: { poolState: "Stopped", minSize: 2 }, maxSize: 5 });
  expect(byName(warm, "aws:autoscaling/policy:Policy", "fleet-requests").inputs).toMatchObject({
    targetTrackingConfiguration: { targetValue: 3000, predefinedMetricSpecification: { predefinedMetricType: "ALBRequestCountPerTarget" } },
  });
});

test("a backup is no part of it: hosts keep nothing", () => {
  expect(JSON.stringify(statements(fleet, "fleet"))).not.toContain("PutObject");
});

test("the costs are those of the smallest fleet, and say how large it may get", () => {
  const text = costText(fleet.resources, "us-east-1", new Date("2026-11-28"));
  expect(text).toContain("3 t3.micro");
  expect(text).toContain("48 GB of gp3");
  expect(text).toContain("may grow to 4 hosts");
});

describe("the policy pack", () => {
  async function findingsOf(resources: readonly object[]): Promise<string[]> {
    const { summary, outcomes } = await judged({ resources }, "2026-11-27");
    expect(summary.ran).toBe(policies.length);
    return [...new Set(outcomes.filter(({ verdict }) => verdict !== "pass").map(({ policy }) => policy))];
  }

  test.each<[string, Record<string, object | string>]>([
    ["as it is by default", FLEET],
    [
      "with a warm pool, another port, alarms and keys of KMS",
      {
        ...FLEET,
        backend: { loadBalancer: true, mode: "fleet", port: 9100, fleet: { max: 6, warmPool: 2 } },
        watch: { enabled: true, emails: ["operations@your-company.com"] },
        kms: {
          bucketKey: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
          volumeKey: "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555556",
        },
        tags: { CostCenter: "4711" },
      },
    ],
    [
      "of one size, without an alarm, protected",
      {
        ...FLEET,
        backend: { loadBalancer: true, mode: "fleet", fleet: { min: 2, max: 2, errorShare: 1 } },
        protect: { hosts: true, bucket: true },
      },
    ],
  ])("has nothing to say of a fleet %s", async (_, sections) => {
    expect(await findingsOf((await evaluateDev(sections)).resources)).toEqual([]);
  });

  test.each<Danger>([
    ...dangers(() => fleet, "fleet"),
    ["a public address in the template", "backend-no-public-address", "fleet-template", card({ associatePublicIpAddress: "true" })],
    [
      "metadata for what is further away",
      "imds-hop-limit",
      "fleet-template",
      (one) => ({ ...one, metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 3 } }),
    ],
    ["a disk that says nothing", "volumes-encrypted", "fleet-template", disk({})],
    ["a balancer that faces the Internet", "backend-not-load-balanced-publicly", "balancer-lb", (one) => ({ ...one, internal: false })],
  ])("finds %s", async (_, id, name, change) => {
    expect(await findingsOf(altered(fleet, name, change))).toContain(id);
  });

  test("finds hosts in a public subnet", async () => {
    const resources = fleet.resources.map((one) =>
      one.name !== "fleet-group"
        ? one
        : {
            ...one,
            propertyDependencies: {
              ...one.propertyDependencies,
              vpcZoneIdentifiers: [byName(fleet, "aws:ec2/subnet:Subnet", "network-gateway-us-east-1a").urn],
            },
          },
    );
    expect(await findingsOf(resources)).toContain("backend-in-private-subnet");
  });
});

describe("what is shown of it", () => {
  const graphOf = ({ resources }: RunResult) => loadGraph(JSON.stringify({ resources }), "fleet").graph;

  test("the picture has the group with its size and subnets behind the load balancer, and who reaches it", () => {
    const { picture } = networkView(graphOf(fleet), DEFAULT_CONFIG.settings, []);
    const boxes = picture.boxes.flatMap(({ children }) => children);
    const box = (name: string) => boxes.find(({ lines }) => lines[0] === name);
    expect(box("fleet-group")?.lines).toEqual([
      ...["fleet-group", "Auto Scaling group", "2 to 4 hosts, t3.micro"],
      ...["in webserver-subnet-1", "and webserver-subnet-2", "no public address"],
    ]);
    const balancer = box("balancer-lb")?.id;
    expect(picture.arrows).toContainEqual({ from: balancer, to: box("fleet-group")?.id, label: "tcp 9000", outward: false });
  });

  test("a change of what its hosts get is a release of the fleet; one of its size is none", () => {
    const release = ["backend: a release of the fleet"];
    expect(effects(fleet, { ...fleet, resources: altered(fleet, "fleet-template", (one) => ({ ...one, userData: "eA==" })) })).toEqual(
      release,
    );
    expect(effects(fleet, { ...fleet, resources: altered(fleet, "fleet-secrets", (one) => ({ ...one, value: "other" })) })).toEqual(
      release,
    );
    expect(
      effects(fleet, { ...fleet, resources: altered(fleet, "fleet-template", (one) => ({ ...one, tags: { Name: "other" } })) }),
    ).toEqual([]);
    expect(effects(fleet, { ...fleet, resources: altered(fleet, "fleet-group", (one) => ({ ...one, maxSize: 9 })) })).toEqual([]);
    expect(effects(single, fleet)).toEqual(["backend: a fleet takes its place"]);
    expect(effects(fleet, single)).toEqual([expect.stringMatching(/^backend: a single host takes the place of the fleet/)]);
  });
});
