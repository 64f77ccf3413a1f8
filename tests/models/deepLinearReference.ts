/**
 * The deep linear network once more, sample by sample, in plain loops over lists of rows: what the exact one is compared
 * with.
 */
import type { GaussianData } from '../../src/data/gaussian';
import type { LinearNormalisationName } from '../../src/models/deepLinear/divisors';
import type { DeepLinearOptions, LinearParameters } from '../../src/models/deepLinear/network';

export type Matrix = number[][];

export interface ReferenceState {
  /** One square matrix for each layer. */
  weights: Matrix[];
  /** One number for each unit of each normalised layer; none without a normalisation. */
  gamma: number[][];
  beta: number[][];
}

export interface ReferenceProblem {
  normalisation: LinearNormalisationName;
  lossFactor: number;
  /** [unit][sample] */
  x: Matrix;
  target: Matrix;
}

const rowsOf = (values: Float64Array | undefined, columns: number): Matrix =>
  Array.from({ length: (values?.length ?? 0) / columns }, (_, i) => [
    ...values!.subarray(i * columns, (i + 1) * columns),
  ]);

/** Parameters, or a gradient, as lists. */
export function stateOf(
  { weights, gamma, beta }: LinearParameters,
  { size, depth }: DeepLinearOptions,
): ReferenceState {
  const rows = rowsOf(weights, size);
  return {
    weights: Array.from({ length: depth }, (_, l) => rows.slice(l * size, (l + 1) * size)),
    gamma: rowsOf(gamma, size),
    beta: rowsOf(beta, size),
  };
}

export function problemOf(
  { normalisation, lossFactor, size }: DeepLinearOptions,
  data: GaussianData,
): ReferenceProblem {
  const x = rowsOf(data.x, data.samples);
  return { normalisation, lossFactor, x, target: product(rowsOf(data.A, size), x) };
}

/** All numbers of a state in one list. */
export const valuesOf = ({ weights, gamma, beta }: ReferenceState): number[] => [
  ...weights.flat(2),
  ...gamma.flat(),
  ...beta.flat(),
];

const epsilon = 1e-5;

const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => {
    const result = new Array<number>(b[0]!.length).fill(0);
    row.forEach((factor, k) => b[k]!.forEach((value, j) => (result[j]! += factor * value)));
    return result;
  });

const transposed = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, v, i) => total + v * b[i]!, 0);

/** What a unit's outputs are divided by, and the derivative of that by each of them. */
function divisor(y: readonly number[], name: LinearNormalisationName): [number, number[]] {
  const m = y.length;
  const mean = sum(y) / m;
  if (name === 'batch') {
    const deviation = Math.sqrt(sum(y.map((v) => (v - mean) ** 2)) / m + epsilon);
    return [deviation, y.map((v) => (v - mean) / m / deviation)];
  }
  if (name === 'l1') return [sum(y.map(Math.abs)) / m + epsilon, y.map((v) => Math.sign(v) / m)];
  if (name === 'l2') {
    const norm = Math.sqrt(dot(y, y) / m);
    return [norm + epsilon, y.map((v) => v / m / norm)];
  }
  const largest = Math.max(...y.map(Math.abs));
  return [largest + epsilon, y.map((v) => (Math.abs(v) === largest ? Math.sign(v) : 0))];
}

interface Unit {
  /** Normalised outputs before gamma and beta. */
  u: number[];
  scale: number;
  slope: number[];
}

function normalised(y: number[], name: LinearNormalisationName): Unit {
  const mean = sum(y) / y.length;
  const [scale, slope] = divisor(y, name);
  return { u: y.map((v) => (v - mean) / scale), scale, slope };
}

/** Loss and gradient; the gradient has the state's form. */
export function referenceGradient(
  { weights, gamma, beta }: ReferenceState,
  { normalisation, lossFactor, x, target }: ReferenceProblem,
): { loss: number; gradient: ReferenceState } {
  const inputs: Matrix[] = [];
  const units: Unit[][] = [];
  let h = x;
  weights.forEach((W, layer) => {
    inputs.push(h);
    h = product(W, h);
    if (gamma[layer]) {
      const own = h.map((y) => normalised(y, normalisation));
      units[layer] = own;
      h = own.map(({ u }, j) => u.map((v) => v * gamma[layer]![j]! + beta[layer]![j]!));
    }
  });
  const error = h.map((row, i) => row.map((v, j) => v - target[i]![j]!));
  const loss = lossFactor * sum(error.map((row) => dot(row, row)));

  const gradient: ReferenceState = { weights: [], gamma: [], beta: [] };
  let dh = error.map((row) => row.map((v) => 2 * lossFactor * v));
  for (let layer = weights.length - 1; layer >= 0; layer--) {
    if (gamma[layer]) {
      gradient.beta[layer] = dh.map(sum);
      gradient.gamma[layer] = dh.map((row, j) => dot(row, units[layer]![j]!.u));
      dh = dh.map((row, j) => {
        const { u, scale, slope } = units[layer]![j]!;
        const g = row.map((v) => v * gamma[layer]![j]!);
        const [mean, along] = [sum(g) / g.length, dot(g, u)];
        return g.map((v, b) => (v - mean - along * slope[b]!) / scale);
      });
    }
    gradient.weights[layer] = product(dh, transposed(inputs[layer]!));
    dh = product(transposed(weights[layer]!), dh);
  }
  return { loss, gradient };
}

/** The state after a step of gradient descent. */
export function referenceStep(
  state: ReferenceState,
  gradient: ReferenceState,
  learningRate: number,
): ReferenceState {
  const rows = (a: Matrix, b: Matrix): Matrix =>
    a.map((row, i) => row.map((v, j) => v - learningRate * b[i]![j]!));
  return {
    weights: state.weights.map((W, layer) => rows(W, gradient.weights[layer]!)),
    gamma: rows(state.gamma, gradient.gamma),
    beta: rows(state.beta, gradient.beta),
  };
}
