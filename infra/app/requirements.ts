/**
 * A requirements file as pip reads it, with the files that it leads to: what is in it, and what cannot work on a host. Pure, apart from reading
 * the tree. templates/steps/layout.py is the host's half of this; both are tried on the same trees (test/infra/app).
 */
import { posix } from "node:path";
import { textOf, type AppTree } from "./tree";

export interface Requirement {
  /** `FILE:LINE`, as messages name it. */
  readonly place: string;
  /** Normalized as on PyPI, of a wheel by its file's name; undefined for another file or URL without a name. */
  readonly name?: string;
  readonly extras: readonly string[];
  /** Such as `==1.2`; empty when any version will do. */
  readonly specifier: string;
  readonly marker: boolean;
  /** Its text, where it stands in the line. */
  readonly when?: string;
  readonly hashed: boolean;
  /** Such as `sha256:…`, as they are written. */
  readonly hashes: readonly string[];
  /** A file of the tree, or an address. */
  readonly url?: string;
}

export interface OptionLine {
  readonly place: string;
  readonly option: string;
  readonly text: string;
}

export interface RequirementSet {
  readonly requirements: readonly Requirement[];
  /** Every file that was read, or that is installed from the tree. */
  readonly files: readonly string[];
  /** Of constraints files: they pin and ask for nothing. */
  readonly constraints: readonly Requirement[];
  /** How many lines name a place of packages beside PyPI. @default 0 */
  readonly places?: number;
  /** Lines that are neither packages nor places of them. */
  readonly options: readonly OptionLine[];
  readonly problems: readonly string[];
}

interface Line {
  readonly number: number;
  readonly text: string;
}

