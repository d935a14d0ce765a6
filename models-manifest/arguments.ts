import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { UsageProblem } from "../policies/cli";
import type { ManifestFile, ModelRole } from "./manifest";

export interface Surroundings {
  /** The project's root: paths in manifests are relative to it. */
  readonly root: string;
  /** The Python that looks at pickles. @default python3 */
  readonly python?: string;
}

const OWN_MANIFEST = "models-manifest/models.json";
const SAMPLE_MANIFEST = "models-manifest/sample.json";
const ROLES: readonly ModelRole[] = ["model", "scaler", "label-encoder", "metrics"];

export const MANIFEST_NOTE = `The default manifest is ${OWN_MANIFEST}; where that does not exist and is not being made, ${SAMPLE_MANIFEST}.`;

export const MANIFEST = { kind: "text", value: "FILE", help: "the manifest" } as const;

export const ADD_OPTIONS = {
  role: {
    kind: "text",
    value: "ROLE",
    required: true,
    help: `one of ${ROLES.join(", ")}`,
    form: { pattern: new RegExp(`^(${ROLES.join("|")})$`), what: `one of ${ROLES.join(", ")}` },
  },
  format: {
    kind: "text",
    value: "FORMAT",
    help: "pickle or json, where the file's ending does not say it",
    form: { pattern: /^(pickle|json)$/, what: "pickle or json" },
  },
  optional: { kind: "flag", help: "the release may be without this file" },
  release: { kind: "text", value: "NAME", help: "name of the release; a new manifest needs it" },
  pin: {
    kind: "texts",
    value: "PACKAGE==VERSION",
    help: "Python package that may load the files; a new manifest needs scikit-learn==VERSION",
    form: { pattern: /^[^=]+==[^=]+$/, what: "the form scikit-learn==1.7.2" },
  },
  manifest: MANIFEST,
} as const;

/** The manifest's path relative to the root. */
export function manifestPath(given: string | undefined, root: string, from: string, mayBeSample: boolean): string {
  if (given !== undefined) return relative(root, resolve(from, given));
  return mayBeSample && !existsSync(resolve(root, OWN_MANIFEST)) ? SAMPLE_MANIFEST : OWN_MANIFEST;
}

/** The form was checked with the arguments. */
export const chosenRole = (value: string): ModelRole => value as ModelRole;
export const chosenFormat = (value: string | undefined): ManifestFile["format"] | undefined => value as ManifestFile["format"] | undefined;

/** @throws UsageProblem when a package is pinned twice */
export function chosenPins(pins: readonly string[]): Record<string, string> {
  const entries = pins.map((pin) => pin.split("==") as [string, string]);
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageProblem(`--pin names ${twice} twice; give one version`);
  return Object.fromEntries(entries);
}
