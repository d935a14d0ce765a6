/** Trees that are this project but for their stack's file. */
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { evaluateSide } from "../../../infra/diff/evaluate";
import type { Evaluated, Side } from "../../../infra/diff/side";
import { ROOT } from "../evaluate";

const KEY = "0123456789abcdef";

/** @param config keys of the stack's file in place of, or beside, those of DEV */
export async function evaluatedWith(config: Readonly<Record<string, unknown>>, stack = "dev"): Promise<Evaluated> {
  const root = mkdtempSync(join(tmpdir(), "diff-"));
  try {
    for (const name of readdirSync(ROOT)) {
      if (!/^(Pulumi\..+\.yaml|\.git|\.cache)$/.test(name)) symlinkSync(join(ROOT, name), join(root, name));
    }
    writeFileSync(join(root, `Pulumi.${stack}.yaml`), stringify({ config: { ...DEV, ...config } }));
    return await evaluateSide({ root, working: ROOT, stack, key: KEY });
  } finally {
    rmSync(root, { recursive: true });
  }
}

export async function sideWith(config: Readonly<Record<string, unknown>> = {}): Promise<Side> {
  const found = await evaluatedWith(config);
  if (!("side" in found)) throw new Error(JSON.stringify(found));
  return found.side;
}

export const DEV: Readonly<Record<string, unknown>> = {
  "aws:region": "us-east-1",
  "ml-gateway:gateway": { sshFrom: ["20.30.40.0/24"] },
  "ml-gateway:app": { path: "templates/sample-app", requires: ["DATABASE_URL", "SECRET_KEY"] },
  "ml-gateway:models": { manifest: "models-manifest/sample.json" },
};
