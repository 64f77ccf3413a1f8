/** Norms and products of gradients on the device. */
import { halfSquare, sumOver } from '../engine/elementary';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';

/** Sum of the elementwise product, []. */
export const sumOfProduct = (a: Tensor, b: Tensor): Tensor =>
  sumOver(tf.mul(a, b), [...a.shape.keys()], { keep: false });

/** Half the sum of squares of each tensor of a record. */
export function halfSquares(tensors: Tensors): Tensors {
  const result: Tensors = {};
  for (const name in tensors) result[name] = halfSquare(tensors[name]!);
  return result;
}

/** The l2 norm of each tensor and of all of them together, from `halfSquares` as they were read; float32, as the device computes. */
export function norms(halves: Record<string, number>): {
  each: Record<string, number>;
  all: number;
} {
  const each: Record<string, number> = {};
  let squares = 0;
  for (const name in halves) {
    const square = 2 * halves[name]!;
    each[name] = Math.fround(Math.sqrt(square));
    squares += square;
  }
  return { each, all: Math.fround(Math.sqrt(squares)) };
}
