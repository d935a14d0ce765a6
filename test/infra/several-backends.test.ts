/** `backend.count`: what a second and a third host add to a stack, in which order a release reaches them. */
import type { RunResult } from "../../infra/offline/engine";
import { several } from "../../infra/config/count-rules";
import { setUpOrder } from "../../infra/release/order";
import { byName, difference, evaluateDev, namesOf, sources } from "./evaluate";
import { expectClear } from "./config/stack-trial";

jest.setTimeout(60_000);

const COMMAND = "command:remote:Command";
const INSTANCE = "aws:ec2/instance:Instance";
const gateway = { sshFrom: ["203.0.113.0/24"] };
const backend = (count: number): Record<string, object> => ({
  gateway,
  backend: { loadBalancer: true, ...(count === 1 ? {} : { count }) },
});

let one: RunResult;
let two: RunResult;
let three: RunResult;
let full: RunResult;
beforeAll(async () => {
  one = await evaluateDev(backend(1));
  two = await evaluateDev(backend(2));
  three = await evaluateDev(backend(3));
  full = await evaluateDev({
    gateway: { ...gateway, mode: "proxy" },
    access: "ssm",
    backend: { loadBalancer: true, count: 3 },
    kms: { volumeKey: "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef", bucketKey: "alias/models" },
    watch: { enabled: true, metrics: true, logs: true, emails: ["operations@your-company.com"] },
  });
});

test("a second host is these resources more, and a third the same ones under its own name; nothing goes and nothing is renamed", () => {
  const [second, third] = [difference(one, two).added, difference(two, three).added];
  expect(difference(one, three).gone).toEqual([]);
  expect(second).toMatchSnapshot();
  expect(third).toEqual(second.map((name) => name.replace("backend-2", "backend-3")));
});

test("the first host and what is set up on it stay as they are; the gateway proves that one of them answers", () => {
  const changed = one.resources
    .filter(({ type, name, inputs }) => JSON.stringify(byName(two, type, name).inputs) !== JSON.stringify(inputs))
    .map(({ name }) => name);
  // And lets the packets of all through, by a step whose input is not known before they have addresses.
  expect(changed).toEqual(["gateway-verify"]);
});

test("the hosts stand in the private subnets in turn, in the backend's group, and behind the load balancer", () => {
  const hosts = ["backend", "backend-2", "backend-3"];
  const subnets = hosts.map((id) => sources(three, byName(three, INSTANCE, `${id}-instance`), "subnetId").join());
  expect(subnets).toEqual(["network-webserver-us-east-1a", "network-webserver-us-east-1b", "network-webserver-us-east-1a"]);
  for (const id of hosts) {
    const host = byName(three, INSTANCE, `${id}-instance`);
    expect(sources(three, host, "vpcSecurityGroupIds")).toEqual(["firewall-webserver-sg"]);
    expect(host.inputs).toMatchObject({ associatePublicIpAddress: false, tags: { Name: id, Role: "backend" } });
    const attached = byName(three, "aws:lb/targetGroupAttachment:TargetGroupAttachment", `balancer-${id}`);
    expect(sources(three, attached, "targetId")).toEqual([`${id}-instance`]);
  }
});

test("a host that goes is deregistered, then waited for as long as a request may take, and only then taken away", () => {
  const drain = byName(two, "command:local:Command", "balancer-backend-2-drain");
  const targets = byName(two, "aws:lb/targetGroup:TargetGroup", "balancer-targets");
  expect(drain.inputs.delete).toBe(`sleep ${String(targets.inputs.deregistrationDelay)}`);
  // What depends on another goes before it.
  expect(byName(two, "aws:lb/targetGroupAttachment:TargetGroupAttachment", "balancer-backend-2").dependencies).toContain(drain.urn);
  expect(drain.dependencies).toContain(byName(two, INSTANCE, "backend-2-instance").urn);
  // The first one goes where another takes its place.
  expect(namesOf(two).filter((name) => name.endsWith("-drain"))).toHaveLength(2);
});

test("each host is reached by its own address over the gateway, pinned to its own key", () => {
  for (const id of ["backend", "backend-2", "backend-3"]) {
    for (const step of ["scripts", "prepare", "release", "verify"]) {
      const from = sources(three, byName(three, COMMAND, `${id}-${step}`), "connection");
      expect(from).toEqual([`${id}-host-key`, `${id}-instance`, "gateway-host-key", "gateway-instance"].sort());
    }
  }
  for (const { name, propertyDependencies } of full.resources.filter(({ type }) => type === COMMAND)) {
    const id = /^(gateway|backend(-\d)?)-/.exec(name)?.[1] ?? "";
    expect((propertyDependencies.connection ?? []).filter((urn) => urn.endsWith("-instance")).map((urn) => urn.split("::").at(-1))).toEqual(
      [`${id}-instance`],
    );
  }
});

