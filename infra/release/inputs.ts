/**
 * Everything that decides what a stack consists of, in one plain value: configuration, sources and what each host gets.
 */
import * as path from "path";
import type * as pulumi from "@pulumi/pulumi";
import type { LoadedManifest } from "../../models-manifest/manifest";
import type { StackConfig } from "../config/types";
import { mostHosts } from "../fleet/limits";
import { modelBytes, plannedWorkers } from "../hosts/sizing";
import { logsOf, namespaceOf } from "../watch/names";
import { requestName } from "./shadow";
import { hostSteps } from "./steps";
import { readTemplate } from "./templates";
import { sha256 } from "../sha256";
import type { HostId, HostRole, HostSpec, HttpLimits, StepValues } from "./types";
import type { ModelFile } from "../models/bucket";
import type { Sources } from "../config/sources";

/** The backend's name on the gateway; the prepare step writes it to /etc/hosts there, so that no file holds an address. */
export const BACKEND_HOST = "backend.internal";

/** In place of the address of a backend, for a step that has to be given one: a fleet has none, and with a load balancer and a managed NAT nothing uses it. */
export const NO_ADDRESS = "0.0.0.0";

export interface StackInputs {
  readonly config: StackConfig;
  /** Physical name of the model bucket. */
  readonly bucketName: string;
  readonly models: { readonly release: string; readonly files: readonly ModelFile[] };
  readonly specs: Readonly<Record<HostRole, HostSpec>>;
  /** Text of the script that waits for a host and prints its SSH host key. */
  readonly hostKeyScript: string;
  /** Text of the script that authorizes and revokes SSH keys on a host. */
  readonly sshKeyScript: string;
  /** What the configuration gives to the steps of a host, by the names of the values. */
  values(role: HostRole): ConfiguredValues;
}

/** `env` is the .env of the host, secret where any of its settings is. */
export type ConfiguredValues = {
  readonly [Name in "env" | "index" | "tlsKey" | "eabKey" | "apiKeys" | "basicAuth"]?: pulumi.Input<NonNullable<StepValues[Name]>>;
};

function configuredValues(role: HostRole, config: StackConfig, plain: Record<string, string>): ConfiguredValues {
  const { index, https, gateway } = config;
  const { secretEnv, secretEnvNames } = secretsOf(role, config);
  return {
    env: secretEnvNames.length === 0 ? plain : secretEnv.apply((secret) => ({ ...plain, ...secret })),
    index: index?.withLogin,
    tlsKey: https?.privateKey,
    eabKey: https?.eabKey,
    apiKeys: gateway.apiKeys,
    basicAuth: gateway.basicAuth,
  };
}

/** Puts the inputs together. */
export function stackInputs(config: StackConfig, given: Sources, bucketName: string): StackInputs {
  const sources = placed(given, config);
  const upstream = `${BACKEND_HOST}:${config.backend.port}`;
  const plain: Record<HostRole, Record<string, string>> = {
    gateway: {
      ...pick(config.env, ["LOG_LEVEL", "CACHE_TTL"]),
      ...limitsAsSettings(config.requests),
      ...config.gateway.env,
      UPSTREAM_URL: `http://${upstream}`,
    },
    backend: { ...config.env, ...modelPath(sources.models) },
  };
  const backend = hostSpec("backend", config, sources, plain.backend);
  const { proof } = config.gateway;
  const gateway = {
    ...hostSpec("gateway", config, sources, plain.gateway),
    upstream,
    proof,
    peer: digestOf(backend),
    ...severalOf(config),
    ...tlsOf(config),
    ...accessOf(config),
  };
  return {
    config,
    bucketName,
    models: { release: sources.models.manifest.release, files: modelFiles(sources.models) },
    specs: { gateway, backend },
    hostKeyScript: readTemplate("steps/host-key.sh"),
    sshKeyScript: readTemplate("steps/ssh-key.sh"),
    values: (role) => configuredValues(role, config, plain[role]),
  };
}

