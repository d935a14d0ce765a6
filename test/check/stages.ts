/** What CI runs, fast things first. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_OS, OPERATING_SYSTEMS } from "../../infra/external-names";
import { ROOT } from "./tool";

export interface Step {
  readonly argv: readonly string[];
  /** Standard output goes here, relative to the root, in place of the screen. */
  readonly into?: string;
}

export interface Stage {
  readonly name: string;
  readonly title: string;
  /** Needs Linux and root, and takes long. */
  readonly hosts?: true;
  /** Keeps one core busy, makes nothing that another stage reads, and measures no time: two of these, side by side in the list, run at once. */
  readonly oneCore?: true;
  /** Every step runs; else only when the one before it succeeded. */
  readonly independent?: true;
  steps(): readonly Step[];
}

const npm = (script: string, ...args: readonly string[]): Step => ({
  argv: ["npm", "run", "-s", script, ...(args.length > 0 ? ["--", ...args] : [])],
});

const VENV = ".cache/python-tests";
const PYTHON = `${VENV}/bin/python`;

/** The same runs each time, among them every fault and every change. */
const SHORT_SOAK = ["--runs", "15", "--seed", "1"] as const;

export const STAGES: readonly Stage[] = [
  { name: "types", title: "types", oneCore: true, steps: () => [npm("types")] },
  // The longest of these early, so that none is left to run alone.
  { name: "python", title: "sample application, S3 on the hosts", oneCore: true, steps: pythonSteps },
  { name: "lint", title: "lint and form", oneCore: true, steps: () => [npm("lint")] },
  { name: "shell", title: "shell scripts", oneCore: true, independent: true, steps: shellSteps },
  { name: "workflows", title: "GitHub workflows", oneCore: true, steps: () => [{ argv: ["bash", "test/check/workflows.sh"] }] },
  { name: "docs", title: "README's commands in a clean clone", oneCore: true, steps: () => [npm("docs:api", "--check"), npm("test:docs")] },
  { name: "browser", title: "reports in a browser", oneCore: true, steps: () => [npm("test:browser")] },
  { name: "preview", title: "offline preview and policies of dev", steps: previewSteps },
  { name: "unit", title: "unit tests", steps: () => [{ argv: ["npm", "test"] }] },
  { name: "long", title: "tests that take long", steps: () => [npm("test:long")] },
  { name: "nodes", title: "Node 22 and 24", steps: () => [npm("test:node", "--short", "22", "24")] },
  { name: "hosts", title: "real hosts, of each generation", hosts: true, independent: true, steps: hostSteps },
  { name: "faults", title: "faults on real hosts, short form", hosts: true, steps: () => [npm("test:faults", "--short")] },
  { name: "soak", title: "faults by chance on real hosts, short form", hosts: true, steps: () => [npm("test:soak", ...SHORT_SOAK)] },
];

/** Everything on the usual one, on the others what they can make a difference to. */
function hostSteps(): Step[] {
  return OPERATING_SYSTEMS.map((os) => npm("test:hosts", "--os", os, ...(os === DEFAULT_OS ? [] : ["--short"])));
}

/** That of Ubuntu 22.04, and a current one: python3-boto3 of the releases between them behaves as one of the two. */
const BOTO3 = [["boto3==1.20.34", "botocore==1.23.34"], ["boto3==1.44.8"]] as const;

/** The steps' program for S3, with each boto3. */
function s3Steps(): Step[] {
  return BOTO3.flatMap((packages) => {
    const folder = `.cache/python-${packages[0]}`;
    const test = [`${folder}/bin/python`, "-B", "-m", "unittest", "discover", "-s", "test/steps"];
    return [
      { argv: ["python3", "-m", "venv", folder] },
      { argv: [`${folder}/bin/pip`, "install", "-q", "--disable-pip-version-check", ...packages] },
      { argv: test },
    ];
  });
}

function pythonSteps(): Step[] {
  return [
    { argv: ["python3", "-m", "venv", VENV] },
    { argv: [`${VENV}/bin/pip`, "install", "-q", "--disable-pip-version-check", "-r", "templates/sample-app/requirements.txt"] },
    { argv: [`${VENV}/bin/pip`, "install", "-q", "--disable-pip-version-check", "-r", "test/lab/apps/formats/requirements.txt"] },
    npm("models:sample"),
    { argv: [PYTHON, "-B", "test/sample-app/check_models.py"] },
    { argv: [PYTHON, "-B", "-m", "unittest", "discover", "-s", "test/sample-app", "-t", "test/sample-app"] },
    ...s3Steps(),
    { argv: [PYTHON, "-B", "-m", "unittest", "discover", "-s", "test/models-gate", "-t", "test/models-gate"] },
  ];
}

function previewSteps(): Step[] {
  const graph = ".cache/graph.json";
  return [
    npm("preview:offline"),
    { ...npm("preview:offline", "--json"), into: graph },
    npm("policies:check", "--graph", graph, "--repository", "."),
  ];
}

function shellSteps(): Step[] {
  return shellScripts().map((file) => ({ argv: shellcheck(file) }));
}

/** Every shell script of the repository, relative to its root. */
export function shellScripts(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return below(path);
      return entry.name.endsWith(".sh") ? [path] : [];
    });
  return [".ci/run", ...[".github", "templates", "test"].filter((folder) => existsSync(join(ROOT, folder))).flatMap(below)];
}

/** A script without a first line that names its shell is for any sh. */
function shellcheck(file: string): string[] {
  const named = /^(#!|# shellcheck shell=)/.test(readFileSync(join(ROOT, file), "utf8"));
  return ["shellcheck", ...(named ? [] : ["--shell=sh"]), "--external-sources", "--source-path=SCRIPTDIR", file];
}
