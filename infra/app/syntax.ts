/**
 * Whether Python can parse the application's module and what that imports of the folder, whether all of that is there, and what would end it at its start;
 * asked of this machine's Python, which runs nothing of it.
 */
import { join } from "node:path";
import { askPython, type Unanswered } from "./ask-python";
import { ANOTHER_HOST } from "./host-needs";
import type { AppModule } from "./module";
import { leftOutModule, leftOutWords } from "./left-out-files";
import { openedFiles, refused, type OfHosts, type Opened } from "./opened-files";
import { sha256 } from "../sha256";
import { contentOf, plainFiles, textOf, type AppTree } from "./tree";

const SCRIPT = join(__dirname, "syntax.py");
const LARGEST = 1024 * 1024;

interface Place {
  readonly path: string;
  readonly line: number;
}

/** An import at the level of a module, which runs when the service starts. */
export interface Imported extends Place {
  /** Dotted; of `from a import b` both `a` and `a.b`. */
  readonly name: string;
}

/** An environment variable without which a part of the code ends. */
export interface NeededSetting extends Place {
  readonly name: string;
  /** It runs with the import, so that nothing can have set it before. */
  readonly certain: boolean;
}

export type RouteBody =
  | {
      readonly json: unknown;
      /** Keys whose values are only known when it is asked. */
      readonly unknown?: readonly string[];
      /** Whether the order of its keys is not known. */
      readonly loose?: boolean;
    }
  | { readonly text: string };

export interface Route {
  readonly path: string;
  readonly file: string;
  /** 0 of what a framework adds by itself. */
  readonly line: number;
  /** What it answers, where that stands there as it is. */
  readonly body: RouteBody | null;
  /** Where it always answers another status than 200. */
  readonly status?: number;
  /** What it asks for and a health request does not have. */
  readonly guard?: Place & { readonly scheme: string };
  /** Whether it lies below a prefix that is only known when the application runs. */
  readonly open?: boolean;
}

export interface HealthAnswer {
  /** Whether any text of the code may be the path. */
  readonly mentioned: boolean;
  /** GET requests that are answered, where all of them are seen. */
  readonly routes: readonly Route[] | null;
  /** Those that are seen. */
  readonly seen: readonly Route[];
}

/** What is certainly fetched from the network whenever the service starts. */
export interface Fetched extends Place {
  readonly call: string;
  /** A name or an address, where it is known. */
  readonly what: string | null;
  /** The variable that says where it is kept. */
  readonly cache: string | null;
  readonly at: "import" | "start";
}

/** A database, a cache or a queue at the host's own address. `certain`: it is connected to whenever the service starts. */
export interface OwnConnection extends Place {
  readonly service: string;
  /** Such as `localhost:6379`. */
  readonly address: string;
  /** Environment variables that say another address where they are set. */
  readonly variables: readonly string[];
  readonly at: "import" | "start";
  readonly certain: boolean;
}

/** What a start certainly asks of the host: a program and the package that brings it, or "cuda" and the part of the sandbox. */
export interface HostNeed extends Place {
  readonly what: string;
  readonly value: string;
  readonly at: "import" | "start";
}

/** What a request has to be like, or the framework refuses it. `certain`: of the application that is served, whatever happens. */
export interface Admits {
  readonly hosts: readonly (Place & { readonly hosts: readonly string[]; readonly certain: boolean })[];
  /** Where plain HTTP is sent to HTTPS. */
  readonly redirects: (Place & { readonly certain: boolean }) | null;
  /** Where middleware of its own refuses requests without credentials, whatever their path. */
  readonly refusal: Place | null;
}

export interface SyntaxReport {
  readonly problems: readonly string[];
  /** Why it was not checked, or what this machine's Python says that the hosts' may not. */
  readonly notices: readonly string[];
  /** What it imports that is neither its own nor of Python. */
  readonly others: readonly Imported[];
  readonly settings: readonly NeededSetting[];
  readonly fetches: readonly Fetched[];
  readonly connections: readonly OwnConnection[];
  readonly needs: readonly HostNeed[];
  /** Names of packages that are not imported but used as soon as it is, such as `numpy.float`. */
  readonly uses: readonly Imported[];
  /** Undefined where the code could not be parsed. */
  readonly health?: HealthAnswer;
  readonly admits: Admits;
  /** The first WebSocket that it answers. `certain`: whatever happens. */
  readonly websocket: (Place & { readonly certain: boolean }) | null;
}

interface Answer extends Pick<SyntaxReport, "others" | "settings" | "websocket" | "fetches" | "connections" | "needs" | "uses">, Admits {
  readonly opens: readonly Opened[];
  readonly absent: readonly Imported[];
  readonly python: readonly [number, number];
  readonly problem: (Place & { readonly text: string; readonly says: string }) | null;
  readonly wrong: readonly (Place & { readonly why: string; readonly instead: string })[];
  readonly versions: readonly (Place & {
    readonly name: string;
    readonly since: number | null;
    readonly until: number | null;
    readonly used?: boolean;
  })[];
  readonly health: HealthAnswer | null;
  readonly shadows: readonly string[];
}

export interface SyntaxRequest {
  readonly module: AppModule;
  /** Versions that the hosts are known to have, such as "3.10"; an older Python here may not know what they know. */
  readonly pythons: readonly string[];
  /** Where health is asked for. */
  readonly health: string;
  readonly hosts?: OfHosts;
  /** The most workers that a host has. @default 1 */
  readonly workers?: number;
  /** DJANGO_SETTINGS_MODULE of the hosts, where it is known. */
  readonly django?: string;
}

