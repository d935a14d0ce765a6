import * as pulumi from "@pulumi/pulumi";
import type { RunResult } from "../../infra/offline/engine";
import { certificate, type Made } from "../certificates";
import { describeUnless, lacking } from "../needs";
import { commandConnection } from "../../infra/remote/setup";
import { renderSite } from "../../infra/release/render";
import { exampleSpec } from "./release/example";
import { byName, difference, evaluateDev, sources } from "./evaluate";

jest.setTimeout(60_000);

const INSTANCE = "aws:ec2/instance:Instance";
const COMMAND = "command:remote:Command";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

let dev: RunResult;
beforeAll(async () => {
  dev = await evaluateDev();
});

test("the resources of the dev stack; a changed name replaces what stands, so it needs an alias", () => {
  expect(dev.resources.map((resource) => `${resource.type}::${resource.name}`).sort()).toMatchSnapshot();
});

test("every child's name begins with its parent's, and no resource but components and keys stands at the top", () => {
  const named = new Map(dev.resources.map((resource) => [resource.urn, resource]));
  for (const resource of dev.resources) {
    const parent = named.get(resource.parent ?? "");
    if (parent !== undefined && parent.type !== "pulumi:pulumi:Stack") {
      expect(resource.name.startsWith(`${parent.name}-`)).toBe(true);
    }
  }
});

describe("the gateway in proxy mode", () => {
  let proxy: RunResult;
  beforeAll(async () => {
    proxy = await evaluateDev({ gateway: { mode: "proxy", sshFrom: ["203.0.113.0/24"] } });
  });

  test("differs by the steps that an application needs, and by no name", () => {
    expect(difference(dev, proxy)).toEqual({ added: [], gone: [`${COMMAND}::gateway-code`, `${COMMAND}::gateway-env`] });
  });

  test("is released when the backend serves", () => {
    const { urn } = byName(proxy, COMMAND, "backend-verify");
    expect(byName(proxy, COMMAND, "gateway-release").dependencies).toContain(urn);
  });
});

describeUnless(lacking("openssl"))("HTTPS with a certificate of one's own", () => {
  const gateway = { sshFrom: ["203.0.113.0/24"] };
  let pair: Made;
  let https: object;
  let tls: RunResult;
  beforeAll(async () => {
    pair = certificate("ml.example.org", { names: ["ml.example.org"] });
    https = { domain: "ml.example.org", tls: { certificate: pair.certificate, privateKey: pair.key } };
    tls = await evaluateDev({ ...https, gateway });
  });

  test("is one step more, before the release, and no other resource", () => {
    expect(difference(dev, tls)).toEqual({ added: [`${COMMAND}::gateway-tls`], gone: [] });
    expect(byName(tls, COMMAND, "gateway-release").dependencies).toContain(byName(tls, COMMAND, "gateway-tls").urn);
    expect(tls.outputs).toMatchObject({ healthUrl: "https://ml.example.org/health" });
  });

  test("the key is in the input of that step alone, and is a secret there", () => {
    const text = pair.key.split("\n")[1] ?? "";
    const base64 = Buffer.from(pair.key).toString("base64").slice(0, 76);
    const holders = tls.resources.filter(({ inputs }) => [text, base64].some((part) => JSON.stringify(inputs).includes(part)));
    expect(holders.map(({ name }) => name)).toEqual(["gateway-tls"]);
    expect(holders[0]?.inputs.stdin).toMatchObject({ [SECRET_MARK]: expect.any(String) as string });
  });

  test.each([
    ["everybody", {}, ["gateway-https"]],
    ["some", { httpsFrom: ["203.0.113.0/24"] }, ["gateway-https-203.0.113.0/24", "gateway-nat-https"]],
  ])("443 is open to %s, and to the backend's NAT", async (_, more, expected) => {
    const result = await evaluateDev({ ...https, gateway: { ...gateway, ...more } });
    const open = result.resources.filter(({ type, inputs }) => type === INGRESS && inputs.toPort === 443);
    expect(open.map(({ name }) => name.replace("firewall-in-", ""))).toEqual(expected);
  });

  test("without a name 443 can be closed, and the backend still gets its packages", async () => {
    const closed = await evaluateDev({ gateway: { ...gateway, httpsFrom: [] } });
    const open = closed.resources.filter(({ type, inputs }) => type === INGRESS && inputs.toPort === 443);
    expect(open.map(({ name }) => name)).toEqual(["firewall-in-gateway-nat-https"]);
    expect(sources(closed, open[0]!, "referencedSecurityGroupId")).toEqual(["firewall-webserver-sg"]);
  });
});

