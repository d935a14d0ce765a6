/** What has been found in a local archive so far, within bounds: a preview reads what a program sends, and never more than that takes seconds. */
import { Asset } from "../../core/types";

/** A larger file is listed by name alone. */
export const MOST_TEXT = 2 * 1024 * 1024;
const MOST_TOTAL = 32 * 1024 * 1024;
const MOST_ENTRIES = 5000;

export class Members {
  private readonly found = new Map<string, Asset>();
  private left = MOST_TOTAL;
  private entries = 0;

  /** @param archive its path as the program has it, for the names of what is inside */
  constructor(private readonly archive: string) {}

  /** Is there room for one more entry? Folders count too: ten thousand empty ones take as long to list. */
  hasRoom(): boolean {
    this.entries += 1;
    return this.entries <= MOST_ENTRIES && this.left > 0;
  }

  /** @param bytes undefined for a file that is too large to be read */
  file(name: string, bytes: Buffer | undefined): void {
    const text = bytes && textOf(bytes);
    this.left -= bytes?.length ?? 0;
    this.found.set(name, new Asset("file", this.placeOf(name), undefined, text === undefined ? {} : { text }));
  }

  /**
   * @param why the end of a sentence that begins with the entry's name
   * @param cost how many bytes were worked on to find out
   */
  closed(name: string, why: string, cost = 0): void {
    this.left -= cost;
    this.found.set(name, new Asset("archive", this.placeOf(name), undefined, { why }));
  }

  all(): Record<string, Asset> {
    return Object.fromEntries(this.found);
  }

  private placeOf(name: string): string {
    return `${this.archive.replace(/\/+$/u, "")}/${name}`;
  }
}

export const TOO_MUCH = `holds more than ${String(MOST_ENTRIES)} entries or ${String(MOST_TOTAL / 1024 / 1024)} MB of text`;

/** Undefined for a binary. */
export const textOf = (bytes: Buffer): string | undefined => (bytes.includes(0) ? undefined : bytes.toString("utf8"));
