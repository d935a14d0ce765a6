import { execFileSync } from "child_process";
import { createHash } from "crypto";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { gunzipSync } from "zlib";
import * as pulumi from "@pulumi/pulumi";
import { utils, type ParsedKey } from "ssh2";
import { ConfigError, loadConfig } from "../../../infra/config/load";
import type { StackConfig } from "../../../infra/config/types";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { lacking, unless } from "../../needs";

const ROOT = path.resolve(__dirname, "../../..");
const pair = (): { private: string; public: string } => {
  const key = placeholderKey();
  return { private: key, public: `ssh-ed25519 ${(utils.parseKey(key) as ParsedKey).getPublicSSH().toString("base64")}` };
};
const KEY = pair();
const OLD_KEY = pair();
const SECRETS = ["ml-gateway:sshPrivateKey", "ml-gateway:sshPreviousPrivateKey", "ml-gateway:secretEnv"];
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "config-test-"));
const APP = path.join(scratch, "app");
const KEY_FILE = path.join(scratch, "key");
const GOOD = {
  "aws:region": "us-east-1",
  "ml-gateway:app": JSON.stringify({ path: APP }),
  "ml-gateway:sshPrivateKey": KEY.private,
  "ml-gateway:secretEnv": JSON.stringify({ DATABASE_URL: "sqlite:////home/ddos/data/cache.db", SECRET_KEY: "0123456789abcdef0123" }),
};

beforeAll(async () => {
  fs.writeFileSync(KEY_FILE, KEY.private);
  fs.mkdirSync(path.join(APP, "ml_gateway"), { recursive: true });
  fs.writeFileSync(path.join(APP, "ml_gateway/app.py"), 'import os\n\nUPSTREAM = os.environ.get("UPSTREAM_URL")\napp = make()\n');
  fs.writeFileSync(path.join(APP, "requirements.txt"), "fastapi==1\nuvicorn==1\npython-dotenv==1\nscikit-learn==1.7.2\n");
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "id", state: {} }), call: () => ({}) }, "ml-gateway", "dev");
});
afterAll(() => fs.rmSync(scratch, { recursive: true }));

type Overrides = Readonly<Record<string, object | string | undefined>>;

function load(overrides: Overrides = {}, secretKeys = SECRETS): StackConfig {
  const merged: Overrides = { ...GOOD, ...overrides };
  const config: Record<string, string> = Object.fromEntries(
    Object.entries(merged).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === "string" ? value : JSON.stringify(value)]],
    ),
  );
  pulumi.runtime.setAllConfig(config, secretKeys);
  return loadConfig(ROOT).config;
}

