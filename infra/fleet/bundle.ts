/**
 * What a host of a fleet needs to set itself up: the bundle, which is public to whoever may read the bucket's `releases/`, and beside it the one
 * text that is secret. Both are made of what a single host gets over SSH: the same scripts, commands and inputs, in the same order. Pure.
 */
import { gzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { keysText } from "../release/access";
import { envDigest, renderEnvFile } from "../release/env-file";
import { BACKEND_HOST, NO_ADDRESS, type StackInputs } from "../release/inputs";
import { setUpOrder } from "../release/order";
import { hasApplication } from "../release/render";
import { hostScripts, hostSteps, inputText, type Line } from "../release/steps";
import { packTar, type TarEntry } from "../release/tar";
import { readTemplate } from "../release/templates";
import type { GatewayMode, HostRole, HostSpec, Step, StepName } from "../release/types";
import { sha256 } from "../sha256";

/** Bytes that an SSM parameter of the advanced tier holds; the standard tier holds 4096. */
export const PARAMETER_LIMIT = 8192;

export interface FleetBundle {
  readonly bytes: Buffer;
  /** Of the archive in `bytes`, in hex: another zlib packs the same contents into other bytes. */
  readonly sha256: string;
  /** Where it belongs in the bucket. */
  readonly key: string;
}

/** The part of the inputs that a fleet is made of. */
export type FleetInputs = Pick<StackInputs, "bucketName" | "values"> & {
  /** What each of its hosts gets; its role is the fleet's. */
  readonly spec: HostSpec;
  /** What the keys of bundles begin with (fleetNames). */
  readonly releases: string;
};

/** What stands in an input until the host puts the value in its place; templates/fleet/run.sh knows both. */
const place = (name: string): string => `@@ddos-secret:${name}@@`;

/**
 * Values that no configuration has: what the steps make of them is where the secret ones belong. To a gateway of a fleet the name of the backend is the
 * VPC's from its first start on, and leads to the load balancer; it passes no packets, so it needs no address of theirs.
 */
const STAND_IN = {
  env: { DDOS_STAND_IN: "only a place" },
  index: place("index"),
  backendAddress: NO_ADDRESS,
  balancerName: BACKEND_HOST,
};

/**
 * The same inputs give the same digest on every machine, and so the same release.
 * @throws Error where the application's folder holds secrets, which a bundle may not.
 */
export function fleetBundle({ spec, bucketName, releases }: FleetInputs): FleetBundle {
  if (spec.code.kind === "bundle" && spec.code.secret === true) {
    throw new Error("the application's folder holds secrets, and the bundle of a fleet lies in the bucket: take them out of app.path");
  }
  const steps = hostSteps(spec);
  const { create, stdin } = hostScripts(spec);
  const order = waves(
    steps.map(({ name }) => name),
    spec,
  );
  const files: Record<string, string> = {
    order: order.map((names) => `${names.join(" ")}\n`).join(""),
    "redact.py": readTemplate("steps/redact.py"),
    "run.sh": readTemplate("fleet/run.sh"),
    "scripts/create": create,
    "scripts/input": stdin,
  };
  for (const step of steps) {
    files[`${step.name}/create`] = step.create;
    files[`${step.name}/input`] = publicInput(step, spec, bucketName);
  }
  const archive = packTar(entries(files));
  const bytes = gzipSync(archive, { level: 9 });
  // zlib writes the packing system into byte 9 of the header; 255 says "unknown" everywhere.
  bytes[9] = 255;
  const digest = sha256(archive);
  return { bytes, sha256: digest, key: `${releases}${digest}.tar.gz` };
}

/** Who may use the API. */
export interface AccessTexts {
  /** The text of the file that nginx includes. */
  readonly keys: string;
  /** Passwords by user. */
  readonly users: Readonly<Record<string, string>>;
}

/**
 * The text of the SecureString: the .env with all its variables and the login of the package index, on a gateway the keys of the API and its users as well,
 * in the form of a step's input. A secret.
 * @throws Error, when it resolves, where it is longer than a parameter may be
 */
export function fleetSecrets(inputs: FleetInputs): pulumi.Output<string> {
  const { spec } = inputs;
  const { env, index, apiKeys, basicAuth } = inputs.values(spec.role);
  const used = hasApplication(spec) ? env : {};
  const values = pulumi.all([pulumi.output(used ?? {}), pulumi.output(index), pulumi.output(apiKeys), pulumi.output(basicAuth)] as const);
  const text = values.apply(([variables, login, keys = {}, users = {}]) => {
    const access = spec.access === undefined ? {} : { access: { keys: keysText(keys), users } };
    return secretText(variables, { index: login, ...access, ...(spec.role === "gateway" ? { names: GATEWAYS } : {}) });
  });
  return pulumi.secret(text);
}

/** Keys of the configuration that a gateway's parameter is made of. */
export const GATEWAYS = "gateway.env, gateway.secretEnv, gateway.apiKeys and gateway.basicAuth";

export interface SecretTexts {
  readonly index?: string | undefined;
  readonly access?: AccessTexts | undefined;
  /** Keys of the configuration that all of it comes from, for a message. @default those of the backend */
  readonly names?: string;
}

export function secretText(
  env: Readonly<Record<string, string>>,
  { index, access, names = "env and secretEnv" }: SecretTexts = {},
): string {
  const lines: Line[] = [
    ["env", envDigest(env)],
    ...(index === undefined ? [] : [["index", index] as const]),
    ...(access === undefined ? [] : [["access", Buffer.from(access.keys).toString("base64")] as const]),
    ...Object.entries(access?.users ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, password]) => ["user", `${name}:${password}`] as const),
  ];
  const payload = Buffer.from(renderEnvFile(env)).toString("base64");
  const text = inputText("first boot", { lines, payload });
  const size = Buffer.byteLength(text);
  if (size <= PARAMETER_LIMIT) return text;
  throw new Error(
    `${names}: together they have ${size} bytes as the parameter that a fleet's hosts read, the limit of SSM is ${PARAMETER_LIMIT}; ` +
      "make values shorter, or let the application fetch what is long itself",
  );
}

