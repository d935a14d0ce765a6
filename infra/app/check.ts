/**
 * What is known of an application before anything is created: its packages, its module, its secrets. Problems stop the deployment, notices do
 * not. Nothing of the application is run. Pure, apart from reading the tree.
 */
import { isLfsPointer } from "../../models-manifest/content";
import { ANOTHER_HOST, unmetNeeds, type HostGifts } from "./host-needs";
import { isForOthers } from "./markers";
import { admits, missingPackages, missingRuntime, pinConflicts, unpinned } from "./packages";
import { checkModule, type AppModule } from "./module";
import { readPyproject, type ProjectSet } from "./pyproject";
import { undeclared } from "./imports";
import { deeperImports, leftOutImports, otherLetters, outsideImports, submoduleImports } from "./left-out";
import { byCertainty, type Findings } from "./findings";
import { callNeeds } from "./host-starts";
import { packageNeeds } from "./package-needs";
import { pairFindings } from "./pairs";
import { removedNames } from "./removed-names";
import { uninstallable } from "./requirement-lines";
import { readRequirements } from "./requirements";
import { secretFiles, secretProblem, type SecretFile } from "./secret-files";
import type { SyntaxReport } from "./syntax";
import { contentOf, mebibytes, plainFiles, textOf, type AppTree } from "./tree";
import { versionBounds } from "./version-bounds";
import { wholeList } from "./whole-list";

export interface AppRequest {
  readonly project: string;
  /** Where it comes from: the hosts fetch all but a folder themselves. */
  readonly key: "app.path" | "app.bundle.file" | "app.git.clone";
  readonly module: AppModule;
  /** Patterns of files that may hold secrets. */
  readonly allow: readonly string[];
  /** Versions of Python that the hosts are known to have; none where an image of the reader's own decides. */
  readonly pythons: readonly string[];
  /** Versions that the models need, by package. */
  readonly runtime: Readonly<Record<string, string>>;
  readonly given: HostGifts;
}

export interface AppReport {
  /** Without the key in front. */
  readonly problems: readonly string[];
  readonly notices: readonly string[];
  /** Files with secrets that were allowed: the code step's input is a secret then. */
  readonly allowed: readonly SecretFile[];
}

export function checkApp(tree: AppTree, request: AppRequest): AppReport {
  const key = `${request.project}:${request.key}`;
  const packages = checkPackages(tree, request);
  const secrets = secretFiles(tree, request.allow);
  const pointers = lfsPointers(tree, request.key);
  const fetched = request.key !== "app.path";
  const inTree = [...packages.problems, ...secrets.stop.map((file) => secretProblem(file, tree, fetched)), ...pointers.problems];
  return {
    problems: [...inTree.map((problem) => `${key}: ${problem}`), ...checkModule(tree, request.project, request.module)],
    notices: [...packages.notices, ...pointers.notices, ...modelsInTree(tree)].map((notice) => `${key}: ${notice}`),
    allowed: secrets.allowed,
  };
}

/** What Git LFS stands for is never in a clone of the hosts, and the application may do without it; elsewhere somebody forgot to fetch it. */
function lfsPointers(tree: AppTree, key: AppRequest["key"]): Findings {
  const pointers = plainFiles(tree).filter((file) => file.size < 300 && isLfsPointer(contentOf(tree, file).toString("latin1")));
  const named = pointers.map(({ path }) => `${path} is a pointer of Git LFS and not the file itself`);
  if (key === "app.git.clone") {
    const instead = "give a bundle of a whole checkout (app.bundle) or the folder (app.path), if the application needs it";
    return { problems: [], notices: named.map((one) => `${one}, which the hosts do not fetch; ${instead}`) };
  }
  const where = key === "app.path" ? "run `git lfs pull` in the application's folder" : "run `git lfs pull` and pack the checkout";
  return { problems: named.map((one) => `${one}; ${where}, or leave it out (${tree.leaveOut})`), notices: [] };
}

