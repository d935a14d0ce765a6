/** Models that are wrong, missing, cut off or dangerous. */
import type { Case } from "../case";
import { check, expectFailure, expectSuccess } from "../case";
import { plainModel } from "../variants";

const text = (name: string, pickle: string) => ({ name, bytes: Buffer.from(pickle, "latin1") });

export const modelCases: readonly Case[] = [
  {
    name: "a changed model moves only its own bytes",
    run: async (bench) => {
      const before = (await bench.lab.s3.records()).length;
      const model = plainModel("stage2.pkl", bench.label());
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, models: [model, ...bench.good().models.slice(1)] }));
      const gets = (await bench.lab.s3.records())
        .slice(before)
        .filter((record) => record.method === "GET" && record.path.includes("models/"));
      const moved = gets.reduce((sum, record) => sum + record.sent, 0);
      check(moved === model.bytes.length, `${moved} bytes moved, the model has ${model.bytes.length}`);
      return `${moved} bytes`;
    },
  },
  {
    name: "rolling back to the models before",
    run: async (bench) => {
      const models = [plainModel("stage2.pkl", "first"), ...bench.good().models.slice(1)];
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, models }));
      return "";
    },
  },
  {
    name: "model whose bytes are not those of the manifest",
    run: async (bench) => {
      const model = plainModel("stage2.pkl", bench.label());
      await bench.publish([model]);
      await bench.lab.s3.faults({ match: "GET .*models/", kind: "corrupt", bytes: 1000 });
      return expectFailure(await bench.deploy({ models: [model] }), "models", /sha256/);
    },
  },
  {
    name: "download cut off twice, then resumed",
    run: async (bench) => {
      const model = plainModel("stage2.pkl", bench.label());
      await bench.publish([model]);
      await bench.lab.s3.faults({ match: "GET .*models/", kind: "truncate", bytes: 100_000, times: 2 });
      const outcome = await bench.deploy({ app: { label: bench.label() }, models: [model] });
      expectSuccess(outcome);
      return "";
    },
  },
  {
    name: "download that is always cut off",
    run: async (bench) => {
      const model = plainModel("stage2.pkl", bench.label());
      await bench.publish([model]);
      await bench.lab.s3.faults({ match: "GET .*models/", kind: "truncate", bytes: 0 });
      return expectFailure(await bench.deploy({ models: [model] }), "models", /stage2|models\//);
    },
  },
  {
    name: "S3 refuses every connection",
    run: async (bench) => {
      const model = plainModel("stage2.pkl", bench.label());
      await bench.publish([model]);
      await bench.lab.s3.faults({ match: ".", kind: "refuse" });
      return expectFailure(await bench.deploy({ models: [model] }), "models", /S3|s3/);
    },
  },
  {
    name: "model that runs a command when it is loaded",
    run: async (bench) => {
      const models = [text("stage2.pkl", "cos\nsystem\n(S'touch /tmp/owned'\ntR.")];
      const reason = expectFailure(await bench.deploy({ models }), "release", /stage2.pkl imports os.system/);
      check((await bench.sh("find / -xdev -name owned")) === "", "the command was run");
      return reason;
    },
  },
  {
    name: "model of another scikit-learn version, and packages that are not the pinned ones",
    run: async (bench) => {
      const models = [text("stage2.pkl", "csklearn.preprocessing._data\nStandardScaler\n)\x81}S'_sklearn_version'\nS'1.0.2'\nsb.")];
      const { modelSet } = await import("../variants");
      const pinned = modelSet(models, ["scikit-learn==1.7.2"]);
      const outcome = await bench.deploy({ models, spec: { models: pinned } });
      expectFailure(outcome, "release", /need scikit-learn==1.7.2, but requirements.txt installed none/);
      return expectFailure(outcome, "release", /made by scikit-learn 1.0.2, but the manifest pins 1.7.2/);
    },
  },
  {
    name: "an optional model that was not published: going on without it; where S3 does not say whether it is there, that is said",
    run: async (bench) => {
      const { modelSet } = await import("../variants");
      const models = [...bench.good().models, plainModel("metrics.pkl", bench.label())];
      const set = modelSet(models);
      const optional = {
        ...set,
        files: set.files.map((file) => (file.path.endsWith("metrics.pkl") ? { ...file, required: false } : file)),
      };
      const wanted = { app: { label: bench.label() }, spec: { models: optional } };
      // As AWS answers a role without s3:ListBucket.
      await bench.lab.s3.faults({ match: "GET .*metrics", kind: "status", status: 403, code: "AccessDenied" });
      const reason = expectFailure(await bench.deploy(wanted), "models", /either it does not exist .*or this host's role may not read it/);
      await bench.lab.s3.faults();
      const outcome = await bench.deploy(wanted);
      expectSuccess(outcome);
      check(outcome.said.includes("optional model metrics.pkl is not in the bucket; going on without it"), outcome.said);
      expectSuccess(await bench.deploy({ app: { label: bench.label() }, spec: {} }));
      return reason;
    },
  },
  {
    name: "model file altered by hand",
    run: async (bench) => {
      await bench.sh(
        "chmod 644 /home/ddos/models/stage2.pkl; printf x | dd of=/home/ddos/models/stage2.pkl bs=1 seek=5000 conv=notrunc status=none",
      );
      expectSuccess(await bench.deploy({}, { all: true }));
      const { models } = await bench.about();
      const right = await bench.sh("for f in /home/ddos/models/*; do sha256sum $f | cut -c 1-12; stat -c %a $f; done");
      check(
        models["stage2.pkl"] !== undefined && right.includes(models["stage2.pkl"]) && !right.includes("644"),
        `served ${JSON.stringify(models)}, on disk ${right}`,
      );
      return "fetched again, released anew";
    },
  },
];
