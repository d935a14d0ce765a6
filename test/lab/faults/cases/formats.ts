/** Models that are no scikit-learn pickles, trained on the host with the packages it serves them with, and really served. */
import { join } from "node:path";
import { buildBundle } from "../../../../infra/release/bundle";
import { repositoryRoot } from "../../paths";
import { addWheels } from "../../python-env";
import type { Bench } from "../bench";
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import type { ModelFile } from "../variants";
import { modelSet } from "../variants";

const APP = join(repositoryRoot, "test/lab/apps/formats");
const IMPORTS = ["lightgbm", "xgboost"];
const PINS = ["lightgbm==4.6.0", "onnxruntime==1.23.2", "xgboost-cpu==3.2.0"];

/** Trains on the backend, in a folder of its own. @returns the files, and what each predicts there */
async function trained(bench: Bench): Promise<{ models: ModelFile[]; predictions: Record<string, number> }> {
  const folder = "/tmp/formats";
  const said = await bench.sh(
    `rm -rf ${folder}; cd /home/ddos/current/app && /home/ddos/current/venv/bin/python -B -m ml_gateway.make ${folder}`,
  );
  const predictions = JSON.parse(said.trim().split("\n").at(-1) ?? "{}") as Record<string, number>;
  const models = await Promise.all(
    Object.keys(predictions).map(async (name) => ({ name, bytes: Buffer.from(await bench.sh(`base64 -w0 ${folder}/${name}`), "base64") })),
  );
  return { models, predictions };
}

async function wheels(bench: Bench): Promise<void> {
  const { wheelhouse, images } = bench.lab.state();
  const say = (line: string): void => console.log(line);
  for (const { python } of Object.values(images)) await addWheels(wheelhouse, python, say, join(APP, "requirements.txt"));
}

export const formatCases: readonly Case[] = [
  {
    name: "XGBoost, LightGBM and ONNX are served, and pickles of the first two only when the manifest names them",
    // It has no /about, which the load beside the cases asks for.
    outage: true,
    run: async (bench) => {
      const before = bench.good();
      await wheels(bench);
      const code = { kind: "bundle", bundle: buildBundle(APP) } as const;
      const host = { packages: ["libgomp1"], sandbox: ["proc"] } as const;
      expectSuccess(await bench.deploy({ models: [], spec: { ...host, code, models: modelSet([]) } }));
      const { models, predictions } = await trained(bench);
      const refused = await bench.deploy({ models, spec: { ...host, code, models: modelSet(models, PINS) } });
      const reason = expectFailure(
        refused,
        "release",
        /leaves\.p imports lightgbm\.basic\.Booster, and the manifest does not name lightgbm/,
      );
      expectFailure(refused, "release", /trees\.sav imports xgboost\.core\.Booster/);
      expectSuccess(await bench.deploy({ models, spec: { ...host, code, models: modelSet(models, PINS, IMPORTS) } }));
      const served = JSON.parse(await bench.sh("curl -s http://127.0.0.1:9000/predict")) as Record<string, number>;
      check(Object.keys(served).length === 6, `${Object.keys(served).length} models are served, not 6`);
      check(
        JSON.stringify(served) === JSON.stringify(predictions),
        `served ${JSON.stringify(served)}, trained ${JSON.stringify(predictions)}`,
      );
      const unnamed = await bench.deploy({ models, spec: { ...host, code, models: modelSet(models, PINS) } });
      expectFailure(unnamed, "release", /the manifest does not name lightgbm/);
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, models: before.models, spec: before.spec }));
      return `${JSON.stringify(served)}; ${reason}`;
    },
  },
];
