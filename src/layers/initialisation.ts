/** Random initial weights, drawn by TensorFlow's counter-based generator: the same key, the same weights. */
import { randomNormal, randomUniform } from '../engine/elementary';
import { type Tensor, tf } from '../engine/tf';
import { initialDistribution, type InitialisationName } from '../random/initialValues';

/**
 * Initial weights of shape [..., in, out] (dense or convolution kernel); the fans count the kernel's window.
 * `key` is an int32 pair from src/random/streams.ts. The caller disposes.
 */
export function initialWeights(
  name: InitialisationName,
  shape: readonly number[],
  key: Int32Array,
): Tensor {
  const window = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  const fans = { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
  const distribution = initialDistribution(name, fans);
  return tf.tidy(() => {
    const place = tf.tensor1d(key, 'int32');
    if ('deviation' in distribution) {
      return randomNormal(shape, place).mul(distribution.deviation);
    }
    const { limit } = distribution;
    return randomUniform(shape, place)
      .mul(2 * limit)
      .sub(limit); // [0, 1) -> [-limit, limit)
  });
}
