/**
 * The deep linear network (App. A.1): y = W_k ... W_2 W_1 x with k square matrices, a normalisation behind each, and
 * nothing else; trained on all samples at once, in float64. Layers are numbered from 1, the one next to x.
 *
 * Given its normalisations' statistics every layer is affine, so what layer l receives is B (x - m) + c with m the mean of
 * x, a matrix B and a vector c. Loss and gradient follow from these without the samples, but for the statistics of L1 and
 * L-infinity (divisors.ts):
 *   P = W B, q = W c                              the layer's output P (x - m) + q, which has mean q
 *   B' = diag(gamma / N) P, c' = beta             behind a normalisation that divides by N; else B' = P, c' = q
 *   L = factor * samples * (tr((B - A) C (B - A)') + |c - A m|^2)   behind the last layer; the targets are A x
 * and with D = dL/dB', e = dL/dc', row by row, from the last layer to the first:
 *   dL/dgamma = D.P / N, dL/dbeta = e, dL/dN = -gamma D.P / N^2
 *   dL/dP = gamma/N D + dL/dN dN/dP, dL/dq = dL/dN dN/dq
 *   dL/dW = dL/dP B' + dL/dq c',  D = W' dL/dP and e = W' dL/dq for the layer below.
 */
import type { GaussianData } from '../../data/gaussian';
import { UserError } from '../../system/errors';
import {
  type Divisors,
  fillDivisors,
  type InputStatistics,
  type LinearNormalisationName,
} from './divisors';
import { type Matrix, matrix, multiply, transposed } from './product';

export interface DeepLinearOptions {
  /** Number of layers. */
  depth: number;
  /** Each layer is a matrix of size x size. */
  size: number;
  normalisation: LinearNormalisationName;
  /** whether a normalisation follows the last layer too. */
  normaliseLast: boolean;
  /** What the sum of squared errors is multiplied with. */
  lossFactor: number;
}

/**
 * What is trained, or its gradient: `weights` [depth, size, size] and, with a normalisation, `gamma` and `beta`
 * [normalised layers, size], row by row.
 */
export type LinearParameters = Record<string, Float64Array>;

export interface DeepLinear {
  options: DeepLinearOptions;
  /**
   * The loss over all samples and its gradient, which has the form of the parameters and is written into `into` where that
   * is given: much of a step's time would go into new arrays. Throws UserError for parameters that are not this network's.
   * Where several samples share the maximum of an L-infinity norm they share its derivative; the derivative of |0| is 0.
   */
  gradient(
    parameters: LinearParameters,
    into?: LinearParameters,
  ): { loss: number; gradients: LinearParameters };
  /** A unit's outputs behind its layer's normalisation, over the samples; layers from 1, units from 0. */
  activations(parameters: LinearParameters, layer: number, unit: number): Float64Array;
}

/** The shapes of the parameters, of those that there are. */
export function linearShapes({
  depth,
  size,
  normalisation,
  normaliseLast,
}: DeepLinearOptions): Record<string, number[]> {
  const normalised = normalisation === 'none' ? 0 : normaliseLast ? depth : depth - 1;
  return {
    weights: [depth, size, size],
    ...(normalised > 0 ? { gamma: [normalised, size], beta: [normalised, size] } : {}),
  };
}

/** Arrays of the same lengths. */
export const zerosLike = (parameters: LinearParameters): LinearParameters =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, values]) => [name, new Float64Array(values.length)]),
  );

/** m, x - m and C. */
function statisticsOf({ x, size, samples }: GaussianData): InputStatistics {
  const mean = new Float64Array(size);
  const centred = matrix(Float64Array.from(x), size, samples);
  for (let i = 0; i < size; i++) {
    const row = centred.values.subarray(i * samples, (i + 1) * samples);
    mean[i] = row.reduce((sum, value) => sum + value, 0) / samples;
    for (let s = 0; s < samples; s++) row[s]! -= mean[i]!;
  }
  const covariance = matrix(new Float64Array(size * size), size, size);
  multiply(centred, transposed(centred), covariance.values);
  for (let k = 0; k < size * size; k++) covariance.values[k]! /= samples;
  return { mean, centred, covariance };
}

/** What one layer computes on the way up and needs on the way down. */
interface Layer {
  /** What it receives. */
  B: Matrix;
  c: Float64Array;
  P: Matrix;
  q: Float64Array;
  /** Where it is normalised. */
  divisors?: Divisors;
}

const square = (size: number): Matrix => matrix(new Float64Array(size * size), size, size);
const column = (values: Float64Array): Matrix => matrix(values, values.length, 1);

