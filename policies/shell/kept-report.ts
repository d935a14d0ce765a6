/** Reports of hosts that outlast the process: the scripts of most hosts are the same at the next preview. */
import { decode, encode } from "../cache/encode";
import { digestOfSources } from "../cache/sources";
import { openStore } from "../cache/store";
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
/** Of one process: it may evaluate hundreds of hosts or of graphs, of which only the first come again. */
const MOST_ASKED = 16;
const MOST_KEPT = 8;
let [asked, kept] = [0, 0];

/** What decides a report, the pack itself apart. */
export interface Material {
  readonly digest: string;
  /** How much text that was. */
  readonly length: number;
  /** There are, or may be, secrets in it. */
  readonly guarded: boolean;
}

/** The report from an earlier process, where one has made it. */
export async function keptReport({ digest, length, guarded }: Material, make: () => Promise<Report>): Promise<Report> {
  if (isOff() || length < LEAST_TEXT || asked >= MOST_ASKED) return make();
  asked += 1;
  const store = openStore(cacheFolder("followed-scripts"));
  if (!store) return make();
  const key = await store.keyOf(`${digestOfSources()} ${digest}`, guarded);
  const bytes = store.read(key);
  if (bytes) return fromPlain(decode(bytes) as Plain);
  const report = await make();
  const content = kept < MOST_KEPT ? encode(toPlain(report)) : undefined;
  if (content) {
    kept += 1;
    store.write(key, content);
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
