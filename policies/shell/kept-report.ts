/** Reports of hosts that outlast the process: the scripts of most hosts are the same at the next preview. */
import { decode, encode } from "../cache/encode";
import { digestOfSources } from "../cache/sources";
import { keyOfPart, openStore } from "../cache/store";
import type { Key, Store } from "../cache/store";
import { cacheFolder } from "../typescript/cache-folder";
import { CowMap } from "./cow-map";
import type { Entry, Files, Fog } from "./files";
import type { Happenings } from "./state";

export interface Report {
  /** Every state the files can end in. */
  readonly files: Files;
  readonly record: Happenings;
  /** What the `delete` scripts would do. */
  readonly deletion: Happenings;
  /** Something sets this host up: a step, or user data. */
  readonly isSetUp: boolean;
}

/** `POLICIES_CACHE=off`: every script is followed anew, and nothing is kept. */
const isOff = (): boolean => process.env.POLICIES_CACHE === "off";

/** Less text than that is followed again as quickly as a result is read back. */
const LEAST_TEXT = 2000;
/** Hosts, and files, of one process: it may evaluate hundreds of hosts or of graphs, of which only the first come again. */
const MOST_ASKED = 16;
const MOST_KEPT = 16;
const kept = new Set<string>();

/** What decides a report, the pack itself apart. */
export interface Material {
  readonly digest: string;
  /** How much text that was. */
  readonly length: number;
  /** There are, or may be, secrets in it. */
  readonly guarded: boolean;
}

/** The report from an earlier process, where one has made it. */
export async function keptReport(material: Material, make: () => Promise<Report>): Promise<Report> {
  const place = await placeOf(material);
  const bytes = place?.store.read(place.key);
  if (bytes) return fromPlain(decode(bytes) as Plain);
  const report = await make();
  if (place) keep(place, () => encode(toPlain(report)));
  return report;
}

/** Answers to questions about one host that outlast the process as well: with them nobody has to ask its report, which takes ten times as long to read. */
export interface Answers {
  get(question: string): object | undefined;
  /** @param answer plain data */
  set(question: string, answer: object): void;
}

export async function keptAnswers(material: Material): Promise<Answers> {
  const place = partOf(await placeOf(material), "answers");
  const bytes = place?.store.read(place.key);
  const answers = new Map(bytes ? (decode(bytes) as [string, object][]) : []);
  return {
    get: (question) => answers.get(question),
    set: (question, answer) => {
      answers.set(question, answer);
      if (place) unwritten.set(place.key.name, { place, answers });
    },
  };
}

const unwritten = new Map<string, { readonly place: Place; readonly answers: ReadonlyMap<string, object> }>();
/** Those of one host: each question is one policy's, under some settings. A few sets of settings fit in. */
const MOST_ANSWERS = 400;

/** Writes what was answered anew. After an evaluation: a file for each answer would cost more than it saves. */
export function keepAnswers(): void {
  for (const { place, answers } of unwritten.values()) keep(place, () => encode([...answers].slice(-MOST_ANSWERS)));
  unwritten.clear();
}

interface Place {
  readonly store: Store;
  readonly key: Key;
}

const places = new Map<string, Promise<Place | undefined>>();

/** Where the results of a host are kept, unless it is one whose results are not. */
function placeOf(material: Material): Promise<Place | undefined> {
  if (isOff() || material.length < LEAST_TEXT) return Promise.resolve(undefined);
  const known = places.get(material.digest);
  if (known || places.size >= MOST_ASKED) return known ?? Promise.resolve(undefined);
  const place = findPlace(material);
  places.set(material.digest, place);
  return place;
}

async function findPlace({ digest, guarded }: Material): Promise<Place | undefined> {
  const store = openStore(cacheFolder("followed-scripts"));
  return store && { store, key: await store.keyOf(`${digestOfSources()} ${digest}`, guarded) };
}

const partOf = (place: Place | undefined, part: string): Place | undefined => place && { ...place, key: keyOfPart(place.key, part) };

function keep({ store, key }: Place, content: () => Buffer | undefined): void {
  if (kept.size >= MOST_KEPT && !kept.has(key.name)) return;
  const bytes = content();
  if (bytes === undefined) return;
  kept.add(key.name);
  store.write(key, bytes);
}

type Plain = Omit<Report, "files"> & { readonly entries: readonly (readonly [string, readonly Entry[]])[]; readonly fog?: Fog };

function toPlain({ files, ...rest }: Report): Plain {
  return { ...rest, entries: [...files.entries], ...(files.fog ? { fog: files.fog } : {}) };
}

function fromPlain({ entries, fog, ...rest }: Plain): Report {
  return { ...rest, files: { entries: CowMap.from(entries), ...(fog ? { fog } : {}) } };
}
