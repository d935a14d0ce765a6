/**
 * Real hosts behind the program: instances become machines, rules and routes the router's, objects go to S3, commands run. Everything else
 * gets an id. What did not change since the last run is left alone, as the engine does.
 */
import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Properties, Provider, Request } from "../../infra/offline/engine";
import { controlWatched } from "./inside";
import type { Lab } from "./lab";
import { ATTACHMENT, attach, balancerOutputs, targetGroupOutputs } from "./provider-balancer";
import { answers } from "./provider-calls";
import { COMMAND_TYPES, decide, LOCAL_COMMAND, runCommand } from "./provider-commands";
import { bootInstance, instanceOutputs } from "./provider-instances";
import { takeAway } from "./provider-leaving";
import type { Ec2Resource } from "./provider-network";
import { S3_PREFIX_LIST, TYPES, deriveLab, elasticAddress } from "./provider-network";
import type { LocalFile, SavedResource, StackState } from "./provider-state";
import { changedInputs, inputsAfter, withFiles, withoutIgnored } from "./provider-state";
import { labS3 } from "./s3-client";

export interface Event {
  readonly name: string;
  readonly kind: "machine" | "command" | "object";
  /** "unchanged", or why something was done. */
  readonly what: string;
  readonly seconds: number;
  /** Milliseconds since the epoch, when it had ended. */
  readonly ended: number;
}

export interface LocalProviderOptions {
  readonly lab: Lab;
  readonly state: StackState;
  /** Runs every command though nothing changed: for the proof that each can be repeated. @default false */
  readonly force?: boolean;
  /** The steps come through ports of this computer and not by the operator's network. @default false */
  readonly tunnelled?: boolean;
  /** Told of every machine, command and object when it is done. */
  readonly onEvent?: (event: Event) => void;
}

interface Created {
  readonly id: string;
  readonly outputs: Properties;
  /** A new resource takes the place of the one of this name, which goes when the run has ended well. */
  readonly replaced?: boolean;
}

type Handler = (request: Request) => Promise<Created>;

const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

const PREFIXES: Readonly<Record<string, string>> = {
  [TYPES.vpc]: "vpc",
  [TYPES.subnet]: "subnet",
  "aws:ec2/securityGroup:SecurityGroup": "sg",
  "aws:ec2/routeTable:RouteTable": "rtb",
  [TYPES.elasticIp]: "eipalloc",
  [TYPES.instance]: "i",
};

/** The same resource always has the same id. */
const idOf = (request: Request): string =>
  `${PREFIXES[request.type] ?? request.type.split(":").pop()?.toLowerCase() ?? "id"}-${createHash("sha256").update(request.urn).digest("hex").slice(0, 17)}`;

export interface LocalProvider extends Provider {
  /** To be called when the program has ended well: what it no longer registers goes. */
  finish(): Promise<void>;
}

export function localProvider(options: LocalProviderOptions): LocalProvider {
  const { lab, state } = options;
  const seen = new Set<string>();
  const replaced: SavedResource[] = [];
  // Until this run has registered them again, the resources of the last one hold: a second run must not close a port for a moment.
  const saved = [...state.all().values()].flatMap(({ type, id, plain }) => (plain === undefined ? [] : [{ type, id, inputs: plain }]));
  const registered: Registered = new Map(saved.map((one) => [one.id, one]));
  const handlers = createHandlers(options, registered);
  const plain: Handler = (request) =>
    Promise.resolve({ id: idOf(request), outputs: { arn: `arn:aws:local:${request.name}`, name: request.name, ...request.inputs } });

  const create = async (given: Request): Promise<Created> => {
    const before = state.get(given.urn);
    const request = withoutIgnored(before, await withFiles(given));
    if (/^pulumi:providers:/.test(request.type)) return plain(request);
    const created = await (handlers[request.type] ?? plain)(request);
    seen.add(request.urn);
    if (created.replaced === true && before !== undefined) replaced.push(before);
    const network = /^aws:(ec2|vpc|lb)\//.test(request.type);
    const { type, name } = request;
    state.set(request.urn, {
      type,
      name,
      id: created.id,
      outputs: printed(request, created),
      plain: network ? request.inputs : undefined,
      delete: type === LOCAL_COMMAND ? (request.inputs.delete as string | undefined) : undefined,
      inputs: inputsAfter(before, request, created.replaced === true),
    });
    if (network) {
      registered.set(created.id, { type, id: created.id, inputs: request.inputs });
      // What is as it was reaches the router once, at the end.
      await lab.update((old) => {
        const after = deriveLab(old, [...registered.values()]);
        return isDeepStrictEqual(after, old) ? old : after;
      });
    }
    return created;
  };
  const finish = async (): Promise<void> => {
    const gone = [...state.keepOnly(seen), ...replaced];
    const there = new Set([...state.all().values()].map(({ id }) => id));
    for (const { id } of gone) if (!there.has(id)) registered.delete(id);
    await takeAway(lab, gone, new Set(registered.keys()), options.tunnelled ?? false);
    await lab.update((old) => deriveLab(old, [...registered.values()]));
  };
  const { region } = lab.state();
  return { create, call: answers(labS3(lab.name, region).client, state, region), finish };
}

/** Secrets among the inputs stay out of the state file: of a command only what it printed is kept. */
function printed(request: Request, { outputs }: Created): Properties {
  if (request.type === OBJECT) return { bucket: outputs.bucket as string, key: outputs.key as string };
  if (!(COMMAND_TYPES as readonly string[]).includes(request.type)) return {};
  return { stdout: outputs.stdout as string, stderr: outputs.stderr as string };
}

type Registered = Map<string, Ec2Resource>;

