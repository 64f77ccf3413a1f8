/** TensorFlow.js's own operations in a compiled step: they work, or the refusal says what to use instead. */
import { describe, expect, it } from 'vitest';

import { compile } from '../../src/engine/compile';
import { valueAndGradients } from '../../src/engine/gradients';
import { type Tensor, tf } from '../../src/engine/tf';
import { toBeAllClose } from '../support/allclose';
import { hasFunctions } from './counts';

const values = [1, 2, 3, -4];

/** The gradient of a scalar function of x [2, 2], in a step that is called twice. */
function compiledGradient(f: (x: Tensor) => Tensor): number[][] {
  const step = compile(
    ({ x }: { x: Tensor }) => ({
      x: valueAndGradients(() => ({ loss: f(x), aux: {} }), { x }).gradients.x!,
    }),
    { name: 'plain' },
  );
  return tf.tidy(() => {
    const x = tf.tensor2d(values, [2, 2]);
    const found = [1, 2].map(() => [...step({ x }).x.dataSync()]);
    step.dispose();
    return found;
  });
}

describe.skipIf(!hasFunctions())("the gradient of TensorFlow.js's operations", () => {
  const works: Record<string, [f: (x: Tensor) => Tensor, gradient: number[]]> = {
    'sum of all': [(x) => tf.sum(x), [1, 1, 1, 1]],
    'sum of the last axis': [(x) => tf.sum(tf.square(tf.sum(x, -1))), [6, 6, -2, -2]],
    'mean of a kept axis': [(x) => tf.sum(tf.square(tf.mean(x, [0], true))), [2, -1, 2, -1]],
    'mean of all': [(x) => tf.mean(tf.square(x)), [0.5, 1, 1.5, -2]],
    square: [(x) => tf.sum(tf.square(x)), [2, 4, 6, -8]],
    'square root': [(x) => tf.sum(tf.sqrt(tf.square(x))), [1, 1, 1, -1]],
  };

  it.each(Object.entries(works))('works: %s', (_, [f, gradient]) => {
    for (const found of compiledGradient(f)) toBeAllClose(found, gradient);
  });

  it('is refused with the operation to use instead', () => {
    const message = (f: (x: Tensor) => Tensor): string => {
      try {
        compiledGradient(f);
      } catch (error) {
        return (error as Error).message;
      }
      return 'not refused';
    };
    expect(message((x) => tf.sum(tf.relu(x)))).toMatch(
      /TensorFlow\.js's gradient of Relu, .* at \S+plainGradients\.test\.ts:\d+: use bn\.relu$/,
    );
    expect(message((x) => tf.sum(tf.sigmoid(x)))).toMatch(/gradient of Sigmoid, .*\(square, sqrt,/);
  });
});
