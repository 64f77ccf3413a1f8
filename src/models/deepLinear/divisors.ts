/**
 * What each normalisation divides by, and its derivative. A unit's output over the samples is y = p (x - m) + q, with m
 * the mean of the inputs and q that of y:
 *   BatchNorm   sqrt(p C p' + epsilon), C the covariance of x: the mean drops out
 *   L2          sqrt(p C p' + q^2) + epsilon, the root mean square of y
 *   L1          mean |y| + epsilon
 *   L-infinity  max |y| + epsilon
 * C is all that the first two need of the samples.
 */
import { type Matrix, matrix, multiply, transposed } from './product';

export type LinearNormalisationName = 'none' | 'batch' | 'l1' | 'l2' | 'linf';

/** What the inputs of the network are made of. */
export interface InputStatistics {
  /** m, [size] */
  mean: Float64Array;
  /** x - m, size x samples */
  centred: Matrix;
  /** C with 1/samples, size x size */
  covariance: Matrix;
}

/** A layer's output y = P (x - m) + q: P is size x size, q [size]. */
export interface AffineMap {
  P: Matrix;
  q: Float64Array;
}

/** Of each unit what is divided by, and its derivative by the unit's row of P and by its q. */
export interface Divisors {
  values: Float64Array;
  /** Row by row, as P. */
  byP: Float64Array;
  byQ: Float64Array;
}

/** Computes a layer's divisors into `out`. */
export type FillDivisors = (layer: AffineMap, out: Divisors) => void;

/** Under BatchNorm's root, and beside the norms, as in the layers of VGG: a unit of zeros gives zeros. */
const epsilon = 1e-5;

/** Of each unit p C p', with P C left in `product`. */
function variances({ P }: AffineMap, { covariance }: InputStatistics, product: Float64Array) {
  multiply(P, covariance, product);
  const { rows: size } = P;
  return (unit: number): number => {
    let sum = 0;
    for (let k = unit * size; k < (unit + 1) * size; k++) sum += P.values[k]! * product[k]!;
    return Math.max(0, sum);
  };
}

function byVariance(statistics: InputStatistics, mean: 'removed' | 'kept'): FillDivisors {
  return (layer, { values, byP, byQ }) => {
    const { q } = layer;
    const size = q.length;
    const variance = variances(layer, statistics, byP);
    for (let i = 0; i < size; i++) {
      const square = mean === 'removed' ? variance(i) + epsilon : variance(i) + q[i]! ** 2;
      const root = Math.sqrt(square);
      values[i] = mean === 'removed' ? root : root + epsilon;
      const inverse = root > 0 ? 1 / root : 0;
      for (let k = i * size; k < (i + 1) * size; k++) byP[k]! *= inverse;
      byQ[i] = mean === 'removed' ? 0 : q[i]! * inverse;
    }
  };
}

/** The layer's outputs, size x samples, computed into `out`. */
function outputsOf({ P, q }: AffineMap, centred: Matrix, out: Matrix): void {
  multiply(P, centred, out.values);
  const { columns: samples, values } = out;
  for (let i = 0; i < q.length; i++) {
    const mean = q[i]!;
    for (let s = i * samples; s < (i + 1) * samples; s++) values[s]! += mean;
  }
}

/** mean |y| = mean(sign(y) (x - m)) p + mean(sign y) q: the derivatives give the norm. */
function byMeanSize({ centred }: InputStatistics): FillDivisors {
  const { rows: size, columns: samples } = centred;
  const signs = matrix(new Float64Array(size * samples), size, samples);
  const inputs = transposed(centred);
  return (layer, { values, byP, byQ }) => {
    outputsOf(layer, centred, signs);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let s = i * samples; s < (i + 1) * samples; s++)
        sum += signs.values[s] = Math.sign(signs.values[s]!);
      byQ[i] = sum / samples;
    }
    multiply(signs, inputs, byP);
    for (let i = 0; i < size; i++) {
      let norm = byQ[i]! * layer.q[i]!;
      for (let k = i * size; k < (i + 1) * size; k++)
        norm += (byP[k]! /= samples) * layer.P.values[k]!;
      values[i] = norm + epsilon;
    }
  };
}

/** Where several samples share the maximum, they share its derivative. */
function byGreatest({ centred }: InputStatistics): FillDivisors {
  const { rows: size, columns: samples } = centred;
  const outputs = matrix(new Float64Array(size * samples), size, samples);
  return (layer, { values, byP, byQ }) => {
    outputsOf(layer, centred, outputs);
    byP.fill(0);
    for (let i = 0; i < size; i++) {
      const y = outputs.values.subarray(i * samples, (i + 1) * samples);
      let greatest = 0;
      for (const value of y) greatest = Math.max(greatest, Math.abs(value));
      let [shared, sum] = [0, 0];
      for (let s = 0; s < samples; s++) {
        if (Math.abs(y[s]!) !== greatest) continue;
        const sign = Math.sign(y[s]!);
        shared++;
        sum += sign;
        for (let k = 0; k < size; k++)
          byP[i * size + k]! += sign * centred.values[k * samples + s]!;
      }
      for (let k = 0; k < size; k++) byP[i * size + k]! /= shared;
      values[i] = greatest + epsilon;
      byQ[i] = sum / shared;
    }
  };
}

/** How a layer's divisors are had, for inputs with some statistics; nothing for a network without a normalisation. */
export const fillDivisors: Record<
  LinearNormalisationName,
  ((statistics: InputStatistics) => FillDivisors) | undefined
> = {
  none: undefined,
  batch: (statistics) => byVariance(statistics, 'removed'),
  l1: byMeanSize,
  l2: (statistics) => byVariance(statistics, 'kept'),
  linf: byGreatest,
};

export const linearNormalisations = Object.keys(fillDivisors) as LinearNormalisationName[];
