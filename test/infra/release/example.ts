import type { Bundle, HostSpec, ManifestFiles, StepValues } from "../../../infra/release/types";

/** A small but complete pair of hosts; tests change one thing at a time. */
export const BUNDLE: Bundle = {
  sha256: "c0de".repeat(16),
  gzipBase64: "H4sIAAAAAAAA",
  files: [
    { path: "ml_gateway/app.py", mode: "0644", sha256: "a1".repeat(32), size: 10 },
    { path: "requirements.txt", mode: "0644", sha256: "b2".repeat(32), size: 20 },
  ],
};

export const MODELS: ManifestFiles = {
  digest: "d1".repeat(32),
  pins: ["scikit-learn==1.7.2"],
  files: [
    { path: "models/model.pkl", key: `models/${"11".repeat(32)}/model.pkl`, sha256: "11".repeat(32), size: 1000, required: true },
    { path: "models/metrics.json", key: `models/${"22".repeat(32)}/metrics.json`, sha256: "22".repeat(32), size: 20, required: false },
  ],
};

export function exampleSpec(role: "gateway" | "backend", changes: Partial<HostSpec> = {}): HostSpec {
  return {
    role,
    service: `ddos-${role}`,
    module: "ml_gateway.app:app",
    workers: 2,
    servicePort: role === "gateway" ? 80 : 9000,
    health: { path: "/health", body: '{"status":"ok"}' },
    egress: "gateway",
    code: { kind: "bundle", bundle: BUNDLE },
    ...(role === "backend" ? { models: MODELS } : {}),
    envNames: role === "backend" ? ["LOG_LEVEL", "SECRET_KEY"] : ["LOG_LEVEL", "UPSTREAM_URL"],
    plainEnv: role === "backend" ? { LOG_LEVEL: "INFO" } : { LOG_LEVEL: "INFO", UPSTREAM_URL: "http://backend.internal:9000" },
    region: "us-east-1",
    ...(role === "gateway" ? { upstream: "backend.internal:9000", proof: { method: "POST", path: "/predict", body: "{}" } } : {}),
    ...changes,
  };
}

export const VALUES: StepValues = {
  backendAddress: "10.0.101.10",
  bucket: "models-bucket",
  env: { LOG_LEVEL: "INFO", SECRET_KEY: "a very secret value" },
};
