/**
 * The paper's l1, l2 and l-infinity normalisations (section 3.3): "fix the first order moment of the activations, as
 * BatchNorm does, and then normalize them by the average of their lp-norm (before shifting the mean)".
 *
 * For each channel, over the m values of the batch (and height and width):
 *   u = (y - mean(y)) / N_p(y),   z = gamma u + beta
 *   N_1 = mean |y|,   N_2 = sqrt(mean y^2),   N_inf = max |y|
 * The paper gives no formula; N_p is read as the norm of the un-centred values, averaged over m where p is finite.
 */
import { constant } from '../engine/constant';
import {
  abs,
  cast,
  countOver,
  divideOrZero,
  maxOver,
  meanOver,
  rawReshape,
  sign,
  sqrt,
  square,
  sumOver,
} from '../engine/elementary';
import { adopt, differentiable } from '../engine/gradients';
import { type Tensor, tf } from '../engine/tf';

export type LpNormOrder = 1 | 2 | 'infinity';

export interface LpNormOptions {
  order: LpNormOrder;
  /** Scale, of a shape that broadcasts against x, such as [channels]. */
  gamma: Tensor;
  /** Shift, of the same shape. */
  beta: Tensor;
}

/** Added to the divisor, so that a channel of zeros gives zeros. */
const epsilon = 1e-5;

/** What was divided by and subtracted, with x's rank and ones for the batch axes; not differentiated. */
export interface LpNormResult {
  y: Tensor;
  mean: Tensor;
  norm: Tensor;
}

function normOf(x: Tensor, order: LpNormOrder, axes: number[]): Tensor {
  if (order === 1) return meanOver(abs(x), axes);
  if (order === 2) return sqrt(meanOver(square(x), axes));
  return maxOver(abs(x), axes);
}

/**
 * `factor`, of the norm's shape, times the derivative of the norm by each value of x; where several share the maximum,
 * they share its derivative.
 */
function timesNormGradient(
  factor: Tensor,
  { x, norm, order, axes }: { x: Tensor; norm: Tensor; order: LpNormOrder; axes: number[] },
): Tensor {
  const share = tf.mul(factor, constant(1 / countOver(x, axes)));
  if (order === 1) return tf.mul(sign(x), share);
  if (order === 2) return tf.mul(x, divideOrZero(share, norm)); // 0 where all values are 0
  const isMaximum = cast(tf.equal(abs(x), norm), 'bool');
  const each = tf.div(factor, sumOver(isMaximum, axes));
  return tf.mul(tf.mul(sign(x), isMaximum), each);
}

/** Sums a gradient to the shape of a parameter that was broadcast. */
function sumTo(parameter: Tensor, gradient: Tensor): Tensor {
  const shape = [...new Array<number>(gradient.rank - parameter.rank).fill(1), ...parameter.shape];
  const axes = shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const summed = axes.length ? sumOver(gradient, axes) : gradient;
  return rawReshape(summed, parameter.shape);
}

/** Normalises x by the batch's own mean and norm, and differentiates through both. x: [..., c] -> the same shape. */
export function lpNorm(x: Tensor, { order, gamma, beta }: LpNormOptions): LpNormResult {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis); // of the batch
  const kept: Tensor[] = [];
  const y = differentiable(
    { x, gamma, beta },
    (save) => {
      const mean = meanOver(x, axes);
      const norm = normOf(x, order, axes);
      const divisor = tf.add(norm, constant(epsilon));
      const u = tf.div(tf.sub(x, mean), divisor);
      save(x, gamma, beta, norm, divisor, u);
      kept.push(tf.keep(mean), tf.keep(norm));
      return tf.add(tf.mul(u, gamma), beta);
    },
    (dy, saved) => {
      const [x, gamma, beta, norm, divisor, u] = saved as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const byBeta = sumOver(dy, axes);
      const byGamma = sumOver(tf.mul(dy, u), axes);
      return {
        x: () => {
          // Past the mean, and past the norm: <dz, u> dN/dy.
          const throughMean = tf.mul(byBeta, constant(1 / countOver(x, axes)));
          const throughNorm = timesNormGradient(byGamma, { x, norm, order, axes });
          const rest = tf.sub(dy, tf.add(throughMean, throughNorm));
          return tf.mul(rest, tf.div(gamma, divisor));
        },
        gamma: () => sumTo(gamma, byGamma),
        beta: () => sumTo(beta, byBeta),
      };
    },
  );
  const [mean, norm] = kept.map(adopt) as [Tensor, Tensor];
  return { y, mean, norm };
}

/** Normalises x by given averages of mean and norm, as evaluation does; not made to be differentiated. */
export function lpNormBy(
  x: Tensor,
  { mean, norm, gamma, beta }: { mean: Tensor; norm: Tensor; gamma: Tensor; beta: Tensor },
): Tensor {
  const u = tf.div(tf.sub(x, mean), tf.add(norm, constant(epsilon)));
  return tf.add(tf.mul(u, gamma), beta);
}
