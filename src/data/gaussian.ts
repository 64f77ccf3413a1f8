/** The data of the deep linear network (App. A.1): Gaussian inputs x and targets A x of one random linear map A. */
import { execute1 } from '../engine/backend';
import { type Tensor, tf } from '../engine/tf';
import { streamKey } from '../random/streams';

export interface GaussianDataOptions {
  /** One data set each; it is the seed's stream `data`. */
  seeds: readonly number[];
  /** Number of inputs and of outputs of the map. */
  size: number;
  samples: number;
}

/** Data sets on the device, [seeds, size, samples] both: a column is a sample. */
export type GaussianData = { x: Tensor; target: Tensor };

/** Standard normal numbers from TensorFlow's counter-based generator. */
const normal = (shape: number[], key: Int32Array): Tensor =>
  execute1('StatelessRandomNormal', [tf.tensor1d(shape, 'int32'), tf.tensor1d(key, 'int32')], {
    dtype: { type: 'float32' },
    T: { type: 'int32' },
    Tseed: { type: 'int32' },
  });

/** Draws the data sets of some seeds; a seed's numbers do not depend on the others. The caller disposes. */
export function gaussianData({ seeds, size, samples }: GaussianDataOptions): GaussianData {
  return tf.tidy(() => {
    const sets = seeds.map((seed) => {
      const x = normal([size, samples], streamKey(seed, 'data', 0));
      const A = normal([size, size], streamKey(seed, 'data', 1));
      return { x, target: tf.matMul(A, x) };
    });
    return {
      x: tf.stack(sets.map(({ x }) => x)),
      target: tf.stack(sets.map(({ target }) => target)),
    };
  });
}
