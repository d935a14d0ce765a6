/**
 * Evaluates a Pulumi program without the Pulumi CLI: the SDK's own mock monitor, extended so that the graph which comes out is the one the
 * real engine would see (URN chains, parents, dependencies per property, options, secret marks; unknown ids at a first preview).
 *
 * `MockMonitor`, `setMockOptions` and `awaitFeatureSupport` are internal to `@pulumi/pulumi`: the SDK is pinned exactly and
 * test/infra/offline/engine.test.ts fails when a newer one behaves differently.
 */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { deserializeProperties, serializeProperties } from "@pulumi/pulumi/runtime/rpc";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import { isSecretMark } from "../../policies/graph/wire";
import { Failures } from "./failures";
import { programPosition } from "./source-position";
import { promisesWithoutTraces } from "./without-traces";

/* eslint-disable-next-line @typescript-eslint/no-explicit-any -- resource properties have no static shape here */
export type Properties = Record<string, any>;

/** What a program asked the engine to register. */
export interface Request {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  readonly parent?: string;
  /** Inputs as plain values, secrets unwrapped; an unknown one is the string `pulumi.runtime.unknownValue`. */
  readonly inputs: Properties;
  /** Inputs as they go over the wire: with Pulumi's own marks for secrets, assets and unknown values. */
  readonly wire: Properties;
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** Where the program registers it, as the engine notes it in a state: `project:///infra/stack.ts#36,18`. */
  readonly sourcePosition?: string;
  readonly options: ResourceOptions;
}

export interface ResourceOptions {
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly additionalSecretOutputs?: readonly string[];
  /** Something that is there already is taken over. */
  readonly imports?: boolean;
}

/** A registered resource, in the form of `pulumi stack export`. */
export interface GraphResource extends Omit<Request, "inputs" | "wire"> {
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly id?: string;
}

/** What AWS answers when it cannot do what an invoke asks, such as a search without a result. Reaches the program. */
export class Refusal extends Error {}

/** What stands behind the program: made-up ids for a preview, real hosts for a local run. */
export interface Provider {
  /** Creates the resource; no id means that it is not known yet (a preview). Rejects with the reason when it fails. */
  create(request: Request): Promise<{ id?: string; outputs: Properties }>;
  /** Answers an invoke such as `aws:ec2/getAmi:getAmi`. Rejects with a Refusal where AWS would; anything else ends the run. */
  call(token: string, args: Properties): Promise<Properties>;
}

export interface RunArgs {
  readonly project: string;
  readonly stack: string;
  /** Fully qualified keys (`ml-gateway:network`) to raw values, as the CLI passes them. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** True: ids and outputs that the program did not give are unknown, as at a first preview. */
  readonly preview: boolean;
  readonly provider: Provider;
  /** Folder of Pulumi.yaml, to which positions in the program are relative. Default: the current folder. */
  readonly root?: string;
  /** Told of every resource when it is registered, for progress. */
  readonly onRegister?: (request: Request) => void;
  /** The program: what infra/index.ts does. Its result becomes the stack's outputs. */
  readonly program: () => Promise<Properties>;
}

export interface RunResult {
  /** In order of registration; the stack is the first. */
  readonly resources: GraphResource[];
  /** Stack outputs, secrets unwrapped. */
  readonly outputs: Properties;
}

/** What a backend without organizations, such as a folder or a bucket, says. */
const ORGANIZATION = "organization";
const STACK_TYPE = "pulumi:pulumi:Stack";

/** The SDK's types leave out what is internal to it. */
const { awaitFeatureSupport } = settings as unknown as { awaitFeatureSupport: (this: void) => Promise<void> };
interface MonitorShape {
  newUrn(parent: string, type: string, name: string): string;
  registerResource(req: resproto.RegisterResourceRequest, callback: RegisterCallback): Promise<void>;
  registerResourceOutputs(req: resproto.RegisterResourceOutputsRequest, callback: (error: unknown, response: object) => void): void;
}
type RegisterCallback = (error: null, response: resproto.RegisterResourceResponse) => void;
const SdkMonitor = MockMonitor as unknown as new (mocks: pulumi.runtime.Mocks) => MonitorShape;

class RecordingMonitor extends SdkMonitor {
  readonly recorded = new Map<string, GraphResource>();

  constructor(
    private readonly provider: Provider,
    private readonly failures: Failures,
    private readonly onRegister: (request: Request) => void,
    private readonly root: string,
  ) {
    super({
      newResource: () => ({ id: undefined, state: {} }),
      call: ({ token, inputs }) => this.answer(token, inputs as Properties),
    });
  }

  /** A refusal is an answer, which the program may put into words of its own; the SDK reads its reason as gRPC has it. */
  private async answer(token: string, args: Properties): Promise<Properties> {
    const found = await this.failures.guard(`invoke of ${token}`, () =>
      this.provider.call(token, args).catch((error: unknown) => {
        if (error instanceof Refusal) return error;
        throw error;
      }),
    );
    if (found instanceof Refusal) throw Object.assign(found, { details: found.message });
    return found;
  }

