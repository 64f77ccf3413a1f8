/** What the tests of compiled steps ask the native library. */
import { backend } from '../../src/engine/backend';
import { tf } from '../../src/engine/tf';

interface Counting {
  getNumOfTensors(): number;
}

/** Whether this engine has compiled steps at all; TensorFlow.js's own prebuilt one has none. */
export const hasFunctions = (): boolean => backend().binding.executeFunction !== undefined;

/** How many tensors there are, for TensorFlow.js and for the native library: tests compare before and after. */
export function tensorCounts(): { tensors: number; native: number } {
  const { binding } = backend() as unknown as { binding: Counting };
  return { tensors: tf.memory().numTensors, native: binding.getNumOfTensors() };
}
