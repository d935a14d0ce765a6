/** Lifecycle hooks as hosts see them: the stand-in for the rest of AWS has no CompleteLifecycleAction. A test says which instances are waited for. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** What an instance said. */
export interface Completion {
  readonly instance: string;
  readonly group: string;
  readonly hook: string;
  readonly result: string;
  /** Whether the group waited for it. */
  readonly waited: boolean;
}

export interface Hooks {
  readonly records: Completion[];
  /** Instances in Pending:Wait from now on, with those of before. */
  readonly set: (instances: readonly string[]) => void;
  readonly handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
}

const NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/";

/** The query protocol of EC2 Auto Scaling, as botocore 1.20 and later speak it. */
export function answerHook(
  body: string,
  waiting: Set<string>,
): { readonly status: number; readonly text: string; readonly said?: Completion } {
  const asked = new URLSearchParams(body);
  const value = (name: string): string => asked.get(name) ?? "";
  const refused = (message: string): { status: number; text: string } => ({
    status: 400,
    text: `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
  });
  const action = value("Action");
  if (action !== "CompleteLifecycleAction") return refused(`${action} is not imitated here`);
  const [instance, result] = [value("InstanceId"), value("LifecycleActionResult")];
  if (!["CONTINUE", "ABANDON"].includes(result)) return refused(`LifecycleActionResult ${result}`);
  // Either ends the wait.
  const waited = waiting.delete(instance);
  const said = { instance, group: value("AutoScalingGroupName"), hook: value("LifecycleHookName"), result, waited };
  if (!waited) return { ...refused(`No active Lifecycle Action found with instance ID ${instance}`), said };
  const text = `<${action}Response xmlns="${NAMESPACE}"><${action}Result/><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></${action}Response>`;
  return { status: 200, text, said };
}

export function createHooks(): Hooks {
  const [waiting, records] = [new Set<string>(), [] as Completion[]];
  return {
    records,
    set: (instances) => instances.forEach((instance) => waiting.add(instance)),
    handle: (incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.on("end", () => {
        const { status, text, said } = answerHook(Buffer.concat(parts).toString("utf8"), waiting);
        if (said !== undefined) records.push(said);
        outgoing.writeHead(status, { "content-type": "text/xml" }).end(text);
      });
    },
  };
}
