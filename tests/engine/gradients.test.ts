/** valueAndGradients and differentiable: what is computed, what is kept, and what a failure leaves behind. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { backend } from '../../src/engine/backend';
import { reshape } from '../../src/engine/elementary';
import { differentiable, valueAndGradients } from '../../src/engine/gradients';
import { matMul, relu } from '../../src/engine/ops';
import { type Tensor, tf } from '../../src/engine/tf';
import { disposeTree } from '../../src/engine/tree';
import { toBeAllClose } from '../support/allclose';
import { tensorCounts } from './counts';

let a: Tensor;
let b: Tensor;
let before: ReturnType<typeof tensorCounts>;

beforeEach(() => {
  a = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  b = tf.tensor2d([-1, 0.5, 2, 1], [2, 2]);
  backend().getInputTensorIds([a, b]); // uploads them
  before = tensorCounts();
});
afterEach(() => {
  expect(tensorCounts()).toEqual(before);
  tf.dispose([a, b]);
});

describe('valueAndGradients', () => {
  it('returns loss, gradients by name and auxiliary results, and nothing else', () => {
    const result = valueAndGradients(
      () => {
        const product = matMul(a, b);
        return { loss: tf.sum(product), aux: { product, nested: { rows: tf.sum(product, 1) } } };
      },
      { first: a, second: b },
    );
    expect(Object.keys(result.gradients)).toEqual(['first', 'second']);
    expect(tf.memory().numTensors - before.tensors).toBe(5);
    expect(result.loss.dataSync()[0]).toBe(16);
    toBeAllClose(result.gradients.first!.dataSync(), [-0.5, 3, -0.5, 3]);
    toBeAllClose(result.gradients.second!.dataSync(), [4, 4, 6, 6]);
    toBeAllClose(result.aux.product.dataSync(), [3, 2.5, 5, 5.5]);
    toBeAllClose(result.aux.nested.rows.dataSync(), [5.5, 10.5]);
    disposeTree(result);
  });

  it('adds up the gradients of several paths, auxiliary results not among them', () => {
    const result = valueAndGradients(
      () => ({ loss: tf.sum(tf.add(matMul(a, a), relu(a))), aux: { other: matMul(a, b) } }),
      { a },
    );
    // d/dA sum(A A) = row sums + column sums; relu adds 1.
    toBeAllClose(result.gradients.a!.dataSync(), [3 + 4 + 1, 7 + 4 + 1, 3 + 6 + 1, 7 + 6 + 1]);
    disposeTree(result);
  });

  it('runs inside the value of another gradient', () => {
    const outer = tf.tidy(() =>
      tf.grad((x: Tensor) => {
        const inner = valueAndGradients(() => ({ loss: tf.sum(matMul(x, b)), aux: {} }), { x });
        return tf.add(inner.loss, tf.sum(tf.mul(x, x)));
      })(a),
    );
    toBeAllClose(outer.dataSync(), [-0.5 + 2, 3 + 4, -0.5 + 6, 3 + 8]);
    outer.dispose();
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'a parameter that the loss does not depend on',
      () =>
        valueAndGradients(() => ({ loss: tf.sum(relu(a)), aux: { y: relu(b) } }), {
          weights: a,
          unused: b,
        }),
      /^the loss does not depend on unused$/,
    ],
    [
      'a loss that is no scalar',
      () => valueAndGradients(() => ({ loss: relu(a), aux: {} }), { a }),
      /^the loss must be a scalar, but has shape \[2, 2\]$/,
    ],
    [
      'an error in the forward pass',
      () =>
        valueAndGradients(
          () => {
            const loss = tf.sum(matMul(relu(a), b));
            if (loss.rank === 0) throw new Error('forward');
            return { loss, aux: {} };
          },
          { a },
        ),
      /^forward$/,
    ],
    [
      'an error in the backward pass',
      () =>
        valueAndGradients(
          () => {
            const y = differentiable(
              { a },
              (save) => {
                save(a);
                return tf.add(a, b);
              },
              () => ({
                a: () => {
                  throw new Error('backward');
                },
              }),
            );
            return { loss: tf.sum(matMul(y, relu(a))), aux: { y } };
          },
          { a },
        ),
      /^backward$/,
    ],
  ])('frees everything after %s', (_, run, message) => {
    expect(run).toThrow(message);
    expect(tf.engine().state.gradientDepth).toBe(0);
    // The next gradient is right and leaves nothing behind either.
    const next = valueAndGradients(() => ({ loss: tf.sum(relu(a)), aux: {} }), { a });
    toBeAllClose(next.gradients.a!.dataSync(), [1, 1, 1, 1]);
    disposeTree(next);
  });

  it('leaves the tape of an enclosing gradient alone when it fails', () => {
    const gradient = tf.tidy(() =>
      tf.grad((x: Tensor) => {
        const y = tf.mul(x, x);
        expect(() => valueAndGradients(() => ({ loss: relu(x), aux: {} }), { x })).toThrow(
          'scalar',
        );
        return tf.sum(y);
      })(a),
    );
    toBeAllClose(gradient.dataSync(), [2, 4, 6, 8]);
    gradient.dispose();
  });
});

describe('differentiable', () => {
  it('computes only the gradients that are asked for', () => {
    const gradientOfA = vi.fn((dy: Tensor) => dy.clone());
    const gradientOfB = vi.fn((dy: Tensor) => dy.clone());
    const sum = (x: Tensor, y: Tensor) =>
      differentiable(
        { x, y },
        () => tf.add(x, y),
        (dy) => ({ x: () => gradientOfA(dy), y: () => gradientOfB(dy) }),
      );
    disposeTree(valueAndGradients(() => ({ loss: tf.sum(sum(a, b)), aux: {} }), { a }));
    expect(gradientOfA).toHaveBeenCalledTimes(1);
    expect(gradientOfB).not.toHaveBeenCalled();
  });

  it('saves nothing outside of a gradient', () => {
    tf.dispose(tf.tidy(() => relu(reshape(matMul(a, b), [4]))));
  });
});