function hostSpec(role: HostRole, config: StackConfig, sources: Sources, plainEnv: Record<string, string>): HostSpec {
  const isBackend = role === "backend";
  return {
    role,
    service: `ddos-${role}`,
    module: config.app.module,
    ...(config.app.interface === "wsgi" ? { interface: config.app.interface } : {}),
    workers: plannedWorkers(config[role], isBackend ? modelBytes(sources.models) : 0),
    servicePort: isBackend ? config.backend.port : 80,
    health: config.health,
    limits: config.requests,
    gatewayMode: config.gateway.mode,
    ...(config.backend.loadBalancer ? { balanced: true } : {}),
    ...releaseOf(role, config),
    egress: config.network.egress,
    code: sources.code,
    models: isBackend ? { ...sources.models, pins: pins(sources.models), imports: sources.models.manifest.imports } : undefined,
    envNames: [...Object.keys(plainEnv), ...secretsOf(role, config).secretEnvNames].sort(),
    plainEnv,
    ...(config[role].packages.length > 0 ? { packages: config[role].packages } : {}),
    ...(config.sandbox.allow.length > 0 ? { sandbox: config.sandbox.allow } : {}),
    wheelhouse: config.wheelhouse,
    ...(config.index === undefined ? {} : { index: { url: config.index.url, secret: config.index.withLogin !== undefined } }),
    region: config.region,
    repair: config.repair,
    ...watchOf(config),
    backup: isBackend && config.backup.enabled ? { schedule: config.backup.schedule, ...prefixOf(config) } : undefined,
  };
}

/** Only where there may be more than one: other stacks keep their inputs. */
function severalOf({ backend: { mode, count, fleet } }: StackConfig): Pick<HostSpec, "backends"> {
  const most = mode === "fleet" ? mostHosts(fleet) : count;
  return most === 1 ? {} : { backends: most };
}

/** What a host gets. Of several backends each gets the same, under a name of its own. */
export function specOf({ specs }: Pick<StackInputs, "specs">, id: HostId): HostSpec {
  return id === "gateway" || id === "backend" ? specs[id] : { ...specs.backend, host: id };
}

/**
 * What each host of a fleet gets. A gateway's proves the backends at its start; another release of theirs is none of the gateways. And by its own nginx
 * alone: the load balancer sends it nothing before it is done, and of the first ones nobody would answer there.
 */
export function fleetSpec({ specs }: Pick<StackInputs, "specs">, role: HostRole): HostSpec {
  const { peer: _peer, front, ...spec } = specs[role];
  if (front === undefined) return spec;
  const { domain: _domain, ...behind } = front;
  return { ...spec, front: behind };
}

function watchOf(config: StackConfig): Pick<HostSpec, "watch"> {
  const { metrics, logs } = config.watch;
  return metrics || logs ? { watch: { namespace: namespaceOf(config), metrics, ...(logs ? { logs: logsOf(config) } : {}) } } : {};
}

/** Only where there is one: a stack without keeps its inputs. */
function prefixOf({ models }: StackConfig): { readonly prefix?: string } {
  return models.existing?.prefix === undefined ? {} : { prefix: models.existing.prefix };
}

/** In a bucket that others use as well, models lie below the stack's own prefix. */
function placed(sources: Sources, config: StackConfig): Sources {
  const { prefix } = prefixOf(config);
  if (prefix === undefined) return sources;
  const files = sources.models.files.map((file) => ({ ...file, key: prefix + file.key }));
  return { ...sources, models: { ...sources.models, files } };
}

/** Candidates of the backend alone are asked copies of live requests: it is the one that answers them. */
function releaseOf(role: HostRole, { release, gateway }: StackConfig): Pick<HostSpec, "release" | "shadow"> {
  const { shadow, ...bake } = release;
  const requests = shadow.requests ?? [requestName(gateway.proof)];
  return { release: bake, ...(role === "backend" && shadow.seconds > 0 ? { shadow: { ...shadow, requests } } : {}) };
}

