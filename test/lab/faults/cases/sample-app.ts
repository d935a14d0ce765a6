/** The repository's own application with real models, through the same path. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildBundle } from "../../../../infra/release/bundle";
import { loadManifest } from "../../../../models-manifest/manifest";
import { ensureSampleModels } from "../../../../models-manifest/sample-models";
import { repositoryRoot } from "../../paths";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import type { ModelFile } from "../variants";
import { modelSet } from "../variants";

const MANIFEST = "models-manifest/sample.json";

function sample(): { readonly models: readonly ModelFile[]; readonly pins: readonly string[] } {
  ensureSampleModels(loadManifestDraft(), repositoryRoot);
  const { manifest, files } = loadManifest(MANIFEST, repositoryRoot);
  return {
    models: files.map((file) => ({ name: file.name, bytes: readFileSync(join(repositoryRoot, file.path)) })),
    pins: Object.entries(manifest.runtime).map(([name, version]) => `${name}==${version}`),
  };
}

const loadManifestDraft = () =>
  JSON.parse(readFileSync(join(repositoryRoot, MANIFEST), "utf8")) as Parameters<typeof ensureSampleModels>[0];

export const sampleCases: readonly Case[] = [
  {
    name: "the sample application with real models, and a model that does not fit the others",
    // It has no /about, which the load beside the cases asks for.
    outage: true,
    run: async (bench) => {
      const { models, pins } = sample();
      const before = bench.good();
      const code = { kind: "bundle", bundle: buildBundle(join(repositoryRoot, "templates/sample-app")) } as const;
      expectSuccess(await bench.deploy({ models, spec: { code, models: modelSet(models, pins) } }));
      const security = await bench.sh("systemd-analyze security --no-pager ddos-backend.service | tail -n 1");
      const health = await bench.sh("curl -s -w ' %{http_code}' http://127.0.0.1:9000/health");
      check(health === '{"status":"ok"} 200', health);
      // The scaler's bytes under the model's name: a good pickle that is no classifier.
      const scaler = models.find((model) => model.name.includes("scaler"))?.bytes ?? Buffer.alloc(0);
      const wrong = models.map((model) => (model.name.includes("model_v3") ? { ...model, bytes: scaler } : model));
      const reason = expectFailure(
        await bench.deploy({ models: wrong, spec: { code, models: modelSet(wrong, pins) } }),
        "release",
        /HTTP 503/,
      );
      check((await bench.sh("curl -s http://127.0.0.1:9000/health")) === '{"status":"ok"}', "the good models are not served any more");
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, models: before.models, spec: before.spec }));
      return `${security.replace(/\s+/g, " ").trim()}; ${reason}`;
    },
  },
];
