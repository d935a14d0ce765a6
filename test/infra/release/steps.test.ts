import { hostSteps } from "../../../infra/release/steps";
import { SET_UP, setUpOrder, type Needed } from "../../../infra/release/order";
import type { Bundle, HostSpec, StepName, StepValues } from "../../../infra/release/types";
import { BUNDLE, exampleSpec, MODELS, VALUES } from "./example";

/** What a Command compares: the script and its input. A step runs again exactly when one of them differs. */
function inputs(spec: HostSpec, values: StepValues): Map<StepName, string> {
  return new Map(hostSteps(spec).map((step) => [step.name, `${step.create}\n${step.stdin(values)}`]));
}

function changed(before: HostSpec, after: HostSpec, values: StepValues = VALUES): StepName[] {
  const old = inputs(before, VALUES);
  return [...inputs(after, values)].filter(([name, text]) => old.get(name) !== text).map(([name]) => name);
}

function bundleWith(path: string): Bundle {
  const files = BUNDLE.files.map((file) => (file.path === path ? { ...file, sha256: "ff".repeat(32) } : file));
  return { sha256: "beef".repeat(16), gzipBase64: "H4sIBBBBBBBB", files };
}

const model = {
  ...MODELS,
  digest: "d2".repeat(32),
  files: [{ ...MODELS.files[0]!, sha256: "33".repeat(32), key: "models/33/model.pkl" }, MODELS.files[1]!],
};

describe("change only what changed", () => {
  const code = ["code", "release", "verify"];
  test.each<[string, "backend" | "gateway", Partial<HostSpec>, StepValues, string[]]>([
    ["nothing", "backend", {}, VALUES, []],
    ["nothing", "gateway", {}, VALUES, []],
    ["one .py", "backend", { code: { kind: "bundle", bundle: bundleWith("ml_gateway/app.py") } }, VALUES, code],
    ["one .py", "gateway", { code: { kind: "bundle", bundle: bundleWith("ml_gateway/app.py") } }, VALUES, code],
    ["requirements", "backend", { code: { kind: "bundle", bundle: bundleWith("requirements.txt") } }, VALUES, code],
    ["a git commit", "backend", { code: { kind: "git", url: "https://example.org/a.git", commit: "a".repeat(40) } }, VALUES, code],
    ["the wheelhouse", "backend", { wheelhouse: { uri: "s3://b/w.tar.gz", sha256: "ee".repeat(32) } }, VALUES, code],
    [
      "the wheelhouse (which needs boto3)",
      "gateway",
      { wheelhouse: { uri: "s3://b/w.tar.gz", sha256: "ee".repeat(32) } },
      VALUES,
      ["prepare", ...code],
    ],
    ["one model", "backend", { models: model }, VALUES, ["models", "release", "verify"]],
    ["the bucket", "backend", {}, { ...VALUES, bucket: "other" }, ["models"]],
    ["one .env key", "backend", {}, { ...VALUES, env: { ...VALUES.env, SECRET_KEY: "other" } }, ["env", "release", "verify"]],
    ["nginx", "backend", { limits: { bodyMiB: 2 } }, VALUES, ["release", "verify"]],
    ["nginx", "gateway", { limits: { perSecond: 7 } }, VALUES, ["release", "verify"]],
    ["the unit", "backend", { workers: 3 }, VALUES, ["release", "verify"]],
    ["the health body", "backend", { health: { path: "/health", body: "ok" } }, VALUES, ["release", "verify"]],
    ["the backend's address", "gateway", {}, { ...VALUES, backendAddress: "10.0.101.11" }, ["prepare"]],
    ["the backend's address", "backend", {}, { ...VALUES, backendAddress: "10.0.101.11" }, []],
    ["egress", "gateway", { egress: "managed" }, VALUES, ["prepare", "code", "verify"]],
    ["backups", "backend", { backup: { schedule: "daily" } }, VALUES, ["prepare", "verify"]],
    ["a repair", "gateway", { repair: "1" }, VALUES, ["prepare", "code", "env", "release", "verify"]],
    ["the backend", "gateway", { peer: "other" }, VALUES, ["verify"]],
  ])("%s on the %s", (_, role, changes, values, expected) => {
    expect(changed(exampleSpec(role), exampleSpec(role, changes), values)).toEqual(expected);
  });
});

