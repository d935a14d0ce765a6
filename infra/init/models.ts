/** The manifest of the files that a new stack is to have. */
import { relative, resolve } from "path";
import { describeFile } from "../../models-manifest/edit";
import { formatManifest } from "../../models-manifest/format";
import { isPickled } from "../../models-manifest/formats";
import { checkManifest, ManifestError, type ManifestFile } from "../../models-manifest/manifest";
import { statsAt } from "../app/stats-at";
import { rolesOf } from "./found";

export interface ModelsRequest {
  /** Relative to the project. */
  readonly files: readonly string[];
  /** Roles that were given, by file. */
  readonly roles: Readonly<Record<string, string>>;
  readonly release: string;
  /** Exact versions of the packages that wrote them. */
  readonly pins: Readonly<Record<string, string>>;
  /** For the messages. */
  readonly path: string;
}

/** @throws ManifestError with what is wrong with each file */
export function manifestText(root: string, { files, roles, release, pins, path }: ModelsRequest): string {
  const guessed = rolesOf(files.map((file) => ({ path: file, size: statsAt(resolve(root, file))?.size ?? 0 })));
  const problems: string[] = [];
  const described = files.flatMap((file): ManifestFile[] => {
    try {
      const entry = { role: roles[file] ?? guessed[file] ?? "other", required: (roles[file] ?? guessed[file]) !== "metrics" };
      return [describeFile(resolve(root, file), root, entry)];
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ManifestError(problems);
  const pickled = described.filter(({ format }) => isPickled(format)).map((file) => file.path);
  if (pickled.length > 0 && Object.keys(pins).length === 0) {
    throw new ManifestError([
      `${pickled.join(", ")}: loads safely only with the versions that wrote it, and the application's requirements pin none of them; give --pin scikit-learn==VERSION (or the package that did)`,
    ]);
  }
  return formatManifest(checkManifest({ release, runtime: pickled.length > 0 ? pins : {}, files: described }, path));
}

/** `FILE` or `FILE=ROLE`, from where the user is, as the manifest has it. */
export function givenModels(words: readonly string[], root: string, from: string): Pick<ModelsRequest, "files" | "roles"> {
  const entries = words.map((word) => {
    const [file = "", role] = word.split(/=(?=[^=]*$)/);
    return [relative(root, resolve(from, file)).split("\\").join("/"), role] as const;
  });
  const roles = Object.fromEntries(entries.flatMap(([file, role]) => (role === undefined ? [] : [[file, role] as const])));
  return { files: entries.map(([file]) => file), roles };
}
