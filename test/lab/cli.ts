/** Real hosts on one machine, from a shell: `up`, `down`, `test` for the whole system, `lab ...` for machines of one's own. */
import { testHosts } from "./checks/main";
import type { Arguments } from "./cli-lab";
import { LAB_USAGE, labCommand } from "./cli-lab";
import { downCommand, upCommand } from "./cli-up";
import { unsupported } from "./host-tools";

const USAGE = `up [--name NAME] [--stack STACK] [--force yes] [--config FILE]   the whole system, left running (default: name local, stack dev);
                                                 FILE: keys and raw values over the stack's own, as JSON
test                                             the same from nothing, checked, and taken away again
down [--name NAME]                               removes every trace of it, also after a crash
${LAB_USAGE}`;

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
  const [command = "", ...words] = parsed.words;
  switch (command) {
    case "lab":
      return labCommand({ ...parsed, words });
    case "up":
      return upCommand(parsed.options);
    case "test":
      return testHosts();
    case "down":
      return downCommand(parsed.options);
    default:
      throw new Error(USAGE);
  }
}

main().then(
  (status) => process.exit(status),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
