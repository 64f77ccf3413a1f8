/** The moments of all channels against sums over JavaScript arrays, and their rows against sorted lists. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { tf } from '../../src/engine/tf';
import type { NormalisationName } from '../../src/layers/normalisation';
import {
  channelMomentColumns,
  channelMomentRow,
  makeChannelMoments,
  momentsOf,
  quantile,
} from '../../src/probes/channelMoments';
import { toBeAllClose } from '../support/allclose';
import { sample, stateOf } from './sample';

/** Means, then variances, of the channels of values [..., channels], in float64. */
function naive(values: Float32Array, channels: number): number[] {
  const of = (c: number): number[] => [...values].filter((_, i) => i % channels === c);
  const mean = (some: number[]): number => some.reduce((sum, v) => sum + v, 0) / some.length;
  const means = Array.from({ length: channels }, (_, c) => mean(of(c)));
  const variances = means.map((m, c) => mean(of(c).map((v) => (v - m) ** 2)));
  return [...means, ...variances];
}

const layers = [1, 3, 8];

describe.each(['none', 'batch', 'noisyBatch', 'l1'] as NormalisationName[])('%s', (name) => {
  const { network, steps, input } = sample(name);
  const measure = makeChannelMoments(network, steps.functions, { layers });

  it('measures every channel of the training pass', () => {
    const mode = { training: true, updateStatistics: true, noiseKey: input.batch.noiseKey };
    const { parameters, statistics, batch } = input;
    const pass = network.forward(steps.functions.images(batch), parameters, statistics, mode);
    const found = measure(input);
    for (const layer of layers) {
      const activation = pass.activations[layer]!;
      const expected = naive(activation.dataSync<'float32'>(), activation.shape[3]!);
      toBeAllClose(found[layer]!.dataSync(), expected, { rtol: 2e-5, atol: 1e-6 });
    }
  });

  it('leaves no trace', () => {
    const before = stateOf(input);
    const count = tf.memory().numTensors;
    tf.dispose(measure(input));
    expect(tf.memory().numTensors).toBe(count);
    expect(stateOf(input)).toEqual(before);
  });
});

it('does not lose a small variance beside a large mean', () => {
  // 16,384 values around 1,000 that differ by thousandths: their squares have no such digits in float32.
  const values = Float32Array.from({ length: 16 * 32 * 32 }, (_, i) => 1000 + (i % 7) / 1024);
  const [mean, variance] = momentsOf(tf.tensor4d(values, [16, 32, 32, 1])).dataSync();
  const expected = naive(values, 1);
  expect(mean).toBe(Math.fround(expected[0]!));
  expect(variance! / expected[1]!).toBeCloseTo(1, 5);
});

describe('channelMomentRow', () => {
  const row = (now: number[], next: number[], start: number[]): Record<string, number> => {
    const [a, b, c] = [now, next, start].map((values) => Float32Array.from(values));
    const values = channelMomentRow(40, 3, { now: a!, next: b!, start: c! });
    expect(values).toHaveLength(channelMomentColumns.length);
    return Object.fromEntries(channelMomentColumns.map((name, i) => [name, values[i]!]));
  };

  it('is the median and the 90th percentile over channels of what each of them did', () => {
    // Three channels: means, then variances.
    const found = row([0, -2, 4, 1, 4, 9], [1, -2, 1, 1, 5, 7], [0, 2, 3, 1, 1, 1]);
    const steps = { meanStep: [0, 1, 3], varianceStep: [0, 1, 2] };
    const drifts = { meanDrift: [0, 1, 4], varianceDrift: [0, 3, 8] };
    const sizes = { absoluteMean: [0, 2, 4], deviation: [1, 2, 3] };
    const expected = Object.entries({ ...steps, ...drifts, ...sizes }).flatMap(
      ([name, [, middle, most]]) => [
        [name, middle],
        [`${name}90`, Math.fround(middle! + 0.8 * (most! - middle!))],
      ],
    );
    const head = { step: 40, layer: 3, channels: 3 };
    expect(found).toEqual({ ...head, ...Object.fromEntries(expected) });
  });

  it.each([NaN, Infinity])('does not hide a channel whose moment is %f', (broken) => {
    const found = row([0, 1, 1, 1], [0, broken, 1, 1], [0, 1, 1, 1]);
    expect(found).toMatchObject({ meanStep: NaN, meanStep90: NaN, varianceStep: 0, meanDrift: 0 });
  });
});

it('interpolates quantiles between the neighbours in order', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (some, share) => {
      const found = quantile(some, share);
      const place = share * (some.length - 1);
      const below = some.filter((value) => value < found - 1e-6).length;
      const above = some.filter((value) => value > found + 1e-6).length;
      expect(below).toBeLessThanOrEqual(Math.ceil(place));
      expect(above).toBeLessThanOrEqual(some.length - 1 - Math.floor(place));
    }),
  );
  expect(quantile([3, 1, 2], 0.9)).toBeCloseTo(2.8, 12);
});
