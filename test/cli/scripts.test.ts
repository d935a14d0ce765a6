/** One manner for every command: help, mistakes in the command line, streams and exit codes, before anything is done. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT_MEANING, type AnyCommand, type Command } from "../../policies/cli";
import { LAB_COMMANDS } from "../lab/commands";
import { run } from "./run";
import { LOADER, OF_PACKAGE, ROOT, SCRIPTS } from "./scripts";

type Named = readonly [name: string, of: Command];
/** The command of each script, and each command of a group. */
const ALL: readonly Named[] = Object.values(SCRIPTS).flatMap(({ of }) =>
  "commands" in of ? Object.values(of.commands).map((one): Named => [one.name, one]) : [[of.name, of] as Named],
);
/** Words and options that a command cannot do without. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "models add": ["model.pkl", "--role", "model"],
  "models publish": ["--bucket", "b"],
  "models remove": ["model.pkl"],
  verify: ["--stack", "dev"],
  releases: ["--stack", "dev"],
  repair: ["--stack", "dev"],
  "lab up": ["--name", "n"],
  drill: ["--stack", "x"],
  "lab down": ["--name", "n"],
  "lab exec": ["--name", "n", "backend", "--", "true"],
  "lab memory": ["--name", "n", "backend", "none"],
  ...Object.fromEntries(["ssh", "reboot", "off", "on", "cut", "reconnect"].map((word) => [`lab ${word}`, ["--name", "n", "backend"]])),
};

/** The command with its work replaced: did anything start? */
function watched(of: Command): { readonly of: AnyCommand; readonly work: jest.Mock } {
  const work = jest.fn(() => 0);
  return { of: { ...of, run: work }, work };
}

test("every script of package.json is one of these commands, and is named after its script", () => {
  expect(OF_PACKAGE).toEqual(
    Object.fromEntries(Object.entries(SCRIPTS).map(([name, { program }]) => [name, [...LOADER, program].join(" ")])),
  );
  expect(Object.values(SCRIPTS).map(({ of }) => of.name)).toEqual(Object.keys(SCRIPTS));
});

describe.each(ALL)("%s", (name, command) => {
  const needs = NEEDS[name] ?? [];
  const option = Object.entries(command.options).find(([, spec]) => spec.kind === "text");

  test.each(["--help", "-h"])("%s shows the usage with an example and does nothing", async (flag) => {
    for (const args of [[flag], [...needs.filter((word) => word !== "--" && word !== "true"), flag], ["--no-such-option", flag]]) {
      const { of, work } = watched(command);
      const { code, out, err } = await run(of, args);
      expect([code, err, work.mock.calls]).toEqual([0, "", []]);
      expect(out).toMatch(/^Usage: npm run -s /);
      expect(out).toMatch(new RegExp(`Examples:\n  npm run -s ${name.split(" ")[0] ?? ""}`));
      for (const codeNumber of Object.keys(EXIT_MEANING)) expect(out).toMatch(new RegExp(`^  ${codeNumber} `, "m"));
      for (const key of Object.keys(command.options)) expect(out).toContain(`--${key}`);
    }
  });

  const mistakes: [string, string[]][] = [
    ["an unknown option", [...needs, "--no-such-option"]],
    ["an unknown short option", [...needs, "-ß", "-%"]],
    ["a stray argument", [...needs, ...Array<string>(25).fill("stray")]],
    ...(option === undefined ? [] : ([["an option without its value", [...needs, `--${option[0]}`]]] as [string, string[]][])),
    ...(option === undefined ? [] : ([["an empty value", [...needs, `--${option[0]}=`]]] as [string, string[]][])),
  ];
  // Jest's own arguments are Jest's to check; a stray one is a pattern. lint takes any number of paths; what stands behind "--" is another command's.
  const checked =
    command.verbatim === true ? [] : mistakes.filter(([what]) => what !== "a stray argument" || (name !== "lint" && !needs.includes("--")));
  if (checked.length > 0)
    test.each(checked)("%s is an error on stderr, exit code 2, before anything is done", async (_, given) => {
      const args = needs.includes("--") ? [...given.filter((word) => word.startsWith("-") && word !== "--"), ...needs] : given;
      const { of, work } = watched(command);
      const { code, out, err } = await run(of, args);
      expect([code, out, work.mock.calls]).toEqual([2, "", []]);
      expect(err).toMatch(new RegExp(`^${name}: .+\nUsage: npm run -s .+\nTo see what each means: npm run -s .+ --help$`));
    });

  test("with all that it needs it starts, once; without, it says what is missing", async () => {
    const whole = watched(command);
    expect((await run(whole.of, needs)).code).toBe(0);
    expect(whole.work).toHaveBeenCalledTimes(1);
    if (needs.length === 0) return;
    const bare = watched(command);
    const { code, err } = await run(bare.of, []);
    expect([code, bare.work.mock.calls]).toEqual([2, []]);
    expect(err).toContain("is missing");
  });
});

describe.each(Object.values(SCRIPTS).flatMap(({ of }) => ("commands" in of ? [[of.name, of] as const] : [])))("%s", (_, group) => {
  test("help, a missing and an unknown command", async () => {
    for (const flag of ["--help", "-h"]) {
      const { code, out } = await run(group, [flag]);
      expect(code).toBe(0);
      for (const [word, { summary }] of Object.entries(group.commands))
        expect(out.replace(/\s+/g, " ")).toMatch(new RegExp(`${word}.*${summary.slice(0, 20)}`));
    }
    expect(await run(group, [])).toMatchObject({ code: 2, out: "" });
    expect(await run(group, ["frob"])).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining('"frob" is not a command') as string,
    });
  });
});

test("the forms that the tests on real hosts use are understood", async () => {
  const up = watched(LAB_COMMANDS["up"] as Command);
  expect((await run(up.of, ["--name", "test-crash", "--force", "yes"])).code).toBe(0);
  expect(up.work.mock.calls).toEqual([
    [expect.objectContaining({ options: { name: "test-crash", stack: undefined, force: "yes" } }), expect.anything()],
  ]);
});

test("docs/commands.md has every command and the meaning of every exit code", () => {
  const page = readFileSync(join(ROOT, "docs/commands.md"), "utf8");
  expect([...page.matchAll(/^\| `npm run ([\w:-]+)`/gm)].map(([, name]) => name).sort()).toEqual(Object.keys(SCRIPTS).sort());
  const codes = [...page.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [code, meaning]);
  expect(codes).toEqual(Object.entries(EXIT_MEANING));
});

test.each(["doctor", "preview:offline", "report", "deploy-role", "up:local", "drill"])(
  "%s reads no file of another folder as a stack's",
  async (script) => {
    for (const stack of ["../x", "a/b", ".dev", "x y"]) {
      const { of, work } = watched(SCRIPTS[script]?.of as Command);
      const { code, err } = await run(of, ["--stack", stack]);
      expect([code, work.mock.calls]).toEqual([2, []]);
      expect(err).toContain(`--stack: found "${stack}", expected the NAME of a file Pulumi.NAME.yaml`);
    }
  },
);