/** The keys are no part of it: they travel by stdin. */
function accessOf({ gateway }: StackConfig): Pick<HostSpec, "access" | "cors"> {
  const { apiKeyNames, userNames, apiAccess, cors } = gateway;
  const users = userNames.length === 0 ? {} : { userNames };
  return {
    ...(apiKeyNames.length + userNames.length === 0 ? {} : { access: { keyNames: apiKeyNames, ...users, ...apiAccess } }),
    ...(cors === undefined ? {} : { cors }),
  };
}

/** Whether the gateway itself may ask as a client does. */
const isOpen = ({ httpsFrom, apiKeyNames, userNames }: StackConfig["gateway"]): boolean =>
  httpsFrom.includes("0.0.0.0/0") && apiKeyNames.length + userNames.length === 0;

/** Of the subnets in which a public load balancer stands. */
function frontBlocks({ existing, gatewaySubnets }: StackConfig["network"]): readonly string[] {
  return existing === undefined ? gatewaySubnets : (existing.balancerSubnets ?? []).map(({ cidr }) => cidr);
}

/** TLS ends at the gateway or, with a certificate of ACM, in front of it. The key is no part of it: it travels by stdin. */
function tlsOf({ https, network, gateway }: StackConfig): Pick<HostSpec, "tls" | "front"> {
  if (https === undefined) return {};
  const { domain, certificate, acme, acm, hstsSeconds } = https;
  if (acm !== undefined) return { front: { from: frontBlocks(network), hstsSeconds, ...(isOpen(gateway) ? { domain } : {}) } };
  return { tls: { serverName: domain, hstsSeconds, ...(acme === undefined ? { certificate } : { acme }) } };
}

function secretsOf(role: HostRole, config: StackConfig): Pick<StackConfig, "secretEnv" | "secretEnvNames"> {
  return role === "gateway" ? config.gateway : config;
}

/** Changes with whatever the backend gets, so that the gateway's check of it runs again. Where models lie on this machine is nothing that it gets. */
function digestOf(spec: HostSpec): string {
  const scripts = hostSteps(spec).map((step) => step.create);
  const text = JSON.stringify([spec, scripts], (key, value: unknown) => (key === "localPath" ? undefined : value));
  return sha256(text);
}

/** MODEL_PATH: the file whose role is `model`; where none has that, the largest. Nothing where there are no models. */
export function modelPath(models: LoadedManifest): { readonly MODEL_PATH?: string } {
  const bySize = [...models.files].sort((a, b) => b.size - a.size);
  const model = models.files.find((file) => file.role === "model") ?? bySize[0];
  return model === undefined ? {} : { MODEL_PATH: `/home/ddos/models/${path.posix.basename(model.path)}` };
}

function pins(models: LoadedManifest): string[] {
  return Object.entries(models.manifest.runtime).map(([name, version]) => `${name}==${version}`);
}

function modelFiles(models: LoadedManifest): ModelFile[] {
  return models.files
    .filter((file) => file.absent !== true)
    .map(({ name, sha256, size, key, localPath, format }) => ({
      name,
      sha256,
      size,
      key,
      localPath,
      contentType: format === "json" ? "application/json" : "application/octet-stream",
    }));
}

/** An application that reads bodies, forwards or counts requests itself has to have the limits that nginx has. */
function limitsAsSettings({ bodyMiB, timeoutSeconds, perSecond, burst }: HttpLimits): Record<string, string> {
  return {
    MAX_BODY_MIB: String(bodyMiB),
    REQUEST_TIMEOUT_SECONDS: String(timeoutSeconds),
    RATE_LIMIT_PER_SECOND: String(perSecond),
    RATE_LIMIT_BURST: String(burst),
  };
}

function pick(values: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}
