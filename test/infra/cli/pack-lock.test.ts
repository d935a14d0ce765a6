/** The pack as a package of its own: its program, and the lock file that is made of the project's. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packLock } from "../../../infra/cli/pack-lock";
import { ROOT } from "../evaluate";

const lock = (packages: object): string => JSON.stringify({ lockfileVersion: 3, packages });
const keysOf = (text: string): string[] => Object.keys((JSON.parse(text) as { packages: object }).packages);

test("what the pack needs, directly or not, is in it with version and digest, and nothing else", () => {
  const text = packLock(
    lock({
      policies: { version: "1.0.0", dependencies: { a: "1" } },
      "node_modules/a": { version: "1.0.0", integrity: "sha512-a", dependencies: { b: "2" }, optionalDependencies: { gone: "1" } },
      "node_modules/a/node_modules/b": {
        version: "2.0.0",
        dev: true,
        peerDependencies: { c: "1", d: "1" },
        peerDependenciesMeta: { d: { optional: true } },
      },
      "node_modules/b": { version: "1.0.0" },
      "node_modules/c": { version: "1.0.0" },
      "node_modules/d": { version: "1.0.0" },
    }),
  );
  expect(keysOf(text)).toEqual(["", "node_modules/a", "node_modules/a/node_modules/b", "node_modules/c"]);
  expect(text).toContain('"integrity": "sha512-a"');
  expect(text).not.toContain('"dev"');
});

test("a version that only the workspace has lies at the top", () => {
  const own = {
    policies: { dependencies: { a: "2" } },
    "policies/node_modules/a": { version: "2.0.0" },
    "node_modules/a": { version: "1.0.0" },
  };
  const { packages } = JSON.parse(packLock(lock(own))) as { packages: Record<string, { version: string }> };
  expect(packages["node_modules/a"]?.version).toBe("2.0.0");
  const both = { ...own, policies: { dependencies: { a: "2", b: "1" } }, "node_modules/b": { dependencies: { a: "1" } } };
  expect(() => packLock(lock(both))).toThrow("two versions of node_modules/a");
});

test.each([
  ["a package", lock({ policies: { dependencies: { a: "1" } } }), "policies needs a"],
  ["the workspace", lock({}), 'no workspace "policies"'],
])("%s that is missing is an error", (_, text, message) => expect(() => packLock(text)).toThrow(message));

test("every package of the pack's manifest is in its lock file", () => {
  const { dependencies, bin } = JSON.parse(readFileSync(join(ROOT, "policies/package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  const written = keysOf(readFileSync(join(ROOT, "policies/npm-shrinkwrap.json"), "utf8"));
  expect(written).toEqual(expect.arrayContaining(Object.keys(dependencies ?? {}).map((name) => `node_modules/${name}`)));
  expect(bin).toEqual({ "ml-gateway-policies": "./bin.js" });
});

test("its program says how it is called where it is installed, from any folder", () => {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, "policies/bin.js"), "--help"], { cwd: "/", encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: ml-gateway-policies \[--graph FILE\]/);
  expect(stdout).not.toContain("npm run -s policies:check");
});

test("by its name a program gets what evaluates graphs, and ends; by its folder the engine gets the pack", () => {
  // Within a package its own name leads where it leads others that have it installed.
  const script =
    'const { evaluateGraph } = require("ml-gateway-policies"); evaluateGraph({ resources: [] }).then((r) => console.log(r.summary.ran));';
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
    cwd: join(ROOT, "policies"),
    encoding: "utf8",
    timeout: 60_000,
  });
  expect([Number(stdout) > 100, stderr]).toEqual([true, ""]);
  expect(require.resolve(join(ROOT, "policies"))).toBe(join(ROOT, "policies/main.js"));
});
