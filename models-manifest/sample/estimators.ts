import type { Layer, Network } from "./network";
import type { PickleArray, PickleClass, PickleValue } from "./pickle";
import { FEATURES, LABELS, type Scaling } from "./traffic";

/** The release whose attribute names and module paths are written here; it must be the one the manifest pins. */
export const SCIKIT_LEARN = "1.7.2";

const int = (value: number): PickleValue => ({ kind: "int", value });
const float = (value: number): PickleValue => ({ kind: "float", value });
const list = (items: readonly PickleValue[]): PickleValue => ({ kind: "list", items });

function* doubles(values: Iterable<number>, count: number): Iterable<Buffer> {
  const bytes = Buffer.alloc(8 * count);
  let i = 0;
  for (const value of values) bytes.writeDoubleLE(value, 8 * i++);
  yield bytes;
}

const vector = (values: Float64Array): PickleArray => ({
  kind: "array",
  dtype: "f8",
  shape: [values.length],
  bytes: () => doubles(values, values.length),
});

function classNumbers(count: number): PickleArray {
  const bytes = Buffer.alloc(8 * count);
  for (let i = 0; i < count; i++) bytes.writeBigInt64LE(BigInt(i), 8 * i);
  return { kind: "array", dtype: "i8", shape: [count], bytes: () => [bytes] };
}

function textArray(values: readonly string[]): PickleArray {
  const longest = Math.max(...values.map((value) => value.length));
  const bytes = Buffer.alloc(4 * longest * values.length);
  values.forEach((value, row) => [...value].forEach((c, i) => bytes.writeUInt32LE(c.codePointAt(0)!, 4 * (row * longest + i))));
  return { kind: "array", dtype: `U${longest}`, shape: [values.length], bytes: () => [bytes] };
}

const instance = (module: string, name: string, state: Record<string, PickleValue>): PickleClass => ({
  kind: "instance",
  module,
  name,
  state: { ...state, _sklearn_version: SCIKIT_LEARN },
});

/** A fitted StandardScaler. */
export function standardScaler(scaling: Scaling): PickleClass {
  return instance("sklearn.preprocessing._data", "StandardScaler", {
    with_mean: true,
    with_std: true,
    copy: true,
    n_features_in_: int(FEATURES.length),
    n_samples_seen_: { kind: "int64", value: scaling.rows },
    mean_: vector(scaling.mean),
    var_: vector(scaling.variance),
    scale_: vector(scaling.scale),
  });
}

/** A fitted LabelEncoder for the traffic classes. */
export function labelEncoder(): PickleClass {
  return instance("sklearn.preprocessing._label", "LabelEncoder", { classes_: textArray(LABELS) });
}

/** How often unit `base` of `count` appears among `width` copies dealt out in turn. */
const copies = (base: number, count: number, width: number): number => Math.floor(width / count) + (base < width % count ? 1 : 0);

/**
 * The layer with `inputs` x `outputs` units, each a copy of one of the small layer's (unit i copies i mod small size). What leaves a copied unit is
 * divided by the number of its copies, so the wide network computes what the small one does, in a file of any size.
 */
function* wideRows(layer: Layer, inputs: number, outputs: number): Iterable<Buffer> {
  for (let i = 0; i < inputs; i++) {
    const base = i % layer.inputs;
    const share = copies(base, layer.inputs, inputs);
    const row = Buffer.allocUnsafe(8 * outputs);
    for (let j = 0; j < outputs; j++) row.writeDoubleLE(layer.weights[base * layer.outputs + (j % layer.outputs)]! / share, 8 * j);
    yield row;
  }
}

function wideLayer(layer: Layer, inputs: number, outputs: number): { coefs: PickleArray; intercepts: PickleArray } {
  const bias = Float64Array.from({ length: outputs }, (_, j) => layer.bias[j % layer.outputs]!);
  return {
    coefs: { kind: "array", dtype: "f8", shape: [inputs, outputs], bytes: () => wideRows(layer, inputs, outputs) },
    intercepts: vector(bias),
  };
}

/** Units of each hidden layer for a model of at least `bytes` bytes: the root of 8(w² + (features + classes + 2)w) = bytes. */
export function hiddenWidth(bytes: number): number {
  const linear = FEATURES.length + LABELS.length + 2;
  return Math.ceil((Math.sqrt(linear * linear + bytes / 2) - linear) / 2);
}

const PARAMETERS: Readonly<Record<string, PickleValue>> = {
  activation: "relu",
  solver: "sgd",
  alpha: float(0),
  batch_size: int(32),
  learning_rate: "constant",
  learning_rate_init: float(0.05),
  power_t: float(0.5),
  max_iter: int(30),
  loss: "log_loss",
  shuffle: true,
  random_state: null,
  tol: float(0.0001),
  verbose: false,
  warm_start: false,
  momentum: float(0.9),
  nesterovs_momentum: false,
  early_stopping: false,
  validation_fraction: float(0.1),
  beta_1: float(0.9),
  beta_2: float(0.999),
  epsilon: float(1e-8),
  n_iter_no_change: int(10),
  max_fun: int(15000),
};

/**
 * A fitted MLPClassifier.
 * @param hidden units of each hidden layer; `undefined` keeps the trained sizes, more copies units until the file is as large as wanted
 */
export function mlpClassifier(network: Network, hidden?: number): PickleClass {
  const last = network.length - 1;
  const width = (layer: number, own: number): number => (layer < 0 || layer === last ? own : (hidden ?? own));
  const layers = network.map((layer, i) => wideLayer(layer, width(i - 1, layer.inputs), width(i, layer.outputs)));
  const binarizer = instance("sklearn.preprocessing._label", "LabelBinarizer", {
    neg_label: int(0),
    pos_label: int(1),
    sparse_output: false,
    y_type_: "multiclass",
    sparse_input_: false,
    classes_: classNumbers(LABELS.length),
  });
  return instance("sklearn.neural_network._multilayer_perceptron", "MLPClassifier", {
    ...PARAMETERS,
    hidden_layer_sizes: { kind: "tuple", items: network.slice(0, -1).map((layer) => int(hidden ?? layer.outputs)) },
    n_features_in_: int(FEATURES.length),
    _label_binarizer: binarizer,
    classes_: classNumbers(LABELS.length),
    n_outputs_: int(LABELS.length),
    n_iter_: int(30),
    n_layers_: int(network.length + 1),
    out_activation_: "softmax",
    coefs_: list(layers.map((layer) => layer.coefs)),
    intercepts_: list(layers.map((layer) => layer.intercepts)),
  });
}