function problems(overrides: Overrides, secretKeys = SECRETS): readonly string[] {
  try {
    load(overrides, secretKeys);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
}

test("the defaults are the values of the map", () => {
  expect(load()).toMatchObject({
    region: "us-east-1",
    network: {
      cidr: "10.0.0.0/16",
      availabilityZones: ["us-east-1a", "us-east-1b"],
      gatewaySubnets: ["10.0.1.0/24", "10.0.2.0/24"],
      webserverSubnets: ["10.0.101.0/24", "10.0.102.0/24"],
      egress: "gateway",
    },
    gateway: { instanceType: "t3.micro", rootVolumeGiB: 16, sshFrom: ["0.0.0.0/0"] },
    backend: { instanceType: "t3.micro", rootVolumeGiB: 16, port: 9000 },
    health: { path: "/health", status: 200, body: '{"status":"ok"}', headers: {}, startSeconds: 60 },
    requests: { bodyMiB: 1, timeoutSeconds: 30, perSecond: 100, burst: 200, connections: 100 },
    app: { kind: "path", module: "ml_gateway.app:app" },
    env: { LOG_LEVEL: "info", CACHE_TTL: "300" },
  });
});

test("health as a JSON object keeps the types of its values", () => {
  const body = { status: "healthy", ready: true, models: 3 };
  expect(load({ "ml-gateway:health": { body, path: "/api/health?full=1", host: "ml.example.org" } }).health).toMatchObject({ body });
});

test("the public key is derived from the private one", () => {
  expect(load().ssh?.publicKey).toBe(KEY.public.split(" ").slice(0, 2).join(" "));
});

test("a private key may be given as base64 on one line, because the CLI reads one line only", () => {
  const encoded = Buffer.from(KEY.private).toString("base64");
  expect(load({ "ml-gateway:sshPrivateKey": `${encoded}\n` }).ssh?.publicKey).toBe(load().ssh?.publicKey);
  expect(problems({ "ml-gateway:sshPrivateKey": "-----BEGIN OPENSSH PRIVATE KEY-----" })).toEqual([
    expect.stringMatching(/^ml-gateway:sshPrivateKey: the key is cut off: its last line/),
  ]);
});

const network = (change: object) => ({ "ml-gateway:network": change });
const secretEnv = (change: object) => ({
  "ml-gateway:secretEnv": { DATABASE_URL: "sqlite:///x", SECRET_KEY: "0123456789abcdef0123", ...change },
});
const commit = "0123456789abcdef0123456789abcdef01234567";
const sha256 = "0".repeat(64);

/** Each bad configuration has exactly one message, which names the key, what was found and what to do. */
const BAD: [title: string, overrides: Overrides, message: RegExp][] = [
  ["app missing", { "ml-gateway:app": undefined }, /^ml-gateway:app: missing\. Where the application comes from/],
  ["app without a source", { "ml-gateway:app": {} }, /^ml-gateway:app: found no source; give exactly one of path, git and bundle/],
  [
    "two sources",
    { "ml-gateway:app": { path: APP, git: { url: "https://example.com/x.git", commit } } },
    /^ml-gateway:app: found path and git;/,
  ],
  ["app folder missing", { "ml-gateway:app": { path: "nowhere" } }, /^ml-gateway:app\.path: .*nowhere/],
  [
    "group given as text",
    { "ml-gateway:network": "10.0.0.0/16" },
    /^ml-gateway:network: found a single value \("10\.0\.0\.0\/16"\); write a group of keys \(cidr, /,
  ],
  [
    "a release of Ubuntu that is not offered",
    { "ml-gateway:backend": { os: "ubuntu-26.04" } },
    /^ml-gateway:backend\.os: found "ubuntu-26\.04".*ubuntu-22\.04.*ubuntu-24\.04.*no wheels for its Python 3\.14/,
  ],
  [
    "a package that is none",
    { "ml-gateway:backend": { packages: ["libgomp1; reboot"] } },
    /^ml-gateway:backend\.packages\[0\]: found "libgomp1; reboot".*the name of a package of Ubuntu/,
  ],
  ["a time without an end", { "ml-gateway:release": { bakeSeconds: 3600 } }, /^ml-gateway:release\.bakeSeconds: found 3600/],
  ["a share in per cent", { "ml-gateway:release": { bakeErrorShare: 5 } }, /^ml-gateway:release\.bakeErrorShare: found 5/],
  [
    "what is copied, without a time for it",
    { "ml-gateway:release": { shadow: { minAgreement: 0.95, percent: 50 } } },
    /^ml-gateway:release\.shadow\.seconds: is 0, so no request is copied, and minAgreement, percent would do nothing/,
  ],
  [
    "copies of what changes something",
    { "ml-gateway:release": { shadow: { seconds: 60, requests: ["DELETE /rows"] } } },
    /^ml-gateway:release\.shadow\.requests\[0\]: found "DELETE \/rows"/,
  ],
  [
    "a proof that changes something is no request to copy",
    { "ml-gateway:release": { shadow: { seconds: 60 } }, "ml-gateway:gateway": { proof: { method: "PUT", path: "/row?x=1" } } },
    /^ml-gateway:release\.shadow\.requests: missing, and the request of gateway\.proof \(PUT \/row\) is there to change something/,
  ],
  [
    "more to be judged than are asked",
    { "ml-gateway:release": { shadow: { seconds: 60, minRequests: 50, maxRequests: 20 } } },
    /^ml-gateway:release\.shadow\.minRequests: found 50, and with 20 requests it is over \(maxRequests\)/,
  ],
  [
    "a share that has to agree in per cent",
    { "ml-gateway:release": { shadow: { seconds: 60, minAgreement: 95 } } },
    /^ml-gateway:release\.shadow\.minAgreement: found 95/,
  ],
  [
    "a path with its query",
    { "ml-gateway:release": { shadow: { seconds: 60, requests: ["GET /a?b=1"] } } },
    /^ml-gateway:release\.shadow\.requests\[0\]: found "GET \/a\?b=1"/,
  ],
  ["a release that has to be faster", { "ml-gateway:release": { bakeLatency: 0.5 } }, /^ml-gateway:release\.bakeLatency: found 0\.5/],
  ["an unknown allowance", { "ml-gateway:sandbox": { allow: ["all"] } }, /^ml-gateway:sandbox\.allow\[0\]: found "all".*jit/],
  [
    "a target without a place",
    { "ml-gateway:backend": { egress: [{ port: 5432, description: "db" }] } },
    /^ml-gateway:backend\.egress\[0\]: found neither cidr nor securityGroup; give one of them/,
  ],
  [
    "a target on the Internet behind the gateway's NAT",
    { "ml-gateway:backend": { egress: [{ port: 5432, cidr: "203.0.113.7/32", description: "db" }] } },
    /^ml-gateway:backend\.egress\[0\]\.cidr: found 203\.0\.113\.7\/32, which is on the Internet, .* set network\.egress to managed$/,
  ],
  [
    "a target twice",
    {
      "ml-gateway:backend": {
        egress: ["a", "b"].map((description) => ({ port: 6379, securityGroup: "sg-0123456789abcdef0", description })),
      },
    },
    /^ml-gateway:backend\.egress\[1\]: is the same as backend\.egress\[0\]; remove one of the two$/,
  ],
  [
    "a release and an image",
    { "ml-gateway:gateway": { os: "ubuntu-24.04", ami: "ami-0123456789abcdef0" } },
    /^ml-gateway:gateway\.os: found ubuntu-24\.04, and gateway\.ami names an image, which decides alone; remove one of the two$/,
  ],
  ["misspelt group", { "ml-gateway:netwrok": {} }, /^ml-gateway:netwrok: unknown key; did you mean "network"\?/],
  [
    "a key set without --path",
    { "ml-gateway:gateway.sshFrom[0]": "198.51.100.7/32" },
    /^ml-gateway:gateway\.sshFrom\[0\]: found a key of that whole name, .* without --path\. Remove it \(pulumi config rm 'ml-gateway:gateway\.sshFrom\[0\]'\) and set it again: pulumi config set --path 'ml-gateway:gateway\.sshFrom\[0\]' VALUE$/,
  ],
  [
    "a misspelt key set without --path",
    { "ml-gateway:gatewy.sshFrom[0]": "198.51.100.7/32" },
    /rm 'ml-gateway:gatewy\.sshFrom\[0\]'.* --path 'ml-gateway:gateway\.sshFrom\[0\]' VALUE$/,
  ],
  [
    "a secret set without --path, in plain text",
    { "ml-gateway:secretEnv.API_KEY": "hunter22" },
    /^ml-gateway:secretEnv\.API_KEY: (?!.*hunter22).* set --secret --path 'ml-gateway:secretEnv\.API_KEY' VALUE \(it was stored in plain text: treat/,
  ],
  ["dotted key of no section", { "ml-gateway:zebra.x": "1" }, /^ml-gateway:zebra\.x: unknown key; known keys: network, gateway,/],
  ["nothing near", { "ml-gateway:foo": "1" }, /^ml-gateway:foo: unknown key; known keys: network, gateway,/],
  ["misspelt project", { "ml-gatway:network": {} }, /^ml-gatway:network: nothing reads it; did you mean "ml-gateway:network"\?/],
  ["misspelt key", network({ egres: "none" }), /^ml-gateway:network\.egres: unknown key; did you mean "egress"\?/],
  [
    "wrong type",
    { "ml-gateway:backend": { port: "9000" } },
    /^ml-gateway:backend\.port: found "9000"; that is a text: leave out the quotes; write a port from 1024/,
  ],
  ["wrong choice", network({ egress: "nat" }), /^ml-gateway:network\.egress: found "nat"; write gateway, managed or none/],
  [
    "volume too small",
    { "ml-gateway:backend": { rootVolumeGiB: 8 } },
    /^ml-gateway:backend\.rootVolumeGiB: found 8; write a whole number from 10 to 100, .*Less than 10 GiB does not hold/,
  ],
  [
    "workers neither auto nor a number",
    { "ml-gateway:backend": { workers: "many" } },
    /^ml-gateway:backend\.workers: found "many"; write auto, or a whole number from 1 to 64/,
  ],
  [
    "VPC block with host bits",
    network({ cidr: "10.0.1.0/16" }),
    /^ml-gateway:network\.cidr: found "10\.0\.1\.0\/16", which has host bits set .*; the block is 10\.0\.0\.0\/16/,
  ],
  ["VPC block too large", network({ cidr: "10.0.0.0/8" }), /^ml-gateway:network\.cidr: found 10\.0\.0\.0\/8; AWS takes blocks from \/16/],
  [
    "subnet too small",
    network({ gatewaySubnets: ["10.0.1.0/29", "10.0.2.0/24"] }),
    /^ml-gateway:network\.gatewaySubnets\[0\]: found 10\.0\.1\.0\/29; AWS takes/,
  ],
  [
    "subnet outside the VPC",
    network({ webserverSubnets: ["10.1.101.0/24", "10.0.102.0/24"] }),
    /^ml-gateway:network\.webserverSubnets\[0\]: found 10\.1\.101\.0\/24, which lies outside/,
  ],
  [
    "subnets overlap",
    network({ webserverSubnets: ["10.0.2.128/25", "10.0.102.0/24"] }),
    /^ml-gateway:network\.webserverSubnets\[0\]: found 10\.0\.2\.128\/25, which overlaps gatewaySubnets\[1\]/,
  ],
  [
    "fewer subnets than zones",
    network({ gatewaySubnets: ["10.0.1.0/24"] }),
    /^ml-gateway:network\.gatewaySubnets: found 1 block for 2 availability zones/,
  ],
  [
    "zone of another region",
    network({ availabilityZones: ["us-east-1a", "eu-west-1b"] }),
    /^ml-gateway:network\.availabilityZones\[1\]: found "eu-west-1b", which is not in aws:region us-east-1/,
  ],
  ["no region", { "aws:region": "somewhere" }, /^aws:region: found "somewhere", which is no region of AWS; write one/],
  [
    "SSH from a host address",
    { "ml-gateway:gateway": { sshFrom: ["203.0.113.7/24"] } },
    /^ml-gateway:gateway\.sshFrom\[0\]: found "203\.0\.113\.7\/24", which has host bits set/,
  ],
  [
    "unknown instance type",
    { "ml-gateway:backend": { instanceType: "q9.nano" } },
    /^ml-gateway:backend\.instanceType: found "q9\.nano", which is no instance type that this program knows/,
  ],
  [
    "git branch in place of a commit",
    { "ml-gateway:app": { git: { url: "https://example.com/x.git", commit: "main" } } },
    /^ml-gateway:app\.git\.commit: found "main"; write the full commit hash, 40 hex digits/,
  ],
  [
    "git URL with credentials",
    { "ml-gateway:app": { git: { url: "https://user:token@example.com/x.git", commit } } },
    /^ml-gateway:app\.git\.url: holds credentials/,
  ],
  [
    "git over ssh",
    { "ml-gateway:app": { git: { url: "git@example.com:x.git", commit } } },
    /^ml-gateway:app\.git\.url: found "git@example\.com:x\.git", which needs an SSH key, and the hosts have none; only https.* app\.bundle, or check it out and give app\.path$/,
  ],
  [
    "git URL on two lines",
    { "ml-gateway:app": { git: { url: "https://example.com/x.git\nid=1", commit } } },
    /^ml-gateway:app\.git\.url: found "https:.*x\.git\\nid=1"; only https:\/\/ /,
  ],
  [
    "schedule on two lines",
    { "ml-gateway:backup": { schedule: "daily\nUnit=x" } },
    /^ml-gateway:backup\.schedule: found .*; write a calendar expression of systemd on one line/,
  ],
  [
    "bundle without a digest",
    { "ml-gateway:app": { bundle: { uri: "s3://bucket/app.tar.gz" } } },
    /^ml-gateway:app\.bundle\.sha256: missing/,
  ],
  [
    "module without an attribute",
    { "ml-gateway:app": { path: APP, module: "app" } },
    /^ml-gateway:app\.module: found "app", which is not MODULE:ATTRIBUTE as Python imports it .*; write app:app \(app being the name of the application in it\)$/,
  ],
  [
    "module as a path",
    { "ml-gateway:app": { path: APP, module: "ml_gateway/app.py" } },
    /^ml-gateway:app\.module: found "ml_gateway\/app\.py", .*; write ml_gateway\.app:app \(app being the name of the application in it\)$/,
  ],
  [
    "module as a command line",
    { "ml-gateway:app": { path: APP, module: "src/ml-gateway/main.py:api" } },
    /^ml-gateway:app\.module: .*; Python imports no name with a hyphen: rename ml-gateway to ml_gateway, and write ml_gateway\.main:api$/,
  ],
  [
    "git over ssh, as a URL",
    { "ml-gateway:app": { git: { url: "ssh://git@example.com/x.git", commit } } },
    /^ml-gateway:app\.git\.url: found "ssh:.*which needs an SSH key/,
  ],
  [
    "the project itself as the application",
    { "ml-gateway:app": { path: "." } },
    /^ml-gateway:app\.path: found "\.", which is this project's own folder; give the folder of the application alone/,
  ],
  [
    "a folder above the project",
    { "ml-gateway:app": { path: ".." } },
    /^ml-gateway:app\.path: found "\.\.", which is a folder above this project;/,
  ],
  [
    "patterns without a folder",
    { "ml-gateway:app": { git: { url: "https://example.com/x.git", commit }, exclude: ["tests/"] } },
    /^ml-gateway:app\.exclude: is read with app\.path only/,
  ],
  [
    "another interface",
    { "ml-gateway:app": { path: APP, interface: "rsgi" } },
    /^ml-gateway:app\.interface: found "rsgi"; did you mean asgi\? write asgi or wsgi/,
  ],
  [
    "manifest missing",
    { "ml-gateway:models": { manifest: "models-manifest/nowhere.json" } },
    /^ml-gateway:models\.manifest: .*nowhere\.json/,
  ],
  ["no private key", { "ml-gateway:sshPrivateKey": undefined }, /^ml-gateway:sshPrivateKey: missing\. Set it/],
  [
    "two private keys",
    { "ml-gateway:ssh": { privateKeyFile: "~/key" } },
    /^ml-gateway:ssh\.privateKeyFile: ml-gateway:sshPrivateKey is given too/,
  ],
  [
    "two previous private keys",
    { "ml-gateway:ssh": { previousPrivateKeyFile: "~/key" }, "ml-gateway:sshPreviousPrivateKey": OLD_KEY.private },
    /^ml-gateway:ssh\.previousPrivateKeyFile: ml-gateway:sshPreviousPrivateKey is given too/,
  ],
  [
    "the previous private key is the current one",
    { "ml-gateway:sshPreviousPrivateKey": Buffer.from(KEY.private).toString("base64") },
    /^ml-gateway:sshPreviousPrivateKey: is the same key as sshPrivateKey, so there is nothing to rotate/,
  ],
  [
    "the same key in two files",
    {
      "ml-gateway:sshPrivateKey": undefined,
      "ml-gateway:ssh": { privateKeyFile: KEY_FILE, previousPrivateKeyFile: KEY_FILE },
    },
    /^ml-gateway:ssh\.previousPrivateKeyFile: is the same key as ssh\.privateKeyFile, .* set ssh\.privateKeyFile to the new key/,
  ],
  [
    "a previous key that is none",
    { "ml-gateway:sshPreviousPrivateKey": "hello" },
    /^ml-gateway:sshPreviousPrivateKey: found no private key in OpenSSH or PEM form/,
  ],
  [
    "a previous key file that cannot be read",
    { "ml-gateway:ssh": { previousPrivateKeyFile: "nowhere/key" } },
    /^ml-gateway:ssh\.previousPrivateKeyFile: nowhere\/key: there is no such file/,
  ],
  [
    "text that is no key",
    { "ml-gateway:sshPrivateKey": "hello" },
    /^ml-gateway:sshPrivateKey: found no private key in OpenSSH or PEM form/,
  ],
  ["public key", { "ml-gateway:sshPrivateKey": KEY.public }, /^ml-gateway:sshPrivateKey: found a public key; name the private one/],
  [
    "secret missing",
    { "ml-gateway:secretEnv": { DATABASE_URL: "sqlite:///x" }, "ml-gateway:app": { path: APP, requires: ["DATABASE_URL", "SECRET_KEY"] } },
    /^ml-gateway:secretEnv\.SECRET_KEY: missing, and app\.requires says .*pulumi config set --secret --path 'ml-gateway:secretEnv\.SECRET_KEY'/,
  ],
  [
    "all secrets missing",
    { "ml-gateway:secretEnv": undefined, "ml-gateway:app": { path: APP, requires: ["SECRET_KEY"] } },
    /^ml-gateway:secretEnv\.SECRET_KEY: missing, and app\.requires/,
  ],
  [
    "secret too short",
    secretEnv({ SECRET_KEY: "short" }),
    /^ml-gateway:secretEnv\.SECRET_KEY: found a \(secret\) value of 5 characters; write a random text of at least 16/,
  ],
  ["line end of Windows in a setting", { "ml-gateway:env": { GREETING: "a\r\nb" } }, /^ml-gateway:env\.GREETING: holds a carriage return/],
  [
    "NUL in a secret",
    secretEnv({ TLS_CERTIFICATE: "-----BEGIN\0" }),
    /^ml-gateway:secretEnv\.TLS_CERTIFICATE: holds a NUL byte(?!.*BEGIN)/,
  ],
  [
    "bad variable name",
    secretEnv({ "api-key": "x" }),
    /^ml-gateway:secretEnv\.api-key: is not a name for an environment variable; .* for example api_key$/,
  ],
  ["secret in plain settings", { "ml-gateway:env": { OPENAI_API_KEY: "x" } }, /^ml-gateway:env\.OPENAI_API_KEY: looks like a secret/],
  [
    "setting that the program makes",
    { "ml-gateway:env": { MODEL_PATH: "/x" } },
    /^ml-gateway:env\.MODEL_PATH: is set by the program; remove it/,
  ],
  [
    "unknown log level",
    { "ml-gateway:env": { LOG_LEVEL: "loud" } },
    /^ml-gateway:env\.LOG_LEVEL: found "loud"; write debug, info, warning or error/,
  ],
  [
    "health body on two lines",
    { "ml-gateway:health": { body: "a\nb" } },
    /^ml-gateway:health\.body: found "a\\nb"; write a text of one line/,
  ],
  ["health body a number", { "ml-gateway:health": { body: 200 } }, /^ml-gateway:health\.body: found 200; /],
  [
    "health body that cannot come",
    { "ml-gateway:health": { status: 204 } },
    /^ml-gateway:health\.body: an answer with status 204 has no body.*write: body: any$/,
  ],
  [
    "health body with too much JSON",
    { "ml-gateway:health": { body: { a: "x".repeat(4096) } } },
    /^ml-gateway:health\.body: found 4104 characters of JSON, more than the 4096 .* name the keys/,
  ],
  [
    "health header of the connection",
    { "ml-gateway:health": { headers: { Upgrade: "h2c" } } },
    /^ml-gateway:health\.headers\.Upgrade: belongs to/,
  ],
  [
    "health header Host",
    { "ml-gateway:health": { headers: { host: "a" } } },
    /^ml-gateway:health\.headers\.host: .* write it as health\.host$/,
  ],
  [
    "health header with a space",
    { "ml-gateway:health": { headers: { "a b": "a" } } },
    /^ml-gateway:health\.headers\.a b: not a name for a header/,
  ],
  [
    "health header with a credential",
    { "ml-gateway:health": { headers: { "X-Api-Key": "hunter22" } } },
    /^ml-gateway:health\.headers\.X-Api-Key: looks like a credential, (?!.*hunter22).* let the health endpoint answer without one$/,
  ],
  [
    "health status of no answer",
    { "ml-gateway:health": { status: 100 } },
    /^ml-gateway:health\.status: found 100; write a whole number from 200 to 599/,
  ],
  [
    "a start without end",
    { "ml-gateway:health": { startSeconds: 7200 } },
    /^ml-gateway:health\.startSeconds: found 7200; write a whole number from 10 to 1800/,
  ],
  [
    "no burst, which nginx refuses",
    { "ml-gateway:requests": { burst: 0 } },
    /^ml-gateway:requests\.burst: found 0; write a whole number from 1 to/,
  ],
  [
    "wheelhouse without a digest",
    { "ml-gateway:python": { wheelhouse: { uri: "s3://bucket/w.tar.gz" } } },
    /^ml-gateway:python\.wheelhouse\.sha256: missing/,
  ],
];

test.each(BAD)("%s", (_title, overrides, message) => {
  expect(problems(overrides)).toEqual([expect.stringMatching(message)]);
});

test("a secret that is stored in plain text is refused without showing it", () => {
  const found = problems({}, ["ml-gateway:sshPrivateKey"]);
  expect(found).toEqual([expect.stringMatching(/^ml-gateway:secretEnv: stored in plain text/)]);
  expect(found.join()).not.toContain("0123456789abcdef0123");
});

describe("gateway.secretEnv", () => {
  const given = { "ml-gateway:gateway": { elasticIp: true, secretEnv: { API_KEY: "f00d-cafe-f00d", PIN: 1234 }, env: { PORT: 8080 } } };
  // As the engine says it: the whole section, though one value in it is encrypted.
  const asSecret = [...SECRETS, "ml-gateway:gateway"];

  test("is secret, and the rest of the section is not", async () => {
    const { gateway } = load(given, asSecret);
    expect(gateway).toMatchObject({ elasticIp: true, env: { PORT: "8080" }, secretEnvNames: ["API_KEY", "PIN"] });
    expect(await pulumi.isSecret(gateway.secretEnv)).toBe(true);
    expect(await new Promise((resolve) => gateway.secretEnv.apply(resolve))).toEqual({ API_KEY: "f00d-cafe-f00d", PIN: "1234" });
  });

  test("stored in plain text is refused, in one message that does not show it", () => {
    const found = problems(given);
    expect(found).toEqual([
      expect.stringMatching(
        /^ml-gateway:gateway\.secretEnv: stored in plain text.*pulumi config set --secret --path 'ml-gateway:gateway\.secretEnv\.API_KEY'/,
      ),
    ]);
    expect(found.join()).not.toContain("f00d");
  });

  test("none is needed, and an empty one is no leak", () => {
    expect(load().gateway.secretEnvNames).toEqual([]);
    expect(problems({ "ml-gateway:gateway": { secretEnv: {} } })).toEqual([]);
  });

  test.each<[string, object, RegExp]>([
    [
      "a group in place of a text",
      { secretEnv: { API_KEY: { deep: "f00d" } } },
      /^ml-gateway:gateway\.secretEnv\.API_KEY: found a group of keys; a text is needed/,
    ],
    ["a text in place of the group", { secretEnv: "f00d" }, /^ml-gateway:gateway\.secretEnv: found the given \(secret\) value/],
    [
      "a line end of Windows",
      { secretEnv: { API_KEY: "f00d\r\nf00d" } },
      /^ml-gateway:gateway\.secretEnv\.API_KEY: holds a carriage return/,
    ],
    [
      "a name that the program sets",
      { secretEnv: { UPSTREAM_URL: "f00d" } },
      /^ml-gateway:gateway\.secretEnv\.UPSTREAM_URL: is set by the program/,
    ],
    [
      "a name that is plain as well",
      { env: { REGION: "f00d" }, secretEnv: { REGION: "f00d" } },
      /^ml-gateway:gateway\.env\.REGION: also given in ml-gateway:gateway\.secretEnv/,
    ],
  ])("%s: one message without the value", (_title, gateway, message) => {
    const found = problems({ "ml-gateway:gateway": gateway }, asSecret);
    expect(found).toEqual([expect.stringMatching(message)]);
    expect(found.join()).not.toContain("f00d");
  });

  test("a name that looks like a secret among the plain settings is sent there, not to the backend's", () => {
    expect(problems({ "ml-gateway:gateway": { env: { OPENAI_API_KEY: "x" } } })).toEqual([
      expect.stringMatching(
        /^ml-gateway:gateway\.env\.OPENAI_API_KEY: looks like a secret, and gateway\.env is stored in plain text; move it: pulumi config set --secret --path 'ml-gateway:gateway\.secretEnv\.OPENAI_API_KEY'$/,
      ),
    ]);
  });

  test("set without --path it is an unknown key, and the way to set it has --secret", () => {
    expect(problems({ "ml-gateway:gateway.secretEnv.API_KEY": "f00d" })).toEqual([
      expect.stringMatching(
        /pulumi config set --secret --path 'ml-gateway:gateway\.secretEnv\.API_KEY' VALUE \(it was stored in plain text/,
      ),
    ]);
  });
});

test("a key file that cannot be read", () => {
  const overrides = { "ml-gateway:sshPrivateKey": undefined, "ml-gateway:ssh": { privateKeyFile: path.join(scratch, "none") } };
  expect(problems(overrides)).toEqual([
    expect.stringMatching(/^ml-gateway:ssh\.privateKeyFile: .*none: there is no such file or folder; check the path$/),
  ]);
});

test("a key with a passphrase", () => {
  const key = utils.generateKeyPairSync("ed25519", { passphrase: "x", cipher: "aes256-cbc", rounds: 1 }).private;
  expect(problems({ "ml-gateway:sshPrivateKey": key })).toEqual([
    expect.stringMatching(/^ml-gateway:sshPrivateKey: the private key has a passphrase/),
  ]);
});

test("the previous key stored in plain text is refused", () => {
  const found = problems({ "ml-gateway:sshPreviousPrivateKey": OLD_KEY.private }, ["ml-gateway:sshPrivateKey", "ml-gateway:secretEnv"]);
  expect(found).toEqual([expect.stringMatching(/^ml-gateway:sshPreviousPrivateKey: stored in plain text/)]);
  expect(found.join()).not.toContain("PRIVATE KEY");
});

test.each([
  ["as a secret", { "ml-gateway:sshPreviousPrivateKey": OLD_KEY.private }],
  ["as base64", { "ml-gateway:sshPreviousPrivateKey": Buffer.from(OLD_KEY.private).toString("base64") }],
])("the previous key %s", async (_title, overrides) => {
  const { previous } = load(overrides).ssh ?? {};
  expect(previous?.publicKey).toBe(OLD_KEY.public.split(" ").slice(0, 2).join(" "));
  expect(await pulumi.isSecret(previous?.privateKey as pulumi.Output<string>)).toBe(true);
});

test.each([
  ["as its file is", `${KEY.private.trim()}\n`],
  ["without the last line end, as `pulumi config set` stores it", KEY.private.trim()],
  ["as base64", Buffer.from(`${KEY.private.trim()}\n`).toString("base64")],
])("the key %s gives the same text, so that no step runs again", async (_title, given) => {
  const text = await new Promise((resolve) => load({ "ml-gateway:sshPrivateKey": given }).ssh?.privateKey.apply(resolve));
  expect(text).toBe(`${KEY.private.trim()}\n`);
});

test("without egress, everything that a host would fetch must be given", () => {
  expect(problems({ ...network({ egress: "none" }), "ml-gateway:app": { git: { url: "https://example.com/x.git", commit } } })).toEqual([
    expect.stringMatching(/^ml-gateway:backend\.ami: missing/),
    expect.stringMatching(/^ml-gateway:python\.wheelhouse: missing/),
    expect.stringMatching(/^ml-gateway:app\.git: application code/),
  ]);
  const wheelhouse = { uri: "s3://bucket/wheels.tar.gz", sha256 };
  expect(
    problems({
      ...network({ egress: "none" }),
      "ml-gateway:backend": { ami: "ami-0123456789abcdef0" },
      "ml-gateway:python": { wheelhouse },
    }),
  ).toEqual([]);
});

test("all problems are reported at once", () => {
  const found = problems({
    ...network({ egress: "nat", cidr: "10.0.0.0/8" }),
    "ml-gateway:backned": {},
    "ml-gateway:app": { path: "nowhere" },
    "ml-gateway:sshPrivateKey": "hello",
  });
  expect(found.map((problem) => problem.split(": ")[0])).toEqual(
    expect.arrayContaining([
      "ml-gateway:network.egress",
      "ml-gateway:network.cidr",
      "ml-gateway:backned",
      "ml-gateway:app.path",
      "ml-gateway:sshPrivateKey",
    ]),
  );
});

test("numbers and booleans in an environment become text", () => {
  expect(load({ "ml-gateway:env": { CACHE_TTL: 60, FEATURE: true } }).env).toMatchObject({ CACHE_TTL: "60", FEATURE: "true" });
});

test("something in the application's folder is named behind the folder and a colon", () => {
  const folder = path.join(scratch, "linked");
  fs.cpSync(APP, folder, { recursive: true });
  fs.symlinkSync("/srv", path.join(folder, "svc"));
  expect(problems({ "ml-gateway:app": { path: folder } })).toEqual([
    expect.stringMatching(/^ml-gateway:app\.path: \S+\/linked: svc is a symbolic link to \/srv, an absolute path/),
  ]);
});

unless(lacking("tar"))("a bundle that is at hand is read as a folder is, and travels as before", () => {
  const folder = path.join(scratch, "bundled");
  fs.cpSync(APP, folder, { recursive: true });
  const pack = (): Record<string, string> => {
    const file = path.join(scratch, "bundled.tar.gz");
    execFileSync("tar", ["-czf", file, "-C", folder, "."]);
    return {
      uri: "s3://code/a.tgz",
      sha256: createHash("sha256")
        .update(gunzipSync(fs.readFileSync(file)))
        .digest("hex"),
      file,
    };
  };
  const given = pack();
  const { uri, sha256 } = given;
  expect(problems({ "ml-gateway:app": { bundle: given } })).toEqual([]);
  expect(load({ "ml-gateway:app": { bundle: given } }).app).toMatchObject({ kind: "bundle", uri, sha256, atHand: given.file });
  expect(loadConfig(ROOT).sources.code).toEqual({ kind: "s3", uri, sha256 });
  fs.writeFileSync(path.join(folder, "requirements.txt"), "-e .\n");
  fs.writeFileSync(path.join(folder, "deploy.pem"), KEY.private);
  expect([...problems({ "ml-gateway:app": { bundle: pack(), module: "ml_gateway.main:app" } })].sort()).toEqual([
    expect.stringMatching(
      /^ml-gateway:app\.bundle\.file: deploy\.pem holds a private key, which would lie on both hosts; leave it out \(make the bundle/,
    ),
    expect.stringMatching(/^ml-gateway:app\.bundle\.file: requirements\.txt:1: found "-e \."/),
    expect.stringMatching(/^ml-gateway:app\.module: "ml_gateway\.main:app" names ml_gateway\/main\.py/),
  ]);
});

unless(lacking("python3"))("a syntax error of the application stops a deployment", () => {
  const folder = path.join(scratch, "broken");
  fs.cpSync(APP, folder, { recursive: true });
  fs.appendFileSync(path.join(folder, "ml_gateway/app.py"), "def broken(:\n");
  expect(problems({ "ml-gateway:app": { path: folder } })).toEqual([
    expect.stringMatching(/^ml-gateway:app\.path: ml_gateway\/app\.py, line 5: cannot be parsed as Python/),
  ]);
});
