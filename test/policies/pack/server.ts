/** Starts the pack's own server process as the engine does and speaks the engine's protocol with it. No Pulumi CLI. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { PlainGraph, PlainResource } from "../core/builder";

const ROOT = join(__dirname, "../../..");

export interface Diagnostic {
  readonly policy: string;
  readonly urn: string;
  readonly level: "advisory" | "mandatory" | "disabled" | "remediate";
  readonly message: string;
}

export interface PackServer {
  info(): Promise<proto.AnalyzerInfo.AsObject>;
  configure(
    config: Readonly<Record<string, { readonly level?: Diagnostic["level"]; readonly properties?: Record<string, unknown> }>>,
  ): Promise<void>;
  /** What the engine asks before a resource is created: first a remediation, then a validation, with the inputs. */
  resource(resource: PlainResource): Promise<Diagnostic[]>;
  /** What it asks at the end: the whole stack with its outputs. `properties` of each resource default to its inputs. */
  stack(graph: PlainGraph, properties?: (resource: PlainResource) => Record<string, unknown>): Promise<Diagnostic[]>;
  readonly pid: number;
  /** Everything the process has written on standard error. */
  stderr(): string;
  stop(): Promise<void>;
}

/** @param env set on top of the surroundings, without CI */
export async function startPack(env: Readonly<Record<string, string>> = {}): Promise<PackServer> {
  const { CI: _, ...surroundings } = process.env;
  const child = spawn(process.execPath, [join(ROOT, "node_modules/@pulumi/pulumi/cmd/run-policy-pack"), "127.0.0.1:1", "."], {
    cwd: join(ROOT, "policies"),
    env: { ...surroundings, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const port = await portOf(child, () => stderr);
  const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": 400 * 1024 * 1024,
  });
  return {
    info: async () => (await call<proto.AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done))).toObject(),
    configure: async (config) => void (await call((done) => client.configure(configRequest(config), done))),
    async resource(resource) {
      await call<proto.RemediateResponse>((done) => client.remediate(analyzeRequest(resource), done));
      return diagnostics(await call<proto.AnalyzeResponse>((done) => client.analyze(analyzeRequest(resource), done)));
    },
    async stack(graph, properties = (resource) => resource.inputs) {
      const request = new proto.AnalyzeStackRequest();
      request.setResourcesList(graph.resources.map((resource) => stackResource(resource, properties(resource))));
      return diagnostics(await call<proto.AnalyzeResponse>((done) => client.analyzeStack(request, done)));
    },
    pid: child.pid ?? 0,
    stderr: () => stderr,
    stop: () =>
      new Promise((resolve) => {
        client.close();
        child.once("exit", () => {
          resolve();
        });
        child.kill();
      }),
  };
}

function portOf(child: ChildProcess, stderr: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      const port = /^(\d+)\n/.exec(out)?.[1];
      if (port !== undefined) resolve(port);
    });
    child.once("exit", (code) => {
      reject(new Error(`the pack ended with ${String(code)}:\n${stderr()}`));
    });
  });
}

function call<T>(start: (done: (error: grpc.ServiceError | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}

function struct(properties: Readonly<Record<string, unknown>>): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

function options(resource: PlainResource): proto.AnalyzerResourceOptions {
  const result = new proto.AnalyzerResourceOptions();
  result.setProtect(resource.options.protect ?? false);
  result.setIgnorechangesList(resource.options.ignoreChanges ?? []);
  result.setAdditionalsecretoutputsList(resource.options.additionalSecretOutputs ?? []);
  return result;
}

const nameOf = (resource: PlainResource): string => resource.urn.split("::").slice(3).join("::");

const requests = new WeakMap<PlainResource, proto.AnalyzeRequest>();
/** What no mutation changed is shared and frozen, and comes again with each of them: it is put into bytes once. */
function analyzeRequest(resource: PlainResource): proto.AnalyzeRequest {
  const known = requests.get(resource);
  if (known) return known;
  const request = newAnalyzeRequest(resource);
  if (!Object.isFrozen(resource)) return request;
  const bytes = request.serializeBinary();
  request.serializeBinary = () => bytes;
  requests.set(resource, request);
  return request;
}

function newAnalyzeRequest(resource: PlainResource): proto.AnalyzeRequest {
  const request = new proto.AnalyzeRequest();
  request.setType(resource.type);
  request.setUrn(resource.urn);
  request.setName(nameOf(resource));
  request.setProperties(struct(resource.inputs));
  request.setOptions(options(resource));
  return request;
}

function stackResource(resource: PlainResource, properties: Readonly<Record<string, unknown>>): proto.AnalyzerResource {
  const result = new proto.AnalyzerResource();
  result.setType(resource.type);
  result.setUrn(resource.urn);
  result.setName(nameOf(resource));
  result.setProperties(struct(properties));
  result.setOptions(options(resource));
  result.setParent(resource.parent ?? "");
  result.setDependenciesList(resource.dependencies);
  for (const [key, urns] of Object.entries(resource.propertyDependencies)) {
    const dependencies = new proto.AnalyzerPropertyDependencies();
    dependencies.setUrnsList(urns);
    result.getPropertydependenciesMap().set(key, dependencies);
  }
  if (resource.custom) {
    const provider = new proto.AnalyzerProviderResource();
    provider.setType(`pulumi:providers:${resource.type.split(":")[0] ?? ""}`);
    provider.setUrn(resource.provider ?? `urn:pulumi:dev::demo::${provider.getType()}::default`);
    provider.setName("default");
    provider.setProperties(struct({}));
    result.setProvider(provider);
  }
  return result;
}

const LEVELS = { advisory: 0, mandatory: 1, disabled: 2, remediate: 3 } as const;

function configRequest(config: Parameters<PackServer["configure"]>[0]): proto.ConfigureAnalyzerRequest {
  const request = new proto.ConfigureAnalyzerRequest();
  for (const [policy, { level, properties }] of Object.entries(config)) {
    const entry = new proto.PolicyConfig();
    entry.setEnforcementlevel(LEVELS[level ?? (policy === "settings" ? "remediate" : "mandatory")]);
    entry.setProperties(struct(properties ?? {}));
    request.getPolicyconfigMap().set(policy, entry);
  }
  return request;
}

function diagnostics(response: proto.AnalyzeResponse): Diagnostic[] {
  const names = Object.keys(LEVELS) as Diagnostic["level"][];
  return response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    urn: diagnostic.getUrn(),
    level: names[diagnostic.getEnforcementlevel()] ?? "disabled",
    message: diagnostic.getMessage(),
  }));
}
