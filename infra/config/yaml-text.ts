/**
 * The text of a YAML file as one value, or what keeps it from being read: in words and not in the parser's, each with its line. What the CLI's
 * parser would read in another way than this one is refused as well. Pure.
 */
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
  type YAMLMap,
} from "yaml";

export type Yaml = { readonly value: unknown } | { readonly problems: string[] };

/** A key pair and thirty settings make 10 KiB. */
const LARGEST = 256 * 1024;
const DEEPEST = 40;

/** What the parser's codes mean to whoever wrote the line. */
const YAML_FAULTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "a tab at its beginning; indent with spaces",
  BAD_INDENT: "an indentation that fits no line above it; align keys of one group with each other",
  BAD_ALIAS: "a reference (*name) to nothing; put quotes around a value that begins with an asterisk",
  BLOCK_AS_IMPLICIT_KEY:
    "a second colon or a wrong indentation; put quotes around a value that holds a colon and a space, or start a new line",
  MISSING_CHAR: "a quote, bracket or colon that is missing; close what is opened there",
  UNEXPECTED_TOKEN: "something that cannot stand there; check quotes, brackets and indentation",
  BAD_DQ_ESCAPE: "a backslash in double quotes that means nothing; use single quotes",
  BAD_SCALAR_START: "a value that begins with a special character; put single quotes around it",
  RESOURCE_EXHAUSTION: "more levels of nesting than any key needs; check brackets and indentation",
  MULTILINE_IMPLICIT_KEY: "a key that goes over more than one line; write a colon and a space after each key",
};

/** Others make something that is neither text nor number, or are known to one program only. */
const PLAIN_TAGS = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|merge)$/;

/** @param begin how a file of this kind is begun, for one that has to be written anew */
export function readYaml(file: string, text: string, begin: string): Yaml {
  const bare = text.replace(/^\uFEFF/, "");
  if (bare.length > LARGEST) {
    return failed(
      file,
      `has ${Math.round(bare.length / 1024)} KiB, and settings fit in ${LARGEST / 1024}; move large values out of it (a file of the application, an object in S3)`,
    );
  }
  if (/[\0\uFFFD]/.test(bare)) return failed(file, `is not a text file (it holds binary data, or is not UTF-8); write it anew: ${begin}`);
  const conflict = /^(<{7} .*|={7}|>{7} .*)$/m.exec(bare);
  if (conflict !== null) {
    return failed(
      file,
      `line ${lineAt(bare, conflict.index)}: holds a conflict of git that is not resolved; keep one of the two sides, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>`,
    );
  }
  const pasted = /^ *[\u00a0\u2000-\u200b\u3000]/m.exec(bare);
  if (pasted !== null) {
    return failed(
      file,
      `line ${lineAt(bare, pasted.index)}: begins with a blank that is no plain space (it was pasted), so YAML reads another indentation than is seen; indent with plain spaces`,
    );
  }
  try {
    return valueOf(file, bare);
  } catch (error) {
    const deep = error instanceof RangeError;
    if (!deep && !(error instanceof ReferenceError)) throw error;
    return failed(
      file,
      deep ? TOO_DEEP : "repeats so much by references (*name) that it would fill the memory; write the values themselves",
    );
  }
}

const TOO_DEEP = `is nested more than ${DEEPEST} levels deep, and no key needs that; check brackets and indentation`;

function failed(file: string, problem: string): Yaml {
  return { problems: [`${file}: ${problem}`] };
}

const lineAt = (text: string, position: number): number => text.slice(0, position).split("\n").length;

function valueOf(file: string, text: string): Yaml {
  const documents = parseAllDocuments(text, { prettyErrors: false, logLevel: "silent", merge: true }) as Document[];
  const faults = documents.flatMap(({ errors }) => errors);
  // A fault of the form hides or makes others; keys that are there twice do neither.
  const broken = faults.find(({ code }) => code !== "DUPLICATE_KEY");
  if (broken !== undefined) {
    const { at, fault } = located(text, broken);
    return failed(file, `line ${lineAt(text, at)}: is not valid YAML: ${fault}`);
  }
  if (documents.length > 1) {
    return failed(
      file,
      `holds ${documents.length} documents, and only one is read; remove the line that is only ---, and keep one config:`,
    );
  }
  const [document] = documents;
  const problems = [...faults.map((fault) => duplicate(text, fault)), ...(document === undefined ? [] : unreadable(document, text))];
  if (problems.length > 0) return { problems: problems.map((problem) => `${file}: ${problem}`) };
  return { value: document?.toJS() };
}

/** What is to be corrected, and where: the parser names the place where it could go on no longer, which is often behind the mistake. */
function located(text: string, { code, pos: [at] }: YAMLError): { readonly at: number; readonly fault: string } {
  const bracket = openBracket(text.slice(0, at));
  if (bracket !== undefined && code !== "TAB_AS_INDENT") {
    const [open, close] = text[bracket] === "[" ? ["[", "]"] : ["{", "}"];
    return { at: bracket, fault: `a ${open} that is not closed; write ${close} at the end of the value, or quotes around it` };
  }
  const begin = text.lastIndexOf("\n", at - 1) + 1;
  const line = text.slice(begin).split("\n", 1)[0] ?? "";
  if (/^[\s-]*([^\s:]+:\s+)?\*/.test(line)) return { at, fault: YAML_FAULTS.BAD_ALIAS ?? "" };
  return { at, fault: YAML_FAULTS[code] ?? "it cannot be read there; check quotes, brackets and indentation" };
}

