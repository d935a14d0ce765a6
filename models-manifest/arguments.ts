import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { UsageProblem } from "../policies/cli";
import type { Io } from "../policies/cli";
import { FORMAT_NAMES, type ModelFormat } from "./formats";

export interface Surroundings {
  /** The project's root: paths in manifests are relative to it. */
  readonly root: string;
  /** The Python that looks at pickles. @default python3 */
  readonly python?: string;
}

export const OWN_MANIFEST = "models-manifest/models.json";
const SAMPLE_MANIFEST = "models-manifest/sample.json";

export const MANIFEST_NOTE = `The default manifest is ${OWN_MANIFEST}; where that does not exist and is not being made, ${SAMPLE_MANIFEST}.`;

export const MANIFEST = { kind: "text", value: "FILE", help: "the manifest" } as const;

/** As the configuration takes it (infra/config/existing-schema.ts). */
export const PREFIX = {
  kind: "text",
  value: "PREFIX",
  help: "what all keys of the stack begin with (models.existing.prefix), where it has one",
  form: { pattern: /^([A-Za-z0-9][A-Za-z0-9._-]*\/)+$/, what: "folders with a slash behind each, such as ml-gateway/" },
} as const;

export const ADD_OPTIONS = {
  role: {
    kind: "text",
    value: "ROLE",
    required: true,
    help: "what the file is to the application, in words of your own; MODEL_PATH names the file whose role is model",
    form: { pattern: /^\S(.{0,62}\S)?$/, what: "a word or two, such as model, scaler or metrics" },
  },
  format: {
    kind: "text",
    value: "FORMAT",
    help: `where the file's name and content do not say it: ${FORMAT_NAMES.join(", ")} (other is copied unchecked)`,
    form: { pattern: new RegExp(`^(${FORMAT_NAMES.join("|")})$`), what: `one of ${FORMAT_NAMES.join(", ")}` },
  },
  optional: { kind: "flag", help: "the release may be without this file" },
  release: { kind: "text", value: "NAME", help: "name of the release; a new manifest needs it" },
  pin: {
    kind: "texts",
    value: "PACKAGE==VERSION",
    help: "Python package that wrote the files and may load them; pickles need one",
    form: { pattern: /^[^=]+==[^=]+$/, what: "the form scikit-learn==1.7.2" },
  },
  import: {
    kind: "texts",
    value: "MODULE",
    help: "package beside scikit-learn whose classes the pickles hold, by its top-level module (xgboost, your own)",
    form: { pattern: /^[A-Za-z_][A-Za-z0-9_]*$/, what: "a top-level module, such as xgboost or my_package" },
  },
  manifest: MANIFEST,
} as const;

/** The place of a file that the user named. @throws UsageProblem for the address of something elsewhere, of which a path would be made */
export function ownPath(given: string, option: string, from: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given))
    throw new UsageProblem(
      `${option}: found ${given}, the address of something elsewhere, which nothing fetches. Download it, and name the file.`,
    );
  return resolve(from, given);
}

/** The manifest's path relative to the root. */
export function manifestPath(given: string | undefined, root: string, from: string, mayBeSample: boolean): string {
  if (given !== undefined) return relative(root, ownPath(given, "--manifest", from));
  return mayBeSample && !existsSync(resolve(root, OWN_MANIFEST)) ? SAMPLE_MANIFEST : OWN_MANIFEST;
}

/** The form was checked with the arguments. */
export const chosenFormat = (value: string | undefined): ModelFormat | undefined => value as ModelFormat | undefined;

/** @throws UsageProblem when a package is pinned twice */
export function chosenPins(pins: readonly string[]): Record<string, string> {
  const entries = pins.map((pin) => pin.split("==") as [string, string]);
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageProblem(`--pin names ${twice} twice; give one version`);
  return Object.fromEntries(entries);
}

/** A model of some GiB takes a while. */
export const telling =
  (io: Io) =>
  (path: string, bytes: number): void =>
    io.progress.say(`hashing ${path}, ${String(bytes / 1024 / 1024)} MiB so far`);
