/** The landscape along a random direction against a naive one on copies of the weights in JavaScript. */
import { describe, expect, it } from 'vitest';

import { tf } from '../../src/engine/tf';
import type { Tensors } from '../../src/engine/tree';
import { randomDirection } from '../../src/probes/directions';
import { makeRandomDirections, randomDirectionColumns } from '../../src/probes/randomDirections';
import { sample, stateOf } from './sample';

const etas = [0.05, 0.4];
const key = tf.tensor1d([11, -5], 'int32');
const norm = (values: readonly ArrayLike<number>[]): number =>
  Math.sqrt(values.flatMap((v) => Array.from(v)).reduce((sum, v) => sum + v * v, 0));

describe.each(['none', 'batch', 'noisyBatch'] as const)(
  'along a random direction of %s',
  (name) => {
    const { steps, input, gradients } = sample(name, 0.01);
    const probe = makeRandomDirections(steps.functions.gradient);
    const rows = probe(7, { ...input, gradients, key }, etas);
    const names = Object.keys(input.parameters);
    const values = (tensors: Tensors) => names.map((each) => tensors[each]!.dataSync<'float32'>());

    it('equals loss and gradient of displaced copies', () => {
      const [weights, g, d] = [
        input.parameters,
        gradients,
        randomDirection(input.parameters, key),
      ].map(values);
      const scale = norm(g!) / norm(d!);
      etas.forEach((eta, k) => {
        const moved: Tensors = {};
        names.forEach((each, i) => {
          const copy = weights![i]!.map((w, j) => w + eta * scale * d![i]![j]!);
          moved[each] = tf.tensor(copy, input.parameters[each]!.shape);
        });
        const at = steps.functions.gradient({ ...input, parameters: moved });
        const changes = values(at.gradients).map((after, i) => after.map((v, j) => v - g![i]![j]!));
        const row = Object.fromEntries(
          randomDirectionColumns.map((each, i) => [each, rows[k]![i]!]),
        );
        const close = (actual: number, expected: number) =>
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2e-4 * Math.abs(expected) + 1e-6);
        expect([row.step, row.eta]).toEqual([7, eta]);
        close(row.loss!, at.loss.dataSync()[0]!);
        close(row.penalty!, at.penalty.dataSync()[0]!);
        close(row.gradientNorm!, norm(g!));
        close(row.distance!, eta * norm(g!));
        close(row.gradientChange!, norm(changes));
      });
    });

    it('goes another way for another key, and the same for the same', () => {
      const other = probe(7, { ...input, gradients, key: tf.tensor1d([11, 999], 'int32') }, etas);
      expect(other[0]![2]).not.toBe(rows[0]![2]);
      const count = tf.memory().numTensors;
      const before = stateOf(input);
      expect(probe(7, { ...input, gradients, key }, etas)).toEqual(rows);
      expect(tf.memory().numTensors).toBe(count);
      expect(stateOf(input)).toEqual(before);
    });
  },
);

it('draws normal numbers, others for each tensor', () => {
  const { input } = sample('none');
  const drawn = Object.values(randomDirection(input.parameters, key)).map((each) =>
    each.dataSync(),
  );
  const all = drawn.flatMap((each) => [...each]);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const variance = all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(variance).toBeCloseTo(1, 1);
  expect(new Set(drawn.map(([first]) => first)).size).toBe(drawn.length);
});
