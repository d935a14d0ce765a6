/** What a pyproject.toml (PEP 621) and its uv.lock ask for, and what of that cannot be installed on a host. Pure, apart from reading the tree. */
import { parse, TomlError } from "smol-toml";
import { parseRequirement, normalized, type RequirementSet, type Requirement } from "./requirements";
import { textOf, type AppTree } from "./tree";

interface Project {
  readonly dependencies?: unknown;
  readonly dynamic?: unknown;
  readonly "requires-python"?: unknown;
}

interface Pyproject {
  readonly project?: Project;
  readonly tool?: { readonly poetry?: unknown; readonly uv?: { readonly sources?: Readonly<Record<string, unknown>> } };
}

export interface ProjectSet extends RequirementSet {
  /** As it stands in the file, such as ">=3.11". */
  readonly requiresPython?: string;
  /** True when every package that will be installed is named. */
  readonly complete: boolean;
}

const EXPORT =
  "write requirements.txt: with Poetry `poetry export -f requirements.txt -o requirements.txt`, with PDM `pdm export -o requirements.txt`";

/** @param tree has a pyproject.toml */
export function readPyproject(tree: AppTree): ProjectSet {
  const nothing = { requirements: [], constraints: [], options: [], files: ["pyproject.toml"], complete: false };
  const file = parsed<Pyproject>(tree, "pyproject.toml");
  if ("problem" in file) return { ...nothing, problems: [file.problem] };
  const { project, tool } = file.value;
  if (project === undefined) {
    const found = tool?.poetry === undefined ? "has no [project] table" : "has [tool.poetry] and no [project] table";
    return {
      ...nothing,
      problems: [
        `pyproject.toml: ${found}, so only that tool knows the packages; ${EXPORT}, or list them in [project] dependencies (PEP 621)`,
      ],
    };
  }
  const requiresPython = typeof project["requires-python"] === "string" ? project["requires-python"] : undefined;
  const lock = textOf(tree, "uv.lock") === undefined ? undefined : readLock(tree);
  if (lock !== undefined)
    return { ...nothing, ...lock, files: ["pyproject.toml", "uv.lock"], requiresPython, complete: lock.problems.length === 0 };
  return { ...nothing, ...listed(project, tool?.uv?.sources), requiresPython };
}

function listed(project: Project, sources: object | undefined): Pick<RequirementSet, "requirements" | "problems"> {
  if (sources !== undefined && Object.keys(sources).length > 0) {
    return {
      requirements: [],
      problems: [
        "pyproject.toml: has [tool.uv.sources], which only a lock makes certain; add uv.lock (`uv lock` in the application's folder)",
      ],
    };
  }
  if (Array.isArray(project.dynamic) && project.dynamic.includes("dependencies")) {
    return {
      requirements: [],
      problems: [
        "pyproject.toml: leaves its dependencies to a build ([project] dynamic); list them in [project] dependencies, or write requirements.txt",
      ],
    };
  }
  const wanted = Array.isArray(project.dependencies) ? project.dependencies.filter((one): one is string => typeof one === "string") : [];
  const problems =
    wanted.length > 0
      ? []
      : ["pyproject.toml: has no [project] dependencies; at least uvicorn and python-dotenv are needed to run the application"];
  return { requirements: wanted.map((text) => parseRequirement("pyproject.toml", text)), problems };
}

interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly source?: Readonly<Record<string, string>>;
}

/** The packages of the lock, those for developers included: which of them a host installs is for its own Python to say. */
function readLock(tree: AppTree): Pick<RequirementSet, "requirements" | "problems"> {
  const file = parsed<{ readonly package?: readonly Locked[] }>(tree, "uv.lock");
  if ("problem" in file) return { requirements: [], problems: [file.problem] };
  const packages = file.value.package ?? [];
  const roots = packages.filter(({ source }) => source?.editable === "." || source?.virtual === ".");
  if (roots.length !== 1) {
    return {
      requirements: [],
      problems: ["uv.lock: does not say which package is the application; make it anew with `uv lock` in the application's folder"],
    };
  }
  const others = packages.filter((one) => !roots.includes(one));
  return { requirements: others.map(lockedRequirement), problems: [] };
}

function lockedRequirement({ name = "", version }: Locked): Requirement {
  return {
    place: "uv.lock",
    name: normalized(name),
    extras: [],
    specifier: version === undefined ? "" : `==${version}`,
    marker: true,
    hashed: true,
    hashes: [],
  };
}

function parsed<T>(tree: AppTree, path: string): { value: T } | { problem: string } {
  try {
    return { value: parse(textOf(tree, path) ?? "") as T };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    return { problem: `${path}:${error.line}: is not valid TOML (${reason}); correct the line` };
  }
}
