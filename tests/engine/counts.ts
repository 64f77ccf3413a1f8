/** How many tensors there are, for TensorFlow.js and for the native library: tests compare before and after. */
import { backend } from '../../src/engine/backend';
import { tf } from '../../src/engine/tf';

interface Counting {
  getNumOfTensors(): number;
}

export function tensorCounts(): { tensors: number; native: number } {
  const { binding } = backend() as unknown as { binding: Counting };
  return { tensors: tf.memory().numTensors, native: binding.getNumOfTensors() };
}
