import { readFileSync, statSync, type Stats } from "node:fs";
import { resolve } from "node:path";
import { systemSentence } from "../policies/cli/system-errors";
import { notAFile } from "./content";
import { ManifestError } from "./manifest-error";
import { repeatedKey } from "./repeated-key";

const REMEDY = 'Name a manifest made by "npm run models -- add", for example models-manifest/sample.json.';

/** A URL, or one of which a path was made: `https://x/y` resolved is `…/https:/x/y`. */
const ADDRESS = /(^|\/)(https?|s3|gs|git|ssh|ftp|file):\/\/?[^/]/i;
const NOT_FETCHED =
  "is the address of something elsewhere, and a manifest is a file of the project, which nothing fetches. Download it, and the models that it lists, into the project, and name the file, for example models-manifest/models.json.";

/** What a manifest's file holds, as a plain value. `path` may be relative to `root`. Throws ManifestError. */
export function readJson(path: string, root: string): unknown {
  const place = resolve(root, path);
  const text = readText(path, place);
  if (text.trim() === "") throw new ManifestError([`${path}: is empty. ${REMEDY}`]);
  const value = parsed(path, text.replace(/^\ufeff/, ""));
  const twice = repeatedKey(text);
  if (twice !== undefined)
    throw new ManifestError([
      `${path}: line ${twice.line} has the key ${twice.key} a second time in its group, and only one could count. Keep one of the two.`,
    ]);
  return value;
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const other = notAFile({ size: text.length, head: Buffer.from(text.slice(0, 4096)), tail: Buffer.alloc(0) });
    if (other !== undefined) throw new ManifestError([`${path}: ${other}`]);
    if (/[\0\uFFFD]/.test(text)) throw new ManifestError([`${path}: holds binary data, as a model does, and no manifest. ${REMEDY}`]);
    throw new ManifestError([`${path}: is not JSON${where(text, error as Error)}. Restore it from git or make it again.`]);
  }
}

function readText(path: string, place: string): string {
  const stats = statsOf(path, place);
  if (stats === undefined && ADDRESS.test(path)) throw new ManifestError([`${path}: ${NOT_FETCHED}`]);
  if (stats === undefined) throw new ManifestError([`${path}: does not exist. ${REMEDY}`]);
  if (stats.isDirectory()) throw new ManifestError([`${path}: is a folder, not a manifest. ${REMEDY}`]);
  try {
    return readFileSync(place, "utf8");
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === "EACCES";
    throw new ManifestError([
      `${path}: ${denied ? "may not be read by you; give yourself the right to (chmod u+r)" : "cannot be read"}. ${REMEDY}`,
    ]);
  }
}

function statsOf(path: string, place: string): Stats | undefined {
  try {
    return statSync(place, { throwIfNoEntry: false });
  } catch (error) {
    throw new ManifestError([systemSentence(error, path) ?? `${path}: cannot be read. ${REMEDY}`]);
  }
}

/** Node says the place as an offset, or not at all. */
function where(text: string, error: Error): string {
  const offset = /position (\d+)/.exec(error.message)?.[1];
  if (offset === undefined) return "";
  const lines = text.slice(0, Number(offset)).split("\n");
  return `: something is wrong at line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
}
