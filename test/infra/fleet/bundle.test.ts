import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { extract } from "tar-stream";
import { fleetBundle, fleetSecrets, secretText, waves, type FleetBundle } from "../../../infra/fleet/bundle";
import { renderEnvFile } from "../../../infra/release/env-file";
import type { FleetInputs } from "../../../infra/fleet/bundle";
import { hostScripts, hostSteps } from "../../../infra/release/steps";
import type { HostSpec } from "../../../infra/release/types";
import { sha256 } from "../../../infra/sha256";
import { BUNDLE, VALUES, exampleSpec } from "../release/example";

const INDEX = "https://anna:pass-of-the-index@pypi.example.com/simple";
const withIndex: Partial<HostSpec> = { index: { url: "https://pypi.example.com/simple", secret: true } };

function inputsOf(changes: Partial<HostSpec> = {}): FleetInputs {
  const spec = exampleSpec("backend", { balanced: true, ...changes });
  const values = (): object => ({ env: pulumi.secret(VALUES.env), index: changes.index === undefined ? undefined : pulumi.secret(INDEX) });
  return { spec, releases: "releases/", bucketName: "models-bucket", values };
}

async function filesOf({ bytes }: FleetBundle): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const reader = extract();
  reader.end(gunzipSync(bytes));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    found.set(entry.header.name, Buffer.concat(chunks).toString());
  }
  return found;
}

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

/** What templates/fleet/run.sh makes of an input. */
function filled(input: string, secrets: string): string {
  const [head = "", payload = ""] = secrets.split("---\n");
  const value = (name: string): string => new RegExp(`^${name}=(.*)$`, "m").exec(head)?.[1] ?? "";
  return input
    .replace(/^@@ddos-secret:payload@@\n/m, payload.replace("===\n", ""))
    .replace(/@@ddos-secret:(\w+)@@/g, (_all, name: string) => value(name));
}

test("has the commands, scripts and inputs of a host that is set up over SSH, in the same order", async () => {
  const inputs = inputsOf(withIndex);
  const files = await filesOf(fleetBundle(inputs));
  const secrets = await resolved(fleetSecrets(inputs));
  const { spec } = inputs;
  const { create, stdin } = hostScripts(spec);
  expect([files.get("scripts/create"), files.get("scripts/input")]).toEqual([create, stdin]);
  for (const step of hostSteps(spec)) {
    expect(files.get(`${step.name}/create`)).toBe(step.create);
    expect(filled(files.get(`${step.name}/input`) ?? "", secrets)).toBe(step.stdin({ ...VALUES, index: INDEX }));
  }
  expect(files.get("order")).toBe("prepare\ncode env models\nrelease\nverify\n");
  expect([...files.keys()].sort()).toEqual(
    ["code", "env", "models", "prepare", "release", "scripts", "verify"]
      .flatMap((name) => [`${name}/`, `${name}/create`, `${name}/input`])
      .concat("order", "redact.py", "run.sh")
      .sort(),
  );
});

test("holds no secret, and stays the same when one changes", async () => {
  const bundle = fleetBundle(inputsOf(withIndex));
  const { "run.sh": _program, ...texts } = Object.fromEntries(await filesOf(bundle));
  const text = Object.values(texts).join("\n");
  const env = Buffer.from(renderEnvFile(VALUES.env ?? {})).toString("base64");
  for (const secret of ["a very secret value", "pass-of-the-index", env.slice(0, 40)]) expect(text).not.toContain(secret);
  expect(text.match(/@@ddos-secret:\w+@@/g)?.sort()).toEqual(
    ["env", "env", "env", "index", "payload"].map((name) => `@@ddos-secret:${name}@@`),
  );
});

test("the same inputs are named by the digest of what is in them, however it is packed; another release gives others", () => {
  const [first, again] = [fleetBundle(inputsOf()), fleetBundle(inputsOf())];
  expect(again.sha256).toBe(first.sha256);
  expect(first.sha256).toBe(sha256(gunzipSync(first.bytes)));
  expect(first.key).toBe(`releases/${first.sha256}.tar.gz`);
  const changed = inputsOf({ code: { kind: "bundle", bundle: { ...BUNDLE, sha256: "beef".repeat(16) } } });
  expect(fleetBundle(changed).sha256).not.toBe(first.sha256);
});

test("an application whose folder holds secrets is refused", () => {
  expect(() => fleetBundle(inputsOf({ code: { kind: "bundle", bundle: BUNDLE, secret: true } }))).toThrow(/take them out of app\.path/);
});

