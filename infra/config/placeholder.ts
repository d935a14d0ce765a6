/** What stands in for a secret that cannot be read here: a preview without an engine has no key to the stack's file. Pure. */

const BEGIN = "placeholder:";

/** Has the form of a URL and more than 32 characters, so that it passes wherever a secret is expected. @param mark ends it */
export function placeholderFor(name: string, mark = ""): string {
  return `${BEGIN}${name}-is-not-read-offline${mark}`;
}

/** Of such a value nothing more can be said. */
export const isPlaceholder = (value: unknown): boolean =>
  typeof value === "string" && value.startsWith(BEGIN) && value.includes("-is-not-read-offline");