/** Builds the network for a data set, with memory for one pass. */
export function deepLinear(options: DeepLinearOptions, data: GaussianData): DeepLinear {
  const { depth, size, normalisation, lossFactor } = options;
  const statistics = statisticsOf(data);
  const shapes = linearShapes(options);
  const normalised = shapes.gamma?.[0] ?? 0;
  const fill = fillDivisors[normalisation]?.(statistics);

  const layers = Array.from({ length: depth }, (_, l): Layer => {
    const vector = () => new Float64Array(size);
    const divisors = { values: vector(), byP: square(size).values, byQ: vector() };
    return {
      ...{ B: square(size), c: vector(), P: square(size), q: vector() },
      ...(l < normalised && { divisors }),
    };
  });
  const output = { B: square(size), c: new Float64Array(size) };
  const first = layers[0]!;
  for (let i = 0; i < size; i++) first.B.values[i * size + i] = 1; // x = I (x - m) + m
  first.c.set(statistics.mean);

  const A = matrix(data.A, size, size);
  const targetMean = new Float64Array(size); // A m
  multiply(A, column(statistics.mean), targetMean);

  const weightsOf = ({ weights }: LinearParameters, l: number): Matrix =>
    matrix(weights!, size, size, l * size * size);

  function check(parameters: LinearParameters): void {
    for (const [name, shape] of Object.entries(shapes)) {
      const count = shape.reduce((a, b) => a * b);
      if (parameters[name]?.length === count) continue;
      throw new UserError(
        `deep linear network: ${name} has ${parameters[name]?.length ?? 'no'} numbers; it must have ${count}, ` +
          `[${shape.join(', ')}]: all layers are square and of one size`,
      );
    }
  }

  function forward(parameters: LinearParameters): void {
    check(parameters);
    layers.forEach((layer, l) => {
      const { B, c, P, q, divisors } = layer;
      const above = layers[l + 1] ?? output;
      const W = weightsOf(parameters, l);
      multiply(W, B, P.values);
      multiply(W, column(c), q);
      if (!divisors) {
        above.B.values.set(P.values);
        above.c.set(q);
        return;
      }
      fill!(layer, divisors);
      for (let i = 0; i < size; i++) {
        const scale = parameters.gamma![l * size + i]! / divisors.values[i]!;
        for (let k = i * size; k < (i + 1) * size; k++) above.B.values[k] = scale * P.values[k]!;
        above.c[i] = parameters.beta![l * size + i]!;
      }
    });
  }

  const error = square(size);
  const D = square(size);
  const e = new Float64Array(size);

  /** The loss, with its derivatives by the output's B and c in D and e. */
  function lossOfOutput(): number {
    for (let k = 0; k < size * size; k++) error.values[k] = output.B.values[k]! - A.values[k]!;
    multiply(error, statistics.covariance, D.values);
    let sum = 0;
    for (let k = 0; k < size * size; k++) sum += error.values[k]! * D.values[k]!;
    const factor = lossFactor * data.samples;
    for (let i = 0; i < size; i++) {
      const off = output.c[i]! - targetMean[i]!;
      sum += off * off;
      e[i] = 2 * factor * off;
    }
    for (let k = 0; k < size * size; k++) D.values[k]! *= 2 * factor;
    return factor * sum;
  }

  /** Takes D and e, of the output of a layer's normalisation, to what stands before it; writes dgamma and dbeta. */
  function throughNormalisation(
    l: number,
    { gamma }: LinearParameters,
    gradients: LinearParameters,
  ): void {
    const { P, divisors } = layers[l]!;
    const { values, byP, byQ } = divisors!;
    for (let i = 0; i < size; i++) {
      const unit = l * size + i;
      const [from, to] = [i * size, (i + 1) * size];
      const inverse = 1 / values[i]!;
      let along = 0;
      for (let k = from; k < to; k++) along += D.values[k]! * P.values[k]!;
      gradients.gamma![unit] = along * inverse;
      gradients.beta![unit] = e[i]!;
      const scale = gamma![unit]! * inverse;
      const byDivisor = -scale * along * inverse;
      for (let k = from; k < to; k++) D.values[k] = scale * D.values[k]! + byDivisor * byP[k]!;
      e[i] = byDivisor * byQ[i]!;
    }
  }

  const byP = square(size);
  const byQ = new Float64Array(size);

  return {
    options,
    gradient(parameters, into) {
      forward(parameters);
      const loss = lossOfOutput();
      const gradients = into ?? zerosLike(parameters);
      for (let l = depth - 1; l >= 0; l--) {
        const { B, c, divisors } = layers[l]!;
        if (divisors) throughNormalisation(l, parameters, gradients);
        byP.values.set(D.values);
        byQ.set(e);
        const own = gradients.weights!;
        let at = l * size * size;
        multiply(byP, transposed(B), own, at);
        for (let i = 0; i < size; i++) for (let k = 0; k < size; k++) own[at++]! += byQ[i]! * c[k]!;
        const up = transposed(weightsOf(parameters, l));
        multiply(up, byP, D.values);
        multiply(up, column(byQ), e);
      }
      return { loss, gradients };
    },
    activations(parameters, layer, unit) {
      forward(parameters);
      const { B, c } = layers[layer] ?? output;
      const row = matrix(B.values, 1, size, unit * size);
      const values = new Float64Array(data.samples);
      multiply(row, statistics.centred, values);
      return values.map((value) => value + c[unit]!);
    },
  };
}
