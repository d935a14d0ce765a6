/** The helper that all commands share: arguments, messages, streams, width and progress. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "../property";
import { asProblems, command, fitted, Problem, Progress, readNamed, screenOf, systemSentence, wrap, writeNamed } from "../../policies/cli";
import { rowsFor } from "../../policies/cli/words";
import { readArguments, type Syntax } from "../../policies/cli/arguments";
import { userFolder } from "../../policies/cli/io";
import { run } from "./run";
import { LOADER, ROOT } from "./scripts";

jest.setTimeout(120_000);
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "cli-"))));
afterAll(() => rmSync(folder, { recursive: true }));

const SYNTAX = {
  options: {
    stack: { kind: "text", value: "NAME", short: "s", default: "dev", help: "" },
    count: { kind: "text", value: "N", help: "", form: { pattern: /^\d+$/, what: "a whole number" } },
    pin: { kind: "texts", value: "PIN", help: "" },
    files: { kind: "maybe", value: "PATH", help: "" },
    json: { kind: "flag", help: "" },
  },
} as const satisfies Syntax;
const read = (...args: string[]) => readArguments(args, SYNTAX).options;

describe("arguments", () => {
  const none = { stack: "dev", count: undefined, pin: [], files: undefined, json: false };
  test.each<[string[], object]>([
    [[], none],
    [["--stack", "prod"], { ...none, stack: "prod" }],
    [["-s", "prod"], { ...none, stack: "prod" }],
    [["--stack=--json"], { ...none, stack: "--json" }],
    [["--stack", "-"], { ...none, stack: "-" }],
    [["--pin", "a", "--pin=b"], { ...none, pin: ["a", "b"] }],
    [["--files"], { ...none, files: true }],
    [["--files", "--json"], { ...none, files: true, json: true }],
    [["--files", "/etc/x", "--json"], { ...none, files: "/etc/x", json: true }],
    [["--files=/etc/x"], { ...none, files: "/etc/x" }],
  ])("%j", (args, expected) => expect(read(...args)).toEqual(expected));

  test.each<[string[], string]>([
    [["--stak", "x"], "unknown option --stak; did you mean --stack?"],
    [["--constructor"], "unknown option --constructor"],
    [["--no-json"], "unknown option --no-json"],
    [["--stack"], "--stack needs a value: --stack NAME"],
    [["--stack", "--json"], "--stack needs a value: --stack NAME"],
    [["--stack="], "--stack needs a value: --stack NAME"],
    [["-s"], "-s needs a value: -s NAME"],
    [["--json=yes"], '--json takes no value, found "yes"'],
    [["--json", "--json"], "--json is given 2 times; once is enough"],
    [["--stack", "a", "--stack", "b"], "--stack is given 2 times; once is enough"],
    [["--count", "three"], '--count: found "three", expected a whole number'],
    [["word"], '"word" is one argument too many'],
    [["--", "word"], '"word" is one argument too many'],
    [["--json", ""], '"" is one argument too many'],
  ])("%j is refused", (args, message) => expect(() => read(...args)).toThrow(message));

  test("any command line is read or refused with a sentence", () => {
    const word = fc.oneof(fc.string(), fc.constantFrom("--stack", "--files", "--json", "--", "-s", "--pin", "-", "x", "--stack=a"));
    fc.assert(
      fc.property(fc.array(word), (args) => {
        try {
          read(...args);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });

  test("behind -- stands another command, and only where one may", () => {
    const syntax = { options: {}, words: { value: "HOST", help: "", min: 1, max: 1 }, rest: { value: "COMMAND", help: "" } } as const;
    expect(readArguments(["backend", "--", "ls", "--help"], syntax)).toEqual({ options: {}, words: ["backend"], rest: ["ls", "--help"] });
  });
});

describe("errors", () => {
  const fails = (error: unknown) =>
    command({ name: "x", summary: "", options: {}, examples: [""], run: () => Promise.reject(error as Error) });

  test("a foreseen problem is its message and code; anything else is a fault of ours, with its trace", async () => {
    expect(await run(fails(new Problem("no such stack", 3)), [])).toEqual({ code: 3, out: "", err: "x: no such stack" });
    const bug = await run(fails(new TypeError("undefined is not a function")), []);
    expect(bug.code).toBe(70);
    expect(bug.err).toMatch(/^x: a fault of the command itself, .*\nTypeError: undefined is not a function\n +at /);
  });

  test("named classes of errors are mistakes of the user", async () => {
    class Known extends Error {}
    await expect(asProblems([Known], () => Promise.reject(new Known("m")))).rejects.toMatchObject({ message: "m", code: 2 });
    await expect(asProblems([Known], () => Promise.reject(new Error("m")))).rejects.not.toBeInstanceOf(Problem);
  });

  test("those of the operating system are sentences with a remedy, and exit code 3", async () => {
    expect(spawnSync("no-such-program").error).toBeDefined();
    expect(systemSentence(spawnSync("no-such-program").error)).toMatch(/^the program "no-such-program" is not here: install it/);
    const err = await run(fails(spawnSync("no-such-program").error), []);
    expect([err.code, err.err]).toEqual([3, expect.stringMatching(/^x: the program "no-such-program" is not here/)]);
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write", errno: -28 });
    expect(systemSentence(full)).toBe("the output: there is no space left on the disk; free some, then run the same command again");
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect", address: "127.0.0.1" });
    expect(systemSentence(refused)).toMatch(/^127\.0\.0\.1: nothing answers there/);
    for (const other of [new Error("x"), undefined, "text", { code: "ERR_PARSE_ARGS", syscall: "x", message: "" }])
      expect(systemSentence(other)).toBeUndefined();
  });

  test("a file that the user named: the option, the path as given, what is wrong", () => {
    expect(() => readNamed("none.json", "--graph", folder)).toThrow("--graph: none.json: there is no such file or folder");
    expect(() => readNamed(".", "--graph", folder)).toThrow("--graph: .: is a folder, where a file is needed");
    expect(() => readNamed("f/x", "--graph", (writeFileSync(join(folder, "f"), ""), folder))).toThrow(
      "is a file, where a folder is needed",
    );
    symlinkSync("loop", join(folder, "loop"));
    expect(() => readNamed("loop", "--graph", folder)).toThrow("lead in a circle");
    if (existsSync("/dev/full"))
      expect(() => writeNamed("/dev/full", "--sarif", folder, "x")).toThrow(/^--sarif: .*no space left on the disk/);
    writeNamed("out", "--sarif", folder, "text");
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("text");
    // What was there stays whole until what comes is: another name of it keeps the old text.
    linkSync(join(folder, "out"), join(folder, "kept"));
    symlinkSync("out", join(folder, "link"));
    writeNamed("link", "--sarif", folder, "other");
    expect(["kept", "out", "link"].map((name) => readFileSync(join(folder, name), "utf8"))).toEqual(["text", "other", "other"]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    if (process.getuid?.() === 0) return; // root may read everything
    chmodSync(join(folder, "out"), 0);
    expect(() => readNamed("out", "--graph", folder)).toThrow("this user may not read or write it");
  });
});

describe("as a program", () => {
  const list = [...LOADER.slice(1), "infra/cli/preview.ts", "--help"];

  test("a reader that stops early is no error", async () => {
    const child = spawn(process.execPath, list, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let err = "";
    child.stderr.on("data", (part: Buffer) => (err += part.toString()));
    child.stdout.destroy();
    expect([await new Promise((done) => child.on("close", done)), err]).toEqual([0, ""]);
  });

  (existsSync("/dev/full") ? test : test.skip)("a full disk is one", () => {
    const { status, stderr } = spawnSync("sh", ["-c", `exec "$@" >/dev/full`, "sh", process.execPath, ...list], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(stderr).toMatch(/could not be written: .*no space left/);
    expect(status).toBe(3);
  });

  test("paths start where the user is, though npm starts the program in the project", () => {
    const npm = { npm_package_json: "/p/package.json", INIT_CWD: "/home/me" };
    expect(userFolder(npm, "/p")).toBe("/home/me");
    expect(userFolder(npm, "/elsewhere")).toBe("/elsewhere");
    expect(userFolder({}, "/p")).toBe("/p");
  });
});

describe("the screen", () => {
  test.each<[string, boolean, number | undefined, Record<string, string>, object]>([
    ["a terminal", true, 80, {}, { width: 80, colours: true, terminal: true }],
    ["NO_COLOR", true, 80, { NO_COLOR: "1" }, { width: 80, colours: false, terminal: true }],
    ["an empty NO_COLOR", true, 80, { NO_COLOR: "" }, { width: 80, colours: true, terminal: true }],
    ["a dumb terminal", true, 80, { TERM: "dumb" }, { width: 80, colours: false, terminal: true }],
    ["a pipe", false, undefined, {}, { width: 120, colours: false }],
    ["a pipe with COLUMNS", false, undefined, { COLUMNS: "90" }, { width: 90, colours: false }],
    ["a very narrow one", true, 10, {}, { width: 40, colours: true, terminal: true }],
  ])("%s", (_, isTTY, columns, env, expected) => expect(screenOf({ isTTY, columns } as NodeJS.WriteStream, env)).toEqual(expected));

  test("lines break at spaces and lose nothing", () => {
    expect(wrap("one two three", 7, "  ")).toEqual(["one two", "  three"]);
    expect(wrap("a 4\u00a0Subnet", 4)).toEqual(["a", "4 Subnet"]);
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 80 }), (all, width) => {
        const lines = wrap(all.join(" "), width, "  ");
        expect(lines.every((line) => line.length <= width)).toBe(true);
        expect(lines.map((line) => line.trim()).join(" ")).toBe(all.join(" "));
      }),
    );
  });

  describe("on a terminal, and as it is elsewhere", () => {
    const terminal = { width: 40, colours: false, terminal: true } as const;

    test("lines go on below their own beginning; commands and code are whole", () => {
      const command = "  npm run releases -- resume --stack a-stack-with-a-long-name";
      const code = ['    const group = new aws.ec2.SecurityGroup("group", {});', "", "  and this is a sentence again that is far too long"];
      const text = ["  Why: a sentence that is longer than the window is wide", command, "  Write, for example:", ...code].join("\n");
      const lines = fitted(text, terminal).split("\n");
      expect(lines.slice(0, 2)).toEqual(["  Why: a sentence that is longer than", "    the window is wide"]);
      expect(lines).toEqual(expect.arrayContaining([command, code[0]]));
      expect(lines.filter((line) => line.length > 40)).toEqual([command, code[0]]);
      expect(fitted(text, { width: 40, colours: false })).toBe(text);
    });

    test("a table that is wider than the window becomes one paragraph a row", () => {
      const rows = [
        ["ROLE", "FILE", "BYTES"],
        ["model", "models/of a long name.onnx", "123456"],
        ["scaler", "b", "1"],
      ] as const;
      expect(rowsFor(rows, terminal)).toEqual([
        [],
        ["ROLE model", "  FILE models/of a long name.onnx", "  BYTES 123456"],
        ["ROLE scaler  FILE b  BYTES 1"],
      ]);
      expect(rowsFor(rows, { width: 40, colours: false })).toHaveLength(3);
      expect(rowsFor(rows, { ...terminal, width: 60 })[0]).toEqual(["ROLE    FILE                        BYTES"]);
    });
  });

  test("progress shows what takes more than a second and for how long, on a terminal only", () => {
    jest.useFakeTimers();
    try {
      const seen: string[] = [];
      const stream = (isTTY: boolean) =>
        ({ isTTY, columns: 20, write: (text: string) => seen.push(text) > 0 }) as unknown as NodeJS.WriteStream;
      const pipe = new Progress(stream(false));
      pipe.say("x");
      jest.advanceTimersByTime(5000);
      pipe.end();
      const quick = new Progress(stream(true));
      quick.say("x");
      quick.end();
      expect(seen).toEqual([]);
      const busy = new Progress(stream(true));
      busy.busy("x");
      expect(seen.splice(0)).toEqual(["\r\u001b[K0 s  x"]);
      busy.end();
      expect(seen.splice(0)).toEqual(["\r\u001b[K"]);
      pipe.busy("x");
      expect(seen).toEqual([]);
      const slow = new Progress(stream(true));
      slow.say("evaluating 91 policies");
      jest.advanceTimersByTime(2000);
      slow.end();
      expect(seen.splice(0)).toEqual(["\r\u001b[K1 s  evaluating 91 ", "\r\u001b[K2 s  evaluating 91 ", "\r\u001b[K"]);
      const shared = stream(true);
      const mixed = new Progress(shared);
      mixed.say("evaluating");
      jest.advanceTimersByTime(1000);
      shared.write("warning\n");
      mixed.end();
      expect(seen).toEqual(["\r\u001b[K1 s  evaluating", "\r\u001b[K", "warning\n"]);
    } finally {
      jest.useRealTimers();
    }
  });
});