describe("keys of the API and CORS", () => {
  const key = "0123456789abcdef".repeat(2);
  const gateway = { sshFrom: ["203.0.113.0/24"], apiKeys: { "client-a": key }, cors: { origins: ["https://app.example.org"] } };

  test.each(["application", "proxy"])("in mode %s are one step more, and a secret there", async (mode) => {
    const stack = await evaluateDev({ gateway: { ...gateway, mode } });
    const step = byName(stack, COMMAND, "gateway-access");
    expect(step.inputs.stdin).toMatchObject({ [SECRET_MARK]: expect.any(String) as string });
    expect(byName(stack, COMMAND, "gateway-release").dependencies).toContain(step.urn);
    const base64 = Buffer.from(`"${key}" client-a`).toString("base64").slice(8, 40);
    const holders = stack.resources.filter(({ inputs }) => [key, base64].some((part) => JSON.stringify(inputs).includes(part)));
    expect(holders.map(({ name }) => name).filter((name) => name !== "gateway-access")).toEqual([]);
  });
});

describe.each(["ssm", "instance-connect"])("access by %s", (access) => {
  let closed: RunResult;
  beforeAll(async () => {
    closed = await evaluateDev({ access });
  });

  test("adds these resources and takes these away", () => {
    expect(difference(dev, closed)).toMatchSnapshot();
  });

  test("no address reaches port 22, and no host of the stack", () => {
    const rules = closed.resources.filter(({ type, inputs }) => type === INGRESS && inputs.toPort === 22);
    const from = rules.map((rule): unknown[] => [rule.inputs.cidrIpv4, ...sources(closed, rule, "referencedSecurityGroupId")]);
    expect(from).toEqual(
      access === "ssm"
        ? []
        : [
            [undefined, "firewall-connect-sg"],
            [undefined, "firewall-connect-sg"],
          ],
    );
  });

  test("every step has a connection of its own host, and none of the other", () => {
    for (const { name, propertyDependencies } of closed.resources.filter(({ type }) => type === COMMAND)) {
      const [role = "", other = ""] = name.startsWith("gateway") ? ["gateway", "backend"] : ["backend", "gateway"];
      const from = (propertyDependencies.connection ?? []).join();
      expect([from.includes(`::${role}-instance`), from.includes(`::${other}-instance`)]).toEqual([true, false]);
    }
  });
});

test("with ssm the hosts get what an agent needs and no more, and the backend's waits for the NAT that it registers through", async () => {
  const rights = (result: RunResult): unknown[] =>
    ["gateway", "backend"].map((role) => {
      const policy = result.resources.find(({ name }) => name === `${role}-policy`)?.inputs.policy as string | undefined;
      return policy === undefined
        ? undefined
        : (JSON.parse(policy) as { Statement: { Sid: string; Action: string[] }[] }).Statement.find(
            ({ Sid }) => Sid === "SystemsManagerAgent",
          )?.Action;
    });
  const [ssm, managed] = [await evaluateDev({ access: "ssm" }), await evaluateDev({ access: "ssm", network: { egress: "managed" } })];
  const agent = [
    "ssm:UpdateInstanceInformation",
    ...["Create", "Open"].flatMap((verb) => ["Control", "Data"].map((kind) => `ssmmessages:${verb}${kind}Channel`)),
  ];
  expect(rights(ssm)).toEqual([agent, agent]);
  expect(rights(dev)).toEqual([undefined, undefined]);
  const needs = (result: RunResult): readonly string[] => byName(result, "command:local:Command", "backend-host-key").dependencies;
  const way = byName(ssm, "aws:ec2/route:Route", "egress-default");
  expect(needs(ssm)).toContain(way.urn);
  expect(way.dependencies).toContain(byName(ssm, COMMAND, "gateway-prepare").urn);
  expect(needs(managed)).not.toContain(byName(managed, COMMAND, "gateway-prepare").urn);
});

