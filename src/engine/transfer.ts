/** Between JavaScript arrays and tensors on the device. */
import type { NamedArray } from '../system/namedArray';
import { backend } from './backend';
import { type Tensor, tf } from './tf';
import type { Tensors } from './tree';

/** Bytes as a uint8 tensor, a type that TensorFlow.js itself cannot make (it calls it int32). */
export function uint8Tensor(values: Uint8Array, shape: number[]): Tensor {
  const node = backend();
  const { binding } = node;
  const id = binding.createTensor(shape, binding.TF_UINT8, values);
  return node.createOutputTensor({ id, shape, dtype: binding.TF_UINT8 });
}

/** Copies of a record's values, named `prefix/name`. */
export const download = (tensors: Tensors, prefix: string): NamedArray[] =>
  Object.entries(tensors).map(([name, tensor]) => ({
    name: `${prefix}/${name}`,
    shape: tensor.shape,
    dtype: tensor.dtype as 'float32' | 'int32',
    values: tensor.dataSync<'float32' | 'int32'>(),
  }));

/** The record whose values `download` took under `prefix`. */
export function upload(arrays: readonly NamedArray[], prefix: string): Tensors {
  const result: Tensors = {};
  for (const { name, shape, dtype, values } of arrays)
    if (name.startsWith(`${prefix}/`) && dtype !== 'float64')
      result[name.slice(prefix.length + 1)] = tf.tensor(values, shape, dtype);
  return result;
}
