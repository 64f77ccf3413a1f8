/**
 * Values fixed for ever. A compiled step freezes whatever JavaScript made while it was recorded, so recording
 * refuses all such values except those declared here.
 */
import { type Tensor, tf } from './tf';

const declared = new WeakSet<object>();

/** True for the data of tensors made by `constant`. */
export const isConstant = (dataId: object): boolean => declared.has(dataId);

/**
 * A tensor whose values never change: shapes, axes, factors. Anything that changes between calls of a step
 * (learning rate, step number, keys) must be an input of the step instead.
 */
export function constant(
  values: number | number[],
  dtype: 'float32' | 'int32' = 'float32',
): Tensor {
  const tensor = typeof values === 'number' ? tf.scalar(values, dtype) : tf.tensor1d(values, dtype);
  declared.add(tensor.dataId);
  return tensor;
}
