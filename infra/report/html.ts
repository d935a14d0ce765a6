/** HTML in which whatever comes from outside is escaped. Pure. */

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

function markup(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  return typeof part === "object" ? part.map(markup).join("") : escape(String(part));
}

/** Values are escaped, but for what is HTML already; lists are joined and undefined is nothing. */
export function html(texts: TemplateStringsArray, ...values: readonly Part[]): Html {
  return new Html(texts.map((text, index) => text + (index < values.length ? markup(values[index]) : "")).join(""));
}

export const when = (condition: boolean, part: () => Html): Html | undefined => (condition ? part() : undefined);
