/** The few questions, each with what was found as its answer. Writes nothing. */
import { environmentRegion } from "../region";
import { existsSync } from "fs";
import { homedir } from "os";
import { join, relative, resolve } from "path";
import { Problem, UsageProblem } from "../../policies/cli";
import { chosenPins, ownPath } from "../../models-manifest/arguments";
import { ManifestError } from "../../models-manifest/manifest";
import { DEFAULT_MODULE } from "../app/module";
import { STACK_NAME } from "../cli/stack-form";
import { admission } from "../network/admission";
import type { Asker, Check } from "./ask";
import { keyProblems } from "./files";
import { lookAtApp, modelFiles, ownModels, SAMPLE_APP, type FoundApp } from "./found";
import { givenModels, manifestText } from "./models";
import { NO_MODELS, SAMPLE_MANIFEST, type Answers } from "./plan";

/** The command line; what is not given is asked for, or taken as found. */
export interface Given {
  readonly stack?: string;
  readonly region?: string;
  readonly app?: string;
  readonly module?: string;
  readonly health?: string;
  readonly models?: string;
  readonly model: readonly string[];
  readonly manifest?: string;
  readonly release: string;
  readonly pin: readonly string[];
  readonly "ssh-from": readonly string[];
  readonly key?: string;
  readonly require: readonly string[];
}

export interface Around {
  readonly root: string;
  readonly from: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly asker: Asker;
  /** The address that this machine is seen with. Rejects where that cannot be learnt. */
  readonly ownAddress: () => Promise<string>;
}

export interface Gathered {
  readonly answers: Answers;
  /** Text of a manifest that is to be made. */
  readonly manifest?: string;
}

const OWN_MANIFEST = "models-manifest/models.json";

