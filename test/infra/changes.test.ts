/** docs/operations.md, "What a change of a setting does": held against what a change of each setting does to the graph. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { INPUT_EFFECTS } from "../../infra/changes";
import { SECTIONS } from "../../infra/config/schema";
import { deployedProvider } from "../../infra/diff/provider";
import { compareResources, flatInputs, type Outcome } from "../../infra/diff/resources";
import type { GraphResource } from "../../infra/offline/engine";
import { certificate, type Made } from "../certificates";
import { ROOT, evaluateDev } from "./evaluate";

jest.setTimeout(300_000);

const deployed = deployedProvider("us-east-1");

/** What happens to each resource of `after`, by URN. */
function compare(before: readonly GraphResource[], after: readonly GraphResource[]): Map<string, Outcome> {
  return new Map([...compareResources(before, after)].map(([urn, { outcome }]) => [urn, outcome]));
}

/** "–", or what the instance does, and whether steps run. */
function cell(role: "gateway" | "backend", effects: ReadonlyMap<string, Outcome>): string {
  const of = (kind: RegExp): string[] => [...effects].filter(([urn]) => kind.test(urn)).map(([, effect]) => effect);
  const instance = of(new RegExp(`::${role}-instance$`))[0];
  // Of several backends the first.
  const steps = of(new RegExp(`Command::${role}-(?!\\d)`)).length > 0 ? "steps" : undefined;
  const parts = [instance, instance === "replaces" ? undefined : steps].filter((part) => part !== undefined);
  return parts.length === 0 ? "–" : parts.join(", ");
}

const DOMAIN = "ml.example.org";
const [PAIR, RENEWED] = [1, 2].map(() => certificate("any", { names: [DOMAIN, "other.example.org"] })) as [Made, Made];
const HTTPS = { domain: DOMAIN, tls: { certificate: PAIR.certificate, privateKey: PAIR.key } };

const ACME = {
  domain: DOMAIN,
  tls: { acme: { email: "operations@your-company.com", agreeToTerms: true, directory: "https://ca.your-company.com/directory" } },
  gateway: { elasticIp: true },
};

const FRONT = {
  domain: DOMAIN,
  tls: { acm: "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef" },
  gateway: { loadBalancer: true },
};

/** One gateway before a fleet of backends. */
const FLEETS = { ...FRONT, network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } };

/** One change of each setting. */
const AMI = "ami-0123456789abcdef0";
const SHA = "0".repeat(64);
const VOLUME_KEY = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";
const WATCH = { watch: { enabled: true, emails: ["operations@your-company.com"] } };
const SENDING = { watch: { ...WATCH.watch, metrics: true, logs: true } };
const MANIFEST = ".cache/changes-test.json";
const SECRETS = { DATABASE_URL: "sqlite:////home/ddos/data/cache.db", SECRET_KEY: "another-secret-of-enough-length" };
const LOGIN = { index: "https://packages.example.com/simple", indexUser: "reader", indexPassword: "a-token-of-enough-length" };
const CHANGES: Readonly<Record<string, Readonly<Record<string, object | string>>>> = {
  "network.cidr": {
    network: { cidr: "10.1.0.0/16", gatewaySubnets: ["10.1.1.0/24", "10.1.2.0/24"], webserverSubnets: ["10.1.3.0/24", "10.1.4.0/24"] },
  },
  "network.availabilityZones": { network: { availabilityZones: ["us-east-1c", "us-east-1d"] } },
  "network.gatewaySubnets": { network: { gatewaySubnets: ["10.0.11.0/24", "10.0.12.0/24"] } },
  "network.webserverSubnets": { network: { webserverSubnets: ["10.0.111.0/24", "10.0.112.0/24"] } },
  "network.egress": { network: { egress: "managed" } },
  "network.existing": {
    network: {
      existing: {
        vpcId: "vpc-0aaaaaaaaaaaaaaa1",
        gatewaySubnetId: "subnet-0aaaaaaaaaaaaaaa1",
        webserverSubnetIds: ["subnet-0bbbbbbbbbbbbbbb1"],
      },
      egress: "managed",
    },
  },
  "models.existing": { models: { existing: { bucket: "team-models-123456789012" } } },
  "gateway.sshFrom": { gateway: { sshFrom: ["198.51.100.7/32"] } },
  "gateway.httpsFrom": { gateway: { httpsFrom: [] } },
  domain: { domain: "other.example.org" },
  "tls.certificate": { tls: { certificate: RENEWED.certificate, privateKey: RENEWED.key } },
  "tls.privateKey": { tls: { certificate: RENEWED.certificate, privateKey: RENEWED.key } },
  "tls.acme": ACME,
  "tls.eabHmacKey": {
    ...ACME,
    tls: { acme: { ...ACME.tls.acme, eabKeyId: "kid-1" }, eabHmacKey: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajV" },
  },
  "dns.zone": { dns: { zone: "Z0123456789ABCDEF" } },
  "tls.hstsSeconds": { tls: { certificate: PAIR.certificate, privateKey: PAIR.key, hstsSeconds: 300 } },
  "gateway.apiKeys": { gateway: { apiKeys: { a: "0123456789abcdef".repeat(2) } } },
  "gateway.basicAuth": { gateway: { basicAuth: { operations: "Q2hhbmdlVGhpcw0123456789" } } },
  "gateway.apiAccess": { gateway: { apiAccess: { perSecond: 5 } } },
  "gateway.cors": { gateway: { cors: { origins: ["https://app.example.org"] } } },
  "gateway.loadBalancer": FRONT,
  "gateway.accessLogs": { ...FRONT, gateway: { loadBalancer: true, accessLogs: {} } },
  "gateway.fleet": { access: "none", ...FLEETS, gateway: { loadBalancer: true, fleet: {} } },
  "tls.acm": { tls: { acm: FRONT.tls.acm.replace("0123", "4567") } },
  "gateway.elasticIp": { gateway: { elasticIp: true } },
  "gateway.env": { gateway: { env: { FEATURE: "on" } } },
  "gateway.mode": { gateway: { mode: "proxy" } },
  "gateway.proof": { gateway: { proof: { path: "/model", method: "GET" } } },
  "gateway.secretEnv": { gateway: { secretEnv: { API_TOKEN: "another-secret" } } },
  "backend.port": { backend: { port: 9001 } },
  "backend.loadBalancer": { backend: { loadBalancer: true } },
  "backend.count": { backend: { loadBalancer: true, count: 2 } },
  "backend.mode": { network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } },
  "backend.fleet": { network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet", fleet: { max: 6 } } },
  "backend.egress": { backend: { egress: [{ port: 5432, cidr: "10.0.200.0/24", description: "the database" }] } },
  "release.bakeSeconds": { release: { bakeSeconds: 30 } },
  "release.bakeErrorShare": { release: { bakeErrorShare: 0.1 } },
  "release.bakeLatency": { release: { bakeLatency: 5 } },
  "release.shadow": { release: { shadow: { seconds: 60, minAgreement: 0.95 } } },
  "sandbox.allow": { sandbox: { allow: ["jit"] } },
  ...Object.fromEntries(
    ["gateway", "backend"].flatMap((role) =>
      Object.entries({
        instanceType: "t3.small",
        rootVolumeGiB: 20,
        os: "ubuntu-24.04",
        ami: AMI,
        memoryMiB: 512,
        workers: 1,
        packages: ["libgomp1"],
      }).map(([key, value]) => [`${role}.${key}`, { [role]: { [key]: value } }]),
    ),
  ),
  access: { access: "instance-connect" },
  "ssh.localPort": { access: "ssm", ssh: { localPort: 24022 } },
  "ssh.user": { ssh: { user: "admin" } },
  "app.path": { app: { path: "test/lab/faults/app" }, models: { manifest: "models-manifest/none.json" } },
  "app.git": { app: { git: { url: "https://example.com/x.git", commit: "0".repeat(40) } } },
  "app.bundle": { app: { bundle: { uri: "s3://artefacts/app.tar.gz", sha256: SHA } } },
  "app.module": { app: { path: "templates/sample-app", module: "ml_gateway.app:_start()" } },
  "app.interface": { app: { git: { url: "https://example.com/x.git", commit: "0".repeat(40) }, interface: "wsgi" } },
  "app.exclude": { app: { path: "templates/sample-app", exclude: ["ml_gateway/utils/__init__.py"] } },
  "app.allow": { app: { path: "templates/sample-app", allow: ["*.pem"] } },
  "app.requires": { app: { path: "templates/sample-app", requires: ["SECRET_KEY"] } },
  "models.manifest": { models: { manifest: MANIFEST } },
  "models.bucket": { models: { bucket: "another-bucket-of-models" } },
  "models.published": { models: { published: true } },
  "models.adopt": { models: { adopt: true } },
  "health.path": { health: { path: "/healthz" } },
  "health.status": { health: { status: 202 } },
  "health.body": { health: { body: { status: "healthy" } } },
  "health.host": { health: { host: "ml.example.org" } },
  "health.headers": { health: { headers: { "X-Probe": "1" } } },
  "health.startSeconds": { health: { startSeconds: 120 } },
  "requests.bodyMiB": { requests: { bodyMiB: 25 } },
  "requests.timeoutSeconds": { requests: { timeoutSeconds: 60 } },
  "requests.perSecond": { requests: { perSecond: 50 } },
  "requests.burst": { requests: { burst: 20 } },
  "requests.connections": { requests: { connections: 10 } },
  env: { env: { LOG_LEVEL: "debug" } },
  secretEnv: { secretEnv: SECRETS },
  "python.wheelhouse": { python: { wheelhouse: { uri: "s3://artefacts/wheels.tar.gz", sha256: SHA } } },
  "python.index": { python: { index: "https://packages.example.com/simple" } },
  "python.indexUser": { python: LOGIN },
  "python.indexPassword": { python: LOGIN },
  tags: { tags: { CostCenter: "ml-platform" } },
  "iam.permissionsBoundary": { iam: { permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary" } },
  "iam.path": { iam: { path: "/ml-gateway/" } },
  "kms.bucketKey": { kms: { bucketKey: "alias/models" } },
  "kms.volumeKey": { kms: { volumeKey: VOLUME_KEY } },
  "kms.logKey": { ...SENDING, kms: { logKey: VOLUME_KEY } },
  "protect.hosts": { protect: { hosts: true } },
  "protect.bucket": { protect: { bucket: true } },
  "watch.enabled": WATCH,
  "watch.emails": WATCH,
  "watch.metrics": SENDING,
  "watch.logs": SENDING,
  "watch.logDays": { watch: { ...SENDING.watch, logDays: 90 } },
  "watch.thresholds": { watch: { ...SENDING.watch, thresholds: { memoryPercent: 80 } } },
  "watch.drift": { watch: { ...WATCH.watch, drift: true } },
  repair: { repair: "again" },
  "backup.enabled": { backup: { enabled: false } },
  "backup.schedule": { backup: { schedule: "weekly" } },
};

/** What the stack has before and after, where the change is possible beside it alone: Canonical's images have one login. */
const BESIDE: Readonly<Record<string, Parameters<typeof evaluateDev>[0]>> = {
  "watch.logDays": SENDING,
  "watch.thresholds": SENDING,
  "kms.logKey": SENDING,
  "backend.count": { backend: { loadBalancer: true } },
  "backend.mode": { network: { egress: "managed" }, backend: { loadBalancer: true } },
  "backend.fleet": { network: { egress: "managed" }, backend: { loadBalancer: true, mode: "fleet" } },
  "ssh.user": { gateway: { ami: AMI }, backend: { ami: AMI } },
  "ssh.localPort": { access: "ssm" },
  ...Object.fromEntries(["domain", "tls.certificate", "tls.privateKey", "tls.hstsSeconds"].map((key) => [key, HTTPS])),
  "tls.acme": { ...HTTPS, gateway: ACME.gateway },
  "tls.eabHmacKey": ACME,
  "dns.zone": ACME,
  "tls.acm": FRONT,
  "gateway.accessLogs": FRONT,
  "gateway.fleet": FLEETS,
  "watch.drift": WATCH,
};

/** How keys are exchanged is a chapter of its own. */
const ELSEWHERE = ["sshPrivateKey", "ssh.privateKeyFile", "sshPreviousPrivateKey", "ssh.previousPrivateKeyFile"];

/** Keys of the schema down to the second level; free-form sections and texts are one key. */
const settings = Object.entries(SECTIONS).flatMap(([name, { schema }]) =>
  schema.additionalProperties === false ? Object.keys(schema.properties as object).map((key) => `${name}.${key}`) : [name],
);

const page = readFileSync(join(ROOT, "docs/operations.md"), "utf8").split("## What a change of a setting does")[1]?.split("\n## ")[0] ?? "";
const rows = new Map(
  [...page.matchAll(/^\| `([^|]+)` +\| ([^|]+?) +\| ([^|]+?) +\| ([^|]*?) *\|$/gm)].flatMap(([, keys = "", gateway = "", backend = ""]) =>
    keys.split("`, `").map((key): [string, { gateway: string; backend: string }] => [key, { gateway, backend }]),
  ),
);

let before: readonly GraphResource[];
beforeAll(async () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "models-manifest/sample.json"), "utf8")) as { files: { required?: boolean }[] };
  mkdirSync(dirname(join(ROOT, MANIFEST)), { recursive: true });
  writeFileSync(join(ROOT, MANIFEST), JSON.stringify({ ...manifest, files: manifest.files.filter((file) => file.required !== false) }));
  before = (await evaluateDev({}, deployed)).resources;
});
afterAll(() => rmSync(join(ROOT, MANIFEST)));

