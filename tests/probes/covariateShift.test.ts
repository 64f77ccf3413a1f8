/** Definition 2.1 against a naive version: one full gradient per layer, on a mixed set of parameters. */
import { describe, expect, it } from 'vitest';

import { tf } from '../../src/engine/tf';
import type { Tensors } from '../../src/engine/tree';
import type { NormalisationName } from '../../src/layers/normalisation';
import { covariateShiftColumns, makeCovariateShift } from '../../src/probes/covariateShift';
import { sample, stateOf } from './sample';

const layers = [1, 3, 6];

describe.each([
  ['none', 0],
  ['batch', 0.01],
  ['noisyBatch', 0],
  ['l1', 0],
] as [NormalisationName, number][])('covariate shift of %s, l2 %f', (normalisation, l2) => {
  const { network, steps, input, gradients, next } = sample(normalisation, l2);
  const measure = makeCovariateShift(network, steps.functions, { layers, l2 });
  const given = { ...input, gradients, next };
  const rows = measure(3, given);

  it('equals the gradient at mixed parameters', () => {
    layers.forEach((layer, i) => {
      const name = `conv${layer}/kernel`;
      const isBelow = (key: string) => {
        const number = /^conv(\d+)\//.exec(key)?.[1];
        return number !== undefined && Number(number) < layer;
      };
      const mixed: Tensors = {};
      for (const key in input.parameters)
        mixed[key] = (isBelow(key) ? next : input.parameters)[key]!;
      const after = steps.functions.gradient({ ...input, parameters: mixed });
      const G = gradients[name]!.dataSync<'float32'>();
      const shifted = after.gradients[name]!.dataSync<'float32'>();
      const sum = (f: (a: number, b: number) => number) =>
        G.reduce((total, a, k) => total + f(a, shifted[k]!), 0);
      const [norm, normAfter] = [Math.sqrt(sum((a) => a * a)), Math.sqrt(sum((_, b) => b * b))];
      const expected = [
        Math.sqrt(sum((a, b) => (a - b) ** 2)),
        sum((a, b) => a * b) / norm / normAfter,
        norm,
        normAfter,
      ];
      expect(rows[i]!.slice(0, 2)).toEqual([3, layer]);
      expected.forEach((value, k) =>
        expect(Math.abs(rows[i]![k + 2]! - value)).toBeLessThanOrEqual(1e-4 * norm + 1e-6),
      );
    });
  });

  it('is nil for the first layer, which has none below', () => {
    const [, , l2Difference, cosine, norm] = rows[0]!;
    expect(l2Difference! / norm!).toBeLessThan(1e-5);
    expect(cosine).toBeCloseTo(1, 5);
    expect(rows[1]![2]! / rows[1]![4]!).toBeGreaterThan(1e-3);
  });

  it('has the columns of its table and leaves no trace', () => {
    const before = stateOf(input);
    const count = tf.memory().numTensors;
    expect(measure(3, given)).toEqual(rows);
    expect(rows.map((row) => row.length)).toEqual(layers.map(() => covariateShiftColumns.length));
    expect(tf.memory().numTensors).toBe(count);
    expect(stateOf(input)).toEqual(before);
  });
});
