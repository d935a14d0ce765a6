/** The parts of docs/commands.md that the commands' own descriptions make: the list, and what `--help` prints of each. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnyCommand, Command } from "../../policies/cli";
import { reference } from "../../policies/cli/usage";
import { firstSentence, table } from "../config/docs-words";
import { withParts } from "./readme";

const WIDTH = 100;
const FILE = "docs/commands.md";

export async function commandsPage(root: string): Promise<string> {
  // Loaded here: the list holds the command that writes this page.
  const { SCRIPTS } = await import("../../test/cli/scripts");
  const commands = Object.values(SCRIPTS).map(({ of }) => of);
  return withParts(
    readFileSync(join(root, FILE), "utf8"),
    { commands: table(listOf(commands)), help: commands.flatMap(sectionOf).slice(0, -1) },
    FILE,
  );
}

function listOf(commands: readonly AnyCommand[]): string[][] {
  const rows = commands.map((of) => [`\`npm run ${of.name}\``, firstSentence(of.summary), `[help](#${anchor(of.name)})`]);
  return [["command", "what it does", ""], ...rows];
}

/** As GitHub makes it of the heading. */
const anchor = (name: string): string => `npm-run-${name.replace(/[^\w-]/g, "")}`;

function sectionOf(of: AnyCommand): string[] {
  const parts: readonly Command[] = "commands" in of ? Object.values(of.commands) : [of];
  const about = "commands" in of ? [of.summary, ""] : [];
  return [`### npm run ${of.name}`, "", ...about, ...parts.flatMap((one) => ["```text", reference(one, WIDTH), "```", ""])];
}
