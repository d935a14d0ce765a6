/** CloudWatch as hosts see it: PutMetricData in the query protocol, and CreateLogStream and PutLogEvents in JSON, as botocore 1.20 to 1.35 speak them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";

/** One datum or one event. */
export interface Sent {
  /** Namespace of a metric, or group of logs. */
  readonly place: string;
  /** Name of a metric, or stream of logs. */
  readonly name: string;
  /** Dimensions and values of a metric as they came, or the text of an event. */
  readonly text: string;
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly sent: readonly Sent[];
}

export interface Watched {
  readonly records: Sent[];
  /** Groups of logs that are there from now on, with those of before. From "down" on nothing is taken, until "up". */
  readonly set: (groups: readonly string[]) => void;
  readonly handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
}

const NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/";

export function takeMetrics(body: string): Reply {
  const asked = new URLSearchParams(body);
  if (asked.get("Action") !== "PutMetricData") return { status: 400, text: "<ErrorResponse/>", sent: [] };
  const data = new Map<string, string[]>();
  for (const [key, value] of asked) {
    const [, member, what] = /^MetricData\.member\.(\d+)\.(.*)$/.exec(key) ?? [];
    if (member !== undefined && what !== undefined) data.set(member, [...(data.get(member) ?? []), `${what}=${value}`]);
  }
  const sent = [...data.values()].map((lines) => ({
    place: asked.get("Namespace") ?? "",
    name: lines.find((line) => line.startsWith("MetricName="))?.slice("MetricName=".length) ?? "",
    text: lines.join(" "),
  }));
  return { status: 200, text: `<PutMetricDataResponse xmlns="${NAMESPACE}"><ResponseMetadata/></PutMetricDataResponse>`, sent };
}

interface Asked {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logEvents?: readonly { readonly message: string }[];
}

export function takeLogs(action: string, body: string, groups: ReadonlySet<string>, streams: Set<string>): Reply {
  const { logGroupName: place, logStreamName: name, logEvents = [] } = JSON.parse(body) as Asked;
  const refused = (type: string): Reply => ({ status: 400, text: JSON.stringify({ __type: type, message: `${place} ${name}` }), sent: [] });
  if (!groups.has(place)) return refused("ResourceNotFoundException");
  const stream = `${place}:${name}`;
  if (action.endsWith(".CreateLogStream")) {
    streams.add(stream);
    return { status: 200, text: "{}", sent: [] };
  }
  if (!streams.has(stream)) return refused("ResourceNotFoundException");
  return { status: 200, text: "{}", sent: logEvents.map(({ message }) => ({ place, name, text: message })) };
}

export function createWatched(): Watched {
  const [groups, streams, records] = [new Set<string>(), new Set<string>(), [] as Sent[]];
  const replyTo = (headers: IncomingMessage["headers"], body: string): Reply => {
    if (groups.has("down")) return { status: 503, text: "{}", sent: [] };
    const action = headers["x-amz-target"];
    return typeof action === "string" ? takeLogs(action, body, groups, streams) : takeMetrics(body);
  };
  return {
    records,
    set: (given) => {
      given.forEach((group) => (group === "up" ? groups.delete("down") : groups.add(group)));
    },
    handle: (incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.on("end", () => {
        const whole = Buffer.concat(parts);
        const body = (incoming.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole).toString("utf8");
        const { status, text, sent } = replyTo(incoming.headers, body);
        records.push(...sent);
        outgoing.writeHead(status, {
          "content-type": typeof incoming.headers["x-amz-target"] === "string" ? "application/x-amz-json-1.1" : "text/xml",
        });
        outgoing.end(text);
      });
    },
  };
}
