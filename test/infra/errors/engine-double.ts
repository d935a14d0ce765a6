/**
 * The engine's side of `pulumi preview`, for one run of the program in a process of its own: started as the language host starts it, with the
 * SDK's own `cmd/run`, so that errors are printed by the code that prints them for a user.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { GetRootResourceResponse, SetRootResourceResponse } from "@pulumi/pulumi/proto/engine_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

const ROOT = join(__dirname, "../../..");
const ERROR_LEVEL = 3;

export type Values = Readonly<Record<string, unknown>>;

export interface RunOptions {
  readonly project: string;
  readonly stack: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** Answers an invoke; rejects with what the provider says. */
  readonly invoke: (token: string, args: Values) => Promise<Values>;
  /** Outputs of a resource; throws what the engine says. */
  readonly register: (type: string, name: string, inputs: Values) => Values;
  /** A module that the process loads first. */
  readonly preload?: string;
}

export interface Run {
  /** What the program logged as errors: what a user reads under "Diagnostics". */
  readonly errors: readonly string[];
  readonly stderr: string;
  readonly exitCode: number | null;
  /** Largest memory of the process. */
  readonly peakMiB: number;
  readonly seconds: number;
}

type Handler<Request, Response> = (
  call: grpc.ServerUnaryCall<Request, Response>,
  callback: (error: grpc.ServiceError | Partial<grpc.StatusObject> | null, response?: Response) => void,
) => void;

/** As the engine: a failure is a status with the reason as its text. */
function answer<Request, Response>(make: (request: Request) => Response | Promise<Response>): Handler<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(make)
      .then(
        (response) => callback(null, response),
        (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
      );
  };
}

const struct = (values: Values): Struct => Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
const empty = answer(() => new Empty());

function monitor(options: RunOptions): grpc.UntypedServiceImplementation {
  return {
    supportsFeature: answer((request: proto.SupportsFeatureRequest) => {
      const response = new proto.SupportsFeatureResponse();
      response.setHassupport(["secrets", "outputValues", "resourceReferences"].includes(request.getId()));
      return response;
    }),
    invoke: answer(async (request: proto.ResourceInvokeRequest) => {
      const response = new provider.InvokeResponse();
      response.setReturn(struct(await options.invoke(request.getTok(), request.getArgs()?.toJavaScript() ?? {})));
      return response;
    }),
    registerResource: answer((request: proto.RegisterResourceRequest) => {
      const [type, name] = [request.getType(), request.getName()];
      const response = new proto.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:${options.stack}::${options.project}::${type}::${name}`);
      response.setId(request.getCustom() ? `${name}-id` : "");
      response.setObject(struct(options.register(type, name, request.getObject()?.toJavaScript() ?? {})));
      return response;
    }),
    registerResourceOutputs: empty,
    signalAndWaitForShutdown: empty,
  };
}

function engine(errors: string[]): grpc.UntypedServiceImplementation {
  return {
    log: answer((request: LogRequest) => {
      if (Number(request.getSeverity()) === ERROR_LEVEL) errors.push(request.getMessage());
      return new Empty();
    }),
    getRootResource: answer(() => new GetRootResourceResponse()),
    setRootResource: answer(() => new SetRootResourceResponse()),
  };
}

/** Runs infra/index.ts once, to its end. */
export async function runProgramProcess(options: RunOptions): Promise<Run> {
  const errors: string[] = [];
  const server = new grpc.Server();
  const implementation = monitor(options);
  // What is not imitated is refused, as by an older engine.
  server.addService(ResourceMonitorService, implementation);
  server.addService(EngineService, engine(errors));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  try {
    return { errors, ...(await start(options, `127.0.0.1:${port}`)) };
  } finally {
    server.forceShutdown();
  }
}

function start(options: RunOptions, address: string): Promise<Omit<Run, "errors">> {
  const started = Date.now();
  const preloads = [join(__dirname, "report-memory.js"), ...(options.preload === undefined ? [] : [options.preload])];
  const child = spawn(
    process.execPath,
    [
      ...preloads.flatMap((file) => ["--require", file]),
      join(ROOT, "node_modules/@pulumi/pulumi/cmd/run"),
      ...[`--monitor=${address}`, `--engine=${address}`, `--project=${options.project}`, `--stack=${options.stack}`],
      ...["--dry-run", `--pwd=${ROOT}`, "."],
    ],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(options.config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.secretKeys),
      },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    },
  );
  let [stderr, memory] = ["", ""];
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdio[3]?.on("data", (chunk: Buffer) => (memory += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ stderr, exitCode, peakMiB: Number(memory) / 1024, seconds: (Date.now() - started) / 1000 });
    });
  });
}
