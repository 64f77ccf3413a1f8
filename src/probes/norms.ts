/** Norms and products of gradients on the device: of one network, or of several that the first axis numbers. */
import { type Attribute, execute1 } from '../engine/backend';
import { constant } from '../engine/constant';
import { reduce } from '../engine/reduce';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';

const T: Record<string, Attribute> = { T: { type: 'float32' } };

/** How tensors are measured. */
export interface Measures {
  /** Half the sum of squares. */
  halfSquare: (x: Tensor) => Tensor;
  /** Sum of the elementwise product. */
  dot: (a: Tensor, b: Tensor) => Tensor;
}

/** Sums over the axes from `first` on. */
function sumFrom(first: number, x: Tensor): Tensor {
  const axes = Array.from({ length: x.rank - first }, (_, i) => first + i);
  return reduce('Sum', x, axes, { keep: false });
}

/** Of one network: the whole tensor -> []. */
export const oneNetwork: Measures = {
  halfSquare: (x) => execute1('L2Loss', [x], T),
  dot: (a, b) => sumFrom(0, tf.mul(a, b)),
};

/** Of each of several networks: [s, ...] -> [s]. */
export const eachNetwork: Measures = {
  halfSquare: (x) => tf.mul(sumFrom(1, execute1('Square', [x], T)), constant(0.5)),
  dot: (a, b) => sumFrom(1, tf.mul(a, b)),
};

/** Half the sum of squares of each tensor of a record. */
export function halfSquares(tensors: Tensors, { halfSquare }: Measures = oneNetwork): Tensors {
  const result: Tensors = {};
  for (const name in tensors) result[name] = halfSquare(tensors[name]!);
  return result;
}

/** Values of tensors [] or [s] by name, as they were read. */
export type Numbers = Record<string, Float32Array>;

/** A network's l2 norm of each tensor and of all of them together, from `halfSquares`; float32, as the device computes. */
export function norms(
  halves: Numbers,
  network: number,
): { each: Record<string, number>; all: number } {
  const each: Record<string, number> = {};
  let squares = 0;
  for (const name in halves) {
    const square = 2 * halves[name]![network]!;
    each[name] = Math.fround(Math.sqrt(square));
    squares += square;
  }
  return { each, all: Math.fround(Math.sqrt(squares)) };
}
