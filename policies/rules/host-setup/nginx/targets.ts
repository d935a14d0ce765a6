/** Where nginx sends requests on to. */
import { holesOf, plain } from "../../../shell/text";
import type { Directive } from "./read";

const PASS = /^(proxy|grpc|fastcgi|uwsgi|scgi|memcached)_pass$/u;
const METADATA = /^(169\.254\.169\.254|\[?fd00:ec2::254\]?|instance-data(\.ec2\.internal)?)$/iu;
const LOOPBACK = /^(127\.[\d.]+|localhost|\[::1\]|::1)$/iu;
const PRIVATE = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)[\d.]+$/u;

/** What is wrong with a target, as the end of a sentence. */
export interface Doubt {
  readonly what: string;
  readonly certain: boolean;
}

export function targetDoubts(all: readonly Directive[], servicePort: number): Doubt[] {
  const upstreams = new Set(all.filter(({ name }) => name === "upstream").map(({ args }) => args[0] ?? ""));
  const mirrored = all.some(({ name, args }) => name === "mirror" && args[0] !== "off");
  const values = valuesIn(all);
  return all.flatMap((directive) => {
    const target = targetOf(directive);
    if (target === undefined || upstreams.has(hostOf(target).host)) return [];
    const doubt = doubtOf(target, values, servicePort, mirrored);
    return doubt ? [{ ...doubt, what: `\`${[directive.name, ...directive.args].join(" ")}\` ${doubt.what}` }] : [];
  });
}

/** The address that a directive leads to. `server` stands for one in an upstream block. */
function targetOf({ name, args, blocks }: Directive): string | undefined {
  if (PASS.test(name)) return args[0];
  return name === "server" && blocks.at(-1) === "upstream" ? args[0] : undefined;
}

function hostOf(target: string): { readonly host: string; readonly port: number | undefined } {
  if (/^(\w+:\/\/)?unix:/u.test(target)) return { host: "127.0.0.1", port: undefined };
  const [, scheme, rest = ""] = /^(?:(\w+):\/\/)?([\s\S]*)$/u.exec(target) ?? [];
  const authority = rest.split("/")[0] ?? "";
  const [, host = authority, port] = /^(.*?)(?::(\d+))?$/u.exec(authority) ?? [];
  const known = port === undefined ? { https: 443, http: 80 }[scheme ?? ""] : Number(port);
  return { host, port: known };
}

/** What the variables of the file stand for, by name. */
function valuesIn(all: readonly Directive[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const { name, args, blocks, of } of all) {
    if (name === "set" && args[0] !== undefined) values.set(args[0], [...(values.get(args[0]) ?? []), args.slice(1).join(" ")]);
    const variable = of[1];
    if (blocks.at(-1) === "map" && variable !== undefined) values.set(variable, [...(values.get(variable) ?? []), args[0] ?? ""]);
  }
  return values;
}

function doubtOf(
  target: string,
  values: ReadonlyMap<string, readonly string[]>,
  servicePort: number,
  mirrored: boolean,
  depth = 0,
): Doubt | undefined {
  const { host, port } = hostOf(plain(target));
  if (METADATA.test(host)) return { what: "leads to the host's metadata, whose answer holds its role's keys", certain: true };
  const variable = /\$\{?(\w+)\}?/u.exec(host);
  if (variable) {
    const known = values.get(`$${variable[1] ?? ""}`);
    if (!known || depth > 3) return { what: "leads where the client's request says", certain: false };
    return known
      .map((value) => doubtOf(target.replace(variable[0], value), values, servicePort, mirrored, depth + 1))
      .find((doubt) => doubt !== undefined);
  }
  if (LOOPBACK.test(host)) return undefined;
  const open = port === undefined || [80, 443, servicePort].includes(port);
  if ((PRIVATE.test(host) || holesOf(host).length > 0) && !open)
    return { what: "leads to another port than the service's of a host behind the gateway", certain: false };
  return mirrored && !PRIVATE.test(host) && holesOf(host).length === 0
    ? { what: "gets a copy of what clients send", certain: false }
    : undefined;
}
