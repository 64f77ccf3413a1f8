/** Sums, means and maxima over axes, by one native op each; not differentiated here. */
import { execute1 } from './backend';
import { constant } from './constant';
import type { Tensor } from './tf';

export interface ReduceOptions {
  /** Keep the reduced axes as ones. */
  keep?: boolean;
}

/** Reduces x over `axes`. */
export const reduce = (
  name: 'Mean' | 'Sum' | 'Max',
  x: Tensor,
  axes: number[],
  { keep = true }: ReduceOptions = {},
): Tensor =>
  execute1(name, [x, constant(axes, 'int32')], {
    T: { type: 'float32' },
    Tidx: { type: 'int32' },
    keep_dims: { bool: keep },
  });
