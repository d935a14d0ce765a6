/** The stack's file and what it points at, on folders that were really written. */
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackState } from "../../../infra/doctor/stack";
import type { Line } from "../../../infra/doctor/line";
import { GOOD_STACK, makeProject } from "./project";

jest.setTimeout(60_000);

let root = "";
afterEach(() => rmSync(root, { recursive: true }));

const of = (lines: readonly Line[], check: string): Line[] => lines.filter((line) => line.check === check);

async function looked(stack = GOOD_STACK, before: (root: string) => void = () => undefined) {
  root = makeProject(stack);
  before(root);
  return stackState(root, "dev", {});
}

test("a stack with all it needs: one good line each, and what the other checks need", async () => {
  const { lines, config, region } = await looked();
  expect(lines.map(({ check, verdict }) => `${check}: ${verdict}`)).toEqual(
    ["configuration", "application", "models", "SSH key", "secrets"].map((check) => `${check}: good`),
  );
  expect(of(lines, "application")[0]?.found).toBe("app: ml_gateway.app:app");
  expect(of(lines, "models")[0]?.found).toContain("4 of 4 files");
  expect(of(lines, "SSH key")[0]?.found).toMatch(/^key, SHA256:[\w+/]{43}$/);
  expect([config?.gateway.sshFrom[0], region]).toEqual(["203.0.113.9/32", "us-east-1"]);
});

test("what is not set has the command that sets it, for this stack", async () => {
  const bare = GOOD_STACK.replace(/ {2}ml-gateway:ssh:[^]*?key\n/, "").replace(/ {2}ml-gateway:secretEnv:[^]*?AAABAJ\n/, "");
  const { lines, config } = await looked(bare);
  expect(config).toBeDefined();
  expect(lines.filter(({ verdict }) => verdict !== "good")).toEqual([
    {
      check: "SSH key",
      verdict: "bad",
      found: "not set",
      fix: "ssh-keygen -t ed25519 -N '' -f ~/.ssh/ml-gateway && pulumi config set --stack dev --secret sshPrivateKey < ~/.ssh/ml-gateway",
    },
    {
      check: "secrets",
      verdict: "bad",
      found: "secretEnv.SECRET_KEY is not set, and app.requires names it",
      fix: "pulumi config set --stack dev --secret --path 'secretEnv.SECRET_KEY'",
    },
  ]);
});

test.each<[string, string, (root: string) => void, string, RegExp]>([
  ["a key that others can read", "", (at) => chmodSync(join(at, "key"), 0o644), "SSH key", /can be read by others/],
  ["a key that is not there", "", (at) => rmSync(join(at, "key")), "SSH key", /ssh\.privateKeyFile/],
  ["an application without packages", "", (at) => rmSync(join(at, "app/requirements.txt")), "application", /requirements\.txt/],
  ["an application without its module", "", (at) => rmSync(join(at, "app/ml_gateway/app.py")), "application", /app\.module/],
  ["a manifest that is not there", "", (at) => rmSync(join(at, "models-manifest/sample.json")), "models", /models\.manifest/],
  ["a key of the configuration that is unknown", "  ml-gateway:gatway: {}\n", () => undefined, "configuration", /gatway/],
])("%s is a bad line of its own", async (_, more, before, check, found) => {
  const { lines } = await looked(GOOD_STACK + more, before);
  const bad = lines.filter(({ verdict }) => verdict === "bad");
  expect(bad.length).toBeGreaterThan(0);
  expect(new Set(bad.map((line) => line.check))).toEqual(new Set([check]));
  expect(bad.map((line) => line.found).join("\n")).toMatch(found);
  expect(lines.map((line) => line.check)).toEqual(expect.arrayContaining(["configuration", "application", "models", "SSH key"]));
});

test("a model that was altered does not match", async () => {
  const own = { release: "r1", runtime: { "scikit-learn": "1.7.2" }, files: [] as object[] };
  const { lines } = await looked(GOOD_STACK.replace("models-manifest/sample.json", "own.json"), (at) => {
    const sha256 = "0".repeat(64);
    own.files.push({ path: "m.onnx", role: "model", format: "onnx", required: true, size: 3, sha256 });
    writeFileSync(join(at, "own.json"), JSON.stringify(own));
    writeFileSync(join(at, "m.onnx"), "abc");
  });
  expect(of(lines, "models")).toEqual([expect.objectContaining({ verdict: "bad" })]);
});

test("code that only a host reads was not checked", async () => {
  const git = `    git: { url: "https://example.com/a.git", commit: ${"a".repeat(40)} }`;
  const { lines } = await looked(GOOD_STACK.replace("    path: app", git));
  expect(of(lines, "application")).toEqual([expect.objectContaining({ verdict: "not checked" })]);
});

test("a stack without a file: the file is named, and what hangs on it was not checked", async () => {
  root = makeProject();
  const { lines, config } = await stackState(root, "prod", { AWS_REGION: "eu-west-1" });
  expect(config).toBeUndefined();
  expect(lines[0]).toMatchObject({ check: "configuration", verdict: "bad" });
  expect(lines[0]?.found).toContain("Pulumi.prod.yaml: not found");
  expect(lines.slice(1).map(({ verdict }) => verdict)).toEqual(Array(4).fill("not checked"));
});