function checkPackages(tree: AppTree, request: AppRequest): Findings {
  // What `pip list` prints is one mistake and not one a line.
  if (/^\s*Package\s+Version\s*$/m.test(textOf(tree, "requirements.txt")?.slice(0, 200) ?? "")) {
    const instead = "write one package a line as NAME==VERSION (`pip freeze` prints them so)";
    return { problems: [`requirements.txt: is the table that pip list prints, which pip does not read; ${instead}`], notices: [] };
  }
  const packages = packagesOf(tree);
  return packages === undefined ? { problems: [noRequirements(tree)], notices: [] } : checkSet(packages.file, packages.set, request);
}

/** What says which packages are installed; undefined where nothing does. */
function packagesOf(tree: AppTree): { readonly file: string; readonly set: ProjectSet } | undefined {
  const has = (path: string): boolean => tree.entries.some((entry) => entry.path === path);
  if (has("requirements.txt")) {
    const set = readRequirements(tree, "requirements.txt");
    const complete = set.requirements.length > 0 && set.requirements.every(({ hashed }) => hashed);
    return { file: "requirements.txt", set: { ...set, complete } };
  }
  return has("pyproject.toml") ? { file: "pyproject.toml", set: readPyproject(tree) } : undefined;
}

/** What is imported at the start and neither installed nor packed. @param inOrder whether the list of packages is, which says nothing else */
export function checkImports(
  tree: AppTree,
  { others, uses, websocket }: Pick<SyntaxReport, "others" | "websocket"> & Partial<Pick<SyntaxReport, "uses">>,
  inOrder: boolean,
): Findings {
  const packages = packagesOf(tree);
  const requirements = packages?.set.requirements ?? [];
  const leftOut = [leftOutImports, submoduleImports, deeperImports, outsideImports].flatMap((found) => found(tree, requirements, others));
  const letters = otherLetters(tree, requirements, others);
  if (packages === undefined || !inOrder) return { problems: leftOut, notices: letters };
  const set = ofHosts(packages.set);
  const { problems, notices } = undeclared(packages.file, set, set.complete, others, websocket);
  const removed = removedNames(set, others, uses);
  const pairs = byCertainty(pairFindings(set, others));
  return {
    problems: [...leftOut, ...problems, ...removed.problems, ...pairs.problems],
    notices: [...letters, ...notices, ...removed.notices, ...pairs.notices],
  };
}

/** What it asks of the host at its start. @param inOrder whether the list of packages is in order */
export function checkStart(tree: AppTree, project: string, code: SyntaxReport, given: HostGifts, inOrder: boolean): Findings {
  const packages = packagesOf(tree);
  if (packages === undefined || !inOrder) return { problems: [], notices: [] };
  const { requirements } = ofHosts(packages.set);
  return byCertainty([...packageNeeds(project, requirements, code, given), ...callNeeds(project, requirements, code.needs, given)]);
}

/** Without lines for other systems, which pip passes over on a host. */
function ofHosts(set: ProjectSet): ProjectSet {
  return { ...set, requirements: set.requirements.filter(({ when }) => when === undefined || !isForOthers(when)) };
}

