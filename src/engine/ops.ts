/**
 * The native operations of the training path, each with its gradient. TensorFlow.js has operations of the same names;
 * several of their gradients fill tensors in JavaScript, which is slow and cannot be compiled (src/engine/compile.ts).
 */
import { type Attribute, execute, execute1 } from './backend';
import { constant } from './constant';
import { adopt, differentiable } from './gradients';
import { type Tensor, tf } from './tf';

const T: Record<string, Attribute> = { T: { type: 'float32' } };
const NHWC: Record<string, Attribute> = { data_format: { string: 'NHWC' } };

/** a [n, k] times b [k, m] -> [n, m], either transposed first. */
function product(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  const attributes = { transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } };
  return execute1('MatMul', [a, b], { ...T, ...attributes });
}

/** a [n, k] times b [k, m] -> [n, m]. */
export function matMul(a: Tensor, b: Tensor): Tensor {
  return differentiable(
    { a, b },
    (save) => {
      save(a, b);
      return product(a, b);
    },
    (dy, [a, b]) => ({
      a: () => product(dy, b!, false, true),
      b: () => product(a!, dy, true, false),
    }),
  );
}

const convolution: Record<string, Attribute> = {
  ...T,
  ...NHWC,
  strides: { int: [1, 1, 1, 1] },
  dilations: { int: [1, 1, 1, 1] },
  padding: { string: 'SAME' },
  use_cudnn_on_gpu: { bool: true },
  explicit_paddings: { int: [] },
};

/** Stride-1 'same' convolution: x [n, h, w, in], kernel [kh, kw, in, out] -> [n, h, w, out]. */
export function conv2d(x: Tensor, kernel: Tensor): Tensor {
  return differentiable(
    { x, kernel },
    (save) => {
      save(x, kernel);
      return execute1('Conv2D', [x, kernel], convolution);
    },
    (dy, [x, kernel]) => ({
      x: () =>
        execute1('Conv2DBackpropInput', [constant(x!.shape, 'int32'), kernel!, dy], convolution),
      kernel: () =>
        execute1('Conv2DBackpropFilter', [x!, constant(kernel!.shape, 'int32'), dy], convolution),
    }),
  );
}

/** x [..., c] + bias [c]. */
export function biasAdd(x: Tensor, bias: Tensor): Tensor {
  return differentiable(
    { x, bias },
    () => execute1('BiasAdd', [x, bias], { ...T, ...NHWC }),
    (dy) => ({
      x: () => dy.clone(),
      bias: () => execute1('BiasAddGrad', [dy], { ...T, ...NHWC }),
    }),
  );
}

/** max(x, 0). */
export function relu(x: Tensor): Tensor {
  return differentiable(
    { x },
    (save) => {
      const y = execute1('Relu', [x], T);
      save(y);
      return y;
    },
    (dy, [y]) => ({ x: () => execute1('ReluGrad', [dy, y!], T) }),
  );
}

const window: Record<string, Attribute> = {
  ...T,
  ...NHWC,
  ksize: { int: [1, 2, 2, 1] },
  strides: { int: [1, 2, 2, 1] },
  padding: { string: 'VALID' },
  explicit_paddings: { int: [] },
};

/** 2x2 max-pool with stride 2: x [n, h, w, c] -> [n, h/2, w/2, c], halves rounded down. */
export function maxPool(x: Tensor): Tensor {
  return differentiable(
    { x },
    (save) => {
      const y = execute1('MaxPool', [x], window);
      save(x, y);
      return y;
    },
    (dy, [x, y]) => ({ x: () => execute1('MaxPoolGrad', [x!, y!, dy], window) }),
  );
}

/** x in another shape of the same size. */
export function reshape(x: Tensor, shape: number[]): Tensor {
  const attributes: Record<string, Attribute> = { ...T, Tshape: { type: 'int32' } };
  const to = (tensor: Tensor, s: number[]) =>
    execute1('Reshape', [tensor, constant(s, 'int32')], attributes);
  return differentiable(
    { x },
    () => to(x, shape),
    (dy) => ({ x: () => to(dy, x.shape) }),
  );
}

const meanAttributes: Record<string, Attribute> = {
  ...T,
  Tidx: { type: 'int32' },
  keep_dims: { bool: false },
};

/** Mean over all elements of a vector x [n] -> []. */
export function meanOfVector(x: Tensor): Tensor {
  const n = x.size;
  return differentiable(
    { x },
    () => execute1('Mean', [x, constant([0], 'int32')], meanAttributes),
    (dy) => ({
      x: () =>
        execute1('Fill', [constant([n], 'int32'), execute1('Mul', [dy, constant(1 / n)], T)], {
          ...T,
          index_type: { type: 'int32' },
        }),
    }),
  );
}

/** Cross-entropy of softmax(logits [n, k]) against one-hot labels [n, k] -> [n]; labels are not differentiated. */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return differentiable(
    { logits },
    (save) => {
      const [loss, gradient] = execute('SoftmaxCrossEntropyWithLogits', [logits, labels], T, 2) as [
        Tensor,
        Tensor,
      ];
      save(gradient);
      return loss;
    },
    (dy, [gradient]) => ({
      logits: () => execute1('Mul', [reshape(dy, [dy.size, 1]), gradient!], T),
    }),
  );
}

/** Result of `fusedBatchNorm`; `variance` has Bessel's correction, m / (m - 1). */
export interface FusedBatchNorm {
  y: Tensor;
  mean: Tensor;
  variance: Tensor;
}

/**
 * Training-mode batch normalisation in one kernel: x [n, h, w, c], gamma [c], beta [c]. The batch is n, h and w.
 * `mean` and `variance` are not differentiated: they feed running statistics.
 */
export function fusedBatchNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): FusedBatchNorm {
  const attributes: Record<string, Attribute> = {
    ...T,
    ...NHWC,
    U: { type: 'float32' },
    epsilon: { float: epsilon },
    is_training: { bool: true },
  };
  const statistics: Tensor[] = [];
  const y = differentiable(
    { x, gamma, beta },
    (save) => {
      const none = constant([]);
      const [value, mean, variance, ...reserve] = execute(
        'FusedBatchNormV3',
        [x, gamma, beta, none, none],
        { ...attributes, exponential_avg_factor: { float: 1 } },
        6,
      ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
      save(x, gamma, ...reserve);
      statistics.push(tf.keep(mean), tf.keep(variance));
      return value;
    },
    (dy, [x, gamma, ...reserve]) => {
      const [dx, dgamma, dbeta] = execute(
        'FusedBatchNormGradV3',
        [dy, x!, gamma!, ...reserve],
        attributes,
        5, // the last two are empty
      ) as [Tensor, Tensor, Tensor, Tensor, Tensor];
      return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
    },
  );
  const [mean, variance] = statistics.map(adopt) as [Tensor, Tensor];
  return { y, mean, variance };
}