describe("an internal load balancer in front of the backend", () => {
  const gateway = { sshFrom: ["203.0.113.0/24"] };
  let balanced: RunResult;
  beforeAll(async () => {
    balanced = await evaluateDev({ gateway, backend: { loadBalancer: true }, requests: { timeoutSeconds: 200 } });
  });
  const rules = (result: RunResult): string[] =>
    result.resources
      .filter(({ type, inputs }) => /SecurityGroup(In|E)gressRule$/.test(type) && inputs.toPort === 9000)
      .map((rule) => {
        const [from] = sources(result, rule, "securityGroupId");
        return `${rule.name.replace("firewall-", "")}: ${from} ${sources(result, rule, "referencedSecurityGroupId").join()}`;
      })
      .sort();

  test("is the only way from the gateway to the service port", () => {
    expect(balanced.outputs).toHaveProperty("balancerName");
    expect(rules(balanced)).toEqual([
      "in-balancer-service: firewall-balancer-sg firewall-gateway-sg",
      "in-webserver-balancer: firewall-webserver-sg firewall-balancer-sg",
      "out-balancer-service: firewall-balancer-sg firewall-webserver-sg",
      "out-gateway-balancer: firewall-gateway-sg firewall-balancer-sg",
    ]);
  });

  test("adds these resources and takes away the direct way", () => {
    expect(difference(dev, balanced)).toMatchSnapshot();
  });

  test("stands in both private subnets, asks for health as the set-up does, and has times that fit", () => {
    const balancer = byName(balanced, "aws:lb/loadBalancer:LoadBalancer", "balancer-lb");
    expect(sources(balanced, balancer, "subnets")).toEqual(["network-webserver-us-east-1a", "network-webserver-us-east-1b"]);
    expect(balancer.inputs).toMatchObject({ internal: true, idleTimeout: 205, xffHeaderProcessingMode: "preserve" });
    const targets = byName(balanced, "aws:lb/targetGroup:TargetGroup", "balancer-targets");
    expect(targets.inputs).toMatchObject({
      port: 9000,
      deregistrationDelay: 205,
      slowStart: 60,
      healthCheck: { path: "/health", matcher: "200" },
    });
    const attached = byName(balanced, "aws:lb/targetGroupAttachment:TargetGroupAttachment", "balancer-backend");
    expect(sources(balanced, attached, "targetId")).toEqual(["backend-instance"]);
    expect(renderSite(exampleSpec("backend", { balanced: true, limits: { timeoutSeconds: 200 } }))).toContain("keepalive_timeout 235s;");
  });

  test("has the name that the gateway forwards to, which it gives up its own line for when the load balancer is there", () => {
    const record = byName(balanced, "aws:route53/record:Record", "balancer-record");
    expect(record.inputs).toMatchObject({ name: "backend.internal", type: "A" });
    const prepare = byName(balanced, COMMAND, "gateway-prepare");
    expect(prepare.dependencies).toContain(record.urn);
  });
});

