/** The landscape probe against a naive one on copies of the weights in JavaScript. */
import { describe, expect, it } from 'vitest';

import { tf } from '../../src/engine/tf';
import type { Tensors } from '../../src/engine/tree';
import type { NormalisationName } from '../../src/layers/normalisation';
import { landscapeColumns, makeLandscape } from '../../src/probes/landscape';
import { learningRate, sample, stateOf } from './sample';

const etas = [0.05, 0.1, 0.2, 0.4];

describe.each([
  ['none', 0],
  ['batch', 0.01],
  ['noisyBatch', 0],
  ['linf', 0],
] as [NormalisationName, number][])('landscape of %s, l2 %f', (normalisation, l2) => {
  const { steps, input, gradients } = sample(normalisation, l2);
  const names = Object.keys(input.parameters);
  const columns = landscapeColumns(names);
  const values = (tensors: Tensors) => names.map((name) => tensors[name]!.dataSync<'float32'>());
  const rows = makeLandscape(steps.functions.gradient)(7, { ...input, gradients }, etas);

  it('equals the gradient of displaced copies', () => {
    const [weights, g] = [values(input.parameters), values(gradients)];
    etas.forEach((eta, k) => {
      const moved: Tensors = {};
      names.forEach((name, i) => {
        const copy = weights[i]!.map((w, j) => w - Math.fround(eta) * g[i]![j]!);
        moved[name] = tf.tensor(copy, input.parameters[name]!.shape);
      });
      const at = steps.functions.gradient({ ...input, parameters: moved });
      const changes = values(at.gradients).map((after, i) =>
        Math.sqrt(after.reduce((sum, v, j) => sum + (v - g[i]![j]!) ** 2, 0)),
      );
      const norm = Math.sqrt(g.flatMap((v) => [...v]).reduce((sum, v) => sum + v * v, 0));
      const row = Object.fromEntries(columns.map((name, i) => [name, rows[k]![i]!]));
      const close = (actual: number, expected: number) =>
        expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-4 * Math.abs(expected) + 1e-6);
      expect([row.step, row.eta]).toEqual([7, eta]);
      close(row.loss!, at.loss.dataSync()[0]!);
      close(row.penalty!, at.penalty.dataSync()[0]!);
      close(row.gradientNorm!, norm);
      close(row.distance!, eta * norm);
      close(row.gradientChange!, Math.hypot(...changes));
      names.forEach((name, i) => close(row[`change.${name.replace('/', '.')}`]!, changes[i]!));
    });
  });

  it('at one learning rate ends where the training step does', () => {
    const step = steps.train({ ...input, learningRate: tf.scalar(learningRate) });
    const { parameters } = step;
    const there = steps.gradient({ ...input, parameters });
    expect(rows[1]![columns.indexOf('loss')]).toBe(there.loss.dataSync()[0]);
  });

  it('leaves the state and no tensors behind', () => {
    const before = stateOf(input);
    const probe = makeLandscape(steps.functions.gradient);
    const count = tf.memory().numTensors;
    expect(probe(7, { ...input, gradients }, etas)).toEqual(rows);
    expect(tf.memory().numTensors).toBe(count);
    expect(stateOf(input)).toEqual(before);
  });

  it('writes rows, not errors, where the loss overflows', () => {
    const [row] = makeLandscape(steps.functions.gradient)(0, { ...input, gradients }, [1e30]);
    expect(row).toHaveLength(columns.length);
    if (normalisation === 'none')
      expect(Number.isFinite(row![columns.indexOf('loss')])).toBe(false);
  });
});
