/** The stride-1 'same' convolution, twice differentiable: its gradients are operations with gradients of their own. */
import { type Attribute, backend, execute1, float32 } from './backend';
import { constant } from './constant';
import { rawReshape } from './elementary';
import { differentiable } from './gradients';
import { rawProduct } from './ops';
import type { Tensor } from './tf';

const convolution: Record<string, Attribute> = {
  ...float32,
  data_format: { string: 'NHWC' },
  strides: { int: [1, 1, 1, 1] },
  dilations: { int: [1, 1, 1, 1] },
  padding: { string: 'SAME' },
  use_cudnn_on_gpu: { bool: true },
  explicit_paddings: { int: [] },
};

const rawConvolution = (x: Tensor, kernel: Tensor): Tensor =>
  execute1('Conv2D', [x, kernel], convolution);

const rawInputGradient = (kernel: Tensor, dy: Tensor, shape: number[]): Tensor =>
  execute1('Conv2DBackpropInput', [constant(shape, 'int32'), kernel, dy], convolution);

/**
 * Gradient by the kernel. On a CPU oneDNN's own takes one small matrix product per image, or few rows at a time: where an
 * image is small, one product of all patches with dy is up to five times as fast (`bn-lab bench ops`).
 */
function rawKernelGradient(x: Tensor, dy: Tensor, shape: number[]): Tensor {
  const [height, width, channels, out] = shape as [number, number, number, number];
  const [n, h, w] = dy.shape as [number, number, number];
  const pixels = h * w;
  const isSmall = pixels <= 4 || (pixels <= 16 && channels >= 256);
  if (!isSmall || backend().binding.isUsingGpuDevice())
    return execute1('Conv2DBackpropFilter', [x, constant(shape, 'int32'), dy], convolution);
  const patches = execute1('ExtractImagePatches', [x], {
    ...float32,
    ksizes: { int: [1, height, width, 1] },
    strides: { int: [1, 1, 1, 1] },
    rates: { int: [1, 1, 1, 1] },
    padding: { string: 'SAME' },
  }); // [n, h, w, height width channels]
  const gradient = rawProduct(
    rawReshape(patches, [n * pixels, height * width * channels]),
    rawReshape(dy, [n * pixels, out]),
    true,
  );
  return rawReshape(gradient, shape);
}

const inputGradient = (kernel: Tensor, dy: Tensor, shape: number[]): Tensor =>
  differentiable(
    { kernel, dy },
    (save) => {
      save(kernel, dy);
      return rawInputGradient(kernel, dy, shape);
    },
    (u, [kernel, dy]) => ({
      kernel: () => rawKernelGradient(u, dy!, kernel!.shape),
      dy: () => rawConvolution(u, kernel!),
    }),
  );

const kernelGradient = (x: Tensor, dy: Tensor, shape: number[]): Tensor =>
  differentiable(
    { x, dy },
    (save) => {
      save(x, dy);
      return rawKernelGradient(x, dy, shape);
    },
    (u, [x, dy]) => ({
      x: () => rawInputGradient(u, dy!, x!.shape),
      dy: () => rawConvolution(x!, u),
    }),
  );

/** x [n, h, w, in], kernel [kh, kw, in, out] -> [n, h, w, out]. */
export const conv2d = (x: Tensor, kernel: Tensor): Tensor =>
  differentiable(
    { x, kernel },
    (save) => {
      save(x, kernel);
      return rawConvolution(x, kernel);
    },
    (dy, [x, kernel]) => ({
      x: () => inputGradient(kernel!, dy, x!.shape),
      kernel: () => kernelGradient(x!, dy, kernel!.shape),
    }),
  );
