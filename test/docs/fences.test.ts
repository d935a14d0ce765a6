/** Examples of the pages: each command is run by a test or marked with what it needs, and can be typed on Linux, macOS and in WSL. */
import { spawnSync } from "node:child_process";
import { SCRIPTS } from "../cli/scripts";
import { lacking, unless } from "../needs";
import { STAGES } from "../check/stages";
import { commandsOf, NOT_PORTABLE } from "./commands";
import { REPOSITORY } from "./main";
import { fencesOf, pages, type Fence } from "./pages";

const fences = pages().flatMap(fencesOf);
const shell = fences.filter(({ language }) => ["sh", "bash", "shell", "console"].includes(language));
const name = ({ page, line }: Fence): string => `${page}:${String(line)}`;

/** `path`, `run`: by `npm run test:docs`. `check`: a stage of `npm run check`. `aws`: needs an account. `host`: typed on a host. `own`: needs files of the reader's own. */
const MARKS = ["path", "run", "check", "aws", "host", "own"];

test("every fence says its language, and a shell's what it needs", () => {
  expect(shell.length).toBeGreaterThan(15);
  expect(fences.filter(({ language }) => language === "").map(name)).toEqual([]);
  expect(
    shell.filter(({ language, words }) => language !== "sh" || words.length !== 1 || !MARKS.includes(words[0] ?? "")).map(name),
  ).toEqual([]);
});

test("what needs AWS is marked so, and nothing else is", () => {
  const needs = (fence: Fence): boolean =>
    /^(\s*pulumi |\s*aws )|\$\(pulumi |\| *aws |^(npm run (-s )?(verify|repair|releases|models -- (record-checks|publish)))/m.test(
      fence.text,
    );
  const run = shell.filter(({ words }) => words.includes("path") || words.includes("run"));
  expect(run.filter(needs).map(name)).toEqual([]);
  expect(shell.filter((fence) => fence.words.includes("aws") && !needs(fence)).map(name)).toEqual([]);
});

test("what is marked as a stage of CI is one, and README's test command is among it", () => {
  const marked = shell.filter(({ words }) => words.includes("check"));
  const stages = STAGES.map((stage) => stage.steps().map(({ argv }) => argv.join(" ")));
  expect(marked.filter(({ text }) => !stages.some((steps) => steps.includes(text.trim()))).map(name)).toEqual([]);
  expect(marked.filter(({ page }) => page === "README.md").map(({ text }) => text.trim())).toEqual(["npm test"]);
});

test("README's path begins with git clone, is what CI runs, and is short", () => {
  const path = fences.filter(({ page, words }) => page === "README.md" && words.includes("path")).flatMap(({ text }) => commandsOf(text));
  expect(path[0]).toBe(`git clone ${REPOSITORY}`);
  // With the commit that a change is compared with.
  expect(path.length).toBeLessThanOrEqual(13);
  expect(STAGES.find((stage) => stage.name === "docs")?.steps()).toContainEqual({ argv: ["npm", "run", "-s", "test:docs"] });
});

test("commands that are typed at one's own desk are the same on Linux, macOS and in WSL", () => {
  const typed = shell.filter(({ words }) => !words.includes("host"));
  const wrong = typed.flatMap((fence) =>
    NOT_PORTABLE.flatMap(([pattern, instead]) => (pattern.test(fence.text) ? [`${name(fence)}: use ${instead}`] : [])),
  );
  expect(wrong).toEqual([]);
});

test("npm commands of the pages exist, with options that they have", () => {
  const wrong = shell.flatMap((fence) =>
    commandsOf(fence.text).flatMap((line) => {
      const [, script = "", rest = ""] = /\bnpm run (?:-s )?([\w:-]+)(?: -- (.*))?/.exec(line) ?? [];
      if (script === "") return [];
      const of = SCRIPTS[script]?.of;
      if (of === undefined) return [`${name(fence)}: there is no npm script "${script}"`];
      const known = "commands" in of ? Object.values(of.commands).flatMap((one) => Object.keys(one.options)) : Object.keys(of.options);
      const options = [...rest.replace(/'[^']*'|"[^"]*"/g, "").matchAll(/(?<= |^)--([\w-]+)/g)].map(([, option = ""]) => option);
      return options.filter((option) => !known.includes(option)).map((option) => `${name(fence)}: ${script} has no --${option}`);
    }),
  );
  expect(wrong).toEqual([]);
});

unless(lacking("bash"))("every shell example can be read by bash", () => {
  const wrong = shell.flatMap((fence) => {
    const { status, stderr } = spawnSync("bash", ["-n", "-c", fence.text], { encoding: "utf8" });
    return status === 0 ? [] : [`${name(fence)}: ${stderr}`];
  });
  expect(wrong).toEqual([]);
});

test.each([
  ["a && b", ["a", "b"]],
  ["# no\na \\\n  b\n\nc || echo d", ["a b", "c"]],
])("commands of %j", (text, expected) => expect(commandsOf(text)).toEqual(expected));
