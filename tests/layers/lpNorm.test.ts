/** The lp normalisations against the formula in double precision, and their gradients against finite differences. */
import { describe, expect, it } from 'vitest';

import { valueAndGradients } from '../../src/engine/gradients';
import { tf } from '../../src/engine/tf';
import { lpNorm, lpNormBy, type LpNormOrder } from '../../src/layers/lpNorm';
import { deterministicValues } from '../fixtures/weights';

const orders: LpNormOrder[] = [1, 2, 'infinity'];
const [rows, channels] = [12, 3];
const size = rows * channels;
const epsilon = 1e-5;

interface Given {
  x: number[];
  gamma: number[];
  beta: number[];
}
const given: Given = {
  x: [...deterministicValues(11, size, 2)].map((v) => v + 0.5),
  gamma: [1.5, -0.5, 2],
  beta: [0.25, 1, -2],
};
/** Weights of the scalar that is differentiated. */
const direction = [...deterministicValues(12, size, 1)];

function naive({ x, gamma, beta }: Given, order: LpNormOrder): number[] {
  const y = new Array<number>(size);
  for (let c = 0; c < channels; c++) {
    const values = Array.from({ length: rows }, (_, r) => x[r * channels + c]!);
    const mean = values.reduce((a, b) => a + b) / rows;
    const average = (f: (v: number) => number) => values.reduce((a, v) => a + f(v), 0) / rows;
    const norm =
      order === 1
        ? average(Math.abs)
        : order === 2
          ? Math.sqrt(average((v) => v * v))
          : Math.max(...values.map(Math.abs));
    values.forEach((v, r) => {
      y[r * channels + c] = (gamma[c]! * (v - mean)) / (norm + epsilon) + beta[c]!;
    });
  }
  return y;
}

const tensors = ({ x, gamma, beta }: Given, shape: number[]) => ({
  x: tf.tensor(x, shape),
  gamma: tf.tensor1d(gamma),
  beta: tf.tensor1d(beta),
});

describe.each(orders)('l%s normalisation', (order) => {
  it.each([[[rows, channels]], [[2, 2, 3, channels]]])('has the formula for shape %j', (shape) => {
    const { x, ...affine } = tensors(given, shape);
    const { y } = lpNorm(x, { order, ...affine });
    expect(y.shape).toEqual(shape);
    const expected = naive(given, order);
    y.dataSync().forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 5));
  });

  it('has the gradient of finite differences', () => {
    const parameters = tensors(given, [rows, channels]);
    const { gradients } = valueAndGradients(() => {
      const { y } = lpNorm(parameters.x, { order, ...parameters });
      return { loss: tf.sum(tf.mul(y, tf.tensor2d(direction, [rows, channels]))), aux: {} };
    }, parameters);
    const scalar = (at: Given) =>
      naive(at, order).reduce((sum, v, i) => sum + v * direction[i]!, 0);
    for (const name of ['x', 'gamma', 'beta'] as const) {
      gradients[name]!.dataSync().forEach((slope, i) => {
        const h = 1e-6;
        const moved = (by: number) => ({
          ...given,
          [name]: given[name].map((v, k) => (k === i ? v + by : v)),
        });
        const difference = (scalar(moved(h)) - scalar(moved(-h))) / (2 * h);
        expect(Math.abs(slope - difference)).toBeLessThan(2e-5 * Math.max(1, Math.abs(difference)));
      });
    }
  });

  it('gives finite values and gradients for a channel of zeros', () => {
    const parameters = tensors({ ...given, x: given.x.map((v, i) => (i % channels ? v : 0)) }, [
      rows,
      channels,
    ]);
    const { loss, gradients } = valueAndGradients(() => {
      const { y } = lpNorm(parameters.x, { order, ...parameters });
      return { loss: tf.sum(tf.mul(y, y)), aux: {} };
    }, parameters);
    const all = [loss, ...Object.values(gradients)].flatMap((t) => [...t.dataSync()]);
    expect(all.every(Number.isFinite)).toBe(true);
  });

  it('evaluates by given averages as it trains by its own', () => {
    const { x, ...affine } = tensors(given, [rows, channels]);
    const own = lpNorm(x, { order, ...affine });
    const flat = (t: typeof x) => t.reshape([channels]);
    const by = lpNormBy(x, { mean: flat(own.mean), norm: flat(own.norm), ...affine });
    const values = by.dataSync();
    own.y.dataSync().forEach((v, i) => expect(v).toBeCloseTo(values[i]!, 5));
  });
});
