import { hiddenWidth, labelEncoder, mlpClassifier, SCIKIT_LEARN, standardScaler } from "./estimators";
import { predict, train, type Network } from "./network";
import { pickleChunks, type PickleValue } from "./pickle";
import { FEATURES, fitScaling, LABELS, standardised, syntheticTraffic, type Scaling } from "./traffic";

/** Which sample: `megabytes` (10^6 bytes) of the model file, `undefined` for the small one of a few kilobytes; `seed` makes another release. */
export interface SampleSpec {
  readonly megabytes?: number;
  readonly seed: number;
}

/** A file of the sample, as a manifest lists it, and its bytes. */
export interface SampleFile {
  readonly name: string;
  readonly role: "model" | "scaler" | "label-encoder" | "metrics";
  readonly format: "pickle" | "json";
  readonly required: boolean;
  readonly chunks: () => Iterable<Buffer>;
}

/** What the samples were written for; the manifest pins it. */
export const SAMPLE_RUNTIME = { "scikit-learn": SCIKIT_LEARN, numpy: "2.2.6" } as const;

const TRAINING_ROWS = 2000;
const TEST_ROWS = 1000;
const SPEC = /^sample(?::([1-9][0-9]{0,3})MB)?(?::seed([1-9][0-9]{0,8}))?$/;

/** Reads a manifest's `generated` word: `sample`, `sample:100MB`, `sample:seed2`, `sample:100MB:seed2`. Throws a RangeError for another. */
export function parseSampleSpec(word: string): SampleSpec {
  const match = SPEC.exec(word);
  if (match === null)
    throw new RangeError(`"${word}" is not a sample that can be generated: use sample, sample:100MB or sample:100MB:seed2.`);
  return { megabytes: match[1] === undefined ? undefined : Number(match[1]), seed: Number(match[2] ?? 1) };
}

/** The `generated` word of a sample. */
export function sampleWord(spec: SampleSpec): string {
  return ["sample", spec.megabytes === undefined ? "" : `:${spec.megabytes}MB`, spec.seed === 1 ? "" : `:seed${spec.seed}`].join("");
}

/** Share correct and, per class, recall and precision on rows the training never saw; four decimals. */
function metrics(network: Network, scaling: Scaling, spec: SampleSpec): object {
  const test = standardised(syntheticTraffic(TEST_ROWS, spec.seed * 2 + 1), scaling);
  const predicted = predict(network, test);
  const round = (value: number): number => Math.round(value * 10000) / 10000;
  const count = (truth: number | undefined, guess: number | undefined): number =>
    test.labels.reduce((n, label, row) => n + Number((truth ?? label) === label && (guess ?? predicted[row]) === predicted[row]), 0);
  const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : round(part / whole));
  const classes = LABELS.map((label, i) => [
    label,
    { recall: ratio(count(i, i), count(i, undefined)), precision: ratio(count(i, i), count(undefined, i)) },
  ]);
  const correct = LABELS.reduce((sum, _, i) => sum + count(i, i), 0);
  return {
    model: "MLPClassifier",
    scikit_learn: SCIKIT_LEARN,
    data: "synthetic",
    training_rows: TRAINING_ROWS,
    test_rows: TEST_ROWS,
    accuracy: ratio(correct, TEST_ROWS),
    classes: Object.fromEntries(classes) as object,
    features: FEATURES.length,
  };
}

interface Trained {
  readonly network: Network;
  readonly scaling: Scaling;
}

// A training takes half a second and depends on nothing but its seed.
const trained = new Map<number, Trained>();

function trainOnce(seed: number): Trained {
  const known = trained.get(seed);
  if (known !== undefined) return known;
  const data = syntheticTraffic(TRAINING_ROWS, seed * 2);
  const scaling = fitScaling(data);
  const network = train(standardised(data, scaling), {
    hidden: [24, 16],
    classes: LABELS.length,
    epochs: 30,
    batch: 32,
    rate: 0.05,
    momentum: 0.9,
    seed,
  });
  trained.set(seed, { network, scaling });
  return { network, scaling };
}

/** Trains on synthetic traffic (about half a second) and gives the files of the sample; the same spec gives the same bytes everywhere. */
export function buildSample(spec: SampleSpec): SampleFile[] {
  const { network, scaling } = trainOnce(spec.seed);
  const hidden = spec.megabytes === undefined ? undefined : hiddenWidth(spec.megabytes * 1e6);
  const pickle = (value: PickleValue) => () => pickleChunks(value);
  const report = (): Buffer => Buffer.from(`${JSON.stringify(metrics(network, scaling, spec), null, 2)}\n`);
  return [
    {
      name: "hybrid_stage2_model_v3_real_benign.pkl",
      role: "model",
      format: "pickle",
      required: true,
      chunks: pickle(mlpClassifier(network, hidden)),
    },
    {
      name: "hybrid_stage2_scaler_v3_real_benign.pkl",
      role: "scaler",
      format: "pickle",
      required: true,
      chunks: pickle(standardScaler(scaling)),
    },
    { name: "hybrid_stage2_label_encoder.pkl", role: "label-encoder", format: "pickle", required: true, chunks: pickle(labelEncoder()) },
    { name: "hybrid_model_metrics_v2.json", role: "metrics", format: "json", required: false, chunks: () => [report()] },
  ];
}
