/**
 * Operations on several networks at once, numbered by the first axis of every tensor. With src/engine/ops.ts: native
 * ops, each with a gradient that makes nothing in JavaScript.
 */
import { type Attribute, execute, execute1 } from './backend';
import { constant } from './constant';
import { differentiable } from './gradients';
import { differentiableProduct } from './ops';
import { reduce } from './reduce';
import type { Tensor } from './tf';

const T: Record<string, Attribute> = { T: { type: 'float32' } };

/** a [s, n, k] times b [s, k, m] -> [s, n, m], network by network. */
export const batchMatMul = differentiableProduct((a, b, transposeA = false, transposeB = false) => {
  const attributes = { adj_x: { bool: transposeA }, adj_y: { bool: transposeB } };
  return execute1('BatchMatMulV2', [a, b], { ...T, ...attributes });
});

/** Sum of all elements of x [s] -> []. */
export function sumOfVector(x: Tensor): Tensor {
  const { size } = x;
  return differentiable(
    { x },
    () => reduce('Sum', x, [0], { keep: false }),
    (dy) => ({
      x: () =>
        execute1('Fill', [constant([size], 'int32'), dy], { ...T, index_type: { type: 'int32' } }),
    }),
  );
}

/** The `count` slices of x [s, count, ...] along the second axis: [s, ...] each. Not differentiated. */
export const unpack = (x: Tensor, count: number): Tensor[] =>
  execute('Unpack', [x], { ...T, num: { int: count }, axis: { int: 1 } }, count);

/** The inverse of `unpack`. Not differentiated. */
export const pack = (slices: Tensor[]): Tensor =>
  execute1('Pack', slices, { ...T, N: { int: slices.length }, axis: { int: 1 } });
