import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importCycles } from "./import-cycles";

const ROOT = join(__dirname, "../..");
const FOLDERS = ["infra", "models-manifest", "policies", "tools"];

/**
 * The interpreter of shell scripts is recursive as the language is: a parameter's default is a word with parameters, and a command may
 * run another script, at once or later (`at`).
 */
const RECURSION = [
  [
    "policies/shell/effects/ansible.ts",
    "policies/shell/effects/archive.ts",
    "policies/shell/effects/index.ts",
    "policies/shell/effects/later.ts",
    "policies/shell/effects/system.ts",
    "policies/shell/interpreters.ts",
    "policies/shell/invoke.ts",
    "policies/shell/run.ts",
    "policies/shell/traps.ts",
  ],
  ["policies/shell/expand.ts", "policies/shell/parameters.ts"],
];

function sources(folder: string): [path: string, text: string][] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : sources(path);
    return entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts") ? [[path, readFileSync(join(ROOT, path), "utf8")]] : [];
  });
}

test("no files import each other in a circle, but for the recursion of the interpreter", () => {
  const all = new Map(FOLDERS.flatMap(sources));
  expect(all.size).toBeGreaterThan(300);
  expect(importCycles(all)).toEqual(RECURSION);
});

test("a circle is found over several files, folders and imports of types; what only leads to one is no part of it", () => {
  const files = new Map([
    ["a/one.ts", 'import { two } from "../b";'],
    ["b/index.ts", 'export type { Three } from "./three";'],
    ["b/three.ts", 'import type { One } from "../a/one";'],
    ["a/user.ts", 'import { one } from "./one"; import { readFileSync } from "node:fs";'],
  ]);
  expect(importCycles(files)).toEqual([["a/one.ts", "b/index.ts", "b/three.ts"]]);
  expect(importCycles(new Map([...files].filter(([path]) => path !== "b/three.ts")))).toEqual([]);
});
