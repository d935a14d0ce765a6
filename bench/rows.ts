/** Values by what was measured, in the order of its first measurement. */
import type { Row } from "./result";

export class Rows {
  readonly #rows = new Map<string, { readonly unit: string; readonly more: boolean; readonly values: number[] }>();

  take(what: string, unit: string, value: number, more = false): void {
    const row = this.#rows.get(what) ?? { unit, more, values: [] };
    row.values.push(value);
    this.#rows.set(what, row);
  }

  has(what: string): boolean {
    return this.#rows.has(what);
  }

  all(): Row[] {
    return [...this.#rows].map(([what, { unit, more, values }]) => ({ what, unit, values, ...(more ? { more } : {}) }));
  }
}
