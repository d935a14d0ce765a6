import { seededRandom } from "./random";
import { roundTo20Bits, type Dataset } from "./traffic";

/** A fully connected layer: `weights[i * outputs + j]` joins input i to output j, as scikit-learn's `coefs_` does. */
export interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Layers with ReLU between them and a softmax at the end: an MLPClassifier. */
export type Network = readonly Layer[];

export interface Training {
  readonly hidden: readonly number[];
  readonly classes: number;
  readonly epochs: number;
  readonly batch: number;
  /** Step of plain SGD with momentum, per mean gradient of a batch; falls linearly to a tenth. */
  readonly rate: number;
  readonly momentum: number;
  readonly seed: number;
}

const LN2 = 0.6931471805599453;

/** e^x for x <= 0 with exact operations only (Math.exp may differ in the last bit between machines). Error below 1e-15. */
function expNonPositive(x: number): number {
  if (x < -40) return 0;
  const halvings = Math.round(-x / LN2);
  const rest = x + halvings * LN2;
  let sum = 1;
  for (let n = 14; n > 0; n--) sum = 1 + (sum * rest) / n;
  for (let i = 0; i < halvings; i++) sum *= 0.5;
  return sum;
}

function initialLayer(inputs: number, outputs: number, gaussian: () => number): Layer {
  const deviation = Math.sqrt(2 / inputs);
  return {
    inputs,
    outputs,
    weights: Float64Array.from({ length: inputs * outputs }, () => gaussian() * deviation),
    bias: new Float64Array(outputs),
  };
}

function softmaxInPlace(values: Float64Array): void {
  const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] = expNonPositive(values[i]! - top);
  for (let i = 0; i < values.length; i++) values[i]! /= sum;
}

/** Activations of every layer for one row, the input first, the class probabilities last. */
function forward(network: Network, row: Float64Array): Float64Array[] {
  const activations = [row];
  network.forEach((layer, depth) => {
    const input = activations[depth]!;
    const output = Float64Array.from(layer.bias);
    for (let i = 0; i < layer.inputs; i++) {
      const value = input[i]!;
      if (value === 0) continue;
      for (let j = 0; j < layer.outputs; j++) output[j]! += value * layer.weights[i * layer.outputs + j]!;
    }
    if (depth === network.length - 1) softmaxInPlace(output);
    else for (let j = 0; j < output.length; j++) if (output[j]! < 0) output[j] = 0;
    activations.push(output);
  });
  return activations;
}

/** Adds the gradient of one row's log loss to `gradients`. */
function backward(network: Network, activations: readonly Float64Array[], label: number, gradients: Network): void {
  let delta = Float64Array.from(activations[network.length]!);
  delta[label]! -= 1;
  for (let depth = network.length - 1; depth >= 0; depth--) {
    const layer = network[depth]!;
    const input = activations[depth]!;
    const gradient = gradients[depth]!;
    const below = new Float64Array(layer.inputs);
    for (let j = 0; j < layer.outputs; j++) gradient.bias[j]! += delta[j]!;
    for (let i = 0; i < layer.inputs; i++) {
      const value = input[i]!;
      if (value === 0) continue; // a silent ReLU passes nothing in either direction
      let sum = 0;
      for (let j = 0; j < layer.outputs; j++) {
        gradient.weights[i * layer.outputs + j]! += value * delta[j]!;
        sum += layer.weights[i * layer.outputs + j]! * delta[j]!;
      }
      below[i] = sum;
    }
    delta = below;
  }
}

const zerosLike = (network: Network): Network =>
  network.map((layer) => ({ ...layer, weights: new Float64Array(layer.weights.length), bias: new Float64Array(layer.bias.length) }));

/** One momentum step; `gradients` is emptied for the next batch. */
function step(values: Float64Array, gradients: Float64Array, velocity: Float64Array, rate: number, momentum: number): void {
  for (let i = 0; i < values.length; i++) {
    velocity[i] = momentum * velocity[i]! - rate * gradients[i]!;
    values[i]! += velocity[i]!;
    gradients[i] = 0;
  }
}

/** Trains by mini-batch gradient descent on standardised rows; the weights are multiples of 2^-20. */
export function train(data: Dataset, training: Training): Network {
  const random = seededRandom(training.seed);
  const width = data.features.length / data.rows;
  const sizes = [width, ...training.hidden, training.classes];
  const network = sizes.slice(1).map((outputs, depth) => initialLayer(sizes[depth]!, outputs, random.gaussian));
  const gradients = zerosLike(network);
  const velocity = zerosLike(network);
  for (let epoch = 0; epoch < training.epochs; epoch++) {
    const rate = training.rate * (1 - (0.9 * epoch) / training.epochs);
    const order = random.shuffled(data.rows);
    for (let start = 0; start < data.rows; start += training.batch) {
      const batch = order.subarray(start, start + training.batch);
      for (const row of batch) backward(network, forward(network, rowOf(data, row)), data.labels[row]!, gradients);
      network.forEach((layer, depth) => {
        step(layer.weights, gradients[depth]!.weights, velocity[depth]!.weights, rate / batch.length, training.momentum);
        step(layer.bias, gradients[depth]!.bias, velocity[depth]!.bias, rate / batch.length, training.momentum);
      });
    }
  }
  return network.map((layer) => ({ ...layer, weights: layer.weights.map(roundTo20Bits), bias: layer.bias.map(roundTo20Bits) }));
}

function rowOf(data: Dataset, row: number): Float64Array {
  const width = data.features.length / data.rows;
  return data.features.subarray(row * width, (row + 1) * width);
}

/** The most probable class of each row. */
export function predict(network: Network, data: Dataset): Uint8Array {
  return Uint8Array.from({ length: data.rows }, (_, row) => {
    const probabilities = forward(network, rowOf(data, row))[network.length]!;
    return probabilities.reduce((best, value, i) => (value > probabilities[best]! ? i : best), 0);
  });
}
