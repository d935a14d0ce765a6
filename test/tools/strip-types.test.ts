/** What npm's scripts run: the types taken off, results of earlier runs used only where they are right, lines of the source in traces. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

const ROOT = join(__dirname, "../..");
/** A project of its own, with this one's packages and what runs TypeScript. */
let project: string;
let cache: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "strip-types-"));
  cache = join(project, "node_modules/.cache/strip-types");
  mkdirSync(join(project, "tools"));
  mkdirSync(join(project, "policies/typescript"), { recursive: true });
  mkdirSync(cache, { recursive: true });
  const scripts = ["cache-folder", "kept-text", "lazy", "register", "strip-types", "tune"].map((name) => `policies/typescript/${name}.js`);
  for (const file of ["tools/register.js", ...scripts]) writeFileSync(join(project, file), readFileSync(join(ROOT, file)));
  symlinkSync(join(ROOT, "node_modules/@swc"), join(project, "node_modules/@swc"));
});
afterEach(() => {
  rmSync(project, { recursive: true });
});

function run(source: string): { readonly code: number | null; readonly out: string; readonly err: string } {
  writeFileSync(join(project, "main.ts"), source);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-r", "./tools/register.js", "main.ts"], {
    cwd: project,
    encoding: "utf8",
    env: { ...process.env, NODE_PATH: join(__dirname, "../../node_modules") },
  });
  return { code: status, out: stdout, err: stderr };
}
/** What the project's own copy makes of main.ts, without a program of its own, and what that prints. */
function printed(source: string): string {
  const own = jest.requireActual<{ cachedStripTypes: (source: string, filename: string) => string }>(
    join(project, "policies/typescript/strip-types.js"),
  );
  const said: string[] = [];
  const print = { log: (text: string): void => void said.push(text) };
  runInNewContext(own.cachedStripTypes(source, join(project, "main.ts")), { console: print, exports: {} });
  return said.join("\n");
}
const entry = (): string => {
  const [file = ""] = readdirSync(cache);
  return join(cache, file);
};

test("a result is kept and used again", () => {
  expect(run('console.log("one" as string);')).toMatchObject({ code: 0, out: "one\n" });
  expect(readdirSync(cache)).toHaveLength(1);
  const before = readFileSync(entry(), "utf8");
  expect(run('console.log("one" as string);')).toMatchObject({ code: 0, out: "one\n" });
  expect(readFileSync(entry(), "utf8")).toBe(before);
});

test("a changed source is never answered with the old result, and leaves one file", () => {
  expect(printed('console.log("one" as string);')).toBe("one");
  expect(printed('console.log("two" as string);')).toBe("two");
  expect(readdirSync(cache)).toHaveLength(1);
});

test.each<[string, (text: string) => string]>([
  ["cut off", (text) => text.slice(0, -20)],
  ["changed", (text) => text.replace('"one"', '"bad"')],
  ["empty", () => ""],
])("a result that was %s is made again", (_, damage) => {
  printed('console.log("one" as string);');
  const right = readFileSync(entry(), "utf8");
  expect(damage(right)).not.toBe(right);
  writeFileSync(entry(), damage(right));
  expect(printed('console.log("one" as string);')).toBe("one");
  expect(readFileSync(entry(), "utf8")).toBe(right);
});

test("where nothing can be written, nothing is kept", () => {
  rmSync(cache, { recursive: true });
  writeFileSync(cache, "a file in the place of the folder");
  chmodSync(cache, 0o444);
  expect(run('console.log("one" as string);')).toMatchObject({ code: 0, out: "one\n", err: "" });
});

test("a stack trace names the lines of the source", () => {
  const { code, err } = run(
    `interface Gone {\n  readonly a: string;\n}\nconst fail = (_: Gone): never => {\n  throw new Error("broken");\n};\nfail({ a: "" });\n`,
  );
  expect(code).toBe(1);
  expect(err).toMatch(/Error: broken\n {4}at fail \(.*main\.ts:5:9\)\n {4}at .*main\.ts:7:1/);
});

test("a mistake in the syntax says where it is", () => {
  const { code, err } = run("const a: = 1;\n");
  expect(code).toBe(1);
  expect(err).toMatch(/main\.ts:1:/);
});

test("the packages that are loaded late are whole once they are used", () => {
  const { out } = run(
    'import * as arborist from "@npmcli/arborist";\nimport ts = require("typescript");\nconsole.log(typeof arborist.Arborist, ts.version);',
  );
  expect(out).toBe(
    `function ${(JSON.parse(readFileSync(join(__dirname, "../../node_modules/typescript/package.json"), "utf8")) as { version: string }).version}\n`,
  );
});
