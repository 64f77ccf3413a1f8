/**
 * The native operations of the training path, each with its gradient, and that with a gradient of its own: products with the
 * Hessian differentiate twice. With elementary.ts, convolution.ts and fusedBatchNorm.ts these are all. TensorFlow.js has operations of the
 * same names; several of their gradients fill tensors in JavaScript, which is slow and cannot be compiled
 * (src/engine/compile.ts).
 */
import { type Attribute, execute, execute1, float32 } from './backend';
import { constant } from './constant';
import { rawBroadcast, rawReshape, sumOver } from './elementary';
import { differentiable } from './gradients';
import { type Tensor, tf } from './tf';

const NHWC: Record<string, Attribute> = { data_format: { string: 'NHWC' } };

/** A kind of matrix product; either factor may be transposed first. */
export type Product = (a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean) => Tensor;

/** The product with its gradients, dy b^T and a^T dy. */
export const differentiableProduct =
  (product: Product) =>
  (a: Tensor, b: Tensor): Tensor =>
    differentiable(
      { a, b },
      (save) => {
        save(a, b);
        return product(a, b);
      },
      (dy, [a, b]) => ({
        a: () => timesTransposed(product, dy, b!),
        b: () => transposedTimes(product, a!, dy),
      }),
    );

/** a b^T. */
const timesTransposed = (product: Product, a: Tensor, b: Tensor): Tensor =>
  differentiable(
    { a, b },
    (save) => {
      save(a, b);
      return product(a, b, false, true);
    },
    (u, [a, b]) => ({ a: () => product(u, b!), b: () => product(u, a!, true, false) }),
  );

/** a^T b. */
const transposedTimes = (product: Product, a: Tensor, b: Tensor): Tensor =>
  differentiable(
    { a, b },
    (save) => {
      save(a, b);
      return product(a, b, true, false);
    },
    (u, [a, b]) => ({ a: () => product(b!, u, false, true), b: () => product(a!, u) }),
  );

/** A matrix product without a gradient. */
export const rawProduct: Product = (a, b, transposeA = false, transposeB = false) => {
  const attributes = { transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } };
  return execute1('MatMul', [a, b], { ...float32, ...attributes });
};

/** a [n, k] times b [k, m] -> [n, m]. */
export const matMul = differentiableProduct(rawProduct);

/** x [..., c] + bias [c]. */
export function biasAdd(x: Tensor, bias: Tensor): Tensor {
  return differentiable(
    { x, bias },
    () => execute1('BiasAdd', [x, bias], { ...float32, ...NHWC }),
    (dy) => ({
      x: () => dy.clone(),
      bias: () => biasGradient(dy),
    }),
  );
}

/** Sum over all axes but the last: [..., c] -> [c]. */
const biasGradient = (dy: Tensor): Tensor =>
  differentiable(
    { dy },
    () => execute1('BiasAddGrad', [dy], { ...float32, ...NHWC }),
    (u) => ({ dy: () => rawBroadcast(u, dy.shape) }),
  );

/** max(x, 0). */
export function relu(x: Tensor): Tensor {
  return differentiable(
    { x },
    (save) => {
      const y = execute1('Relu', [x], float32);
      save(y);
      return y;
    },
    (dy, [y]) => ({ x: () => reluGradient(dy, y!) }),
  );
}

/** dy where y is above 0, else 0: linear in dy, and constant in y but at 0. */
const reluGradient = (dy: Tensor, y: Tensor): Tensor =>
  differentiable(
    { dy },
    (save) => {
      save(y);
      return execute1('ReluGrad', [dy, y], float32);
    },
    (u, [y]) => ({ dy: () => execute1('ReluGrad', [u, y!], float32) }),
  );

const window: Record<string, Attribute> = {
  ...float32,
  ...NHWC,
  ksize: { int: [1, 2, 2, 1] },
  strides: { int: [1, 2, 2, 1] },
  padding: { string: 'VALID' },
};
const unpadded = { ...window, explicit_paddings: { int: [] } };

/** 2x2 max-pool with stride 2: x [n, h, w, c] -> [n, h/2, w/2, c], halves rounded down. */
export function maxPool(x: Tensor): Tensor {
  return differentiable(
    { x },
    (save) => {
      const y = execute1('MaxPool', [x], unpadded);
      save(x, y);
      return y;
    },
    (dy, [x, y]) => ({ x: () => maxPoolGradient(x!, y!, dy) }),
  );
}

/** dy at the places of the maxima, 0 elsewhere: linear in dy. */
const maxPoolGradient = (x: Tensor, y: Tensor, dy: Tensor): Tensor =>
  differentiable(
    { dy },
    (save) => {
      save(x, y);
      return execute1('MaxPoolGrad', [x, y, dy], unpadded);
    },
    (u, [x, y]) => ({ dy: () => execute1('MaxPoolGradGrad', [x!, y!, u], window) }),
  );

const meanAttributes: Record<string, Attribute> = {
  ...float32,
  Tidx: { type: 'int32' },
  keep_dims: { bool: false },
};

/** Mean over all elements of a vector x [n] -> []. */
export function meanOfVector(x: Tensor): Tensor {
  const n = x.size;
  return differentiable(
    { x },
    () => execute1('Mean', [x, constant([0], 'int32')], meanAttributes),
    (dy) => ({ x: () => spread(dy, n) }),
  );
}

/** dy [] / n, n times: [n]. */
const spread = (dy: Tensor, n: number): Tensor =>
  differentiable(
    { dy },
    () =>
      execute1('Fill', [constant([n], 'int32'), execute1('Mul', [dy, constant(1 / n)], float32)], {
        ...float32,
        index_type: { type: 'int32' },
      }),
    (u) => ({ dy: () => execute1('Mean', [u, constant([0], 'int32')], meanAttributes) }),
  );

/** Cross-entropy of softmax(logits [n, k]) against one-hot labels [n, k] -> [n]; labels are not differentiated. */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return differentiable(
    { logits },
    (save) => {
      const [loss, gradient] = execute(
        'SoftmaxCrossEntropyWithLogits',
        [logits, labels],
        float32,
        2,
      ) as [Tensor, Tensor];
      save(logits, labels, gradient);
      return loss;
    },
    (dy, saved) => ({ logits: () => crossEntropyGradient(dy, saved as [Tensor, Tensor, Tensor]) }),
  );
}

/** dy [n] times (softmax(logits) - labels) [n, k], which is `gradient`. */
const crossEntropyGradient = (
  dy: Tensor,
  [logits, labels, gradient]: [Tensor, Tensor, Tensor],
): Tensor =>
  differentiable(
    { dy, logits },
    (save) => {
      save(dy, labels, gradient);
      return execute1('Mul', [rawReshape(dy, [dy.size, 1]), gradient], float32);
    },
    (u, saved) => {
      const [dy, labels, gradient] = saved as [Tensor, Tensor, Tensor];
      return {
        dy: () => sumOver(tf.mul(u, gradient), [1], { keep: false }),
        logits: () => {
          const p = tf.add(gradient, labels);
          const centred = tf.sub(u, sumOver(tf.mul(p, u), [1]));
          return tf.mul(rawReshape(dy, [dy.size, 1]), tf.mul(p, centred));
        },
      };
    },
  );