  /** The engine puts the types of all parents but the stack into a URN; the SDK's mock only the last one's. */
  override newUrn(parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2];
    const chain = parentType === undefined || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${settings.getStack()}::${settings.getProject()}::${chain}::${name}`;
  }

  override async registerResource(req: resproto.RegisterResourceRequest, callback: RegisterCallback): Promise<void> {
    const urn = this.newUrn(req.getParent(), req.getType(), req.getName());
    // The stack itself is registered by the engine's own code.
    const sourcePosition = req.getType() === STACK_TYPE ? undefined : programPosition(req, this.root);
    const request = { ...toRequest(urn, req), ...(sourcePosition === undefined ? {} : { sourcePosition }) };
    const response = await this.failures.guard(`${request.type} "${request.name}"`, () => this.register(request));
    callback(null, response);
  }

  private async register(request: Request): Promise<resproto.RegisterResourceResponse> {
    if (this.recorded.has(request.urn)) {
      throw new Error(`two resources have the URN ${request.urn}: give one of them another name`);
    }
    const { inputs: _plain, wire, ...rest } = request;
    this.recorded.set(request.urn, { ...rest, inputs: wire, outputs: {} });
    this.onRegister(request);
    const created = request.custom ? await this.provider.create(request) : { outputs: {} as Properties };
    const outputs = (await serializeProperties("", created.outputs)) as Properties;
    this.recorded.set(request.urn, { ...rest, inputs: wire, outputs, id: created.id });
    const response = new resproto.RegisterResourceResponse();
    response.setUrn(request.urn);
    response.setId(created.id ?? "");
    response.setObject(Struct.fromJavaScript(outputs));
    return response;
  }

  override registerResourceOutputs(
    req: resproto.RegisterResourceOutputsRequest,
    callback: (error: unknown, response: object) => void,
  ): void {
    const resource = this.recorded.get(req.getUrn());
    if (resource !== undefined) {
      this.recorded.set(resource.urn, { ...resource, outputs: toObject(req.getOutputs()) });
    }
    callback(null, {});
  }
}

function toObject(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

function toRequest(urn: string, req: resproto.RegisterResourceRequest): Request {
  const propertyDependencies: Record<string, string[]> = {};
  req.getPropertydependenciesMap().forEach((value, key) => {
    const urns = value.getUrnsList();
    if (urns.length > 0) {
      propertyDependencies[key] = [...urns].sort();
    }
  });
  return {
    urn,
    type: req.getType(),
    name: req.getName(),
    custom: req.getCustom(),
    parent: req.getParent() === "" ? undefined : req.getParent(),
    inputs: unwrapSecrets(deserializeProperties(req.getObject() ?? new Struct())) as Properties,
    wire: toObject(req.getObject()),
    dependencies: [...req.getDependenciesList()].sort(),
    propertyDependencies,
    options: {
      protect: req.getProtect(),
      retainOnDelete: req.getRetainondelete(),
      ignoreChanges: req.getIgnorechangesList(),
      additionalSecretOutputs: req.getAdditionalsecretoutputsList(),
      ...(req.getImportid() === "" ? {} : { imports: true }),
    },
  };
}

/** Removes the secret marks that the SDK leaves around values. */
export function unwrapSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(unwrapSecrets);
  }
  if (value === null || typeof value !== "object" || pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)) {
    return value;
  }
  const object = value as Properties;
  if (isSecretMark(object)) {
    return unwrapSecrets(object.value);
  }
  return Object.fromEntries(Object.entries(object).map(([key, entry]) => [key, unwrapSecrets(entry)]));
}

/**
 * Runs a program once and returns what it registered.
 *
 * @throws Error naming every resource that failed, when what was under way has ended; or what the program itself threw.
 */
export async function runProgram(args: RunArgs): Promise<RunResult> {
  promisesWithoutTraces();
  const failures = new Failures();
  const monitor = new RecordingMonitor(args.provider, failures, args.onRegister ?? (() => undefined), args.root ?? process.cwd());
  settings.setMockOptions(monitor, args.project, args.stack, args.preview, ORGANIZATION);
  await awaitFeatureSupport();
  pulumi.runtime.setAllConfig({ ...args.config }, [...args.secretKeys]);
  const run = async (): Promise<void> => {
    await pulumi.runtime.runInPulumiStack(() => failures.guardProgram(args.program));
    await pulumi.runtime.disconnect();
  };
  await Promise.race([run(), failures.failed]);
  const resources = [...monitor.recorded.values()];
  const stack = resources.find((resource) => resource.type === STACK_TYPE);
  return { resources, outputs: unwrapSecrets(stack?.outputs ?? {}) as Properties };
}