describe("network", () => {
  test("public subnets have the internet gateway's table, private ones the private table", () => {
    for (const zone of ["us-east-1a", "us-east-1b"]) {
      const association = (kind: string) => byName(dev, "aws:ec2/routeTableAssociation:RouteTableAssociation", `network-${kind}-${zone}`);
      expect(sources(dev, association("gateway"), "routeTableId")).toEqual(["network-public"]);
      expect(sources(dev, association("webserver"), "routeTableId")).toEqual(["network-private"]);
    }
  });

  test("addresses and names are those of the map", () => {
    const subnet = (name: string) => byName(dev, "aws:ec2/subnet:Subnet", name).inputs;
    expect(subnet("network-gateway-us-east-1a")).toMatchObject({
      cidrBlock: "10.0.1.0/24",
      tags: { Name: "gateway-subnet-1", Role: "public" },
    });
    expect(subnet("network-webserver-us-east-1b")).toMatchObject({
      cidrBlock: "10.0.102.0/24",
      availabilityZone: "us-east-1b",
      tags: { Name: "webserver-subnet-2", Role: "private" },
    });
  });

  test.each([
    ["gateway", ["aws:ec2/route:Route::egress-default"]],
    ["managed", ["aws:ec2/eip:Eip::egress-nat", "aws:ec2/natGateway:NatGateway::egress-nat", "aws:ec2/route:Route::egress-default"]],
  ])("egress %s", async (egress, expected) => {
    const result = await evaluateDev({ network: { egress } });
    const made = result.resources.filter((resource) => resource.custom && resource.name.startsWith("egress-"));
    expect(made.map((resource) => `${resource.type}::${resource.name}`).sort()).toEqual(expected);
    expect(sources(result, byName(result, "aws:ec2/route:Route", "egress-default"), "routeTableId")).toEqual(["network-private"]);
    const gateway = byName(result, INSTANCE, "gateway-instance");
    expect(gateway.inputs.sourceDestCheck).toBe(egress !== "gateway");
    // A stack that stands goes over without a gap: the way is there, and the route leads to it, before the gateway gives its own up, and the other way round.
    const route = byName(result, "aws:ec2/route:Route", "egress-default");
    const prepare = byName(result, "command:remote:Command", "gateway-prepare");
    expect([gateway.dependencies.includes(route.urn), route.dependencies.includes(prepare.urn)]).toEqual(
      egress === "managed" ? [true, false] : [false, true],
    );
  });

  test("a named service of the backend is one rule of its own, with what it is for", async () => {
    const database = { port: 5432, cidr: "10.0.200.0/24", description: "the database" };
    const cache = { port: 6379, securityGroup: "sg-0123456789abcdef0", description: "the cache" };
    const result = await evaluateDev({ backend: { egress: [database, cache] } });
    const rule = (name: string) =>
      byName(result, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", `firewall-out-webserver-${name}`);
    const common = { ipProtocol: "tcp" };
    expect(rule("5432-10.0.200.0/24").inputs).toMatchObject({
      ...common,
      ...{ fromPort: 5432, toPort: 5432, cidrIpv4: database.cidr, description: "the database" },
    });
    expect(rule("6379-sg-0123456789abcdef0").inputs).toMatchObject({
      ...common,
      ...{ fromPort: 6379, toPort: 6379, referencedSecurityGroupId: cache.securityGroup, description: "the cache" },
    });
  });

  test("without egress the backend reaches S3 and nothing else", async () => {
    const wheelhouse = { uri: "s3://artefacts/wheels.tar.gz", sha256: "0".repeat(64) };
    const result = await evaluateDev({ network: { egress: "none" }, backend: { ami: "ami-0123456789abcdef0" }, python: { wheelhouse } });
    const out = result.resources.filter((resource) => resource.name.startsWith("firewall-out-webserver"));
    expect(out.map((resource) => resource.name)).toEqual(["firewall-out-webserver-s3"]);
    expect(result.resources.some((resource) => resource.name === "egress-default")).toBe(false);
    const policy = JSON.parse(byName(result, "aws:iam/rolePolicy:RolePolicy", "backend-policy").inputs.policy as string) as {
      Statement: { Resource: string[] }[];
    };
    expect(policy.Statement.map((statement) => statement.Resource).flat()).toContain("arn:aws:s3:::artefacts/wheels.tar.gz");
  });
});

describe("hosts", () => {
  test("the backend stands in the private subnet, in its own group, without a public address", () => {
    const backend = byName(dev, INSTANCE, "backend-instance");
    expect(sources(dev, backend, "subnetId")).toEqual(["network-webserver-us-east-1a"]);
    expect(sources(dev, backend, "vpcSecurityGroupIds")).toEqual(["firewall-webserver-sg"]);
    expect(backend.inputs).toMatchObject({ associatePublicIpAddress: false, sourceDestCheck: true });
  });

  test.each(["gateway", "backend"])("%s: IMDSv2, encrypted root, and neither a newer image nor another SSH key replaces it", (role) => {
    const host = byName(dev, INSTANCE, `${role}-instance`);
    expect(host.inputs).toMatchObject({
      instanceType: "t3.micro",
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { volumeType: "gp3", volumeSize: 16, encrypted: true },
    });
    expect(host.options.ignoreChanges).toEqual(["ami", "userData", "keyName"]);
    expect(String(host.inputs.userData).startsWith("#!/bin/bash\n")).toBe(true);
  });

  test("a pinned image is followed", async () => {
    const result = await evaluateDev({ backend: { ami: "ami-0123456789abcdef0" } });
    expect(byName(result, INSTANCE, "backend-instance").options.ignoreChanges).toEqual(["userData", "keyName"]);
  });

  test("9000 and 22 of the backend are open to gateway-sg alone", () => {
    const rules = dev.resources.filter(
      (resource) => resource.type === INGRESS && sources(dev, resource, "securityGroupId").includes("firewall-webserver-sg"),
    );
    expect(rules.map((rule) => rule.inputs.fromPort as number).sort()).toEqual([22, 9000]);
    for (const rule of rules) {
      expect(sources(dev, rule, "referencedSecurityGroupId")).toEqual(["firewall-gateway-sg"]);
      expect(rule.inputs).not.toHaveProperty("cidrIpv4");
    }
  });

  test("an Elastic IP is what the connections wait for", async () => {
    const result = await evaluateDev({ gateway: { elasticIp: true } });
    expect(sources(result, byName(result, COMMAND, "gateway-prepare"), "connection")).toEqual(["gateway-address", "gateway-host-key"]);
  });
});

describe("set-up", () => {
  test("every connection is pinned to the learnt keys, the backend's goes over the gateway", () => {
    expect(sources(dev, byName(dev, COMMAND, "gateway-prepare"), "connection")).toEqual(["gateway-host-key", "gateway-instance"]);
    expect(sources(dev, byName(dev, COMMAND, "backend-prepare"), "connection")).toEqual([
      "backend-host-key",
      "backend-instance",
      "gateway-host-key",
      "gateway-instance",
    ]);
  });

  test("scripts are known before anything exists", () => {
    for (const resource of dev.resources.filter((candidate) => candidate.type === COMMAND)) {
      expect(typeof resource.inputs.create).toBe("string");
      expect(resource.inputs.create).not.toContain("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
    }
  });

  test("what the provider prints of a Command that fails is short", () => {
    const commands = dev.resources.filter((resource) => /^command:(local|remote):Command$/.test(resource.type));
    expect(commands).toHaveLength(15);
    for (const { inputs } of commands) {
      for (const script of [inputs.create, inputs.update, inputs.delete]) {
        expect(Buffer.byteLength((script as string | undefined) ?? "")).toBeLessThan(4096);
      }
    }
  });

  test.each(["gateway", "backend"])("%s: the scripts come first, in plain, and every step names the one that it runs", (role) => {
    const scripts = byName(dev, COMMAND, `${role}-scripts`);
    expect(typeof scripts.inputs.stdin).toBe("string");
    const steps = dev.resources.filter(
      (resource) => resource.type === COMMAND && resource.parent === scripts.parent && resource.name !== scripts.name,
    );
    expect(steps.map((step) => step.name).sort()).toContain(`${role}-verify`);
    for (const step of steps) {
      expect(step.dependencies).toContain(scripts.urn);
      const [, sha256] = /echo "([0-9a-f]{64}) {2}\$script"/.exec(String(step.inputs.create)) ?? [];
      expect(String(scripts.inputs.stdin)).toMatch(
        new RegExp(`^script ${step.name.replace(/^.*-/, "")}-[0-9a-f]{12}\\.sh ${sha256} <<`, "m"),
      );
    }
  });

  test("a host key is asked once for each instance, whatever else changes", () => {
    for (const [type, name] of [
      ["command:local:Command", "gateway-host-key"],
      [COMMAND, "backend-host-key"],
    ] as const) {
      const { inputs, options, ...learned } = byName(dev, type, name);
      expect(sources(dev, { inputs, options, ...learned }, "triggers")).toEqual([`${name.split("-")[0]}-instance`]);
      expect(Object.keys(inputs).sort()).toEqual([...(options.ignoreChanges ?? []), "triggers"].sort());
      expect(inputs.addPreviousOutputInEnv).toBe(false);
    }
  });

  test("every connection is given up in time: 89 s for an address that drops packets, 51 s for one that refuses", () => {
    // At a first preview no connection is known; the numbers are those of the code that makes them.
    const { proxy, ...target } = commandConnection({
      ...{ host: "10.0.101.10", user: "ubuntu", privateKey: pulumi.secret("key"), hostKey: "ssh-ed25519 AAAA" },
      proxy: { host: "203.0.113.9", user: "ubuntu", privateKey: pulumi.secret("key"), hostKey: "ssh-ed25519 AAAA" },
    }) as unknown as { proxy: Record<string, number> } & Record<string, number>;
    for (const { dialErrorLimit = 10, perDialTimeout = 15 } of [proxy, target]) {
      const waits = Array.from({ length: dialErrorLimit }, (_, n) => Math.min(5, 0.1 * 1.5 ** n)).reduce((sum, wait) => sum + wait, 0);
      expect(waits).toBeGreaterThan(50);
      expect(waits + (dialErrorLimit + 1) * perDialTimeout).toBeLessThan(90);
    }
  });

  test("a secret of the gateway's own reaches its .env and is nowhere in clear; nothing else of its settings becomes secret", async () => {
    const value = "f00d-cafe-f00d";
    const deployed = await evaluateDev({ gateway: { elasticIp: true, secretEnv: { API_TOKEN: value } } });
    const stdin = byName(deployed, COMMAND, "gateway-env").inputs.stdin as { value: string };
    expect(stdin).toHaveProperty(SECRET_MARK);
    const [, payload = ""] = /---\n([^]*)===/.exec(stdin.value) ?? [];
    expect(Buffer.from(payload, "base64").toString()).toContain(`API_TOKEN='${value}'\n`);
    const clear = deployed.resources.map(({ name, inputs }) => [name, JSON.stringify(inputs)] as const);
    expect(clear.filter(([, text]) => text.includes(value)).map(([name]) => name)).toEqual([]);
    expect(byName(deployed, "aws:ec2/eip:Eip", "gateway-address").inputs).not.toHaveProperty(SECRET_MARK);
    expect(JSON.stringify(byName(deployed, INSTANCE, "gateway-instance").inputs)).not.toContain(SECRET_MARK);
  });

  test.each(["gateway", "backend"])("%s: .env travels by a secret stdin and is not logged", (role) => {
    const env = byName(dev, COMMAND, `${role}-env`);
    expect(env.inputs.stdin).toHaveProperty(SECRET_MARK);
    expect(env.inputs.logging).toBe("none");
    expect(env.options.additionalSecretOutputs).toEqual(expect.arrayContaining(["stdout", "stderr"]));
  });

  test("a change of `repair` makes every step run again, and nothing else", async () => {
    const inputsOf = (result: RunResult) => new Map(result.resources.map((resource) => [resource.name, JSON.stringify(resource.inputs)]));
    const before = inputsOf(dev);
    const after = inputsOf(await evaluateDev({ repair: "again" }));
    const steps = ["prepare", "code", "env", "release", "verify"];
    const expected = [...steps, "scripts"].map((step) => `gateway-${step}`);
    expected.push(...[...steps, "scripts", "models"].map((step) => `backend-${step}`));
    // The gateway's prepare has an unknown stdin at a first preview, so its change does not show there.
    const changed = [...after.keys()].filter((name) => before.get(name) !== after.get(name) && name !== "ssh-key");
    expect(changed.sort()).toEqual(expected.filter((name) => name !== "gateway-prepare").sort());
  });

  test("at most eight Commands a host", () => {
    for (const role of ["gateway", "backend"]) {
      expect(
        dev.resources.filter((resource) => resource.type.startsWith("command:") && resource.name.startsWith(`${role}-`)).length,
      ).toBeLessThanOrEqual(8);
    }
  });

  test.each([
    ["backend-prepare", ["gateway-prepare", "egress-default"]],
    ["backend-release", ["backend-code", "backend-env", "backend-models"]],
    ["gateway-verify", ["gateway-release", "backend-release"]],
  ])("%s waits for %j", (name, expected) => {
    const names = byName(dev, COMMAND, name).dependencies.map((urn) => urn.split("::").pop());
    expect(names).toEqual(expect.arrayContaining(expected));
  });
});

describe("models", () => {
  test("the bucket and its guards outlive the stack", () => {
    const kept = dev.resources.filter((resource) => resource.custom && resource.name.startsWith("models-"));
    expect(kept.length).toBeGreaterThan(8);
    expect(kept.filter((resource) => resource.options.retainOnDelete !== true)).toEqual([]);
  });

  test("models lie under their own digest", () => {
    const objects = dev.resources.filter((resource) => resource.type === "aws:s3/bucketObjectv2:BucketObjectv2");
    expect(objects).toHaveLength(4);
    for (const object of objects) {
      expect(object.inputs.key).toMatch(/^models\/[0-9a-f]{64}\/[\w.]+$/);
      // A file that moved, or whose type is another now, has the same bytes.
      expect(object.options.ignoreChanges).toEqual(["source", "contentType"]);
    }
  });

  test("the backend may read models and write its own backups, nothing else; the gateway may do nothing", () => {
    const policy = JSON.parse(byName(dev, "aws:iam/rolePolicy:RolePolicy", "backend-policy").inputs.policy as string) as {
      Statement: unknown;
    };
    const bucket = "arn:aws:s3:::ml-gateway-dev-models-123456789012-us-east-1";
    expect(policy.Statement).toEqual([
      { Sid: "FindModels", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [bucket] },
      { Sid: "ReadModels", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${bucket}/models/*`] },
      { Sid: "OwnBackups", Effect: "Allow", Action: ["s3:PutObject", "s3:GetObject"], Resource: [`${bucket}/backups/backend/*`] },
    ]);
    expect(dev.resources.some((resource) => resource.name === "gateway-policy")).toBe(false);
  });
});

test("the outputs that people need", () => {
  const stack = dev.resources.find((resource) => resource.type === "pulumi:pulumi:Stack");
  const names = [
    "backendAddress",
    "gatewayAddress",
    "healthUrl",
    "hostKeys",
    "modelBucket",
    "modelRelease",
    "sshBackend",
    "sshGateway",
    "sshKey",
    "verification",
  ];
  expect(Object.keys(stack?.outputs ?? {}).sort()).toEqual(names);
});