const EMPTY = {
  ...{ problems: [], notices: [], others: [], settings: [], fetches: [], connections: [], needs: [], uses: [] },
  ...{ admits: { hosts: [], redirects: null, refusal: null }, websocket: null },
};

/** @param python the interpreter's name or path */
export function checkSyntax(
  tree: AppTree,
  { module, pythons, health, hosts: ofHosts, workers = 1, django = "" }: SyntaxRequest,
  python = "python3",
): SyntaxReport {
  const minors = pythons.map(minorOf);
  const answer = ask(tree, { ...module, health, django, project: projectName(tree), several: workers > 1, minors }, python);
  if ("why" in answer) return { ...EMPTY, notices: [`${module.module}: not checked for syntax errors, because ${answer.why}`] };
  if (answer.problem !== null) return { ...EMPTY, ...broken(tree, answer, answer.problem, pythons) };
  const { absent, wrong, versions, others, uses, settings, health: found, shadows } = answer;
  const opened = openedFiles(tree, answer.opens, ofHosts);
  const problems = [
    ...absent.slice(0, 1).map((one) => notThere(tree, one)),
    ...wrong.map(refused),
    ...versions.flatMap((one) => otherPython(tree, one, minors)),
    ...opened.problems,
  ];
  const rest =
    problems.length > 0 ? { others: [], uses: [], settings } : { others, uses, settings, ...(found === null ? {} : { health: found }) };
  const { hosts, redirects, refusal, websocket, fetches, connections, needs } = answer;
  const notices = [...shadows.map(shadowed), ...opened.notices];
  return { problems, notices, ...rest, admits: { hosts, redirects, refusal }, websocket, fetches, connections, needs };
}

function broken(tree: AppTree, answer: Answer, { says, text, ...at }: NonNullable<Answer["problem"]>, pythons: readonly string[]) {
  const source = textOf(tree, at.path) ?? "";
  if (/[\0\uFFFD]/.test(source) && !/coding[:=]/.test(source.slice(0, 200))) {
    const found = `${at.path}: is not a text in UTF-8 (UTF-16, Latin-1 or binary data), so Python cannot read it`;
    return { problems: [`${found} and the service could not start; save it as plain UTF-8`] };
  }
  const found = `${place(at)}: cannot be parsed as Python (${says})${text === "" ? "" : `: ${text}`}`;
  const here = answer.python.join(".");
  const newer = pythons.find((version) => minorOf(version) > answer.python[1]);
  if (newer !== undefined) {
    const more = `this machine has Python ${here} and a host ${newer}, which may know more, so it was not checked further`;
    return { notices: [`${found}; ${more}`] };
  }
  const oldest = pythons.find((version) => minorOf(version) === Math.min(...pythons.map(minorOf)));
  return /only supported in Python/.test(says)
    ? { problems: [`${found}; a host has Python ${oldest ?? here}. Write it otherwise, or ${ANOTHER_HOST}`] }
    : { problems: [`${found}; the service could not start. Correct the line`] };
}

function otherPython(tree: AppTree, { name, since, until, used, ...at }: Answer["versions"][number], minors: readonly number[]): string[] {
  const says = `${place(at)}: ${used === true ? "uses" : "imports"} ${name}`;
  const old = minors.find((minor) => since !== null && minor < since);
  if (old !== undefined)
    return [`${says}, which Python has since 3.${since}, and a host has Python 3.${old}, so the service could not start; ${BACKPORT}`];
  const late = minors.find((minor) => until !== null && minor >= until);
  // Packages bring some of them back under their old names.
  const brought = ["requirements.txt", "pyproject.toml", "uv.lock"].some((file) => textOf(tree, file)?.includes(name) === true);
  return late === undefined || brought
    ? []
    : [`${says}, which Python 3.${until} no longer has, and a host has Python 3.${late}, so the service could not start; ${BACKPORT}`];
}

const BACKPORT = `use what that version has, or a package (as tomli or typing-extensions are), or ${ANOTHER_HOST}`;

function notThere(tree: AppTree, at: Imported): string {
  const here = leftOutModule(tree, at.name);
  if (here !== undefined) return `${place(at)}: imports ${at.name}, and ${here} ${leftOutWords(tree, here)}`;
  return `${place(at)}: imports ${at.name}, which the application does not have, so the service could not start; add the module (and see that .gitignore does not leave it out), or correct the line`;
}

/** The project's own name, which its packages may ask for. */
function projectName(tree: AppTree): string {
  return /^\s*name\s*=\s*["']([\w.-]+)["']/m.exec(textOf(tree, "pyproject.toml") ?? "")?.[1] ?? "";
}

function shadowed(path: string): string {
  return `${path}: has the name of a module of Python that uvicorn imports itself, and would be taken in its place by workers that begin in the application's folder; rename it, or put it into a package`;
}

const place = ({ path, line }: Place): string => `${path}, line ${line}`;
const minorOf = (version: string): number => Number(version.split(".")[1]);

/** By content: an evaluation of many configurations asks for the same application again. */
const answers = new Map<string, Answer | Unanswered>();

function ask(tree: AppTree, request: object, python: string): Answer | Unanswered {
  const files = plainFiles(tree).filter(({ path, size }) => path.endsWith(".py") && size <= LARGEST);
  const paths = tree.entries.map(({ path }) => path);
  // As bytes: which characters they are may stand in the file itself.
  const texts = Object.fromEntries(files.map((file) => [file.path, contentOf(tree, file).toString("base64")]));
  const input = JSON.stringify({ ...request, paths, files: texts });
  const key = sha256(`${python}\n${input}`);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const said = askPython(python, SCRIPT, input);
  const answer = "out" in said ? (JSON.parse(said.out) as Answer) : said;
  answers.set(key, answer);
  return answer;
}
