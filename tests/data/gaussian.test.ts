import { expect, it } from 'vitest';

import { gaussianData } from '../../src/data/gaussian';
import { streamKey } from '../../src/random/streams';

const draw = (seed: number) =>
  gaussianData({ size: 10, samples: 1000 }, (place) => streamKey(seed, 'data', place));

it('is standard normal, inputs and map', () => {
  const spread = (values: readonly number[]) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    return { mean, variance };
  };
  const sets = [0, 1, 2].map(draw);
  const inputs = spread(sets.flatMap(({ x }) => [...x]));
  expect(Math.abs(inputs.mean)).toBeLessThan(0.03);
  expect(inputs.variance).toBeCloseTo(1, 1);
  const map = spread(sets.flatMap(({ A }) => [...A])); // 300 entries: standard errors .06 and .08
  expect(Math.abs(map.mean)).toBeLessThan(0.25);
  expect(Math.abs(map.variance - 1)).toBeLessThan(0.3);
});

it('is the same for a seed, and another for another', () => {
  expect(draw(3)).toEqual(draw(3));
  expect(draw(4).x).not.toEqual(draw(3).x);
  expect([...draw(3).A]).not.toEqual([...draw(3).x.subarray(0, 100)]);
});