/** Steps of a host that may run beside each other, one after the other what has to wait; those of the other role are others' matter. */
export function waves(
  names: readonly StepName[],
  { role, gatewayMode = "application" }: { readonly role: HostRole; readonly gatewayMode?: GatewayMode | undefined },
): StepName[][] {
  const depth = new Map<string, number>();
  for (const [id, needs] of setUpOrder(gatewayMode)) {
    const before = needs.flatMap((need) => depth.get(need) ?? []);
    if (id.startsWith(`${role}:`)) depth.set(id, 1 + Math.max(-1, ...before));
  }
  const at = (name: StepName): number => depth.get(`${role}:${name}`) ?? 0;
  const all = [...new Set(names.map(at))].sort((a, b) => a - b);
  return all.map((one) => names.filter((name) => at(name) === one));
}

/** The step's input with places where values are secret. The names of the API's keys and users are not: the site has them. */
function publicInput(step: Step, { access }: HostSpec, bucket: string): string {
  const named = (names: readonly string[] = []): Record<string, string> => Object.fromEntries(names.map((name) => [name, "-"]));
  const keys = named(access?.keyNames);
  const text = step.stdin({ bucket, ...STAND_IN, apiKeys: keys, basicAuth: named(access?.userNames) });
  if (step.name === "access") {
    return text.replace(/\n(user=.*\n)+/, `\n${place("users")}\n`).replace(/\n---\n[^]*\n===/, `\n---\n${place("access")}\n===`);
  }
  const payload = Buffer.from(renderEnvFile(STAND_IN.env)).toString("base64");
  return text.replaceAll(envDigest(STAND_IN.env), place("env")).replace(`\n${payload}\n`, `\n${place("payload")}\n`);
}

function entries(files: Readonly<Record<string, string>>): TarEntry[] {
  const folders = [...new Set(Object.keys(files).flatMap((path) => (path.includes("/") ? [`${path.split("/")[0] ?? ""}/`] : [])))];
  const all = [
    ...folders.map((path) => ({ path, mode: 0o700 })),
    ...Object.entries(files).map(([path, text]) => ({ path, mode: 0o600, content: Buffer.from(text) })),
  ];
  return all.sort((a, b) => (a.path < b.path ? -1 : 1));
}
