/** What the tests deploy: variants of a small application, of models, settings and limits, as values for infra/release. */
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBundle } from "../../../infra/release/bundle";
import type { Bundle, HostSpec, ManifestFile, ManifestFiles, StepValues } from "../../../infra/release/types";

export interface AppSwitches {
  readonly label: string;
  readonly fault?: "none" | "crash" | "crash-on-8000" | "unhealthy" | "wrong-body" | "hog" | "failing" | "hanging" | "late";
  readonly startSeconds?: number;
  /** @default "uvicorn\npython-dotenv\n" */
  readonly requirements?: string;
}

export function appBundle({ requirements, ...config }: AppSwitches): Bundle {
  const folder = mkdtempSync(join(tmpdir(), "ddos-fault-app-"));
  try {
    cpSync(join(__dirname, "app"), folder, { recursive: true });
    writeFileSync(join(folder, "ml_gateway/config.json"), JSON.stringify(config));
    if (requirements !== undefined) writeFileSync(join(folder, "requirements.txt"), requirements);
    return buildBundle(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface ModelFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A pickle that holds nothing but bytes: `seed` decides which. */
export function plainModel(name: string, seed: string, size = 300_000): ModelFile {
  const block = createHash("sha512").update(seed).digest();
  const data = Buffer.concat(Array.from({ length: Math.ceil(size / block.length) }, () => block)).subarray(0, size);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(size));
  return { name, bytes: Buffer.concat([Buffer.from("80048e", "hex"), length, data, Buffer.from(".")]) };
}

export const modelKey = (bytes: Buffer, name: string): string => `models/${createHash("sha256").update(bytes).digest("hex")}/${name}`;

export function modelSet(files: readonly ModelFile[], pins: readonly string[] = [], imports: readonly string[] = []): ManifestFiles {
  const rows: ManifestFile[] = files.map(({ name, bytes }) => ({
    path: `models/${name}`,
    key: modelKey(bytes, name),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    size: bytes.length,
    required: true,
  }));
  const digest = createHash("sha256")
    .update(JSON.stringify([rows, pins, imports]))
    .digest("hex");
  return { digest, pins, imports, files: rows };
}

export const BUCKET = "fault-models";
export const SECRET = "pa55word-of-the-database";

export function backendValues(ttl = "300"): StepValues {
  const env = {
    DATABASE_URL: `postgresql://app:${SECRET}@db.internal/ddos`,
    SECRET_KEY: "f00d-cafe-f00d",
    LOG_LEVEL: "info",
    CACHE_TTL: ttl,
  };
  return { bucket: BUCKET, env };
}

export const gatewayValues: StepValues = {
  backendAddress: "10.0.101.10",
  env: { UPSTREAM_URL: "http://backend.internal:9000", LOG_LEVEL: "info", CACHE_TTL: "300" },
};

const common = {
  module: "ml_gateway.app:app",
  workers: 1,
  health: { path: "/health", body: '{"status":"ok"}', startSeconds: 20 },
  egress: "none",
  region: "us-east-1",
} as const;

export function backendSpec(app: AppSwitches, models: readonly ModelFile[], change: Partial<HostSpec> = {}): HostSpec {
  return {
    ...common,
    role: "backend",
    service: "ddos-backend",
    servicePort: 9000,
    code: { kind: "bundle", bundle: appBundle(app) },
    models: modelSet(models),
    envNames: ["DATABASE_URL", "SECRET_KEY", "LOG_LEVEL", "CACHE_TTL"],
    plainEnv: { LOG_LEVEL: "info" },
    ...change,
  };
}

export function gatewaySpec(app: AppSwitches, change: Partial<HostSpec> = {}): HostSpec {
  return {
    ...common,
    role: "gateway",
    service: "ddos-gateway",
    servicePort: 80,
    code: { kind: "bundle", bundle: appBundle(app) },
    envNames: ["UPSTREAM_URL", "LOG_LEVEL", "CACHE_TTL"],
    plainEnv: { LOG_LEVEL: "info" },
    upstream: "backend.internal:9000",
    proof: { method: "GET", path: "/about", body: "" },
    limits: { perSecond: 1000, burst: 1000, connections: 500 },
    ...change,
  };
}