function checkSet(file: string, whole: ProjectSet, { project, runtime, pythons, given }: AppRequest): Findings {
  const set = ofHosts(whole);
  if (set.problems.length > 0) return { problems: set.problems, notices: [] };
  if (whole.requirements.length === 0) {
    return { problems: [`${file}: names no package; at least uvicorn and python-dotenv are needed to run the application`], notices: [] };
  }
  const { certain, perhaps } = missingPackages(set, set.complete);
  const models = missingRuntime(set, set.complete, runtime);
  const conflicts = pinConflicts(set, runtime);
  const wanted = set.requiresPython ?? "";
  const other = wanted === "" ? [] : pythons.filter((version) => !admits(wanted.replace(/\s+/g, ""), version));
  const loose = unpinned(set);
  const lacking = byCertainty(wholeList(file, set, given.elsewhere === true));
  return {
    problems: [
      ...(certain.length > 0
        ? [`${file}: brings no ${certain.join(" and no ")}, which the service is started with; add ${certain.join(" and ")}`]
        : []),
      ...(models.certain.length > 0
        ? [
            `${file}: brings no ${models.certain.join(" and no ")}, which the models need (runtime in the manifest); ${withoutModels(project, models.certain)}`,
          ]
        : []),
      ...other
        .slice(0, 1)
        .map(
          (version) =>
            `${file}: wants Python ${wanted} (requires-python), and a host has ${version}; change requires-python, or ${ANOTHER_HOST}`,
        ),
      ...conflicts.map(
        ({ place, name, found, wanted }) =>
          `${place}: asks for ${name}${found}, and the models were made with ${name} ${wanted} (runtime in the manifest); a release would be refused on the host. Write ${name}==${wanted}, or give models that were made with the other version`,
      ),
      ...versionBounds(set),
      ...unmetNeeds(project, set.requirements, given),
      ...uninstallable(whole, pythons, given.elsewhere),
      ...lacking.problems,
    ],
    notices: [
      ...lacking.notices,
      ...(perhaps.length > 0
        ? [
            `${file}: does not name ${perhaps.join(" and ")}, which the service is started with; add ${perhaps.join(" and ")}, unless another package brings it`,
          ]
        : []),
      ...(models.perhaps.length > 0
        ? [
            `${file}: does not name ${models.perhaps.join(" and ")}, which the models need (runtime in the manifest); unless another package brings exactly that, ${withoutModels(project, models.perhaps)}`,
          ]
        : []),
      ...(loose.length > 0
        ? [
            `${file}: ${loose.join(", ")} ${loose.length === 1 ? "has" : "have"} no exact version, so the next set-up may install another one than was tried; write NAME==VERSION (\`pip freeze\` shows what is installed)`,
          ]
        : []),
    ],
  };
}

function withoutModels(project: string, pins: readonly string[]): string {
  return `the release would be refused on the host. Add ${pins.join(" and ")}, or, if the application uses no models, write ${project}:models.manifest: models-manifest/none.json`;
}

/** What other tools keep, and how it becomes a requirements.txt. */
const OTHERS: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/^requirements\/[^/]+\.txt$/, "write requirements.txt with the line `-r FILE`"],
  [/^Pipfile(\.lock)?$/, "run `pipenv requirements > requirements.txt`"],
  [/^environment\.ya?ml$/, "conda is not used on the hosts; write its packages of PyPI into requirements.txt"],
  [/^setup\.(py|cfg)$/, "write its install_requires into requirements.txt"],
  [/^requirements\.txt$/i, "name it requirements.txt, in lower case"],
  [/^requirements[^/]*\.(txt|in)$/i, "name it requirements.txt, or write requirements.txt with the line `-r FILE`"],
  [/^requirements\.txt\//, "requirements.txt is a folder; write a file of that name with the line `-r FILE` under another folder's name"],
  [/(^|\/)(requirements\.txt|pyproject\.toml)$/, "give its folder as app.path, or write requirements.txt with the line `-r FILE`"],
];

function noRequirements(tree: AppTree): string {
  for (const [pattern, advice] of OTHERS) {
    const found = tree.entries.find(({ path }) => pattern.test(path))?.path;
    if (found !== undefined)
      return `has neither requirements.txt nor pyproject.toml, so nothing says which packages to install; found ${found}: ${advice.replace("FILE", found)}`;
  }
  return "has neither requirements.txt nor pyproject.toml, so nothing says which packages to install; write requirements.txt with uvicorn, python-dotenv and what the application imports (or see that .gitignore does not leave it out)";
}

const MODEL = /\.(pkl|pickle|joblib|pt|pth|onnx|h5|keras|safetensors|ckpt|pb|bst|model|tflite|gguf)$/i;

/** Files that look like models travel with every change of the code; in the manifest they go once, checked, through the bucket. */
function modelsInTree(tree: AppTree): string[] {
  const found = tree.entries.filter(({ path, size }) => MODEL.test(path) && size > 256 * 1024);
  const list = found.map(({ path, size }) => `${path} (${mebibytes(size)})`).join(", ");
  return found.length === 0
    ? []
    : [
        `${list} ${found.length === 1 ? "looks" : "look"} like a model and would be sent with every change of the code; put models into the manifest (docs/models.md), or leave them out (${tree.leaveOut})`,
      ];
}