/** The last value before the last line that begins with a bracket, if it does not end there. */
function openBracket(text: string): number | undefined {
  const lines = text.split("\n");
  const last = text.length - (lines.at(-1)?.length ?? 0);
  let end = last;
  for (const line of lines.slice(0, -1).reverse()) {
    end -= line.length + 1;
    const value = /^(\s*-?\s*(?:[^\s#]+:)?\s+)([[{].*)$/.exec(line);
    if (value === null) continue;
    const bare = text.slice(end + (value[1] ?? "").length, last).replace(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\s#.*$/gm, "");
    const count = (signs: string): number => [...bare].filter((one) => signs.includes(one)).length;
    return count("[{") > count("]}") ? end + (value[1] ?? "").length : undefined;
  }
  return undefined;
}

function duplicate(text: string, { pos: [from] }: YAMLError): string {
  const key = /^["']?([^\s"']+?)["']?:(\s|$)/.exec(text.slice(from, from + 200))?.[1];
  return `line ${lineAt(text, from)}: has ${key === undefined ? "a key" : `the key ${key}`} a second time in its group, and only one could count; keep one of the two`;
}

/** What is valid and cannot be used: references that lead nowhere or in a circle, tags, keys that are no texts. */
function unreadable(document: Document, text: string): string[] {
  const problems: string[] = [];
  const say = (node: Node, problem: string): void => void problems.push(`line ${lineAt(text, node.range?.[0] ?? 0)}: ${problem}`);
  visit(document, {
    Node(_key, node, path) {
      if (path.length > 2 * DEEPEST) {
        problems.push(TOO_DEEP);
        return visit.BREAK;
      }
      if (node.tag !== undefined && !PLAIN_TAGS.test(node.tag)) {
        say(
          node,
          `has the tag ${tagText(node.tag)}, which makes something else than texts, numbers, lists and groups; remove it, and write the value plainly`,
        );
        return visit.SKIP;
      }
      for (const [text, written] of isMap(node) ? splitNumbers(node) : []) {
        say(node, `has ${text} between braces, where the comma ends the value and begins another key; write ${written}`);
      }
      return undefined;
    },
    Alias(_key, node, path) {
      const target = node.resolve(document);
      const name = node.source;
      if (target === undefined)
        say(node, `refers to *${name}, and nothing above it is named &${name}; put quotes around a value that begins with an asterisk`);
      else if (path.includes(target)) say(node, `refers to *${name}, which it is a part of, and so never ends; write the value itself`);
    },
    Pair(_key, pair) {
      const { key } = pair;
      if (isScalar(key) && typeof key.value === "symbol" && !merges(pair.value, document)) {
        say(key, "takes over keys (<<:), and what follows is no group; write the keys themselves, or a reference such as <<: *name");
        return visit.SKIP;
      }
      if (isNode(key) && !(isScalar(key) && typeof key.value !== "object")) {
        const braces = isMap(key) && text.slice(key.range?.[0]).startsWith("{");
        say(
          key,
          braces
            ? "has a value that begins with two braces, which nothing here fills in; write the value itself, in quotes where the braces belong to it"
            : "has a key that is no name (a list, a group, or nothing); write a name and a colon",
        );
        return visit.SKIP;
      }
      return undefined;
    },
  });
  return problems;
}

/** Whether `<<:` finds a group, or a list of groups. A reference to nothing has a sentence of its own. */
function merges(value: unknown, document: Document): boolean {
  const lead = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const target = lead(value);
  const all = isSeq(target) ? target.items.map(lead) : [target];
  return all.every((one) => isMap(one) || one === undefined);
}

/** `{ port: 9,000 }` is the port 9 and a key 000; a comma for a point is the same. Each as it was meant, and how it is written. */
function splitNumbers({ flow, items }: YAMLMap): (readonly [text: string, written: string])[] {
  if (flow !== true) return [];
  const rest = ({ key, value }: Pair): string | undefined =>
    isScalar(key) && key.type === "PLAIN" && /^\d+$/.test(key.source ?? "") && (value === null || (isScalar(value) && value.value === null))
      ? key.source
      : undefined;
  const found: [string, string][] = [];
  items.forEach(({ value }, index) => {
    const number = isScalar(value) && value.type === "PLAIN" && /^[-+]?\d+$/.test(value.source ?? "") ? value.source : undefined;
    const behind = items.slice(index + 1).map(rest);
    const end = behind.indexOf(undefined);
    const parts = end < 0 ? behind : behind.slice(0, end);
    if (number === undefined || parts.length === 0) return;
    const thousands = parts.every((part) => part?.length === 3);
    found.push([[number, ...parts].join(","), thousands ? [number, ...parts].join("") : `${number}.${parts.join("")}`]);
  });
  return found;
}

function tagText(tag: string): string {
  return tag.startsWith("tag:yaml.org,2002:") ? `!!${tag.slice("tag:yaml.org,2002:".length)}` : tag;
}
