/** Ports of the application and of the service that containers publish: by a command, by a unit, by Compose or by Quadlet. */
import type { Settings } from "../../core/types";
import { yamlValue } from "../../core/yaml";
import { LONG } from "../../shell/effects/containers";
import type { Place } from "../../shell/files";
import type { Asked } from "../../shell/answers";
import { parseOptions } from "../../shell/options";
import { nameOf } from "../../shell/paths";
import { plain } from "../../shell/text";
import { isApplication, unitsOf, valuesOf } from "./units";

export interface Published {
  /** Empty: none is given, which means every address. */
  readonly address: string;
  readonly port: string;
  readonly place: Place;
}

export function publishedPorts({ record, files }: Asked, settings: Settings): Published[] {
  const units = unitsOf(record, files).flatMap(({ text = "", place }) =>
    valuesOf(text, "ExecStart").map((line) => ({ words: line.replace(/^[-@:+!]+/u, "").split(/\s+/u), place })),
  );
  const lines = [...units, ...record.executed.map(({ argv, place }) => ({ words: argv.map(plain), place }))];
  const given = [
    ...lines.flatMap(({ words, place }) => ofCommand(words).map((text) => ({ text, place }))),
    ...record.written.flatMap(({ path, content, place }) => ofFile(path, content).map((text) => ({ text, place }))),
  ];
  if (given.length === 0) return [];
  const starts = units.map(({ words }) => words.join(" ")).filter((line) => isApplication(line, settings));
  const ports = applicationPorts(starts);
  return given.flatMap(({ text, place }) => {
    const one = split(text);
    const port = one && [...ports, settings.servicePort].find((wanted) => one.ranges.some(([from, to]) => from <= wanted && wanted <= to));
    return one && port !== undefined ? [{ address: one.address, port: String(port), place }] : [];
  });
}

/** Uvicorn's and gunicorn's own port: a unit that says another one need not be the only one. */
const USUAL = 8000;

function applicationPorts(lines: readonly string[]): number[] {
  const found = lines.flatMap((line) => [...line.matchAll(/(?:--port[= ]|(?:--bind|-b)[= ]\S*:)(\d+)/gu)].map(([, port]) => Number(port)));
  return [...found, USUAL];
}

/** Options of `docker run`; the image and what follows it are the container's. */
function ofCommand(words: readonly string[]): string[] {
  if (!/^(docker|podman|nerdctl)$/u.test(nameOf(words[0] ?? ""))) return [];
  const at = words.findIndex((word) => /^(run|create)$/u.test(word));
  if (at < 0) return [];
  const { given } = parseOptions(words.slice(at + 1), { values: "vepwulmcah", long: LONG, stops: true });
  return [...(given.get("p") ?? []), ...(given.get("publish") ?? [])];
}

const COMPOSE = /(^|[/-])(docker-)?compose[^/]*\.ya?ml$/u;
const QUADLET = /\/containers\/systemd\/.*\.(container|pod)$/u;

function ofFile(path: string, content: string): string[] {
  if (QUADLET.test(path)) return valuesOf(plain(content), "PublishPort");
  if (!COMPOSE.test(path)) return [];
  const text = plain(content);
  // What is no YAML, and what stands in for text by an anchor, is read by its lines.
  const value = /[&*]\w/u.test(text) ? undefined : yamlValue(text);
  if (value !== undefined)
    return Object.values(asRecord(asRecord(value).services)).flatMap((service) => {
      const { ports } = asRecord(service);
      return Array.isArray(ports) ? ports.flatMap(portOf) : [];
    });
  return [...text.matchAll(/^[ \t]*ports:[ \t]*\n((?:[ \t]*-[ \t]*\S.*(?:\n|$))+)/gmu)].flatMap(([, list = ""]) =>
    list.split("\n").flatMap((line) => /^[ \t]*-[ \t]*["']?([^"'\s]+)/u.exec(line)?.[1] ?? []),
  );
}

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** `"8000:8000"`, `8000`, `{ target: 8000, published: 8000, host_ip: 127.0.0.1 }`. */
function portOf(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  const { target, published, host_ip: address } = asRecord(value);
  const parts = [address, published, target].filter((part) => typeof part === "string" || typeof part === "number");
  return target === undefined ? [] : [parts.map(String).join(":")];
}

/** `[address:][host port:]container port[/protocol]`, each port possibly a range. */
function split(text: string): { readonly address: string; readonly ranges: readonly (readonly [number, number])[] } | undefined {
  const found = /^(?:(\[[^\]]*\]|[^:]*):)??(?:(\d*(?:-\d+)?):)?(\d+(?:-\d+)?)(?:\/(?:tcp|sctp))?$/u.exec(
    text.replace(/^(published|p|publish)=/u, ""),
  );
  if (!found) return undefined;
  const [, address = "", host = "", container = ""] = found;
  const ranges = [host, container]
    .filter((port) => port !== "")
    .map((port): readonly [number, number] => {
      const [from = "", to = from] = port.split("-");
      return [Number(from), Number(to)];
    });
  return { address, ranges };
}
