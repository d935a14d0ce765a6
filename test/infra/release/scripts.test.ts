import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { composeScript } from "../../../infra/release/compose";
import { systemFiles } from "../../../infra/release/render";
import { hostScripts, hostSteps } from "../../../infra/release/steps";
import { lacking, unless } from "../../needs";
import { exampleSpec } from "./example";

const ROOT = join(__dirname, "..", "..", "..");
const FOLDER = join(ROOT, "templates", "steps");
const scripts = readdirSync(FOLDER).filter((name) => name.endsWith(".sh"));

unless(lacking("shellcheck")).each(scripts)("shellcheck %s", (name) => {
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

const specs = [
  exampleSpec("gateway"),
  exampleSpec("gateway", { gatewayMode: "proxy" }),
  exampleSpec("gateway", { gatewayMode: "proxy", balanced: true }),
  exampleSpec("backend"),
];
const composed = specs.flatMap((spec) =>
  hostSteps(spec).map((step) => [`${spec.role} (${spec.gatewayMode ?? "application"}) ${step.name}`, step.create, step.script] as const),
);

unless(lacking("bash")).each(composed)("the create of %s is valid for sh, its script for bash", (_, create, script) => {
  const [, text = ""] = /^exec \/bin\/sh -c '([^'\n]*)'\n$/.exec(create) ?? [];
  execFileSync("sh", ["-n"], { input: text });
  expect(text).toContain(`; script=/var/lib/ddos/steps/${script.name}; `);
  expect(create).toContain(`"${script.sha256}  $script"`);
  const inner = script.text;
  execFileSync("bash", ["-n"], { input: inner });
  expect(inner.startsWith("#!/bin/bash\n")).toBe(true);
  expect(inner).not.toMatch(/^\. /m);
  expect(inner.slice(0, inner.indexOf("\nbegin "))).toContain("\nset -Eeuo pipefail\n");
});

unless(lacking("bash")).each(["gateway", "backend"] as const)("what brings the scripts of the %s is valid for bash", (role) => {
  execFileSync("bash", ["-n"], { input: hostScripts(exampleSpec(role)).stdin });
});

test("a file that would end the here-document early is refused", () => {
  const step = { name: "prepare", lock: "shared", limitSeconds: 1, files: [{ name: "x", content: "a\nDDOS_FILE\nrm -rf /\n" }] } as const;
  expect(() => composeScript(step)).toThrow("ends the text early");
});

const installed = systemFiles(exampleSpec("backend", { backup: { schedule: "daily" } })).filter(({ path }) => path.endsWith(".sh"));

unless(lacking("bash")).each(installed.map(({ stage, content }) => [stage, content]))(
  "%s stands alone on the host: it sources nothing that may be missing",
  (_, content) => {
    execFileSync("bash", ["-n"], { input: content });
    expect(content.match(/^\s*(\.|source) /gm)).toBeNull();
    expect(content.match(/^#!/gm)).toHaveLength(1);
  },
);

test("what is installed are the script of a switch and those of the backup, with the functions that they share", () => {
  const text = Object.fromEntries(installed.map(({ stage, content }) => [stage, content]));
  expect(Object.keys(text)).toEqual(["metadata.sh", "recover.sh", "backup.sh", "restore.sh"]);
  expect(text["recover.sh"]).toContain("\nreplace_file() {");
  for (const name of ["backup.sh", "restore.sh"]) expect(text[name]).toContain("\ns3_fetch() {");
});

test("in proxy mode the script of a switch stands alone as well, and writes no unit", () => {
  const text = (change: object): string =>
    systemFiles(exampleSpec("gateway", change)).find(({ stage }) => stage === "recover.sh")?.content ?? "";
  expect(text({ gatewayMode: "proxy" }).match(/^\s*(\.|source) /gm)).toBeNull();
  expect(text({ gatewayMode: "proxy" })).not.toMatch(/place .*\.service/);
  expect(text({})).toMatch(/place .*\.service/);
});
