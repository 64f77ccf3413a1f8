import { afterEach, describe, expect, it } from 'vitest';

import { type Tensor, tf } from '../../src/engine/tf';
import { axisBatchNorm } from '../../src/layers/axisBatchNorm';
import { batchNorm } from '../../src/layers/batchNorm';

afterEach(() => tf.disposeVariables());

/** Value and gradients of sum(f(x, gamma, beta) * weight). */
function gradients(
  f: (x: Tensor, gamma: Tensor, beta: Tensor) => Tensor,
  inputs: Tensor[],
  weight: Tensor,
): number[][] {
  const value = f(...(inputs as [Tensor, Tensor, Tensor]));
  const parts = tf.grads((...given: Tensor[]) =>
    tf.sum(tf.mul(f(...(given as [Tensor, Tensor, Tensor])), weight)),
  )(inputs);
  return [value, ...parts].map((tensor) => [...tensor.dataSync()]);
}

describe('axisBatchNorm', () => {
  it('is the fused batch norm along another axis, values and gradients', () => {
    tf.tidy(() => {
      const [n, c] = [12, 3];
      const x = tf.add(tf.mul(tf.randomNormal([n, c], 0, 1, 'float32', 1), [1, 3, 0.1]), [5, 0, 1]);
      const [gamma, beta] = [tf.tensor1d([1, -2, 0.5]), tf.tensor1d([0, 1, 3])];
      const weight = tf.randomNormal([n, c], 0, 1, 'float32', 2);
      const statistics = { mean: tf.zeros([c]), variance: tf.ones([c]) };
      const fused = gradients(
        (x, gamma, beta) => tf.transpose(batchNorm(x, statistics, { gamma, beta }).y),
        [x, gamma, beta],
        tf.transpose(weight),
      );
      const along = gradients(
        (x, gamma, beta) => axisBatchNorm(x, { gamma, beta, axis: 1 }),
        [tf.transpose(x), tf.reshape(gamma, [c, 1]), tf.reshape(beta, [c, 1])],
        tf.transpose(weight),
      );
      const transposed = tf.transpose(tf.tensor2d(fused[1]!, [n, c])).dataSync();
      const expected = [fused[0]!, [...transposed], fused[2]!, fused[3]!];
      along.forEach((values, i) =>
        values.forEach((v, k) => expect(v).toBeCloseTo(expected[i]![k]!, 4)),
      );
    });
  });

  it('gives beta where all values are equal', () => {
    tf.tidy(() => {
      const y = axisBatchNorm(tf.fill([2, 4], 7), {
        gamma: tf.ones([2, 1]),
        beta: tf.tensor2d([3, -1], [2, 1]),
        axis: 1,
      });
      expect([...y.dataSync()]).toEqual([3, 3, 3, 3, -1, -1, -1, -1]);
    });
  });
});
