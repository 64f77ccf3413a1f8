/**
 * The noise of "noisy" batch normalisation (Algorithm 1, App. A.2.1). At every step, in every layer, each channel j draws
 * the parameters of a distribution, and each activation draws from it:
 *   mu_j ~ U(-shift, shift)         sigma_j ~ U(1, scale)
 *   m_ij ~ U(mu_j - spread, mu_j + spread)   s_ij ~ N(sigma_j, spread)
 *   a_ij <- s_ij a_ij + m_ij
 * The draws are constants to the gradient. They come from TensorFlow's counter-based generator: the same key, the same
 * noise, whatever was drawn before, op by op or compiled, on CPU and GPU. XLA is the exception: it replaces the generator
 * by its own, so that under XLA the same key gives other numbers of the same distribution, the same at every call.
 */
import { constant } from '../engine/constant';
import { keyAt, randomNormal, randomUniform } from '../engine/elementary';
import { differentiable } from '../engine/gradients';
import { type Tensor, tf } from '../engine/tf';

export interface NoiseOptions {
  /** n_mu of Algorithm 1. */
  shift?: number;
  /** n_sigma of Algorithm 1. */
  scale?: number;
  /** r_mu and r_sigma of Algorithm 1; r_sigma is read as a standard deviation. */
  spread?: number;
}

/** The draws of one layer at one step: factors s and shifts m of x's shape. */
export function drawNoise(
  shape: number[],
  key: Tensor,
  { shift = 0.5, scale = 1.25, spread = 0.1 }: NoiseOptions = {},
): { factors: Tensor; shifts: Tensor } {
  const channels = shape.at(-1)!;
  const uniform = (size: number[], place: number) => randomUniform(size, keyAt(key, place));
  const normal = (size: number[], place: number) => randomNormal(size, keyAt(key, place));
  /** U(low, high) from U(0, 1). */
  const between = (unit: Tensor, low: number, high: number): Tensor =>
    tf.add(tf.mul(unit, constant(high - low)), constant(low));
  const mu = between(uniform([channels], 0), -shift, shift);
  const sigma = between(uniform([channels], 1), 1, scale);
  return {
    shifts: tf.add(between(uniform(shape, 2), -spread, spread), mu),
    factors: tf.add(tf.mul(normal(shape, 3), constant(spread)), sigma),
  };
}

/** How many places of a key's last number one layer's noise takes. */
export const drawsPerLayer = 4;

/** x with the noise of one layer and step; `key` is int32 [2]. */
export function addNoise(x: Tensor, key: Tensor, options: NoiseOptions = {}): Tensor {
  return differentiable(
    { x },
    (save) => {
      const { factors, shifts } = drawNoise(x.shape, key, options);
      save(factors);
      return tf.add(tf.mul(x, factors), shifts);
    },
    (dy, [factors]) => ({ x: () => tf.mul(dy, factors!) }),
  );
}
