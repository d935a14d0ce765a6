import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import type { PreviewDocument } from "../../../infra/offline/document";
import { previewCommand } from "../../../infra/cli/preview";
import { run } from "../../cli/run";
import { ROOT } from "../evaluate";

jest.setTimeout(120_000);

/** Runs the command in this process, as its program does. */
async function preview(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const { code, out, err } = await run(previewCommand, args);
  return { status: code, stdout: out, stderr: err };
}

const stackFile = path.join(ROOT, "Pulumi.preview-test.yaml");
async function withStack<T>(text: string, action: () => Promise<T>): Promise<T> {
  fs.writeFileSync(stackFile, text);
  try {
    return await action();
  } finally {
    fs.rmSync(stackFile);
  }
}

test("dev: one document, exit code 0, no secret in it, every policy heard", async () => {
  const { status, stdout } = await preview(["--json"]);
  expect(status).toBe(0);
  const document = JSON.parse(stdout) as PreviewDocument;
  expect(document.resources.length).toBeGreaterThan(60);
  for (const resource of document.resources) {
    expect(Object.keys(resource)).toEqual(
      expect.arrayContaining(["urn", "type", "name", "custom", "inputs", "dependencies", "propertyDependencies"]),
    );
  }
  expect(stdout).not.toMatch(/PRIVATE KEY|placeholder:/);
  expect(document.policies.filter((row) => row.verdict !== "pass")).toEqual([]);
  expect(document.summary).toMatchObject({ violations: 0, unknown: 0 });
  const steps = (host: string) => document.steps.filter((step) => step.host === host).map((step) => `${step.order} ${step.name}`);
  expect(steps("gateway")).toEqual(["1 host-key", "2 scripts", "3 prepare", "4 code", "5 env", "6 release", "7 verify"]);
  expect(steps("backend")).toEqual(["1 host-key", "2 scripts", "3 prepare", "4 code", "5 env", "6 models", "7 release", "8 verify"]);
  const env = document.files.find((file) => file.host === "backend" && file.path === "/home/ddos/app/.env");
  expect(env).toMatchObject({ owner: "ddos", group: "ddos", mode: "0600", sha256: null });
});

test("the report of dev fits one screen, has no colours in a pipe, and says what to do next", async () => {
  const { status, stdout } = await preview([]);
  expect(status).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(45);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(stdout).not.toContain("\u001b[");
  expect(stdout).toContain("placeholders stand in: ml-gateway:secretEnv.DATABASE_URL");
  expect(stdout).toMatch(/firewall \(Firewall\) +16: 2 SecurityGroup, 6 SecurityGroupIngressRule, 8 SecurityGroupEgressRule/);
  expect(stdout).toMatch(/backend {2}\d+ files, .*; steps: host-key, scripts, prepare, code, env, models, release, verify/);
  expect(stdout).toMatch(/^\d+ policies ran: \d+ passed/m);
  expect(lines.at(-1)).toBe("  pulumi preview --stack dev --policy-pack policies --policy-pack-config policies/gateway-backend.json");
});

test("bad configuration: exit code 2 and every problem at once, on stderr", async () => {
  const text =
    "config:\n  aws:region: us-east-1\n  ml-gateway:app: { path: nowhere }\n  ml-gateway:network: { egres: none, cidr: 10.0.0.0/8 }\n  ml-gateway:secretEnv: { SECRET_KEY: in-the-clear-0123456789 }\n";
  const { status, stdout, stderr } = await withStack(text, () => preview(["--stack", "preview-test"]));
  expect(status).toBe(2);
  expect(stdout).toBe("");
  for (const part of [
    "ml-gateway:app.path",
    'did you mean "egress"',
    "ml-gateway:network.cidr",
    "ml-gateway:secretEnv: stored in plain text",
  ]) {
    expect(stderr).toContain(part);
  }
  expect(stderr).not.toContain("in-the-clear");
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("a stack without a file: exit code 2 and the stacks that there are", async () => {
  const { status, stderr } = await preview(["--stack", "nowhere"]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/Pulumi\.nowhere\.yaml: not found.*dev/);
});

test("an unknown option: exit code 2 and the usage", async () => {
  const { status, stderr } = await preview(["--jsn"]);
  expect(status).toBe(2);
  expect(stderr).toContain("Usage: npm run -s preview:offline");
});

test("a mandatory violation: exit code 1 and the resource's name", async () => {
  const policyConfig = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "preview-test-")), "policies.json");
  fs.writeFileSync(policyConfig, JSON.stringify({ "gateway-ssh-restricted": "mandatory" }));
  const text =
    "config:\n  aws:region: us-east-1\n  ml-gateway:app: { path: templates/sample-app }\n  ml-gateway:gateway: { sshFrom: [0.0.0.0/0] }\n";
  const { status, stdout } = await withStack(text, () => preview(["--stack", "preview-test", "--policy-config", policyConfig]));
  expect(stdout).toMatch(/VIOLATION \(mandatory\) gateway-ssh-restricted\n.*firewall-in-gateway-ssh-0\.0\.0\.0\/0/);
  expect(stdout).toContain("Next: settle the mandatory findings above, then look again\n  npm run preview:offline -- --stack preview-test");
  expect(status).toBe(1);
});
