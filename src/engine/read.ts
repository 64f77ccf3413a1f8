/** Many small tensors in one transfer: each read of its own would wait for the device. */
import { execute1 } from './backend';
import { type Tensor, tf } from './tf';
import { leaves, type Tree } from './tree';

/** The numbers in a tree of tensors [], in the same structure. */
export type Values<T extends Tree> = T extends Tensor
  ? number
  : { [K in keyof T]: T[K] extends Tree ? Values<T[K]> : never };

/** A list of trees as one. */
export const numbered = <T extends Tree>(trees: readonly T[]): Record<number, T> => ({ ...trees });

/** Reads a tree of float32 tensors []. What it is given stays the caller's. */
export function readTogether<T extends Tree>(tree: T): Values<T> {
  const { tensors } = leaves(tree);
  let values: Float32Array = new Float32Array(0);
  if (tensors.length) {
    const packed = execute1('Pack', tensors, {
      T: { type: 'float32' },
      N: { int: tensors.length },
      axis: { int: 0 },
    });
    values = packed.dataSync<'float32'>();
    packed.dispose();
  }
  let next = 0;
  const copy = (node: Tree): unknown => {
    if (node instanceof tf.Tensor) return values[next++];
    return Object.fromEntries(Object.entries(node).map(([key, each]) => [key, copy(each)]));
  };
  return copy(tree) as Values<T>;
}
