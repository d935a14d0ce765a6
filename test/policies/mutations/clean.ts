/**
 * The real program's graph, clean: as at a first preview (ids unknown) and as after `up` (ids made up, everything known).
 * Both come from running the program; values that are secret are in it, in Pulumi's marks.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { runProgram } from "../../../infra/offline/engine";
import type { Properties, Provider, Request } from "../../../infra/offline/engine";
import { previewProvider } from "../../../infra/offline/preview-provider";
import { placeholderKey } from "../../../infra/offline/placeholder-key";
import { readStackFile } from "../../../infra/offline/stack-file";
import { program } from "../../../infra/program";
import type { Mode, PlainGraph } from "../core/builder";

const ROOT = join(__dirname, "../../..");
/** An OpenSSH key pair of no use, made for tests: the program wants one. */
const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBeKPZ0oT1iCo5Pxq2L0xQ5s6ZzV7uLhJ1d8mJvQm9c";

const runs = new Map<Mode, Promise<PlainGraph>>();

/** One run a mode and process. */
export function cleanGraph(mode: Mode): Promise<PlainGraph> {
  const known = runs.get(mode);
  if (known) return known;
  // The SDK has one program a process: the second run waits for the first.
  const before = [...runs.values()].at(-1) ?? Promise.resolve();
  const run = before.then(() => runOnce(mode));
  runs.set(mode, run);
  return run;
}

async function runOnce(mode: Mode): Promise<PlainGraph> {
  const file = readStackFile(ROOT, "dev", { privateKey: placeholderKey });
  const { resources } = await runProgram({
    ...file,
    preview: mode === "unknown",
    provider: mode === "unknown" ? previewProvider(REGION) : knowingProvider(),
    program: async () => ({ ...(await program(ROOT)) }),
  });
  return JSON.parse(JSON.stringify({ resources })) as PlainGraph;
}

/** Answers as the cloud would, with ids and the outputs that the program uses. */
function knowingProvider(): Provider {
  const offline = previewProvider(REGION);
  return {
    call: (token, args) => offline.call(token, args),
    create: (request) => Promise.resolve({ id: idOf(request), outputs: { ...request.wire, ...outputsOf(request) } }),
  };
}

/** Of Pulumi.dev.yaml. */
const REGION = "us-east-1";

const PREFIX: Readonly<Record<string, string>> = {
  Instance: "i",
  SecurityGroup: "sg",
  RouteTable: "rtb",
  InternetGateway: "igw",
  Subnet: "subnet",
  Vpc: "vpc",
};

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 17);
}

function idOf(request: Request): string {
  const kind = request.type.split(":").pop() ?? "";
  const given = request.inputs.bucket as unknown;
  if (kind === "Bucket" && typeof given === "string") return given;
  // What IAM keeps is known by its name.
  if (/^aws:iam\/(role|instanceProfile):/.test(request.type)) return nameOf(request);
  return `${PREFIX[kind] ?? kind.toLowerCase()}-${hash(request.urn)}`;
}

/** As Pulumi names what the program does not name. */
function nameOf(request: Request): string {
  return typeof request.inputs.name === "string" ? request.inputs.name : `${request.name}-${hash(request.urn).slice(0, 7)}`;
}

function outputsOf(request: Request): Properties {
  const id = idOf(request);
  const [service = "", kind = ""] = (request.type.split(":")[1] ?? "").split("/");
  const arn = `arn:aws:${service}:us-east-1:123456789012:${kind}/${id}`;
  const common = {
    id,
    arn,
    ...(typeof request.inputs.name === "string" ? {} : { name: nameOf(request) }),
  };
  switch (kind) {
    case "instance": {
      const byte = String(parseInt(hash(request.urn).slice(0, 2), 16));
      const gateway = request.name.includes("gateway");
      return {
        ...common,
        primaryNetworkInterfaceId: `eni-${hash(id)}`,
        privateIp: `10.0.${gateway ? "1" : "101"}.${byte}`,
        publicIp: gateway ? `198.51.100.${byte}` : "",
      };
    }
    case "vpc":
      return {
        ...common,
        defaultSecurityGroupId: `sg-${hash(`${id}d`)}`,
        mainRouteTableId: `rtb-${hash(id)}`,
        defaultRouteTableId: `rtb-${hash(id)}`,
        defaultNetworkAclId: `acl-${hash(id)}`,
      };
    case "bucket":
      return { ...common, arn: `arn:aws:s3:::${id}`, bucket: id };
    default:
      return request.type.startsWith("command:") ? { id, stdout: HOST_KEY, stderr: "" } : common;
  }
}
