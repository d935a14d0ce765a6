/** What a pyproject.toml (PEP 621) and its uv.lock ask for, and what of that cannot be installed on a host. Pure, apart from reading the tree. */
import { parse, TomlError } from "smol-toml";
import { missingPackages } from "./packages";
import { parseRequirement, normalized, unreadable, type RequirementSet, type Requirement } from "./requirements";
import { textOf, type AppTree } from "./tree";

interface Project {
  readonly dependencies?: unknown;
  readonly dynamic?: unknown;
  readonly "optional-dependencies"?: unknown;
  readonly "requires-python"?: unknown;
}

interface Pyproject {
  readonly project?: Project;
  readonly "dependency-groups"?: unknown;
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
  const range = rangeProblem(project["requires-python"]);
  if (range !== undefined) return { ...nothing, problems: [range] };
  const requiresPython = typeof project["requires-python"] === "string" ? project["requires-python"] : undefined;
  const lock = textOf(tree, "uv.lock") === undefined ? undefined : readLock(tree);
  if (lock !== undefined)
    return { ...nothing, ...lock, files: ["pyproject.toml", "uv.lock"], requiresPython, complete: lock.problems.length === 0 };
  const { requirements, problems } = listed(project, tool?.uv?.sources);
  return { ...nothing, requirements, problems: [...problems, ...aside(requirements, project, file.value)], requiresPython };
}

/** PEP 440; a bare version, or the ^ of Poetry, is none. */
function rangeProblem(given: unknown): string | undefined {
  if (given === undefined || (typeof given === "string" && /^\s*((~=|===?|!=|<=?|>=?)\s*\d[\w.*+!-]*\s*(,\s*|$))*$/.test(given)))
    return undefined;
  return `pyproject.toml: requires-python is ${JSON.stringify(given)}, which is no range of versions; write for example requires-python = ">=3.10"`;
}

/** What the service is started with and stands in a list that no host installs. */
function aside(requirements: readonly Requirement[], project: Project, whole: Pyproject): string[] {
  if (requirements.length === 0) return [];
  const missed = missingPackages({ requirements, constraints: [], files: [], options: [], problems: [] }, false).certain;
  const lists = [
    ["[project.optional-dependencies]", project["optional-dependencies"]],
    ["[dependency-groups]", whole["dependency-groups"]],
  ] as const;
  return lists.flatMap(([table, groups]) =>
    Object.entries(typeof groups === "object" && groups !== null ? groups : {}).flatMap(([group, list]: [string, unknown]) => {
      const texts = Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : [];
      const missing = texts.filter((text) => missed.includes(parseRequirement("", text).name ?? ""));
      return missing.length === 0
        ? []
        : [
            `pyproject.toml: has ${missing.join(" and ")} in ${table} ${group}, which is not installed on a host; move what the service needs to [project] dependencies`,
          ];
    }),
  );
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
  const given = project.dependencies ?? [];
  if (!Array.isArray(given) || given.some((one) => typeof one !== "string")) {
    return {
      requirements: [],
      problems: [
        `pyproject.toml: [project] dependencies is no list of texts; write for example dependencies = ["uvicorn==0.54.0", "python-dotenv==1.2.4"]`,
      ],
    };
  }
  const wanted = given as string[];
  const requirements = wanted.map((text) => parseRequirement("pyproject.toml", text));
  const unread = requirements.flatMap((one, index) => unreadable(one, wanted[index] ?? "") ?? []);
  const none = "pyproject.toml: has no [project] dependencies; at least uvicorn and python-dotenv are needed to run the application";
  return { requirements, problems: wanted.length > 0 ? unread : [none] };
}

interface Edge {
  readonly name?: string;
  readonly marker?: string;
  readonly extra?: readonly string[];
}

interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly source?: Readonly<Record<string, string>>;
  readonly dependencies?: readonly Edge[];
  readonly "optional-dependencies"?: Readonly<Record<string, readonly Edge[]>>;
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
  const built = installed(packages, roots).flatMap((one) => builtFrom(one) ?? []);
  if (built.length > 0) return { requirements: [], problems: built };
  return { requirements: others.map(lockedRequirement), problems: [] };
}

/** What the application certainly needs: other packages of a lock may be for developers, or for another system. */
function installed(packages: readonly Locked[], roots: readonly Locked[]): Locked[] {
  const found = new Set<Locked>();
  const waiting = roots.flatMap(({ dependencies = [] }) => dependencies);
  for (let edge = waiting.pop(); edge !== undefined; edge = waiting.pop()) {
    const { name, marker, extra = [] } = edge;
    if (marker !== undefined) continue;
    for (const one of packages.filter((other) => other.name === name && !roots.includes(other) && !found.has(other))) {
      found.add(one);
      waiting.push(...(one.dependencies ?? []), ...extra.flatMap((part) => one["optional-dependencies"]?.[part] ?? []));
    }
  }
  return [...found];
}

/** A member of a workspace, another folder, a repository: nothing of it has a hash, and a host would have to build it. */
function builtFrom({ name = "", source = {} }: Locked): string | undefined {
  const kind = ["editable", "virtual", "directory", "git"].find((one) => source[one] !== undefined);
  return kind === undefined
    ? undefined
    : `uv.lock: takes ${name} from ${kind} ${JSON.stringify(source[kind])}, which would be built on the host; put a wheel of it into the application (uv build), or take a release from a package index`;
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
  const text = (textOf(tree, path) ?? "").replace(/^\uFEFF/, "");
  if (/[\0\uFFFD]/.test(text))
    return {
      problem: `${path}: is not a text file in UTF-8 (binary data, or UTF-16 as some editors of Windows write it); save it as plain UTF-8`,
    };
  try {
    return { value: parse(text) as T };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    return { problem: `${path}:${error.line}: is not valid TOML (${reason}); correct the line` };
  }
}