test("every input that the program sets has a row, and every row's type is one of the program's", async () => {
  const variants: Parameters<typeof evaluateDev>[0][] = [
    {},
    CHANGES["backend.egress"]!,
    {
      iam: { ...(CHANGES["iam.path"]?.iam as object), ...(CHANGES["iam.permissionsBoundary"]?.iam as object) },
      kms: { volumeKey: VOLUME_KEY, logKey: VOLUME_KEY },
      ...CHANGES["protect.hosts"],
      ...SENDING,
    },
    CHANGES["backend.loadBalancer"]!,
    { ...FRONT, ...WATCH, domain: "ml.your-company.com", tls: { acm: "new" }, ...CHANGES["dns.zone"] },
    { ...CHANGES["backend.mode"], backend: { loadBalancer: true, mode: "fleet", fleet: { warmPool: 1 } } },
    CHANGES["gateway.fleet"]!,
    CHANGES["access"]!,
    { ...ACME, ...CHANGES["dns.zone"], network: { egress: "managed" } },
  ];
  const none = { access: "ssm", network: { egress: "none" }, backend: { ami: AMI }, ...CHANGES["python.wheelhouse"] };
  const graphs = await [...variants, none].reduce<Promise<GraphResource[]>>(
    async (all, variant) => [...(await all), ...(await evaluateDev(variant, deployed)).resources],
    Promise.resolve([]),
  );
  const aws = graphs.filter(({ type }) => type.startsWith("aws:"));
  const set = aws.flatMap((resource) => [...flatInputs(resource).keys()].map((input) => `${resource.type} ${input}`));
  const listed = Object.entries(INPUT_EFFECTS).flatMap(([type, inputs]) => Object.keys(inputs).map((input) => `${type} ${input}`));
  expect(listed.sort()).toEqual(expect.arrayContaining([...new Set(set)].sort()));
  expect(Object.keys(INPUT_EFFECTS).sort()).toEqual([...new Set(aws.map(({ type }) => type))].sort());
});