describe("a gateway in proxy mode", () => {
  const proxy = exampleSpec("gateway", { gatewayMode: "proxy" });
  const withoutSettings: StepValues = { backendAddress: "10.0.101.10", bucket: "models-bucket" };

  test("has the steps that make sense without an application, and none of them reads settings or code", () => {
    expect(hostSteps(proxy).map((step) => step.name)).toEqual(["prepare", "release", "verify"]);
    for (const step of hostSteps(proxy)) {
      expect(step.secret).toBe(false);
      expect(step.uses).not.toContain("env");
      expect(() => step.stdin(withoutSettings)).not.toThrow();
    }
    const other = { ...proxy, code: { kind: "git", url: "https://example.org/a.git", commit: "a".repeat(40) }, workers: 7 } as const;
    expect(changed(proxy, other, VALUES)).toEqual([]);
  });

  test("installs no package for an application", () => {
    const prepare = (spec: HostSpec): string => hostSteps(spec)[0]?.stdin(VALUES) ?? "";
    const wheelhouse = { uri: "s3://b/w.tar.gz", sha256: "ee".repeat(32) };
    expect(prepare({ ...proxy, wheelhouse })).not.toMatch(/package=(git|python3-venv|python3-boto3)\n/);
    expect(prepare(exampleSpec("gateway"))).toMatch(/package=git\n/);
    expect(prepare(exampleSpec("gateway"))).not.toContain("mode=");
  });

  test.each<[string, Partial<HostSpec>, string[]]>([
    ["limits", { limits: { perSecond: 7 } }, ["release", "verify"]],
    ["the backend's port", { upstream: "backend.internal:9001" }, ["release", "verify"]],
    ["the proof", { proof: { method: "GET", path: "/", body: "" } }, ["verify"]],
    ["the mode", { gatewayMode: "application" }, ["prepare", "code", "env", "release", "verify"]],
  ])("%s changes what it has to", (_, change, expected) => {
    expect(changed(proxy, { ...proxy, ...change })).toEqual(expected);
  });

  test("waits for a backend that serves; in application mode it does not", () => {
    const needs = (mode: "application" | "proxy") => new Map(setUpOrder(mode)).get("gateway:release");
    expect(needs("proxy")).toEqual(["gateway:prepare", "gateway:tls", "gateway:access", "backend:verify"]);
    expect(needs("application")).not.toContain("backend:verify");
    const steps = (mode: "application" | "proxy"): string[] => setUpOrder(mode).map(([step]) => step);
    expect(steps("proxy").sort()).toEqual(steps("application").sort());
  });
});

describe("steps", () => {
  const both = [...hostSteps(exampleSpec("gateway")), ...hostSteps(exampleSpec("backend"))];

  test("of both hosts are the rows of the order, each below what it needs", () => {
    expect(hostSteps(exampleSpec("backend")).map((step) => step.name)).toEqual(["prepare", "code", "env", "models", "release", "verify"]);
    expect(hostSteps(exampleSpec("gateway")).map((step) => step.name)).toEqual(["prepare", "code", "env", "release", "verify"]);
    const rows = both.map((step, index) => `${index < 5 ? "gateway" : "backend"}:${step.name}`);
    // With a certificate there is one more, with one that renews itself another, and with keys of the API another.
    expect(SET_UP.map(([step]) => step).sort()).toEqual([...rows, "gateway:tls", "gateway:acme", "gateway:access"].sort());
    const seen = new Set<Needed>(["egress", "bucket", "balancer", "front", "record"]);
    for (const [step, needs] of SET_UP) {
      for (const need of needs) expect(seen).toContain(need);
      seen.add(step);
    }
  });

  test("only env is secret, and no script or other input holds a secret value", () => {
    for (const step of both) {
      expect(step.secret).toBe(step.name === "env");
      expect(step.create).not.toContain(VALUES.env?.SECRET_KEY);
      if (!step.secret) expect(step.stdin(VALUES)).not.toContain(VALUES.env?.SECRET_KEY);
    }
  });

  test("are bounded, on the link and on the host", () => {
    for (const step of both) {
      expect(step.create).toMatch(new RegExp(`timeout -k 10 ${step.limitSeconds + 30} systemd-run .*`));
      expect(step.script.text).not.toContain(VALUES.env?.SECRET_KEY);
      expect(step.create).toContain(`--property=RuntimeMaxSec=${step.limitSeconds} `);
    }
  });

  test("read no value that they do not name", () => {
    for (const step of both) {
      const named = Object.fromEntries(step.uses.map((name) => [name, VALUES[name]]));
      expect(step.stdin(named)).toBe(step.stdin(VALUES));
      for (const name of step.uses) expect(() => step.stdin({ ...VALUES, [name]: undefined })).toThrow(`«${name}» was not given`);
    }
  });

  test("end their input with a mark, and refuse line breaks", () => {
    for (const step of both) expect(step.stdin(VALUES)).toMatch(/\n---\n(?:[A-Za-z0-9+/=\n]+\n)?===\n$/);
    const spec = exampleSpec("backend", { health: { path: "/health\nrole=gateway", body: "x" } });
    expect(() =>
      hostSteps(spec)
        .find((step) => step.name === "release")
        ?.stdin(VALUES),
    ).toThrow("line breaks are not possible in healthPath");
  });
});
