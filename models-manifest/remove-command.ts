/** `npm run models -- remove`. */
import { statSync } from "node:fs";
import { basename, relative, resolve, sep } from "node:path";
import { EXIT, UsageProblem } from "../policies/cli";
import type { ExitCode, Given, Io } from "../policies/cli";
import { nearest } from "../policies/cli/nearest";
import { MANIFEST, manifestPath, type Surroundings } from "./arguments";
import { readChecksFile } from "./checks";
import { readContent } from "./content";
import { withoutFile } from "./edit";
import { writeManifest } from "./format";
import { checkManifest, ManifestError, readManifest, type Manifest, type ManifestFile } from "./manifest";
import { externalData } from "./whole";

export const REMOVE_OPTIONS = { manifest: MANIFEST } as const;

export function remove({ options, words }: Given<typeof REMOVE_OPTIONS>, { root }: Surroundings, io: Io): ExitCode {
  const path = manifestPath(options.manifest, root, io.from, false);
  const manifest = readManifest(path, root);
  const file = named(manifest, words[0] ?? "", { path, root, from: io.from });
  const inUse = uses(manifest, file, root);
  if (inUse.length > 0) throw new ManifestError(inUse.map((why) => `${file.path}: stays in ${path}: ${why}`));
  writeManifest(resolve(root, path), checkManifest(withoutFile(manifest, file), path));
  io.out(`${path}: no longer lists ${file.path} (${file.role}). The file itself, and what was published of it, stay where they are.`);
  return EXIT.ok;
}

/** By its path, from where the user is or as the manifest has it, or by its name on the host. */
function named({ files }: Manifest, word: string, { path, root, from }: { path: string; root: string; from: string }): ManifestFile {
  const given = relative(root, resolve(from, word)).split(sep).join("/");
  const found = files.find((file) => file.path === given || file.path === word) ?? files.find((file) => basename(file.path) === word);
  if (found !== undefined) return found;
  const names = files.map((file) => file.path);
  const close =
    nearest(given, names) ??
    nearest(
      basename(word),
      names.map((name) => basename(name)),
    );
  const listed = names.length === 0 ? "it lists no file" : close === undefined ? `it lists ${names.join(", ")}` : `did you mean ${close}?`;
  throw new UsageProblem(`${path} does not list ${word}; ${listed}`);
}

/** What would be wrong without the file. */
function uses({ checks, files }: Manifest, file: ManifestFile, root: string): string[] {
  const name = basename(file.path);
  const rows = checks === undefined ? [] : readChecksFile(checks, root).rows;
  const naming = rows.flatMap((row, index) => (JSON.stringify(row).includes(JSON.stringify(name).slice(1, -1)) ? [index + 1] : []));
  const holders = files.filter((other) => other !== file && weightsOf(other, root).includes(name));
  return [
    ...(naming.length > 0
      ? [`row ${naming.join(", ")} of ${checks ?? ""} names it. Change the ${naming.length > 1 ? "rows" : "row"} first.`]
      : []),
    ...(checks !== undefined && file.role === "model"
      ? [
          `${checks} says what this model answers. Remove "checks" from the manifest first, or enter another model under the same name (models add).`,
        ]
      : []),
    ...holders.map((other) => `${other.path} keeps its weights in it. Remove that first.`),
  ];
}

/** Files that a model keeps its weights in; none of one that is not here. */
function weightsOf({ path, format }: ManifestFile, root: string): readonly string[] {
  const place = resolve(root, path);
  return statSync(place, { throwIfNoEntry: false })?.isFile() === true ? externalData(place, format, readContent(place)) : [];
}
