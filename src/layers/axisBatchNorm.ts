/**
 * Batch normalisation over any one axis, by the batch's own statistics (the paper's Fact C.1): what src/layers/batchNorm.ts
 * does by TensorFlow's fused kernel, which knows only channels in the last axis.
 *   yhat = (x - mu) / sqrt(sigma^2 + epsilon),   z = gamma yhat + beta
 *   dL/dx = gamma / sqrt(sigma^2 + epsilon) (dL/dz - mean(dL/dz) - yhat mean(yhat dL/dz))
 */
import { execute1 } from '../engine/backend';
import { constant } from '../engine/constant';
import { differentiable } from '../engine/gradients';
import { reduce } from '../engine/reduce';
import { type Tensor, tf } from '../engine/tf';

export interface AxisBatchNormOptions {
  /** Scale, of x's shape with 1 at `axis`. */
  gamma: Tensor;
  /** Shift, of the same shape. */
  beta: Tensor;
  /** The axis of the batch. */
  axis: number;
  /** Added to the variance, in the square root. */
  epsilon?: number;
}

const unary = (name: 'Square' | 'Rsqrt', x: Tensor): Tensor =>
  execute1(name, [x], { T: { type: 'float32' } });

/** Normalises x along `axis`, and differentiates through mean and variance. A unit whose values are all equal gives beta. */
export function axisBatchNorm(
  x: Tensor,
  { gamma, beta, axis, epsilon = 1e-5 }: AxisBatchNormOptions,
): Tensor {
  return differentiable(
    { x, gamma, beta },
    (save) => {
      const centred = tf.sub(x, reduce('Mean', x, [axis]));
      const variance = reduce('Mean', unary('Square', centred), [axis]);
      const inverse = unary('Rsqrt', tf.add(variance, constant(epsilon)));
      const yhat = tf.mul(centred, inverse);
      save(gamma, inverse, yhat);
      return tf.add(tf.mul(yhat, gamma), beta);
    },
    (dz, saved) => {
      const [gamma, inverse, yhat] = saved as [Tensor, Tensor, Tensor];
      const dbeta = reduce('Sum', dz, [axis]);
      const dgamma = reduce('Sum', tf.mul(dz, yhat), [axis]);
      return {
        x: () => {
          const share = constant(1 / yhat.shape[axis]!); // 1 / m
          const past = tf.add(tf.mul(dbeta, share), tf.mul(yhat, tf.mul(dgamma, share)));
          return tf.mul(tf.sub(dz, past), tf.mul(gamma, inverse));
        },
        gamma: () => dgamma,
        beta: () => dbeta,
      };
    },
  );
}
