/** Initial weights: their distribution, and that a key is all they depend on. */
import { describe, expect, it } from 'vitest';

import { tf } from '../../src/engine/tf';
import { initialWeights } from '../../src/layers/initialisation';
import { type InitialisationName, initialisations } from '../../src/random/initialValues';
import { streamKey } from '../../src/random/streams';

const key = (...counters: number[]) => streamKey(0, 'init', ...counters);

function values(name: InitialisationName, shape: number[], of = key(0)): Float32Array {
  const weights = initialWeights(name, shape, of);
  expect(weights.shape).toEqual(shape);
  const result = weights.dataSync() as Float32Array;
  weights.dispose();
  return result;
}

const moment = (sample: ArrayLike<number>, power: number) =>
  Array.from(sample).reduce((sum, v) => sum + v ** power, 0) / sample.length;

/** Dense and convolution kernels with their fans. */
const kernels: { shape: number[]; fanIn: number; fanOut: number }[] = [
  { shape: [300, 100], fanIn: 300, fanOut: 100 },
  { shape: [3, 3, 40, 80], fanIn: 360, fanOut: 720 },
  { shape: [1, 5, 64, 96], fanIn: 320, fanOut: 480 },
];

describe.each(kernels)('weights of shape $shape', ({ shape, fanIn, fanOut }) => {
  const variances: Record<InitialisationName, number> = {
    glorotUniform: 2 / (fanIn + fanOut),
    glorotNormal: 2 / (fanIn + fanOut),
    heNormal: 2 / fanIn,
  };

  it.each(initialisations)('have mean 0 and the variance of %s', (name) => {
    const sample = values(name, shape);
    const n = sample.length; // 28,800 or more
    const sigma = Math.sqrt(variances[name]);
    expect(Math.abs(moment(sample, 1))).toBeLessThan((5 * sigma) / Math.sqrt(n));
    // The standard error of a normal variance is sqrt(2 / n), .8 %.
    expect(Math.abs(moment(sample, 2) / sigma ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(sample, 3)) / sigma ** 3).toBeLessThan(5 * Math.sqrt(15 / n));
  });

  it('are uniform between -a and a, a = sqrt(6 / (fanIn + fanOut)), for glorotUniform', () => {
    const sample = values('glorotUniform', shape);
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    const [low, high] = [
      sample.reduce((a, b) => Math.min(a, b)),
      sample.reduce((a, b) => Math.max(a, b)),
    ];
    expect(low).toBeGreaterThanOrEqual(Math.fround(-limit));
    expect(high).toBeLessThanOrEqual(Math.fround(limit));
    expect(high - low).toBeGreaterThan(1.998 * limit);
    const kurtosis = moment(sample, 4) / moment(sample, 2) ** 2;
    expect(Math.abs(kurtosis - 1.8)).toBeLessThan(0.03);
  });

  it.each(['glorotNormal', 'heNormal'] as const)('are normal for %s', (name) => {
    const sample = values(name, shape);
    const kurtosis = moment(sample, 4) / moment(sample, 2) ** 2;
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / sample.length));
    const sigma = Math.sqrt(variances[name]);
    const within = Array.from(sample).filter((v) => Math.abs(v) < sigma).length / sample.length;
    expect(Math.abs(within - 0.6827)).toBeLessThan(0.015);
    // A truncated normal distribution ends at 2 sigma.
    expect(sample.reduce((a, b) => Math.max(a, Math.abs(b)), 0)).toBeGreaterThan(3.5 * sigma);
  });
});

describe.each(initialisations)('%s', (name) => {
  const shape = [3, 3, 16, 24];

  it('gives the same weights for the same key, whatever was drawn before', () => {
    const first = values(name, shape, key(1));
    values(name, [50, 50], key(2));
    expect(values(name, shape, key(1))).toEqual(first);
  });

  it('gives unrelated weights for other keys', () => {
    const first = values(name, shape, key(1));
    for (const other of [key(2), key(1, 0), streamKey(1, 'init', 1), streamKey(0, 'noise', 1)]) {
      const second = values(name, shape, other);
      const product = moment(
        first.map((v, i) => v * second[i]!),
        1,
      );
      const correlation = product / Math.sqrt(moment(first, 2) * moment(second, 2));
      expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(first.length));
    }
  });

  it('leaves one tensor', () => {
    const before = tf.memory().numTensors;
    const weights = initialWeights(name, shape, key(1));
    expect(tf.memory().numTensors).toBe(before + 1);
    weights.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
