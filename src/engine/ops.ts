/**
 * The native operations of the training path, each with its gradient. TensorFlow.js has operations of the same names;
 * several of their gradients fill tensors in JavaScript, which is slow and cannot be compiled (src/engine/compile.ts).
 */
import { type Attribute, backend, execute, execute1 } from './backend';
import { constant } from './constant';
import { adopt, differentiable } from './gradients';
import { type Tensor, tf } from './tf';

const T: Record<string, Attribute> = { T: { type: 'float32' } };
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
        a: () => product(dy, b!, false, true),
        b: () => product(a!, dy, true, false),
      }),
    );

const product: Product = (a, b, transposeA = false, transposeB = false) => {
  const attributes = { transpose_a: { bool: transposeA }, transpose_b: { bool: transposeB } };
  return execute1('MatMul', [a, b], { ...T, ...attributes });
};

/** a [n, k] times b [k, m] -> [n, m]. */
export const matMul = differentiableProduct(product);

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
      kernel: () => kernelGradient(x!, dy, kernel!.shape as KernelShape),
    }),
  );
}

type KernelShape = [number, number, number, number];

/**
 * Gradient of `conv2d` by its kernel. On a CPU oneDNN's own takes one small matrix product per image, or few rows at a
 * time: where an image is small, one product of all patches with dy is up to five times as fast (`bn-lab bench ops`).
 */
function kernelGradient(x: Tensor, dy: Tensor, shape: KernelShape): Tensor {
  const [height, width, channels, out] = shape;
  const [n, h, w] = dy.shape as [number, number, number];
  const pixels = h * w;
  const isSmall = pixels <= 4 || (pixels <= 16 && channels >= 256);
  if (!isSmall || backend().binding.isUsingGpuDevice())
    return execute1('Conv2DBackpropFilter', [x, constant(shape, 'int32'), dy], convolution);
  const patches = execute1('ExtractImagePatches', [x], {
    ...T,
    ksizes: { int: [1, height, width, 1] },
    strides: { int: [1, 1, 1, 1] },
    rates: { int: [1, 1, 1, 1] },
    padding: { string: 'SAME' },
  }); // [n, h, w, height width channels]
  const gradient = product(
    reshaped(patches, [n * pixels, height * width * channels]),
    reshaped(dy, [n * pixels, out]),
    true,
  );
  return reshaped(gradient, shape);
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

function reshaped(x: Tensor, shape: number[]): Tensor {
  return execute1('Reshape', [x, constant(shape, 'int32')], { ...T, Tshape: { type: 'int32' } });
}

/** x in another shape of the same size. */
export function reshape(x: Tensor, shape: number[]): Tensor {
  return differentiable(
    { x },
    () => reshaped(x, shape),
    (dy) => ({ x: () => reshaped(dy, x.shape) }),
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
    ...T,
    ...NHWC,
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