/** @throws Problem with everything that is wrong with the answers */
export async function gather(given: Given, around: Around): Promise<Gathered> {
  const { root, from, asker } = around;
  const inside = (path: string): string => fromRoot(root, ownFolder(path, "--app", from)) || ".";
  const stack = await stackName(given.stack, around);
  const app =
    given.app === undefined
      ? await asker.ask("Folder of the application", SAMPLE_APP.folder, (answer) => appProblems(root, answer))
      : inside(given.app);
  const found = lookAtApp(resolve(root, app));
  const wrong = appProblems(root, app, found);
  if (wrong !== undefined) throw new Problem(wrong);
  const isSample = app === SAMPLE_APP.folder;
  const module =
    given.module ??
    (await asker.ask(
      "Application (MODULE:ATTRIBUTE)",
      found.module ?? DEFAULT_MODULE,
      ofForm(/^[\w.]+:[\w.]+(\(\))?$/, "MODULE:ATTRIBUTE, such as main:app"),
    ));
  const health =
    given.health ??
    (await asker.ask("Path of the health endpoint", found.health?.path ?? "/health", ofForm(/^\//, "a path that begins with /")));
  const models = await modelsOf(given, { ...found, folder: app }, around);
  const sshFrom = given["ssh-from"].length > 0 ? given["ssh-from"] : [await whoMayLogIn(around)];
  const keyFile = shortHome(
    given.key === undefined
      ? await asker.ask("File of the SSH key", `~/.ssh/${around.project}-${stack}`, (file) => keyProblems(file, root)[0])
      : fromUser(given.key, around),
  );
  const region =
    given.region ??
    (await asker.ask(
      "AWS region",
      environmentRegion(around.env) ?? "us-east-1",
      ofForm(/^[a-z]{2}(-[a-z]+)+-\d+$/, "a region such as us-east-1"),
    ));
  const wanted = isSample ? SAMPLE_APP.requires : found.requires;
  const named =
    given.require.length > 0 ? given.require : (await asker.ask("Secret settings that it requires", wanted.join(","))).split(",");
  const requires = named.map((name) => name.trim()).filter((name) => name !== "");
  const problems = keyProblems(keyFile, root);
  if (problems.length > 0) throw new Problem(problems.join("\n"));
  const body = health === found.health?.path ? found.health.body : undefined;
  return {
    answers: {
      ...{ project: around.project, stack, region, app, module, interface: found.interface, requires, sshFrom, keyFile },
      health: { path: health, ...(body === undefined ? {} : { body }) },
      mode: found.forwards ? "application" : "proxy",
      manifest: models.path,
    },
    ...(models.text === undefined ? {} : { manifest: models.text }),
  };
}

/** Relative to the project. */
const fromRoot = (root: string, place: string): string => relative(root, place).split("\\").join("/");

/** @throws Problem for the address of something elsewhere, of which a path would be made */
function ownFolder(given: string, option: string, from: string): string {
  if (!/^([a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[\w.-]+:)/i.test(given)) return resolve(from, given);
  throw new Problem(
    `${option}: found ${given}, an address, and init looks at what is on this machine; clone or download it, and name the folder`,
  );
}

const ofForm =
  (pattern: RegExp, what: string): Check =>
  (answer) =>
    pattern.test(answer) ? undefined : `found "${answer}", expected ${what}`;

function appProblems(root: string, app: string, { problems } = lookAtApp(resolve(root, app))): string | undefined {
  return problems.length === 0 ? undefined : problems.map((problem) => `${app} ${problem}`).join("\n");
}

async function stackName(given: string | undefined, { root, asker }: Around): Promise<string> {
  const free = ["dev", "prod", "test"].find((name) => !existsSync(join(root, `Pulumi.${name}.yaml`))) ?? "";
  const form = ofForm(STACK_NAME, "letters, digits, - _ and .");
  const there: Check = (name) =>
    existsSync(join(root, `Pulumi.${name}.yaml`))
      ? `Pulumi.${name}.yaml: is there already, and init never overwrites; choose another stack (--stack NAME), or change this one with "pulumi config set --stack ${name}"`
      : undefined;
  const stack = given ?? (await asker.ask("Name of the stack", free, (name) => form(name) ?? there(name)));
  const [wrong, taken] = [form(stack), there(stack)];
  if (wrong !== undefined) throw new UsageProblem(`--stack: ${wrong}`);
  if (taken !== undefined) throw new Problem(taken);
  return stack;
}

/** A manifest that is there, files that become one, the sample, or none. */
async function modelsOf(
  given: Given,
  found: FoundApp & { readonly folder: string },
  { root, from, asker }: Around,
): Promise<{ path: string; text?: string }> {
  const path = given.manifest === undefined ? OWN_MANIFEST : fromRoot(root, ownPath(given.manifest, "--manifest", from));
  const named = given.model.length > 0 ? givenModels(given.model, root, from) : undefined;
  if (named === undefined && given.models === undefined && given.manifest !== undefined) return { path };
  const likely = likelyModels(root, found);
  const usable: Check = (answer) => (answer === "" ? toBeCopied(root, found.folder) : modelsProblem(root, answer));
  const folder =
    given.models === undefined
      ? named === undefined
        ? await asker.ask("Folder of the models (or: sample, none)", likely, usable)
        : ""
      : ["sample", "none"].includes(given.models)
        ? given.models
        : relative(root, ownFolder(given.models, "--models", from));
  if (named === undefined && folder === "") throw new Problem(`--models: ${toBeCopied(root, found.folder)}`);
  if (named === undefined && folder === "sample") return { path: SAMPLE_MANIFEST };
  if (named === undefined && folder === "none") return { path: NO_MODELS };
  const request = named ?? { files: modelFiles(root, folder), roles: {} };
  const wrong = named === undefined ? modelsProblem(root, folder) : undefined;
  if (wrong !== undefined) throw new Problem(`--models ${wrong}`);
  try {
    const pins = { ...found.pins, ...chosenPins(given.pin) };
    return { path, text: manifestText(root, { ...request, release: given.release, pins, path }) };
  } catch (error) {
    throw error instanceof ManifestError ? new Problem(error.problems.join("\n")) : error;
  }
}

/** Empty where nobody but the reader can say: the application has models of its own, which lie where no manifest takes them from. */
function likelyModels(root: string, { folder, pins }: FoundApp & { readonly folder: string }): string {
  if (modelFiles(root, "models").length > 0) return "models";
  if (folder !== SAMPLE_APP.folder && ownModels(resolve(root, folder)).length > 0) return "";
  // The sample's are pickles of scikit-learn: an application without it could not load them.
  return "scikit-learn" in pins ? "sample" : "none";
}

const quoted = (path: string): string => (/^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);

function toBeCopied(root: string, app: string): string {
  const own = ownModels(resolve(root, app));
  const files = own.map((file) => quoted(`${app}/${file}`)).join(" ");
  return `${app} has models of its own (${own.join(", ")}), and a manifest lists files of this repository alone; copy them (mkdir -p models && cp ${files} models/), then run init again with --models models, or with --models none if it loads none`;
}

function modelsProblem(root: string, folder: string): string | undefined {
  if (folder === "sample" || folder === "none" || modelFiles(root, folder).length > 0) return undefined;
  return `${folder}: holds no file whose name says a model's format; docs/models.md lists them`;
}

async function whoMayLogIn({ project, asker, ownAddress }: Around): Promise<string> {
  let own = "";
  let reason = "";
  try {
    const address = await ownAddress();
    const usable = admission(project, ["0.0.0.0/0"], address) === undefined;
    if (usable) own = `${address}/32`;
    else reason = "the answer was no IPv4 address";
  } catch (error) {
    reason = (error as Error).message;
  }
  const answer = await asker.ask(
    "Who may use SSH (your own address and /32)",
    own,
    ofForm(/^\d+(\.\d+){3}\/\d+$/, "a block such as 198.51.100.7/32"),
  );
  if (answer !== "") return answer;
  throw new Problem(
    `--ssh-from: is missing, and your own address could not be learnt (${reason}); give it, such as --ssh-from 198.51.100.7/32`,
  );
}

/** The shell has put the home in the place of `~`. */
function fromUser(file: string, { from }: Around): string {
  return file.startsWith("~/") ? file : resolve(from, file);
}

function shortHome(file: string): string {
  return file.startsWith(`${homedir()}/`) ? `~/${file.slice(homedir().length + 1)}` : file;
}
