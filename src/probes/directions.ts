/** Directions in the space of all parameters: at random, of a given length, and sums over all tensors of one. */
import { constant } from '../engine/constant';
import { keyAt, randomNormal } from '../engine/elementary';
import { differentiable } from '../engine/gradients';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';
import { halfSquares, sumOfProduct } from './norms';

/** Independent normal numbers of the shapes of `like`; `key` is int32 [2], the same key gives the same numbers. */
export function randomDirection(like: Tensors, key: Tensor): Tensors {
  const result: Tensors = {};
  Object.keys(like).forEach((name, place) => {
    result[name] = randomNormal(like[name]!.shape, keyAt(key, place));
  });
  return result;
}

const total = (parts: Tensors): Tensor =>
  Object.values(parts).reduce((sum, each) => tf.add(sum, each));

/** The l2 norm over all tensors together, []. */
export const normOf = (direction: Tensors): Tensor =>
  tf.sqrt(tf.mul(total(halfSquares(direction)), constant(2)));

/** Sum of the elementwise product of two tensors, []; differentiable by the first. */
const dot = (a: Tensor, b: Tensor): Tensor =>
  differentiable(
    { a },
    (save) => {
      save(b);
      return sumOfProduct(a, b);
    },
    (dy, [b]) => ({ a: () => tf.mul(dy, b!) }),
  );

/** Sum of the elementwise products over all tensors, []; differentiable by the first. */
export function dotOf(a: Tensors, b: Tensors): Tensor {
  const products: Tensors = {};
  for (const name in a) products[name] = dot(a[name]!, b[name]!);
  return total(products);
}

/** Every tensor times `factor` []. */
export function scaled(direction: Tensors, factor: Tensor): Tensors {
  const result: Tensors = {};
  for (const name in direction) result[name] = tf.mul(direction[name]!, factor);
  return result;
}

/** x + length * direction, tensor by tensor. */
export function moved(x: Tensors, direction: Tensors, length: Tensor): Tensors {
  const result: Tensors = {};
  for (const name in x) result[name] = tf.add(x[name]!, tf.mul(direction[name]!, length));
  return result;
}

/** a - b, tensor by tensor. */
export function differences(a: Tensors, b: Tensors): Tensors {
  const result: Tensors = {};
  for (const name in b) result[name] = tf.sub(a[name]!, b[name]!);
  return result;
}