test("what is secret is one text, marked as such, that fits a parameter", async () => {
  expect(await pulumi.isSecret(fleetSecrets(inputsOf()))).toBe(true);
  expect(() => secretText({ LONG: "x".repeat(6200) })).toThrow(/have \d+ bytes .* the limit of SSM is 8192/);
  expect(Buffer.byteLength(secretText({ LONG: "x".repeat(5800) }))).toBeLessThanOrEqual(8192);
});

test("steps that wait for nothing of each other are one line", () => {
  expect(waves(["verify", "prepare", "release"], { role: "backend" })).toEqual([["prepare"], ["release"], ["verify"]]);
});

describe("of gateways", () => {
  const KEYS = { "client-a": "0123456789abcdef".repeat(2), b: "fedcba9876543210".repeat(2) };
  const USERS = { operations: "Q2hhbmdl'VGhpcw&\\1", anna: "another:password/4711" };
  const access = {
    keyNames: Object.keys(KEYS).sort(),
    userNames: Object.keys(USERS).sort(),
    perSecond: 10,
    burst: 10,
    openHealth: true,
    forwardKey: false,
  };
  const given = { apiKeys: pulumi.secret(KEYS), basicAuth: pulumi.secret(USERS) };

  function gateway(changes: Partial<HostSpec> = {}): FleetInputs {
    const spec = exampleSpec("gateway", { balanced: true, upstream: "backend.internal:9000", ...changes });
    const values = (): object => ({ env: pulumi.secret(VALUES.env), ...given });
    return { spec, releases: "releases/gateway/", bucketName: "models-bucket", values };
  }

  /** By the program itself, as a host does it. */
  function filledByHost(input: string, secrets: string): { input: string; env: string } {
    const folder = mkdtempSync(join(tmpdir(), "bundle-"));
    try {
      const program = readFileSync(join(__dirname, "../../../templates/fleet/run.sh"), "utf8").split("\nrm -f -- ")[0] ?? "";
      writeFileSync(join(folder, "secrets"), `${secrets}`);
      writeFileSync(join(folder, "input"), input);
      const text = `${program}\nopen_secrets\nfilled "$PRIVATE/input"\n`;
      const made = execFileSync("bash", ["-c", text, "run.sh", folder, folder], { encoding: "utf8" });
      return { input: made, env: readFileSync(join(folder, "env"), "utf8") };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test("a host makes of bundle and parameter what a gateway gets over SSH: settings, keys of the API, passwords of its users", async () => {
    const inputs = gateway({ access });
    const files = await filesOf(fleetBundle(inputs));
    const secrets = await resolved(fleetSecrets(inputs));
    const values = { ...VALUES, apiKeys: KEYS, basicAuth: USERS, backendAddress: "0.0.0.0", balancerName: "backend.internal" };
    for (const step of hostSteps(inputs.spec)) {
      expect(filledByHost(files.get(`${step.name}/input`) ?? "", `${secrets.trimEnd()}\n`).input).toBe(step.stdin(values));
    }
    expect(files.get("order")).toBe("prepare\naccess code env\nrelease\nverify\n");
  });

  test("what a host shows is without keys and passwords, and the bundle has none", async () => {
    const inputs = gateway({ access });
    const bundle = fleetBundle(inputs);
    const texts = [...(await filesOf(bundle)).values()].join("\n");
    const { env } = filledByHost("---\n===\n", await resolved(fleetSecrets(inputs)));
    for (const secret of [...Object.values(KEYS), ...Object.values(USERS)]) {
      expect(env).toContain(`=${secret}\n`);
      for (const form of [secret, Buffer.from(secret).toString("base64").slice(0, 20)]) expect(texts).not.toContain(form);
    }
    expect(bundle.key).toMatch(/^releases\/gateway\//);
  });

  test("in proxy mode there is no .env, and the parameter holds none", async () => {
    const inputs = gateway({ gatewayMode: "proxy" });
    const files = await filesOf(fleetBundle(inputs));
    expect(files.get("order")).toBe("prepare\nrelease\nverify\n");
    expect(await resolved(fleetSecrets(inputs))).toBe(secretText({}));
    const { input, env } = filledByHost(files.get("release/input") ?? "", secretText({}));
    expect(input).toBe(
      hostSteps(inputs.spec)
        .find(({ name }) => name === "release")
        ?.stdin({}),
    );
    expect(env.trim()).toBe("INDEX=''");
  });
});
