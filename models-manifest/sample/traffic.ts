import { seededRandom } from "./random";

/** One feature of a client's recent traffic: its bounds, and its mean and spread in each class (in the order of `LABELS`). */
interface Feature {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly mean: readonly number[];
  readonly spread: readonly number[];
}

/** The classes, sorted as scikit-learn's LabelEncoder sorts them: their position is the number the model predicts. */
export const LABELS = ["benign", "credential_stuffing", "http_flood", "injection", "scan"] as const;

/**
 * What the model looks at: a window of one client's requests. Names and order are those of
 * `ml_gateway.utils.feature_extractor.FEATURES`; the tests compare them.
 */
export const FEATURES: readonly Feature[] = [
  { name: "requests_per_second", min: 0, max: 10000, mean: [2, 9, 180, 4, 26], spread: [1.5, 5, 80, 3, 14] },
  { name: "unique_path_ratio", min: 0, max: 1, mean: [0.55, 0.06, 0.08, 0.4, 0.94], spread: [0.22, 0.05, 0.08, 0.22, 0.07] },
  { name: "error_ratio", min: 0, max: 1, mean: [0.03, 0.72, 0.2, 0.35, 0.82], spread: [0.04, 0.17, 0.18, 0.22, 0.14] },
  { name: "mean_body_bytes", min: 0, max: 10485760, mean: [350, 180, 40, 700, 15], spread: [320, 70, 60, 420, 25] },
  { name: "mean_path_length", min: 1, max: 8192, mean: [24, 13, 8, 46, 31], spread: [11, 4, 6, 21, 12] },
  { name: "mean_query_parameters", min: 0, max: 256, mean: [1.4, 0.3, 0.6, 3.2, 0.5], spread: [1.1, 0.4, 0.8, 1.7, 0.6] },
  { name: "special_character_ratio", min: 0, max: 1, mean: [0.06, 0.05, 0.05, 0.27, 0.13], spread: [0.035, 0.03, 0.035, 0.09, 0.07] },
  { name: "path_entropy_bits", min: 0, max: 8, mean: [3.2, 2.6, 2.1, 4.3, 3.7], spread: [0.5, 0.4, 0.6, 0.5, 0.5] },
  { name: "post_ratio", min: 0, max: 1, mean: [0.18, 0.93, 0.1, 0.45, 0.05], spread: [0.15, 0.08, 0.15, 0.3, 0.07] },
  { name: "user_agent_length", min: 0, max: 8192, mean: [105, 74, 42, 62, 30], spread: [25, 38, 34, 38, 22] },
  { name: "header_count", min: 0, max: 256, mean: [13, 9, 6, 8, 5.5], spread: [2.5, 2.5, 2.2, 2.5, 1.8] },
  { name: "interarrival_variation", min: 0, max: 100, mean: [1.5, 0.45, 0.2, 0.9, 0.3], spread: [0.55, 0.28, 0.15, 0.5, 0.2] },
];

/** Rows of features (row-major) and the class number of each row. */
export interface Dataset {
  readonly rows: number;
  readonly features: Float64Array;
  readonly labels: Uint8Array;
}

const square = (value: number): number => value * value;

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

/** How much of a window is attack at least: an attack that has just begun looks partly like the benign traffic before it. */
const WEAKEST_ATTACK = 0.3;

/** `rows` synthetic clients, the classes taking turns; values have four decimals, as a client of /predict would send them. */
export function syntheticTraffic(rows: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const features = new Float64Array(rows * FEATURES.length);
  const labels = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const label = row % LABELS.length;
    labels[row] = label;
    const strength = WEAKEST_ATTACK + (1 - WEAKEST_ATTACK) * random.uniform();
    FEATURES.forEach((feature, column) => {
      const benign = feature.mean[0]! + feature.spread[0]! * random.gaussian();
      const attack = feature.mean[label]! + feature.spread[label]! * random.gaussian();
      const value = label === 0 ? benign : benign + strength * (attack - benign);
      features[row * FEATURES.length + column] = Math.round(clamp(value, feature.min, feature.max) * 10000) / 10000;
    });
  }
  return { rows, features, labels };
}

/** Mean and variance (population) of each feature: what a StandardScaler learns. */
export interface Scaling {
  readonly rows: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly scale: Float64Array;
}

/** Fits the scaling. Variances are rounded to 2^-20 and never zero. */
export function fitScaling(data: Dataset): Scaling {
  const width = FEATURES.length;
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (let row = 0; row < data.rows; row++) sum += data.features[row * width + column]!;
    mean[column] = roundTo20Bits(sum / data.rows);
    let squares = 0;
    for (let row = 0; row < data.rows; row++) squares += square(data.features[row * width + column]! - mean[column]!);
    variance[column] = Math.max(1 / 1048576, roundTo20Bits(squares / data.rows));
  }
  return { rows: data.rows, mean, variance, scale: variance.map((value) => Math.sqrt(value)) };
}

/** The dataset in units of standard deviations. */
export function standardised(data: Dataset, scaling: Scaling): Dataset {
  const width = FEATURES.length;
  const features = data.features.map((value, i) => (value - scaling.mean[i % width]!) / scaling.scale[i % width]!);
  return { ...data, features };
}

/** Rounds to a multiple of 2^-20, a value that a double holds exactly. */
export function roundTo20Bits(value: number): number {
  return Math.round(value * 1048576) / 1048576;
}
