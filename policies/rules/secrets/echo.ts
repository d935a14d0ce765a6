/** Does a script print the secret it was given? Decided statement by statement, comments left out. */

export interface Given {
  /** The standard input is a secret. */
  readonly stdin: boolean;
  /** Environment variables that are secrets. */
  readonly variables: readonly string[];
}

const PRINTERS = /^(?:sudo\s+(?:-\S+\s+)*)?(?:cat|head|tail|less|more|grep|sed|awk|sort|nl|strings|base64|xxd)\b.*\.env\b(?!\.)/;
const COPY_INPUT = /^(?:sudo\s+(?:-\S+\s+)*)?(?:cat(?:\s+(?:-|\/dev\/stdin))?\s*$|tee\b)/;
const DUMPS = /^(?:sudo\s+(?:-\S+\s+)*)?(?:env|printenv|export(?:\s+-p)?|declare\s+-p|set)\s*$/;
const TRACE = /^(?:set\s+-[a-wyz]*x|set\s+-o\s+xtrace|(?:sudo\s+)?(?:ba|da|z|k)?sh\s+-[a-wyz]*x)/;
const SAYS = /^(?:sudo\s+(?:-\S+\s+)*)?(?:echo|printf|print)\b/;

/** In which ways the script prints a secret, as the end of a sentence. Many Commands run the same script, and graphs that follow each other do. */
export function printedSecrets(script: string, given: Given): readonly string[] {
  const key = JSON.stringify([given.stdin, given.variables]);
  const answers = known.get(script) ?? new Map<string, readonly string[]>();
  const found = answers.get(key) ?? waysToPrint(script, given);
  answers.set(key, found);
  if (known.size > MOST_SCRIPTS) known.clear();
  known.set(script, answers);
  return found;
}

const known = new Map<string, Map<string, readonly string[]>>();
const MOST_SCRIPTS = 200;

function waysToPrint(script: string, given: Given): string[] {
  if (/^[ \t]*exec[ \t]+(?:1?>>?|&>)/m.test(script)) return []; // all output goes elsewhere
  const known = new Set([...given.variables, ...(given.stdin ? readVariables(script) : [])]);
  const found = new Set<string>();
  for (const statement of statements(script)) {
    const quiet = goesElsewhere(statement);
    if (given.stdin && COPY_INPUT.test(statement) && !quiet && !/<</.test(statement)) found.add("prints its secret standard input");
    if (PRINTERS.test(statement) && !quiet && !/\bgrep\s+-[a-zA-Z]*[qc]|\bsed\s+(-\S+\s+)*-[a-zE]*i/.test(statement))
      found.add("prints .env");
    if (known.size > 0 && DUMPS.test(statement) && !quiet) found.add("prints its environment, which holds a secret");
    if ((known.size > 0 || given.stdin) && TRACE.test(statement)) found.add("traces its commands (-x) with their secrets");
    const said =
      SAYS.test(statement) && !quiet ? [...known].find((name) => new RegExp(String.raw`\$\{?${name}\b`).test(statement)) : undefined;
    if (said !== undefined) found.add(`prints $${said}`);
  }
  return [...found];
}

/** Variables that a secret standard input is read into. */
function readVariables(script: string): string[] {
  const read = [...script.matchAll(/\bread\s+(?:-\S+\s+){0,20}([A-Za-z_]\w*)/g)].map(([, name = ""]) => name);
  const taken = [
    ...script.matchAll(/(?<!\w)([A-Za-z_]\w*)="?\$\((?:cat|<\s{0,9}\/dev\/stdin)\s{0,9}(?:(?:-|\/dev\/stdin)\s{0,9})?\)/g),
  ].map(([, name = ""]) => name);
  return [...read, ...taken];
}

function statements(script: string): string[] {
  return script
    .replace(/\\\n/g, " ")
    .split(/\n|;|&&|\|\||\bthen\b|\bdo\b|\belse\b|[{}]/)
    .map((part) => part.trim())
    .filter((part) => part !== "" && !part.startsWith("#"));
}

/** Redirected to a file or to the next command of a pipe that does not show it either. */
function goesElsewhere(statement: string): boolean {
  const bare = statement.replace(/"[^"]*"|'[^']*'/g, "Q");
  if (/(^|[^0-9&])1?>>?\s*[^\s&]/.test(bare) || /&>/.test(bare)) return true;
  const last = bare.split("|").pop()?.trim() ?? "";
  return bare.includes("|") && !/^(?:sudo\s+(?:-\S+\s+)*)?(cat|tee|grep|sed|awk|head|tail|sort|base64|xxd|tr|cut|nl)\b/.test(last);
}
