/** The few questions, each with what was found as its answer. Writes nothing. */
import { existsSync } from "fs";
import { homedir } from "os";
import { join, relative, resolve } from "path";
import { Problem, UsageProblem } from "../../policies/cli";
import { chosenPins } from "../../models-manifest/arguments";
import { ManifestError } from "../../models-manifest/manifest";
import { DEFAULT_MODULE } from "../app/module";
import { admission } from "../network/admission";
import type { Asker } from "./ask";
import { keyProblems } from "./files";
import { lookAtApp, modelFiles, SAMPLE_APP, type FoundApp } from "./found";
import { givenModels, manifestText } from "./models";
import { STACK_NAME, type Answers } from "./plan";

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

const SAMPLE_MANIFEST = "models-manifest/sample.json";
/** Of an application that uses no models. */
const NO_MODELS = "models-manifest/none.json";
const OWN_MANIFEST = "models-manifest/models.json";

/** @throws Problem with everything that is wrong with the answers */
export async function gather(given: Given, around: Around): Promise<Gathered> {
  const { root, from, asker } = around;
  const inside = (path: string): string => relative(root, resolve(from, path)).split("\\").join("/") || ".";
  const stack = await stackName(given.stack, around);
  const app = given.app === undefined ? await asker.ask("Folder of the application", SAMPLE_APP.folder) : inside(given.app);
  const found = lookAtApp(resolve(root, app));
  if (found.problems.length > 0) throw new Problem(found.problems.map((problem) => `${app} ${problem}`).join("\n"));
  const isSample = app === SAMPLE_APP.folder;
  const module = given.module ?? (await asker.ask("Application (MODULE:ATTRIBUTE)", found.module ?? DEFAULT_MODULE));
  const health = given.health ?? (await asker.ask("Path of the health endpoint", found.health?.path ?? "/health"));
  const models = await modelsOf(given, found, around);
  const sshFrom = given["ssh-from"].length > 0 ? given["ssh-from"] : [await whoMayLogIn(around)];
  const keyFile = shortHome(
    given.key === undefined ? await asker.ask("File of the SSH key", `~/.ssh/${around.project}-${stack}`) : fromUser(given.key, around),
  );
  const region = given.region ?? (await asker.ask("AWS region", around.env["AWS_REGION"] ?? "us-east-1"));
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

async function stackName(given: string | undefined, { root, asker }: Around): Promise<string> {
  const free = ["dev", "prod", "test"].find((name) => !existsSync(join(root, `Pulumi.${name}.yaml`))) ?? "";
  const stack = given ?? (await asker.ask("Name of the stack", free));
  if (!STACK_NAME.test(stack)) throw new UsageProblem(`--stack: found "${stack}", expected letters, digits, - _ and .`);
  if (existsSync(join(root, `Pulumi.${stack}.yaml`))) {
    throw new Problem(
      `Pulumi.${stack}.yaml: is there already, and init never overwrites; choose another stack (--stack NAME), or change this one with "pulumi config set --stack ${stack}"`,
    );
  }
  return stack;
}

/** A manifest that is there, files that become one, the sample, or none. */
async function modelsOf(given: Given, found: FoundApp, { root, from, asker }: Around): Promise<{ path: string; text?: string }> {
  const path = given.manifest === undefined ? OWN_MANIFEST : relative(root, resolve(from, given.manifest)).split("\\").join("/");
  const named = given.model.length > 0 ? givenModels(given.model, root, from) : undefined;
  if (named === undefined && given.models === undefined && given.manifest !== undefined) return { path };
  const there = modelFiles(root, "models");
  // The sample's are pickles of scikit-learn: an application without it could not load them.
  const likely = there.length > 0 ? "models" : "scikit-learn" in found.pins ? "sample" : "none";
  const folder =
    given.models === undefined
      ? named === undefined
        ? await asker.ask("Folder of the models (or: sample, none)", likely)
        : ""
      : relative(root, resolve(from, given.models));
  if (named === undefined && folder === "sample") return { path: SAMPLE_MANIFEST };
  if (named === undefined && folder === "none") return { path: NO_MODELS };
  const request = named ?? { files: modelFiles(root, folder), roles: {} };
  if (request.files.length === 0)
    throw new Problem(`--models ${folder}: holds no file whose name says a model's format; docs/models.md lists them`);
  try {
    const pins = { ...found.pins, ...chosenPins(given.pin) };
    return { path, text: manifestText(root, { ...request, release: given.release, pins, path }) };
  } catch (error) {
    throw error instanceof ManifestError ? new Problem(error.problems.join("\n")) : error;
  }
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
  const answer = await asker.ask("Who may use SSH (your own address and /32)", own);
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