test("what is listed as ignored is ignored by the program", () => {
  for (const resource of before) {
    for (const [input, effect] of Object.entries(INPUT_EFFECTS[resource.type] ?? {})) {
      if (effect === "ignored") expect(resource.options.ignoreChanges).toContain(input);
    }
  }
});

test("every setting has one row and one change here", () => {
  expect([...rows.keys()].filter((key) => !ELSEWHERE.includes(key)).sort()).toEqual(
    settings.filter((key) => !ELSEWHERE.includes(key)).sort(),
  );
  expect(Object.keys(CHANGES).sort()).toEqual(settings.filter((key) => !ELSEWHERE.includes(key)).sort());
});

test("without a change nothing happens", async () => {
  expect([...compare(before, (await evaluateDev({}, deployed)).resources)]).toEqual([]);
});

test("a zone that is appended replaces nothing", async () => {
  const network = {
    availabilityZones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    gatewaySubnets: ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"],
    webserverSubnets: ["10.0.101.0/24", "10.0.102.0/24", "10.0.103.0/24"],
  };
  const effects = compare(before, (await evaluateDev({ network }, deployed)).resources);
  expect([...new Set(effects.values())]).toEqual(["new"]);
});

test.each(Object.keys(CHANGES))("%s", async (key) => {
  const beside = BESIDE[key];
  const then = beside === undefined ? before : (await evaluateDev(beside, deployed)).resources;
  const effects = compare(then, (await evaluateDev({ ...beside, ...CHANGES[key] }, deployed)).resources);
  expect({ gateway: cell("gateway", effects), backend: cell("backend", effects) }).toEqual(rows.get(key));
});
