/** Files that the application opens and the hosts do not have: those that are left out of what is packed, and those that are nowhere. Pure, apart from the tree. */
import { startText, type Findings } from "./findings";
import { leftOutFile, leftOutWords } from "./left-out-files";
import { logFiles } from "./log-files";
import { textOf, type AppTree } from "./tree";

export interface Opened {
  readonly path: string;
  readonly line: number;
  /** Relative to the application's folder. */
  readonly file: string;
  readonly does: "reads" | "serves" | "later" | "makes" | "may write" | "configures" | "elsewhere" | "refused";
  readonly at: "import" | "start" | "later";
  /** Environment variables that say another path where they are set. */
  readonly variables?: readonly string[];
  /** Of what is refused: what happens, and what to do instead. */
  readonly why?: string;
  readonly instead?: string;
}

/** What the hosts have beside the application. */
export interface OfHosts {
  /** Whether one may have any file outside of the application's folder. @default false */
  readonly ownImage?: boolean;
  /** Names of settings. @default none */
  readonly names?: readonly string[];
  /** Whether there may be settings that cannot be seen. @default false */
  readonly closed?: boolean;
}

const MODEL = /\.(pkl|pickle|joblib|sav|pt|pth|onnx|h5|keras|safetensors|ckpt|bst|ubj|cbm|gguf|skops)$/i;
const AS_MODEL = '; a model belongs in the manifest (docs/models.md), and is opened at os.environ["MODEL_PATH"]';

/** What the start needs is a problem; what some request may need is said, where the file lies here and is left out. */
export function openedFiles(
  tree: AppTree,
  all: readonly Opened[],
  { ownImage = false, names = [], closed = false }: OfHosts = {},
): Findings {
  const set = new Set(names.map((name) => name.toUpperCase()));
  const opens = all
    .filter(({ does, at }) => does !== "elsewhere" || (!ownImage && at !== "later"))
    .filter(({ variables = [] }) => variables.length === 0 || !(closed || variables.some((name) => set.has(name.toUpperCase()))));
  const first = opens.filter((one, index) => opens.findIndex(({ file, does }) => file === one.file && does === one.does) === index);
  const found = first.map((one) => ({ one, here: one.does === "refused" ? undefined : leftOutFile(tree, one.file) }));
  return {
    problems: found.flatMap(({ one, here }) => problemsOf(tree, one, here)),
    notices: found.flatMap(({ one, here }) => (isNeeded(one) || NO_NOTICE.has(one.does) ? [] : perhaps(tree, one, here))),
  };
}

function problemsOf(tree: AppTree, one: Opened, here: string | undefined): string[] {
  if (one.does === "elsewhere") return [elsewhere(tree, one)];
  if (one.does === "refused") return [refused(one)];
  if (one.does === "configures") return configured(tree, one);
  return isNeeded(one) || (one.does === "later" && here !== undefined) ? [needed(tree, one, here)] : [];
}

const NO_NOTICE: ReadonlySet<Opened["does"]> = new Set(["configures", "elsewhere", "refused"]);
const isNeeded = ({ does, at }: Opened): boolean => at !== "later" && (does === "reads" || does === "serves");

/** The setting that says another path. */
function orElse({ variables: [variable] = [] }: Pick<Opened, "variables">): string {
  return variable === undefined ? "" : `, or another path in ${variable} (env or secretEnv)`;
}

/** What ends the start, whatever the tree has. */
export function refused(one: Pick<Opened, "path" | "line" | "why" | "instead" | "variables">): string {
  const { path, line, why = "", instead = "" } = one;
  return `${path}, line ${line}: ${why}; the service could not start. ${instead.slice(0, 1).toUpperCase()}${instead.slice(1)}${orElse(one)}`;
}

/** Logging opens its files when it reads their names. */
function configured(tree: AppTree, { path, line, file, at }: Opened): string[] {
  const when = startText(at);
  return logFiles(file, textOf(tree, file) ?? "").map(
    (log) =>
      `${path}, line ${line}: configures logging by ${file} ${when}, which writes ${log}, and the service may write nothing there; the service could not start. Write below /home/ddos/data, the one folder that it may write, or log to standard output (StreamHandler)`,
  );
}

/** A path of a container or of another machine. The longest end of it that the application has is probably what is meant. */
function elsewhere(tree: AppTree, { path, line, file, at }: Opened): string {
  const when = startText(at);
  const parts = file.split("/").filter((part) => part !== "");
  const ends = parts.map((_, index) => parts.slice(index).join("/"));
  const here = ends.find((end) => tree.entries.some((entry) => entry.path === end || entry.path.startsWith(`${end}/`)));
  const place = `${path}, line ${line}: reads ${file} ${when}, and a host has nothing there (the application lies in /home/ddos/app)`;
  const model = MODEL.test(file) ? AS_MODEL : "";
  const instead = here === undefined ? "Add the file to the application and open it by a path" : `Open ${here} by a path`;
  return `${place}; the service could not start. ${instead} that is relative to the application's folder${model}`;
}

function needed(tree: AppTree, one: Opened, here: string | undefined): string {
  const { path, line, file, does, at } = one;
  const other = orElse(one);
  const when = startText(at);
  const what = does === "later" ? "has its pages in" : does;
  const place = `${path}, line ${line}: ${what} ${file}${does === "later" ? "" : ` ${when}`}`;
  const model = MODEL.test(file) ? AS_MODEL : "";
  return here === undefined
    ? `${place}, which the application does not have; the service could not start. Add it (and see that .gitignore does not leave it out; a folder without a file is not packed), or correct the line${other}${model}`
    : `${place}, and ${here} ${leftOutWords(tree, here)}${other}${model}`;
}

function perhaps(tree: AppTree, { path, line, file, does }: Opened, here: string | undefined): string[] {
  const place = `${path}, line ${line}`;
  if (does === "makes" || does === "may write") {
    return [
      `${place}: has the database ${file}, which the service could read and not write; write below /home/ddos/data, the one folder that it may write`,
    ];
  }
  if (does === "later") {
    return here === undefined
      ? [`${place}: has its pages in ${file}, which the application does not have; add the folder, or correct the line`]
      : [];
  }
  return here === undefined
    ? []
    : [
        `${place}: opens ${file} at some time, and ${here} ${leftOutWords(tree, here, "so that would fail")}${MODEL.test(file) ? AS_MODEL : ""}`,
      ];
}
