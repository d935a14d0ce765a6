import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { parseArgs, type ParseArgsConfig } from "node:util";
import type { ManifestFile, ModelRole } from "./manifest";

export interface Surroundings {
  /** The project's root: paths in manifests are relative to it. */
  readonly root: string;
  /** Where the user is: paths in arguments are relative to it. */
  readonly from: string;
  readonly print: (line: string) => void;
  /** The Python that looks at pickles. @default python3 */
  readonly python?: string;
}

/** A mistake in the arguments: exit code 2. */
export class UsageError extends Error {}

const OWN_MANIFEST = "models-manifest/models.json";
const SAMPLE_MANIFEST = "models-manifest/sample.json";
const ROLES: readonly ModelRole[] = ["model", "scaler", "label-encoder", "metrics"];

export const USAGE = `Usage: npm run models -- COMMAND [--manifest FILE]
  add FILE --role model|scaler|label-encoder|metrics [--format pickle|json] [--optional] [--release NAME] [--pin PACKAGE==VERSION]...
           enters or replaces a file; makes the manifest when --release and --pin scikit-learn==VERSION are given
  verify   compares every file with the manifest, and looks at what the pickles import
  publish --bucket NAME
           uploads what the bucket does not have yet, with the standard AWS configuration; nothing is ever overwritten
  list     shows the files
The default manifest is ${OWN_MANIFEST}; where that does not exist and is not being made, ${SAMPLE_MANIFEST}.
Exit codes: 0 fine, 1 a file or an upload is not, 2 wrong arguments or manifest.`;

type Options = NonNullable<ParseArgsConfig["options"]>;
const MANIFEST: Options = { manifest: { type: "string" } };
type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export function parse(args: readonly string[], options: Options, positionals: number): { values: Values; positionals: string[] } {
  const parsed = parseArgs({ args: [...args], options: { ...MANIFEST, ...options }, allowPositionals: true });
  if (parsed.positionals.length !== positionals) {
    throw new UsageError(positionals === 0 ? `${parsed.positionals[0]} is one argument too many.` : "Name exactly one file to add.");
  }
  return parsed;
}

export const text = (value: Values[string]): string | undefined => (typeof value === "string" ? value : undefined);

/** The manifest's path relative to the root. */
export function manifestPath(values: Values, around: Surroundings, mayBeSample: boolean): string {
  const given = text(values["manifest"]);
  if (given !== undefined) return relative(around.root, resolve(around.from, given));
  return mayBeSample && !existsSync(resolve(around.root, OWN_MANIFEST)) ? SAMPLE_MANIFEST : OWN_MANIFEST;
}

export function chosenRole(value: string | undefined): ModelRole {
  const role = ROLES.find((known) => known === value);
  if (role === undefined) throw new UsageError(`--role is ${value ?? "missing"}: give one of ${ROLES.join(", ")}.`);
  return role;
}

export function chosenFormat(value: string | undefined): ManifestFile["format"] | undefined {
  if (value === undefined || value === "pickle" || value === "json") return value;
  throw new UsageError(`--format is ${value}: give pickle or json.`);
}

export function chosenPins(values: Values): Record<string, string> {
  const pins = (values["pin"] ?? []) as string[];
  return Object.fromEntries(
    pins.map((pin) => {
      const [name, version, ...rest] = pin.split("==");
      if (!name || !version || rest.length > 0) throw new UsageError(`--pin ${pin} is not of the form scikit-learn==1.7.2.`);
      return [name, version];
    }),
  );
}
