import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { composeStep } from "../../../infra/release/compose";
import { hostSteps } from "../../../infra/release/steps";
import { exampleSpec } from "./example";

const ROOT = join(__dirname, "..", "..", "..");
const FOLDER = join(ROOT, "templates", "steps");
const scripts = readdirSync(FOLDER).filter((name) => name.endsWith(".sh"));

/** shellcheck is no npm package: where it is not installed, CI's own step still runs it. */
const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;
(hasShellcheck ? test : test.skip).each(scripts)("shellcheck %s", (name) => {
  // A step that is not composed runs in the login shell as it is, without a first line.
  const shell = /^(#!|# shellcheck shell=)/.test(readFileSync(join(FOLDER, name), "utf8")) ? [] : ["--shell=sh"];
  const found = spawnSync("shellcheck", [...shell, join("templates", "steps", name)], { cwd: ROOT, encoding: "utf8" });
  expect(found.stdout).toBe("");
});

test.each(scripts)("%s hides no failure and evaluates no text", (name) => {
  const text = readFileSync(join(FOLDER, name), "utf8");
  expect(text).not.toMatch(/\|\| *(true|:)\s*$/m);
  expect(text).not.toMatch(/^\s*(eval|set -x)\b/m);
  expect(text).not.toMatch(/(curl|wget)[^\n]*\|\s*(sudo )?(ba)?sh\b/);
});

const composed = (["gateway", "backend"] as const).flatMap((role) =>
  hostSteps(exampleSpec(role)).map((step) => [`${role} ${step.name}`, step.create] as const),
);

test.each(composed)("the composed %s is valid for sh, its inner script for bash", (_, create) => {
  execFileSync("bash", ["-n"], { input: create });
  const inner = /<<'DDOS_STEP'\n([\s\S]*?)\nDDOS_STEP\n/.exec(create)?.[1] ?? "no inner script (";
  execFileSync("bash", ["-n"], { input: inner });
  expect(inner.startsWith("#!/bin/bash\n")).toBe(true);
  expect(inner).not.toMatch(/^\. /m);
  expect(inner.slice(0, inner.indexOf("\nbegin "))).toContain("\nset -Eeuo pipefail\n");
});

test("a file that would end the here-document early is refused", () => {
  const step = { name: "prepare", lock: "shared", limitSeconds: 1, files: [{ name: "x", content: "a\nDDOS_FILE\nrm -rf /\n" }] } as const;
  expect(() => composeStep(step)).toThrow("ends the text early");
});

test("a script that is too long for one argument is refused", () => {
  const step = { name: "prepare", lock: "shared", limitSeconds: 1, files: [{ name: "x", content: "#".repeat(130_000) }] } as const;
  expect(() => composeStep(step)).toThrow("the limit is 120000");
});
