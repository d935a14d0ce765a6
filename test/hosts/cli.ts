/** Real hosts on one machine, from a shell: `up`, `down`, `test` for the whole system, `lab ...` for machines of one's own. */
import type { Arguments } from "./cli-lab";
import { LAB_USAGE, labCommand } from "./cli-lab";
import { unsupported } from "./host-tools";

const USAGE = `usage: up | down | test | lab ...\n${LAB_USAGE}`;

function parse(argv: readonly string[]): Arguments {
  const dashes = argv.indexOf("--");
  const own = dashes < 0 ? argv : argv.slice(0, dashes);
  const words: string[] = [];
  const options: Record<string, string> = {};
  for (let at = 0; at < own.length; at += 1) {
    const word = own[at] ?? "";
    if (!word.startsWith("--")) words.push(word);
    else options[word.slice(2)] = own[(at += 1)] ?? "";
  }
  return { words, options, rest: dashes < 0 ? [] : argv.slice(dashes + 1) };
}

async function main(): Promise<number> {
  const parsed = parse(process.argv.slice(2));
  const reasons = unsupported();
  if (reasons.length > 0) throw new Error(reasons.join("\n"));
  const [command, ...words] = parsed.words;
  if (command === "lab") return labCommand({ ...parsed, words });
  throw new Error(USAGE);
}

main().then(
  (status) => process.exit(status),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
