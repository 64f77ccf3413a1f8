/** Every normalisation that a network can be built with does what the network relies on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Tensor, tf } from '../../src/engine/tf';
import type { Tensors } from '../../src/engine/tree';
import { batchNorm } from '../../src/layers/batchNorm';
import { type NormalisationName, normalisations } from '../../src/layers/normalisation';
import { deterministicValues } from '../fixtures/weights';
import { toBeAllClose } from '../support/allclose';

const shape = [4, 3, 3, 2];
const channels = 2;
const names = Object.keys(normalisations) as NormalisationName[];

let x: Tensor;
beforeEach(() => {
  tf.engine().startScope();
  x = tf.tensor(deterministicValues(31, 72, 2), shape);
});
afterEach(() => tf.engine().endScope());

const filled = (initial: Record<string, number>): Tensors =>
  Object.fromEntries(
    Object.entries(initial).map(([name, value]) => [name, tf.fill([channels], value)]),
  );
const key = () => tf.tensor1d([3, 4], 'int32');
const training = { training: true, updateStatistics: true };

describe.each(names)('%s', (name) => {
  const layer = normalisations[name];
  const run = (mode: { training: boolean; updateStatistics: boolean; noiseKey?: Tensor }) => {
    const statistics = filled(layer.statistics);
    const result = layer.apply(x, filled(layer.parameters), statistics, mode);
    return { ...result, given: statistics };
  };

  it('keeps the shape of its input and the names of its statistics', () => {
    const { y, statistics } = run({ ...training, noiseKey: key() });
    expect(y.shape).toEqual(shape);
    expect(Object.keys(statistics)).toEqual(Object.keys(layer.statistics));
    for (const tensor of Object.values(statistics)) expect(tensor.shape).toEqual([channels]);
  });

  it('moves its statistics while training, and only when asked', () => {
    for (const mode of [
      { training: true, updateStatistics: false },
      { training: false, updateStatistics: false },
    ]) {
      const { statistics, given } = run(mode);
      for (const key in given) expect(statistics[key]!.dataSync()).toEqual(given[key]!.dataSync());
    }
    const { statistics, given } = run(training);
    for (const key in given)
      expect(statistics[key]!.dataSync()).not.toEqual(given[key]!.dataSync());
  });

  it('does not change what it was given', () => {
    const before = x.dataSync().slice();
    const { given } = run({ ...training, noiseKey: key() });
    expect(x.dataSync()).toEqual(before);
    for (const key in given)
      expect([...given[key]!.dataSync()]).toEqual(new Array(channels).fill(layer.statistics[key]));
  });

  it('has noise if and only if it is noisy and is given a key', () => {
    const without = run(training).y.dataSync();
    const other = tf.tensor1d([3, 5], 'int32');
    const drawn = [key(), key(), other].map((noiseKey) =>
      run({ ...training, noiseKey }).y.dataSync(),
    );
    expect(drawn[0]).toEqual(drawn[1]);
    if (layer.noisy) {
      expect(drawn[0]).not.toEqual(without);
      expect(drawn[0]).not.toEqual(drawn[2]);
    } else {
      expect(drawn).toEqual([without, without, without]);
    }
  });

  it('applies its parameters per channel', () => {
    const parameters = filled(layer.parameters);
    const last = Object.keys(parameters).at(-1)!; // the shift: bias or beta
    const shifted = { ...parameters, [last]: tf.tensor1d([1, -2]) };
    const statistics = filled(layer.statistics);
    for (const mode of [training, { training: false, updateStatistics: false }]) {
      const plain = layer.apply(x, parameters, statistics, mode).y.dataSync();
      const { y } = layer.apply(x, shifted, statistics, mode);
      toBeAllClose(
        y.dataSync(),
        [...plain].map((v, i) => v + (i % 2 ? -2 : 1)),
      );
    }
  });
});

describe('the registry', () => {
  it('has a label of its own for each', () => {
    expect(new Set(names.map((name) => normalisations[name].label)).size).toBe(names.length);
  });

  it('normalises to mean 0 and deviation 1 under batch, noisyBatch without a key too', () => {
    const parameters = filled({ gamma: 1, beta: 0 });
    const statistics = filled({ mean: 0, variance: 1 });
    const expected = batchNorm(
      x,
      { mean: statistics.mean!, variance: statistics.variance! },
      parameters,
    );
    for (const name of ['batch', 'noisyBatch'] as const) {
      const { y, statistics: moved } = normalisations[name].apply(
        x,
        parameters,
        statistics,
        training,
      );
      expect(y.dataSync()).toEqual(expected.y.dataSync());
      expect(moved.mean!.dataSync()).toEqual(expected.statistics.mean.dataSync());
      expect(moved.variance!.dataSync()).toEqual(expected.statistics.variance.dataSync());
      const { mean, variance } = tf.moments(y, [0, 1, 2]);
      toBeAllClose(mean.dataSync(), [0, 0], { atol: 1e-6 });
      toBeAllClose(variance.dataSync(), [1, 1], { rtol: 1e-4 });
    }
  });

  it('only adds the bias under none', () => {
    const { y } = normalisations.none.apply(x, { bias: tf.tensor1d([0.5, -1]) }, {}, training);
    const expected = [...x.dataSync()].map((v, i) => Math.fround(v + (i % 2 ? -1 : 0.5)));
    expect([...y.dataSync()]).toEqual(expected);
  });
});
