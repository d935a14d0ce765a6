/** What a picture shows: boxes where things stand, and arrows for who may reach whom. What is in it comes from infra/report/network.ts. Pure. */
import type { HostFile } from "../release/types";

export interface Box {
  readonly id: string;
  readonly kind: "outside" | "vpc" | "zone" | "public" | "private" | "subnet" | "host" | "bucket";
  /** The first line is the name. */
  readonly lines: readonly string[];
  readonly children: readonly Box[];
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** Traffic that the system starts by itself: packages, updates, models. */
  readonly outward: boolean;
}

export interface Picture {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  /** Boxes that stand side by side though nothing leads from one to the other. */
  readonly beside: readonly (readonly [left: string, right: string])[];
  /** There are more arrows than are drawn. */
  readonly partial?: boolean;
}

/** What each box is called, by id. */
export function namesOf({ boxes }: Pick<Picture, "boxes">): Map<string, string> {
  const flat = boxes.flatMap(function all(one): Box[] {
    return [one, ...one.children.flatMap(all)];
  });
  return new Map(flat.map(({ id, lines }) => [id, lines[0] ?? id]));
}

type Files = readonly Pick<HostFile, "host" | "path" | "kind" | "content">[];

const SITES = /^\/etc\/nginx\/sites-available\//;

/** Ports that nginx listens on, in the order of its file. */
export function listensAt(files: Files, role: string): string[] {
  const sites = files.filter((file) => file.host === role && file.kind === "file" && SITES.test(file.path));
  return [...new Set(sites.flatMap(({ content }) => [...(content ?? "").matchAll(/^\s*listen (\d+)/gm)].map(([, port = ""]) => port)))];
}

/** What listens on a host, in the order of a request: `nginx :80`, `→ uvicorn :8000`. */
export function servicesOf(files: Files, role: string): string[] {
  const own = files.filter((file) => file.host === role && file.kind === "file");
  const first = (path: RegExp, pattern: RegExp): string | undefined =>
    own.filter((file) => path.test(file.path)).flatMap(({ content }) => pattern.exec(content ?? "")?.[1] ?? [])[0];
  const front = listensAt(files, role);
  const service = first(/^\/etc\/systemd\/system\/ddos-(gateway|backend)\.service$/, /--port (\d+)/);
  return [
    front.length === 0 ? [] : `nginx ${front.map((port) => `:${port}`).join(", ")}`,
    service === undefined ? [] : `→ uvicorn :${service}`,
  ].flat();
}

/** The same in sentences, for who does not see it. */
export function description({ boxes, arrows, partial }: Picture): string {
  const flat = boxes.flatMap(function all(one): (typeof boxes)[number][] {
    return [one, ...one.children.flatMap(all)];
  });
  const names = new Map(flat.map(({ id, lines }) => [id, lines[0] ?? id]));
  const hosts = flat.filter(({ kind }) => kind === "host").map(({ lines }) => `${lines[0] ?? ""}: ${lines.slice(1).join("; ")}.`);
  const sentence = ({ from, to, label, outward }: Arrow): string =>
    `${names.get(from) ?? from} ${outward ? "goes out to" : "reaches"} ${names.get(to) ?? to}: ${label}.`;
  return [...hosts, ...arrows.map(sentence), partial === true ? "The table has more." : "Nothing else is let in from outside."].join(" ");
}
