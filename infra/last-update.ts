/**
 * What the engine remembers of this stack when a run begins. Both questions are functions of the engine's own provider, so they are in no
 * graph and no state; a StackReference to the stack itself would be in both, and knows nothing of an update that failed.
 */
import * as pulumi from "@pulumi/pulumi";
import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

export interface LastUpdate {
  /** Stack outputs of the last update that ended well; empty before the first one and after a destroy. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /**
   * The S3 objects in the state, those of a failed update included. Undefined where they are not known: the engine (3.260) ends with a panic
   * when this is asked about a stack whose checkpoint is still empty, so it is asked only when there are outputs.
   */
  readonly objects?: readonly SavedObject[];
  /** Whether the state holds a VPC; undefined where that is not known, or where there is no stack yet. */
  readonly ownNetwork?: boolean;
  /** What the backend's rules let it connect to, as `sg-...:PORT`; undefined where that is not known, or where there is no stack yet. */
  readonly groups?: readonly string[];
}

export interface SavedObject {
  readonly bucket: string;
  readonly key: string;
}

export async function lastUpdate(): Promise<LastUpdate> {
  try {
    const stack = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
    const outputs = await ask("pulumi:pulumi:readStackOutputs", { name: stack });
    if (Object.keys(outputs).length === 0) {
      return { outputs };
    }
    const resources = await ask("pulumi:pulumi:readStackResourceOutputs", { stackName: stack });
    return {
      outputs,
      objects: objectsOf(resources),
      ownNetwork: types(resources).includes("aws:ec2/vpc:Vpc"),
      groups: groupsOf(resources),
    };
  } catch (error) {
    await pulumi.log.warn(
      `what this stack consists of until now could not be asked for (${(error as Error).message}): models that are in the bucket are used ` +
        "from there, and their objects leave the state, which changes nothing in the bucket. " +
        "If the state has the layout of Pulumi before 3.61: pulumi state upgrade",
    );
    return { outputs: {}, objects: [] };
  }
}

/** `outputs` of the answer. The SDK's own `invoke` writes whole answers to the debug log, and this one holds every secret of the state. */
function ask(token: string, args: Record<string, string>): Promise<Record<string, unknown>> {
  const request = new resproto.ResourceInvokeRequest();
  request.setTok(token);
  request.setArgs(Struct.fromJavaScript(args));
  return new Promise((resolve, reject) => {
    const monitor = pulumi.runtime.getMonitor();
    if (monitor === undefined) {
      throw new Error("the program runs without an engine");
    }
    monitor.invoke(request, (error, response) => {
      if (error !== null) {
        reject(new Error((error as { details?: string }).details ?? error.message));
      } else {
        const answer = response.getReturn()?.toJavaScript() ?? {};
        resolve(answer.outputs ?? {});
      }
    });
  });
}

function types(resources: Readonly<Record<string, unknown>>): string[] {
  return Object.values(resources as Record<string, { type: string }>).map(({ type }) => type);
}

function groupsOf(resources: Readonly<Record<string, unknown>>): string[] {
  return Object.values(resources as Record<string, { type: string; outputs: { referencedSecurityGroupId?: string; fromPort?: number } }>)
    .filter(({ type }) => type === "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    .map(({ outputs: { referencedSecurityGroupId: id = "", fromPort: port } }) => `${id}:${String(port)}`);
}

function objectsOf(resources: Readonly<Record<string, unknown>>): SavedObject[] {
  return Object.values(resources as Record<string, { type: string; outputs: SavedObject }>)
    .filter(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2")
    .map(({ outputs: { bucket, key } }) => ({ bucket, key }));
}
