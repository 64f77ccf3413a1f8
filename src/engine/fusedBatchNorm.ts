/** Batch normalisation in one kernel each way, twice differentiable. */
import { type Attribute, execute, float32 } from './backend';
import { constant } from './constant';
import { meanOver, rsqrt, square, sumOver } from './elementary';
import { adopt, differentiable, differentiableAll } from './gradients';
import { type Tensor, tf } from './tf';

/** Running averages of the batch statistics, [c] each, and the weight of the new batch in them. */
export interface MovingStatistics {
  mean: Tensor;
  variance: Tensor;
  momentum: number;
}

/** Result of `fusedBatchNorm`: with `moving`, mean and variance are its averages after the step, else the batch's. */
export interface FusedBatchNorm {
  y: Tensor;
  mean: Tensor;
  /** With Bessel's correction, m / (m - 1). */
  variance: Tensor;
}

/**
 * The gradient of the gradient, of which TensorFlow has no kernel. With yhat = (x - mu) / s, s^2 = sigma^2 + epsilon, and
 * E the mean over the m values of a channel, the gradient of q = dL/dz is
 *   dx = gamma/s P q,   dgamma = m E[q yhat],   dbeta = m E[q],   P q = q - E[q] - yhat E[q yhat].
 * Given u, a and b, the gradients by dx, dgamma and dbeta, those by q, x and gamma follow from dyhat/dx = P/s and
 * ds/dx = yhat/m.
 */
function secondGradient(
  { q, x, gamma, epsilon }: { q: Tensor; x: Tensor; gamma: Tensor; epsilon: number },
  [u, a, b]: readonly [Tensor, Tensor, Tensor],
): { q: () => Tensor; x: () => Tensor; gamma: () => Tensor } {
  const mean = (each: Tensor): Tensor => meanOver(each, [0, 1, 2]); // [1, 1, 1, c]
  const m = x.size / x.shape.at(-1)!;
  const centred = tf.sub(x, mean(x));
  const variance = mean(square(centred));
  const inverse = rsqrt(tf.add(variance, constant(epsilon))); // 1 / s
  const yhat = tf.mul(centred, inverse);
  const projected = (each: Tensor): Tensor =>
    tf.sub(tf.sub(each, mean(each)), tf.mul(yhat, mean(tf.mul(each, yhat))));
  const scale = tf.mul(gamma, inverse); // gamma / s
  /** E[u P q]. */
  const product = mean(tf.mul(u, projected(q)));
  return {
    q: () => tf.add(tf.add(tf.mul(scale, projected(u)), tf.mul(a, yhat)), b),
    x: () => {
      const turned = tf.add(tf.mul(u, mean(tf.mul(q, yhat))), tf.mul(q, mean(tf.mul(u, yhat))));
      const byYhat = tf.sub(tf.mul(a, q), tf.mul(scale, turned));
      const byScale = tf.mul(tf.mul(scale, inverse), tf.mul(product, yhat));
      return tf.sub(tf.mul(inverse, projected(byYhat)), byScale);
    },
    gamma: () => sumOver(tf.mul(tf.mul(product, inverse), constant(m)), [0, 1, 2], { keep: false }),
  };
}

/**
 * Training-mode batch normalisation in one kernel: x [n, h, w, c], gamma [c], beta [c]. The batch is n, h and w.
 * `mean` and `variance` are not differentiated.
 */
export function fusedBatchNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  { epsilon, moving }: { epsilon: number; moving?: MovingStatistics },
): FusedBatchNorm {
  const attributes: Record<string, Attribute> = {
    ...float32,
    data_format: { string: 'NHWC' },
    U: { type: 'float32' },
    epsilon: { float: epsilon },
    is_training: { bool: true },
  };
  const factor = { exponential_avg_factor: { float: moving?.momentum ?? 1 } };
  const statistics: Tensor[] = [];
  const y = differentiable(
    { x, gamma, beta },
    (save) => {
      const none = constant([]);
      const before = moving ? [moving.mean, moving.variance] : [none, none];
      const [value, mean, variance, ...reserve] = execute(
        'FusedBatchNormV3',
        [x, gamma, beta, ...before],
        { ...attributes, ...factor },
        6,
      ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
      save(x, gamma, ...reserve);
      statistics.push(tf.keep(mean), tf.keep(variance));
      return value;
    },
    (dy, [x, gamma, ...reserve]) => {
      const [dx, dgamma, dbeta] = differentiableAll(
        { q: dy, x: x!, gamma: gamma! },
        (save) => {
          save(dy, x!, gamma!);
          const inputs = [dy, x!, gamma!, ...reserve];
          return execute('FusedBatchNormGradV3', inputs, attributes, 5).slice(0, 3); // the last two are empty
        },
        (dys, [q, x, gamma]) =>
          secondGradient({ q: q!, x: x!, gamma: gamma!, epsilon }, dys as [Tensor, Tensor, Tensor]),
      ) as [Tensor, Tensor, Tensor];
      return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
    },
  );
  const [mean, variance] = statistics.map(adopt) as [Tensor, Tensor];
  return { y, mean, variance };
}
