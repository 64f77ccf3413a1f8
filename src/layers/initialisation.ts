/** Random initial weights, drawn by TensorFlow's counter-based generator: the same key, the same weights. */
import { execute1 } from '../engine/backend';
import { type Tensor, tf } from '../engine/tf';

/**
 * - glorotUniform (the paper's, App. A.1): U(-a, a), a = sqrt(6 / (fanIn + fanOut))
 * - glorotNormal: N(0, 2 / (fanIn + fanOut))
 * - heNormal: N(0, 2 / fanIn), made for ReLU networks
 */
export type InitialisationName = 'glorotUniform' | 'glorotNormal' | 'heNormal';

export const initialisations: readonly InitialisationName[] = [
  'glorotUniform',
  'glorotNormal',
  'heNormal',
];

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
  const fanIn = window * shape.at(-2)!;
  const fanOut = window * shape.at(-1)!;
  const uniform = name === 'glorotUniform';
  return tf.tidy(() => {
    const unit = execute1(
      uniform ? 'StatelessRandomUniform' : 'StatelessRandomNormal',
      [tf.tensor1d([...shape], 'int32'), tf.tensor1d(key, 'int32')],
      { dtype: { type: 'float32' }, T: { type: 'int32' }, Tseed: { type: 'int32' } },
    );
    if (uniform) {
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      return unit.mul(2 * limit).sub(limit); // [0, 1) -> [-limit, limit)
    }
    return unit.mul(Math.sqrt(2 / (name === 'heNormal' ? fanIn : fanIn + fanOut)));
  });
}