describe("a release", () => {
  test.each(["application", "proxy"] as const)("in mode %s every row stands below what it needs", (mode) => {
    const rows = setUpOrder(mode, ["backend", "backend-2", "backend-3"]);
    const steps: string[] = rows.map(([step]) => step);
    expect(new Set(steps).size).toBe(steps.length);
    for (const [step, needs] of rows)
      for (const need of needs.filter((other) => other.includes(":"))) expect(steps.indexOf(need)).toBeLessThan(steps.indexOf(step));
    expect(steps.at(-1)).toBe("gateway:verify");
  });

  test("reaches a host when the one before it is verified, and the gateway is verified when all are", () => {
    for (const result of [three, full]) {
      for (const [id, before] of [
        ["backend-2", "backend"],
        ["backend-3", "backend-2"],
      ] as const) {
        expect(byName(result, COMMAND, `${id}-release`).dependencies).toContain(byName(result, COMMAND, `${before}-verify`).urn);
        // What is only brought to a host waits for no other.
        for (const step of ["prepare", "code", "env", "models"])
          expect(byName(result, COMMAND, `${id}-${step}`).dependencies.join()).not.toContain(`::${before}-verify`);
      }
      const last = byName(result, COMMAND, result === full ? "gateway-release" : "gateway-verify");
      for (const id of ["backend", "backend-2", "backend-3"])
        expect(last.dependencies).toContain(byName(result, COMMAND, `${id}-verify`).urn);
    }
  });

  test("is the same on each host", () => {
    for (const step of ["code", "models", "release", "verify"])
      for (const id of ["backend-2", "backend-3"])
        expect(byName(three, COMMAND, `${id}-${step}`).inputs.create).toBe(byName(three, COMMAND, `backend-${step}`).inputs.create);
  });
});

test("the outputs of one backend stay; several have one for each host beside them", () => {
  expect(Object.keys(one.outputs ?? {}).filter((name) => /s$/.test(name) && /^(ssh|backend)/.test(name))).toEqual(["backendAddress"]);
  expect(
    Object.keys(three.outputs ?? {})
      .filter((name) => !Object.keys(one.outputs ?? {}).includes(name))
      .sort(),
  ).toEqual(["backendAddresses", "sshBackends"]);
  for (const name of ["backendAddresses", "sshBackends"])
    expect(Object.keys((three.outputs as Record<string, object>)[name] ?? {})).toEqual(["backend", "backend-2", "backend-3"]);
  for (const name of ["hostKeys", "verification", "instanceIds"])
    expect(Object.keys((full.outputs as Record<string, object>)[name] ?? {}).sort()).toEqual([
      "backend",
      "backend-2",
      "backend-3",
      "gateway",
    ]);
});

test("backups, metrics and logs of each host are its own: its role may write no others", () => {
  const policy = (id: string): string => byName(full, "aws:iam/rolePolicy:RolePolicy", `${id}-policy`).inputs.policy as string;
  for (const id of ["backend", "backend-2", "backend-3"]) {
    expect(policy(id)).toContain(`/backups/${id}/*`);
    expect(policy(id)).toContain(`:log-stream:${id}-*`);
  }
  const alarms = full.resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
  expect(alarms.filter((name) => name.includes("backend-3")).sort()).toEqual([
    ...["backup", "disk", "memory", "processor", "status"].map((what) => `watch-backend-3-${what}`),
  ]);
  const prepare = byName(full, COMMAND, "backend-2-prepare").inputs.stdin as string;
  expect(prepare).toMatch(/^host=backend-2$/m);
  expect(JSON.parse(/^watch=(.*)$/m.exec(prepare)?.[1] ?? "{}")).toMatchObject({ host: "backend-2", backup: "backups/backend-2/latest" });
});

test("NAT on the gateway lets all hosts through, and with a managed one nothing of them is asked for", async () => {
  expect(sources(three, byName(three, COMMAND, "gateway-prepare"), "stdin")).toEqual(
    expect.arrayContaining(["backend-instance", "backend-2-instance", "backend-3-instance"]),
  );
  const managed = await evaluateDev({ ...backend(2), network: { egress: "managed" } });
  expect(sources(managed, byName(managed, COMMAND, "gateway-prepare"), "stdin")).not.toContain("backend-2-instance");
});

describe("what does not go together", () => {
  const of = (sections: object): string[] => several({ project: "p", region: "", sections: { backend: {}, ...sections } });

  test.each<[string, object]>([
    ["one host", { backend: { count: 1, loadBalancer: false } }],
    ["three behind a load balancer", { backend: { count: 3, loadBalancer: true, mode: "single" } }],
    ["a count that the structure has refused", { backend: { count: 4 } }],
    ["a port with three behind it", { backend: { count: 3, loadBalancer: true }, ssh: { localPort: 65532 } }],
  ])("%s is taken", (_, sections) => {
    expect(of(sections)).toEqual([]);
  });

  test.each<[string, object, RegExp]>([
    [
      "no load balancer",
      { backend: { count: 2, loadBalancer: false, mode: "single" } },
      /backend\.count: found 2, and without a load balancer/,
    ],
    ["a fleet", { backend: { count: 2, loadBalancer: true, mode: "fleet" } }, /backend\.count: found 2, and backend\.mode is fleet/],
    [
      "ports that end",
      { backend: { count: 3, loadBalancer: true }, ssh: { localPort: 65533 } },
      /ssh\.localPort: found 65533.*65532 at most/,
    ],
  ])("%s is refused", (_, sections, expected) => {
    const found = of(sections);
    expect(found).toEqual([expect.stringMatching(expected)]);
    found.forEach((problem) => expectClear(problem));
  });
});
