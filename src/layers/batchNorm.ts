/**
 * Batch normalisation (Ioffe & Szegedy 2015; the paper's section 1 and Fact C.1).
 *
 * For each channel j, over the batch and, after a convolution, height and width (together m values y_j):
 *   yhat_j = (y_j - mu_j) / sqrt(sigma_j^2 + epsilon),   z_j = gamma_j yhat_j + beta_j
 * with mu_j and sigma_j^2 the batch's own mean and (uncorrected, 1/m) variance while training, and running averages of
 * them in evaluation. The gradient goes through mu_j and sigma_j too:
 *   dL/dy_j = gamma_j / sigma_j * P dL/dz_j,   P = I - 1 1^T / m - yhat_j yhat_j^T / m,
 * which removes the gradient's mean and its component along yhat_j: the source of everything section 4 of the paper
 * proves. Both directions are one TensorFlow kernel each.
 */
import { constant } from '../engine/constant';
import { reshape, rsqrt } from '../engine/elementary';
import { fusedBatchNorm } from '../engine/fusedBatchNorm';
import { type Tensor, tf } from '../engine/tf';

/** Running averages of the batch statistics, [channels] each. */
export interface BatchNormStatistics {
  mean: Tensor;
  /** Average of the batch variance with Bessel's correction, as in PyTorch and TensorFlow. */
  variance: Tensor;
}

export interface BatchNormOptions {
  /** Scale [channels]; 1 where it is left out. */
  gamma?: Tensor;
  /** Shift [channels]; 0 where it is left out. */
  beta?: Tensor;
  /** Added to the variance, in the square root. */
  epsilon?: number;
  /** Normalise by the batch's own statistics (true) or by the running averages (false). */
  training?: boolean;
  /** Move the running averages; probes and trial steps leave them alone. Ignored in evaluation mode. */
  updateStatistics?: boolean;
  /** Weight of the new batch in the running averages (PyTorch's convention). */
  momentum?: number;
}

/**
 * Normalises x, [n, c] or [n, h, w, c], per channel; returns the output of x's shape and the running averages after
 * the step (the same tensors where they did not move). A pure function: it changes nothing it is given.
 */
export function batchNorm(
  x: Tensor,
  statistics: BatchNormStatistics,
  {
    gamma,
    beta,
    epsilon = 1e-5,
    training = true,
    updateStatistics = training,
    momentum = 0.1,
  }: BatchNormOptions = {},
): { y: Tensor; statistics: BatchNormStatistics } {
  const channels = x.shape.at(-1)!;
  const scale = gamma ?? constant(new Array<number>(channels).fill(1));
  const shift = beta ?? constant(new Array<number>(channels).fill(0));
  if (!training) return { y: evaluate(x, statistics, scale, shift, epsilon), statistics };

  const image = x.rank === 4 ? x : reshape(x, [x.shape[0], 1, 1, channels]); // [n, h, w, c]
  const moving = updateStatistics ? { ...statistics, momentum } : undefined;
  const { y, mean, variance } = fusedBatchNorm(image, scale, shift, { epsilon, moving });
  return {
    y: x.rank === 4 ? y : reshape(y, x.shape),
    statistics: updateStatistics ? { mean, variance } : statistics,
  };
}

/** (x - mean) * gamma / sqrt(variance + epsilon) + beta, as one multiplication and one addition per element. */
function evaluate(
  x: Tensor,
  { mean, variance }: BatchNormStatistics,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): Tensor {
  const factor = tf.mul(gamma, rsqrt(tf.add(variance, constant(epsilon)))); // [c]
  return tf.add(tf.mul(x, factor), tf.sub(beta, tf.mul(mean, factor)));
}
