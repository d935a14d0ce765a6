/** Reports of hosts that outlast the process: the scripts of most hosts are the same at the next preview. */
import { decode, encode } from "../cache/encode";
import { digestOfSources } from "../cache/sources";
import { openStore } from "../cache/store";
import { cacheFolder } from "../typescript/cache-folder";
import { CowMap } from "./cow-map";
import type { Entry, Files, Fog } from "./files";
import { UNTOUCHED } from "./mode";
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

/** So few commands are followed again as quickly as they are read back. */
const FEWEST_COMMANDS = 1000;
/** What a process adds at most. It may evaluate hundreds of graphs, of which only the first come again. */
const MOST_KEPT = 6;
let keptSoFar = 0;
/** What policies know by being that object. */
const NAMED = [UNTOUCHED];

/**
 * The report under `material`, from an earlier process where one has made it.
 * @param material everything that decides the report, the pack itself apart
 * @param guarded there are, or may be, secrets among what decides it
 */
export async function keptReport(material: string, guarded: boolean, make: () => Promise<Report>): Promise<Report> {
  const store = isOff() ? undefined : openStore(cacheFolder("followed-scripts"));
  if (!store) return make();
  const key = store.keyOf(`${digestOfSources()} ${material}`, guarded);
  const bytes = store.read(key);
  if (bytes) return fromPlain(decode(bytes, NAMED) as Plain);
  const report = await make();
  if (report.record.executed.length >= FEWEST_COMMANDS && keptSoFar < MOST_KEPT) {
    keptSoFar += 1;
    store.write(key, encode(toPlain(report), NAMED));
  }
  return report;
}

type Plain = Omit<Report, "files"> & { readonly entries: readonly (readonly [string, readonly Entry[]])[]; readonly fog?: Fog };

function toPlain({ files, ...rest }: Report): Plain {
  return { ...rest, entries: [...files.entries], ...(files.fog ? { fog: files.fog } : {}) };
}

function fromPlain({ entries, fog, ...rest }: Plain): Report {
  return { ...rest, files: { entries: CowMap.from(entries), ...(fog ? { fog } : {}) } };
}
