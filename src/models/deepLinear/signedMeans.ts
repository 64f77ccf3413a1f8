/**
 * mean(sign(y) x) and mean(sign y) of the outputs y = p x + q of a layer's units: what L1's norm needs of the samples, and
 * half of its time. Four samples have sixteen patterns of signs, whose sums of +x and -x are made once for a data set.
 */
import type { Matrix } from './product';

const inBlock = 4;
const patterns = 2 ** inBlock;

/** Of one layer: a row of means for each unit of P, and the means of the signs alone. */
export type SignedMeans = (
  P: Matrix,
  q: Float64Array,
  means: Float64Array,
  signs: Float64Array,
) => void;

/** Makes the function for samples, size x samples. A y of 0 has no sign. */
export function makeSignedMeans({ values: x, rows: size, columns: samples }: Matrix): SignedMeans {
  const blocks = Math.floor(samples / inBlock);
  /** The samples block by block, in each of them unit by unit. */
  const inputs = new Float64Array(blocks * inBlock * size);
  /** For each block and pattern the sum over its samples, + where the pattern's bit is 1. */
  const sums = new Float64Array(blocks * patterns * size);
  for (let b = 0; b < blocks; b++)
    for (let k = 0; k < size; k++)
      for (let j = 0; j < inBlock; j++) {
        const value = x[k * samples + b * inBlock + j]!;
        inputs[(b * size + k) * inBlock + j] = value;
        for (let pattern = 0; pattern < patterns; pattern++)
          sums[(b * patterns + pattern) * size + k]! += (pattern >> j) & 1 ? value : -value;
      }
  /** Of each unit, by block: where its sums are. */
  const places = new Int32Array(size * blocks);
  const positive = new Int32Array(size);
  const zeros = new Int32Array(size);

  function note(i: number, b: number, s: number, t: number, u: number, v: number): void {
    const [first, second, third, fourth] = [+(s > 0), +(t > 0), +(u > 0), +(v > 0)];
    const pattern = first | (second << 1) | (third << 2) | (fourth << 3);
    places[i * blocks + b] = (b * patterns + pattern) * size;
    positive[i]! += first + second + third + fourth;
    if (s * t * u * v === 0) zeros[i]!++;
  }

  /** Computes y, two units by four samples at a time, and notes its signs. */
  function findPatterns({ values: p }: Matrix, q: Float64Array): void {
    positive.fill(0);
    zeros.fill(0);
    for (let b = 0; b < blocks; b++) {
      for (let i = 0; i < size; i += 2) {
        const below = i + 1 < size ? 1 : 0;
        let [s, t, u, v] = [q[i]!, q[i]!, q[i]!, q[i]!];
        const mean = q[i + below]!;
        let [s1, t1, u1, v1] = [mean, mean, mean, mean];
        let at = b * size * inBlock;
        for (let k = i * size; k < (i + 1) * size; k++) {
          const weight = p[k]!;
          const weight1 = p[k + below * size]!;
          let input = inputs[at]!;
          s += weight * input;
          s1 += weight1 * input;
          input = inputs[at + 1]!;
          t += weight * input;
          t1 += weight1 * input;
          input = inputs[at + 2]!;
          u += weight * input;
          u1 += weight1 * input;
          input = inputs[at + 3]!;
          v += weight * input;
          v1 += weight1 * input;
          at += inBlock;
        }
        note(i, b, s, t, u, v);
        if (below) note(i + 1, b, s1, t1, u1, v1);
      }
    }
  }

  /** Adds what one sample gives to a unit's means, which are sums here. */
  function addSample(
    s: number,
    i: number,
    P: Matrix,
    q: Float64Array,
    means: Float64Array,
  ): number {
    let y = q[i]!;
    for (let k = 0; k < size; k++) y += P.values[i * size + k]! * x[k * samples + s]!;
    const sign = Math.sign(y);
    for (let k = 0; k < size; k++) means[i * size + k]! += sign * x[k * samples + s]!;
    return sign;
  }

  /** Adds all blocks' sums to a unit's means, five columns at a time: their sums stay in registers. */
  function addBlocks(i: number, means: Float64Array): void {
    const [from, to] = [i * blocks, (i + 1) * blocks];
    let k = 0;
    for (; k + 5 <= size; k += 5) {
      let [s, t, u, v, w] = [0, 0, 0, 0, 0];
      for (let b = from; b < to; b++) {
        const at = places[b]! + k;
        s += sums[at]!;
        t += sums[at + 1]!;
        u += sums[at + 2]!;
        v += sums[at + 3]!;
        w += sums[at + 4]!;
      }
      means.set([s, t, u, v, w], i * size + k);
    }
    for (; k < size; k++) {
      let s = 0;
      for (let b = from; b < to; b++) s += sums[places[b]! + k]!;
      means[i * size + k] = s;
    }
  }

  return (P, q, means, signs) => {
    means.fill(0);
    findPatterns(P, q);
    for (let i = 0; i < size; i++) {
      const isRegular = zeros[i] === 0;
      if (isRegular) addBlocks(i, means);
      let sum = isRegular ? 2 * positive[i]! - blocks * inBlock : 0;
      for (let s = isRegular ? blocks * inBlock : 0; s < samples; s++)
        sum += addSample(s, i, P, q, means);
      signs[i] = sum / samples;
      for (let k = i * size; k < (i + 1) * size; k++) means[k]! /= samples;
    }
  };
}
