import { execFileSync } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { parse } from "yaml";
import { lacking, unless } from "./needs";

interface Workflow {
  readonly env?: object;
  readonly jobs: Readonly<Record<string, { readonly env?: object }>>;
}

const ROOT = path.resolve(__dirname, "..");
const git = (...args: string[]): string => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" });
/** A download without git history has nothing that could be tracked by mistake. */
const gitless = fs.existsSync(path.join(ROOT, ".git")) ? lacking("git") : "this copy has no git history";
const tracked =
  gitless === undefined
    ? git("ls-files", "-z")
        .split("\0")
        .filter((file) => file !== "")
    : [];

unless(gitless)("no secret, key, state or model is tracked", () => {
  const forbidden =
    /(^|\/)(\.env(\..+)?|id_(rsa|ed25519|ecdsa)[^/]*|[^/]+\.(pem|key|p12|pfx|tfvars|tfstate|tfstate\.backup|pkl|joblib|onnx|npy|npz))$/;
  expect(tracked.filter((file) => forbidden.test(file) && !file.endsWith(".env.example"))).toEqual([]);
});

unless(gitless)("no tracked file holds a private key", () => {
  const marker = ["-----BEGIN", "[A-Z ]*PRIVATE KEY-----"].join(" ");
  const holders = tracked.filter((file) => {
    const full = path.join(ROOT, file);
    // A whole key, not a mention of one: the header followed by a line of base64.
    return fs.statSync(full).isFile() && new RegExp(`${marker}\\s*\\n[A-Za-z0-9+/=]{40,}`).test(fs.readFileSync(full, "latin1"));
  });
  expect(holders).toEqual([]);
});

const PRIVATE = [
  ...[".env", "app/.env", "key.pem", "id_ed25519", "models/x.pkl"],
  ...["terraform.tfstate", "dev.tfvars", "state.json", "dev.stack-export.json", ".pulumi/stacks/dev.json"],
];
unless(gitless).each(PRIVATE)("git ignores %s", (file) => {
  expect(fs.readFileSync(path.join(ROOT, ".gitignore"), "utf8")).toContain(".env\n");
  expect(git("check-ignore", file).trim()).toBe(file);
});

test("every dependency is pinned exactly", () => {
  const manifests = ["package.json", "policies/package.json"].map(
    (file) => JSON.parse(fs.readFileSync(path.join(ROOT, file), "utf8")) as Record<string, Record<string, string>>,
  );
  const versions = manifests.flatMap((manifest) => [
    ...Object.entries(manifest.dependencies ?? {}),
    ...Object.entries(manifest.devDependencies ?? {}),
  ]);
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test("nothing needs an install script", () => {
  expect(fs.readFileSync(path.join(ROOT, ".npmrc"), "utf8")).toContain("ignore-scripts=true");
});

test("workflows: a secret is known to the steps that need it alone, not to the installation of packages or to actions of others", () => {
  const jobs = fs.readdirSync(path.join(ROOT, ".github/workflows")).flatMap((file) => {
    const { env = {}, jobs: own } = parse(fs.readFileSync(path.join(ROOT, ".github/workflows", file), "utf8")) as Workflow;
    return [env, ...Object.values(own).map((job) => job.env ?? {})].map((values) => [file, JSON.stringify(values)] as const);
  });
  expect(jobs.length).toBeGreaterThan(5);
  expect(jobs.filter(([, values]) => values.includes("secrets."))).toEqual([]);
});