/** Lines as pip joins them; a comment begins at the start or after a blank. */
export function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  let open: Line | undefined;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const goesOn = /\\\s*$/.test(raw);
    const part = raw.replace(/\\\s*$/, " ");
    const line: Line = open === undefined ? { number: index + 1, text: part } : { ...open, text: `${open.text}${part}` };
    open = goesOn ? line : undefined;
    if (!goesOn) lines.push(line);
  }
  if (open !== undefined) lines.push(open);
  return lines.map(({ number, text }) => ({ number, text: text.replace(/(^|\s)#.*$/, "").trim() })).filter(({ text }) => text !== "");
}

const INCLUDES = ["-r", "--requirement"];
const CONSTRAINTS = ["-c", "--constraint"];
const PLACES = ["-i", "--index-url", "--extra-index-url", "-f", "--find-links"];
const EDITABLE = ["-e", "--editable"];
const ARCHIVE = /\.(whl|tar\.gz|tgz|tar\.bz2|zip)$/;

/** Of PEP 440: comparisons with commas between them. */
const SPECIFIER = /^((~=|===?|!=|<=?|>=?)[\w.*+!-]+(,|$))*$/;

/** @param file path of the first file, which the tree has */
export function readRequirements(tree: AppTree, file: string): RequirementSet {
  const reader = new Reader(tree);
  reader.follow(file, false, "");
  return reader;
}

class Reader implements RequirementSet {
  readonly requirements: Requirement[] = [];
  readonly constraints: Requirement[] = [];
  readonly files: string[] = [];
  readonly options: OptionLine[] = [];
  readonly problems: string[] = [];
  places = 0;

  /** Files that are being read: one that comes again leads to itself. */
  private readonly open: string[] = [];

  constructor(private readonly tree: AppTree) {}

  follow(path: string, constraints: boolean, namedBy: string): void {
    if (this.open.includes(path)) {
      const way = this.open.at(-1) === path ? "itself" : `${path}, which leads to it again`;
      this.problems.push(`${namedBy}: includes ${way}, and pip would go round in a circle; remove the line`);
    }
    if (this.files.includes(path)) return;
    const text = textOf(this.tree, path);
    if (path.startsWith("../") || posix.isAbsolute(path)) {
      this.problems.push(`${namedBy}: names ${path}, which is outside of the application's folder; copy the file into the folder`);
    } else if (text === undefined) {
      this.problems.push(
        `${namedBy}: names ${path}, which the application does not have; add the file (and see that .gitignore does not leave it out), or remove the line`,
      );
    } else if (/[\0\uFFFD]/.test(text)) {
      this.problems.push(
        `${path}: is not a text file in UTF-8 (binary data, or UTF-16 as some editors of Windows write it), so pip could not read it; save it as plain UTF-8`,
      );
    } else {
      this.files.push(path);
      this.open.push(path);
      for (const { number, text: line } of logicalLines(text)) this.line(path, `${path}:${number}`, line, constraints);
      this.open.pop();
    }
  }

  private line(file: string, place: string, text: string, constraints: boolean): void {
    const { option, value } = optionOf(text);
    if (INCLUDES.includes(option) || CONSTRAINTS.includes(option)) {
      const path = posix.isAbsolute(value) ? value : posix.join(posix.dirname(file), value);
      this.follow(posix.normalize(path), constraints || CONSTRAINTS.includes(option), place);
    } else if (EDITABLE.includes(option)) {
      this.problems.push(
        `${place}: found "${text}"; an editable install points back to a folder, and each release has its own. Remove the line: the application's folder (and src/) is on the import path`,
      );
    } else if (PLACES.includes(option)) this.source(place, option, value);
    else if (option === "--trusted-host") {
      this.problems.push(
        `${place}: found "${text}", which switches the check of certificates off; use an index with https, and remove the line`,
      );
    } else if (option !== "") this.options.push({ place, option, text });
    else (constraints ? this.constraints : this.requirements).push(this.requirement(place, text));
  }

  /** An index, or a folder of wheels in the tree. */
  private source(place: string, option: string, value: string): void {
    this.places += 1;
    if (/^https:\/\/[^/@\s]+(\/|$)/.test(value)) return;
    if (/^-f$|links/.test(option) && !value.includes("://")) {
      const folder = posix.normalize(value).replace(/\/$/, "");
      const wheels = this.tree.entries.filter(({ path }) => posix.dirname(path) === folder && ARCHIVE.test(path));
      this.files.push(...wheels.map(({ path }) => path));
      if (wheels.length === 0)
        this.problems.push(
          `${place}: names the folder ${value}, in which the application has no wheel; add the wheels, or remove the line`,
        );
      return;
    }
    const why = value.includes("@") ? "a password would lie in the code" : "packages would come unprotected";
    this.problems.push(
      `${place}: ${option} is no https:// address without credentials, so ${why}; write https://HOST/simple, or name the index in the configuration (python.index)`,
    );
  }

  private requirement(place: string, text: string): Requirement {
    const found = parseRequirement(place, text);
    const unread = unreadable(found, text);
    if (unread !== undefined) this.problems.push(unread);
    const path = found.url === undefined ? undefined : localPath(found.url);
    if (path !== undefined) this.local(place, path, found.name);
    if (found.name === "pkg-resources") {
      this.problems.push(`${place}: names pkg-resources, which is no package of PyPI (Ubuntu's pip freeze adds it); remove the line`);
    }
    return found;
  }

  private local(place: string, path: string, name: string | undefined): void {
    const inside = posix.normalize(path).replace(/\/$/, "");
    if (name !== undefined && posix.isAbsolute(path)) {
      this.problems.push(
        `${place}: names ${path}, a place on the machine where the list was made (conda's pip freeze writes it so); write ${name}==VERSION (\`pip list --format=freeze\` shows it)`,
      );
    } else if (posix.isAbsolute(path) || inside.startsWith("../")) {
      this.problems.push(`${place}: names ${path}, which is outside of the application's folder; copy the file into the folder`);
    } else if (this.tree.entries.some((entry) => entry.path === inside)) this.files.push(inside);
    else if (inside === "." || this.tree.entries.some((entry) => entry.path.startsWith(`${inside}/`))) {
      const instead =
        inside === "."
          ? "remove the line: the application runs from its folder"
          : `build a wheel of it (pip wheel --no-deps ${path}), put it into the application and name it`;
      this.problems.push(`${place}: names ${path}, a folder that would have to be built on the host; ${instead}`);
    } else this.problems.push(`${place}: names ${path}, which the application does not have; add the file, or remove the line`);
  }
}

/** What pip could not read as a package and its version. */
export function unreadable({ place, name, url, specifier }: Requirement, text: string): string | undefined {
  return url !== undefined || (name !== undefined && SPECIFIER.test(specifier))
    ? undefined
    : `${place}: found ${JSON.stringify(text)}, which pip does not read as a package and its version; write one for example as fastapi==0.115.0`;
}

function optionOf(text: string): { option: string; value: string } {
  const match = /^(--[a-z-]+)(?:[\s=]+(.*))?$/.exec(text) ?? /^(-[a-zA-Z])\s*(.*)$/.exec(text);
  return { option: match?.[1] ?? "", value: (match === null ? text : (match[2] ?? "")).trim() };
}

/** PyPI's form of a name: `Scikit_Learn` is scikit-learn. */
export function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

export function parseRequirement(place: string, text: string): Requirement {
  const hashes = [...text.matchAll(/\s--hash[\s=]+(\S+)/g)].map(([, hash = ""]) => hash);
  const bare = text.replace(/\s+--.*$/, "");
  const [main = "", marker] = bare.split(/\s*;\s*/, 2);
  const common = {
    place,
    hashed: hashes.length > 0,
    hashes,
    marker: marker !== undefined,
    ...(marker === undefined ? {} : { when: marker }),
  };
  const direct = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*@\s*(\S+)$/.exec(main);
  if (direct !== null) return { ...common, name: normalized(direct[1] ?? ""), extras: list(direct[2]), specifier: "", url: direct[3] };
  if (/^[a-z+]+:\/\//.test(main) || /^\.|\//.test(main) || ARCHIVE.test(main.replace(/\[[^\]]*\]$/, ""))) {
    const url = main.replace(/\[[^\]]*\]$/, "");
    const wheel = /(?:^|\/)([A-Za-z0-9][A-Za-z0-9._]*)-[^/-]+(?:-[^/-]+){3,4}\.whl(?:[?#]|$)/.exec(url)?.[1];
    return { ...common, ...(wheel === undefined ? {} : { name: normalized(wheel) }), extras: [], specifier: "", url };
  }
  const named = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*\(?([^)]*)\)?$/.exec(main);
  if (named === null) return { ...common, extras: [], specifier: main };
  return { ...common, name: normalized(named[1] ?? ""), extras: list(named[2]), specifier: squeezed(named[3] ?? "") };
}

/** Blanks around comparisons and commas mean nothing to pip; one between two words is a line that it refuses. */
function squeezed(specifier: string): string {
  return specifier.replace(/\s*([,~=!<>]+)\s*/g, "$1").trim();
}

function list(extras: string | undefined): string[] {
  return (extras ?? "")
    .split(",")
    .map((extra) => extra.trim().toLowerCase())
    .filter((extra) => extra !== "");
}

/** The path of a requirement that is a file or folder here, and no address. */
function localPath(url: string): string | undefined {
  if (url.startsWith("file:")) return url.replace(/^file:(\/\/(localhost)?)?/, "");
  return /^[a-z+]+:/.test(url) ? undefined : url;
}
