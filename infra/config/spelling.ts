/**
 * Values of environments that reach a service otherwise than they are written: YAML makes numbers, dates and switches of texts without quotes,
 * and a 1.10 has become 1.1 before the program sees it. So the file itself is asked. Pure.
 */
import { isMap, isPair, isScalar, parseDocument, visit, type Node, type Pair, type YAMLMap } from "yaml";
import { keyText } from "../../policies/cli/schema-words";
import { ENVIRONMENTS } from "./environments";
import { SECTIONS } from "./schema";
import { keyOf } from "./values";

/** What some YAML parser (1.1 or 1.2) takes for something else than a text: switches, nothing, numbers, base 60, dates. */
const OTHER_KINDS = [
  /^(y|n|yes|no|on|off|true|false|null|~)$/i,
  /^[-+]?(0x[\da-f_]+|0o[0-7_]+|0b[01_]+)$/i,
  /^[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d+)?$/i,
  /^[-+]?\.(inf|nan)$/i,
  /^[-+]?\d+(:[0-5]?\d)+(\.\d*)?$/,
  /^\d{4}-\d\d?-\d\d?([Tt ].*)?$/,
];
/** These arrive as they are written, whoever reads them. */
const UNCHANGED = /^(-?[1-9]\d{0,14}|0|true|false)$/;

/** @param text the stack's file, which can be read as YAML. */
export function spellingProblems(project: string, text: string): string[] {
  const config = parseDocument(text, { logLevel: "silent" }).get("config");
  if (!isMap(config)) return [];
  const texts = config.items.filter((pair) => isTextSection(project, pair as Pair<Node>));
  const own = texts.flatMap((pair) => valueProblem("", pair as Pair<Node, Node | null>));
  const inGroups = ENVIRONMENTS.flatMap((group) => {
    const [section, key] = group;
    const whole = config.get(`${project}:${section}`);
    const found = key === undefined ? whole : isMap(whole) ? whole.get(key) : undefined;
    return isMap(found)
      ? found.items.flatMap((pair) => valueProblem(`${project}:${group.join(".")}`, pair as Pair<Node, Node | null>))
      : [];
  });
  const said = [...own, ...inGroups, ...plainProblems(config, typeset)];
  return [...said, ...plainProblems(config, oddNumber).filter((problem) => !said.some((other) => keyOf(other) === keyOf(problem)))];
}

/**
 * The plain values of the file with which something is wrong.
 *
 * @param problemOf end of the sentence about a value, as it stands there; the place comes before it, such as `ml-gateway:gateway.sshFrom[0]`
 */
function plainProblems(config: YAMLMap, problemOf: (source: string) => string | undefined): string[] {
  const problems: string[] = [];
  visit(config, {
    Scalar(key, { type, source = "" }, path) {
      const problem = type === "PLAIN" && key !== "key" ? problemOf(source) : undefined;
      if (problem === undefined) return;
      const names = path.flatMap((node) => (isPair(node) && isScalar(node.key) ? [String(node.key.value)] : []));
      problems.push(`${keyText(names)}${typeof key === "number" ? `[${key}]` : ""}: found ${source}, ${problem}`);
    },
  });
  return problems;
}

/** The whole value between quotes of a word processor, which YAML takes for a part of it. Such quotes within a text are the writer's own. */
const TYPESET = /^[\u2018\u201a\u201b\u201c-\u201f]([^\u2018-\u201f"']*)["'\u2018-\u201f]$/;

function typeset(source: string): string | undefined {
  const inner = TYPESET.exec(source)?.[1];
  return inner === undefined
    ? undefined
    : "whose quotes are those of a word processor, which YAML takes for a part of the value; " +
        `write ${inner} with plain quotes around it, or with none. If they belong to it, put plain quotes around all: '${source.replaceAll("'", "''")}'`;
}

/** Numbers such as 09000: base 8 for one parser, base 10 for another, and a text for a third; and those that are no numbers at all. */
function oddNumber(source: string): string | undefined {
  if (/^[-+]?\.(inf|nan)$/i.test(source))
    return "which YAML reads as a number without end, or as none; write a number in digits, or put quotes around a text";
  return /^[-+]?0\d{1,9}$/.test(source)
    ? `which begins with 0: some programs read that as a number in base 8; write ${Number(source)}, or put quotes around a text`
    : undefined;
}

/** Sections that are one plain text (a date in `repair`). */
function isTextSection(project: string, { key }: Pair<Node>): boolean {
  const name = isScalar(key) ? String(key.value) : "";
  const { schema, secret } = SECTIONS[name.startsWith(`${project}:`) ? name.slice(project.length + 1) : ""] ?? {};
  return schema?.type === "string" && secret !== true;
}

function valueProblem(key: string, { key: name, value }: Pair<Node, Node | null>): string[] {
  if (!isScalar(value) || value.type !== "PLAIN" || value.source === undefined) return [];
  const source = value.source;
  if (/^(null|~)$/i.test(source)) return [];
  if (UNCHANGED.test(source) || !OTHER_KINDS.some((kind) => kind.test(source))) return [];
  const place = `${key === "" ? "" : `${key}.`}${isScalar(name) ? String(name.value) : ""}`;
  return [`${place}: found ${source} without quotes, which YAML turns into another value; put quotes around it, for example '${source}'`];
}