function createHandlers(
  { lab, state, force, tunnelled = false, onEvent }: LocalProviderOptions,
  registered: Registered,
): Record<string, Handler> {
  const s3 = labS3(lab.name, lab.state().region);
  const timed = async <T>(kind: Event["kind"], request: Request, work: () => Promise<readonly [T, string]>): Promise<T> => {
    const started = Date.now();
    const [result, what] = await work();
    onEvent?.({ name: request.name, kind, what, seconds: (Date.now() - started) / 1000, ended: Date.now() });
    return result;
  };
  const command: Handler = (request) =>
    timed("command", request, async () => {
      const saved = state.get(request.urn);
      const decision =
        decide(saved, request) ?? (force === true ? { script: "create" as const, why: "forced", replaced: undefined } : undefined);
      if (decision !== undefined)
        return [{ ...(await runCommand(lab, request, decision.script, tunnelled)), replaced: decision.replaced }, decision.why];
      return [{ id: saved?.id ?? "", outputs: { ...request.inputs, ...saved?.outputs } }, "unchanged"];
    });
  return {
    [LOCAL_COMMAND]: command,
    "command:remote:Command": command,
    [TYPES.instance]: (request) => timed("machine", request, () => instance(lab, state, request, registered)),
    [TYPES.balancer]: async (request) => ({ id: idOf(request), outputs: await balancerOutputs(lab, request) }),
    "aws:lb/targetGroup:TargetGroup": (request) => Promise.resolve({ id: idOf(request), outputs: targetGroupOutputs(request) }),
    [ATTACHMENT]: async (request) => {
      await attach(lab, request);
      const { plain: before } = state.get(request.urn) ?? {};
      const replaced = before !== undefined && before.targetId !== request.inputs.targetId;
      return { id: idOf(request), outputs: request.inputs, replaced };
    },
    [TYPES.endpoint]: (request) => Promise.resolve({ id: idOf(request), outputs: { ...request.inputs, prefixListId: S3_PREFIX_LIST } }),
    [TYPES.elasticIp]: (request) =>
      Promise.resolve({
        id: idOf(request),
        outputs: { ...request.inputs, publicIp: elasticAddress(idOf(request)), allocationId: idOf(request) },
      }),
    [TYPES.elasticIpAssociation]: (request) =>
      Promise.resolve({ id: idOf(request), outputs: { ...request.inputs, publicIp: elasticAddress(String(request.inputs.allocationId)) } }),
    // Another key is another pair, whose name is new even when the key was there before.
    "aws:ec2/keyPair:KeyPair": (request) => {
      const saved = state.get(request.urn);
      const same = saved?.plain?.publicKey === request.inputs.publicKey;
      const name = saved !== undefined && same ? saved.id : `${request.name}-${randomBytes(4).toString("hex")}`;
      return Promise.resolve({ id: name, outputs: { keyName: name, ...request.inputs, keyPairId: idOf(request) } });
    },
    "aws:cloudwatch/logGroup:LogGroup": async (request) => {
      const name = String(request.inputs.name);
      await controlWatched(lab.name, [name]);
      return { id: name, outputs: { ...request.inputs, arn: `arn:aws:local:${name}` } };
    },
    "aws:s3/bucket:Bucket": async (request) => {
      const bucket = (request.inputs.bucket as string | undefined) ?? request.name;
      await s3.createBucket(bucket);
      return { id: bucket, outputs: { ...request.inputs, bucket, arn: `arn:aws:s3:::${bucket}` } };
    },
    "aws:s3/bucketVersioning:BucketVersioning": async (request) => {
      await s3.enableVersioning(String(request.inputs.bucket));
      return { id: String(request.inputs.bucket), outputs: request.inputs };
    },
    [OBJECT]: (request) =>
      timed("object", request, async () => {
        const { bucket, key, source, contentType } = request.inputs as Record<"bucket" | "key" | "contentType", string> & {
          source: LocalFile;
        };
        const created = { id: `${bucket}/${key}`, outputs: { bucket, key } };
        const saved = state.get(request.urn);
        if (saved !== undefined && changedInputs(saved, request).length === 0) return [created, "unchanged"];
        await s3.putFile(bucket, key, source.localFile, contentType);
        return [created, "uploaded"];
      }),
  };
}

async function instance(lab: Lab, state: StackState, request: Request, registered: Registered): Promise<readonly [Created, string]> {
  const saved = state.get(request.urn);
  const id = saved?.id ?? idOf(request).slice(0, 19);
  const existing = Object.values(lab.state().hosts).find((host) => host.instanceId === id);
  if (existing !== undefined && saved !== undefined) {
    const changed = changedInputs(saved, request).filter((key) =>
      ["subnetId", "keyName", "privateIp", "rootBlockDevice", "ami"].includes(key),
    );
    // As the engine: the new one is made first, and the steps run on it while the old one is there.
    if (changed.join() === "ami") {
      const next = `i-${createHash("sha256")
        .update(`${id} ${String(request.inputs.ami)}`)
        .digest("hex")
        .slice(0, 17)}`;
      const host = await bootInstance(lab, request, next, [...registered.values()]);
      return [{ id: next, outputs: instanceOutputs(request, host), replaced: true }, `replaced by ${host.name}, ${host.address}`];
    }
    if (changed.length > 0)
      throw new Error(
        `${request.name}: ${changed.join(", ")} changed; a machine here takes that only anew: npm run down:local, then up:local.`,
      );
    return [{ id, outputs: instanceOutputs(request, existing) }, "unchanged"];
  }
  // A run that died between the machine's start and the note about it left a machine nobody knows the state of.
  if (existing !== undefined) await lab.removeHost(existing.name);
  const host = await bootInstance(lab, request, id, [...registered.values()]);
  return [{ id, outputs: instanceOutputs(request, host) }, `booted as ${host.name}, ${host.address}`];
}
