/**
 * What each normalisation divides by, and its derivative. A unit's output over the samples is y = p (x - m) + q, with m
 * the mean of the inputs and q that of y:
 *   BatchNorm   sqrt(p C p' + epsilon), C the covariance of x: the mean drops out
 *   L2          sqrt(p C p' + q^2) + epsilon, the root mean square of y
 *   L1          mean |y| + epsilon
 *   L-infinity  max |y| + epsilon
 * C is all that the first two need of the samples.
 */
import { type Matrix, multiply } from './product';
import { makeSignedMeans } from './signedMeans';

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

/** mean |y| = mean(sign(y) (x - m)) p + mean(sign y) q: the derivatives give the norm. */
function byMeanSize({ centred }: InputStatistics): FillDivisors {
  const fillMeans = makeSignedMeans(centred);
  return ({ P, q }, { values, byP, byQ }) => {
    fillMeans(P, q, byP, byQ);
    const { rows: size } = P;
    for (let i = 0; i < size; i++) {
      let norm = byQ[i]! * q[i]!;
      for (let k = i * size; k < (i + 1) * size; k++) norm += byP[k]! * P.values[k]!;
      values[i] = norm + epsilon;
    }
  };
}

/** The samples x - m one after the other, those of the greatest length first, and their lengths. */
function longestFirst({ rows: size, columns: samples, values }: Matrix) {
  const each = Array.from({ length: samples }, (_, s) => {
    const sample = Float64Array.from({ length: size }, (_, k) => values[k * samples + s]!);
    return { sample, length: Math.hypot(...sample) };
  }).sort((a, b) => b.length - a.length);
  const inputs = new Float64Array(size * samples);
  each.forEach(({ sample }, s) => inputs.set(sample, s * size));
  return { inputs, lengths: each.map(({ length }) => length) };
}

/**
 * max |y|; where several samples share it, they share its derivative. |y| is at most |p| |x - m| + |q|, so that of samples
 * in the order of their lengths most need not be looked at.
 */
function byGreatest({ centred }: InputStatistics): FillDivisors {
  const { rows: size } = centred;
  const { inputs, lengths } = longestFirst(centred);

  function fillUnit(i: number, { P, q }: AffineMap, { values, byP, byQ }: Divisors): void {
    const { values: row } = P;
    const from = i * size;
    const mean = q[i]!;
    let squares = 0;
    for (let k = 0; k < size; k++) squares += row[from + k]! ** 2;
    const length = Math.sqrt(squares) * (1 + 1e-12); // no rounding error hides a maximum
    let [greatest, shared, signs] = [-1, 0, 0];
    for (let s = 0; s < lengths.length; s++) {
      if (length * lengths[s]! + Math.abs(mean) < greatest) break;
      let y = mean;
      for (let k = 0; k < size; k++) y += row[from + k]! * inputs[s * size + k]!;
      if (Math.abs(y) < greatest) continue;
      if (Math.abs(y) > greatest) {
        greatest = Math.abs(y);
        shared = signs = 0;
        byP.fill(0, from, from + size);
      }
      const sign = Math.sign(y);
      shared++;
      signs += sign;
      for (let k = 0; k < size; k++) byP[from + k]! += sign * inputs[s * size + k]!;
    }
    for (let k = 0; k < size; k++) byP[from + k]! /= shared;
    values[i] = greatest + epsilon;
    byQ[i] = signs / shared;
  }

  return (layer, out) => {
    for (let i = 0; i < size; i++) fillUnit(i, layer, out);
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
