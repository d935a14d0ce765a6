/** Route 53 as a host with `tls.acme.challenge: dns` sees it: ChangeResourceRecordSets and GetChange of one record, and a refusal of everything else. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** A change that was taken. */
export interface Changed {
  readonly zone: string;
  readonly action: "UPSERT" | "DELETE";
  readonly name: string;
  /** Without its quotes. */
  readonly value: string;
}

export interface Zone {
  readonly records: Changed[];
  /** Two words "ZONE NAME": the record that may be changed. A number: so many changes are everywhere by now. */
  readonly set: (given: readonly string[]) => void;
  readonly handle: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
}

export interface ZoneReply {
  readonly status: number;
  readonly text: string;
  readonly changed?: Changed;
}

const XML = 'xmlns="https://route53.amazonaws.com/doc/2013-04-01/"';

const refused = (status: number, code: string, message: string): ZoneReply => ({
  status,
  text: `<?xml version="1.0"?><ErrorResponse ${XML}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});

const info = (root: string, id: number, status: string): string =>
  `<?xml version="1.0"?><${root} ${XML}><ChangeInfo><Id>/change/C${id}</Id><Status>${status}</Status><SubmittedAt>2026-01-01T00:00:00Z</SubmittedAt></ChangeInfo></${root}>`;

/** As IAM decides by the role's statement: this zone, this name, this type. @param done how many changes were taken before */
export function change(path: string, body: string, allowed: string, done: number): ZoneReply {
  const zone = /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/.exec(path)?.[1] ?? "";
  const all = (tag: string): string[] => [...body.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, "g"))].map((match) => match[1] ?? "");
  const [actions, names, types, values] = [all("Action"), all("Name"), all("Type"), all("Value")];
  const [name = ""] = names;
  const right = names.every((one) => `${zone} ${one.toLowerCase().replace(/\.$/, "")}` === allowed) && types.every((one) => one === "TXT");
  if (!right || actions.length === 0) return refused(403, "AccessDenied", "the role may not");
  const [action = ""] = actions;
  if (actions.length > 1 || (action !== "UPSERT" && action !== "DELETE")) return refused(400, "InvalidInput", action);
  const changed = { zone, action, name, value: (values[0] ?? "").replaceAll(/^(&quot;|")|(&quot;|")$/g, "") } as const;
  return { status: 200, text: info("ChangeResourceRecordSetsResponse", done + 1, "PENDING"), changed };
}

export function createZone(): Zone {
  const records: Changed[] = [];
  let [allowed, everywhere] = ["", 0];
  const replyTo = (method: string, path: string, body: string): ZoneReply => {
    const id = /^\/2013-04-01\/change\/C(\d+)$/.exec(path)?.[1];
    if (method === "GET" && id !== undefined) {
      return { status: 200, text: info("GetChangeResponse", Number(id), Number(id) <= everywhere ? "INSYNC" : "PENDING") };
    }
    return method === "POST" ? change(path, body, allowed, records.length) : refused(403, "AccessDenied", "the role may not");
  };
  return {
    records,
    set: (given) => {
      for (const one of given) {
        if (/^\d+$/.test(one)) everywhere = Number(one);
        else allowed = one;
      }
    },
    handle: (incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on("data", (part: Buffer) => parts.push(part));
      incoming.on("end", () => {
        const { status, text, changed } = replyTo(incoming.method ?? "", incoming.url ?? "", Buffer.concat(parts).toString("utf8"));
        if (changed !== undefined) records.push(changed);
        outgoing.writeHead(status, { "content-type": "text/xml" }).end(text);
      });
    },
  };
}
