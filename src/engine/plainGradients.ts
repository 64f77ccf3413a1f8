/**
 * Gradients of TensorFlow.js's own operations in compiled steps. Some of those that come with it fill tensors in
 * JavaScript, which a compiled step refuses: sums, means, squares and square roots get ours, and of the others it is known
 * which one is under way, so that the refusal can name it.
 */
import { constant } from './constant';
import { broadcastTo, countOver, reshape, rsqrt } from './elementary';
import { type Tensor, tf } from './tf';

interface GradientConfig {
  kernelName: string;
  gradFunc: (dy: Tensor, saved: Tensor[], attributes: object) => Record<string, () => Tensor>;
}

/** The axes of a reduction, from 0; all of them where none are named. */
function axesOf(x: Tensor, { axis }: { axis?: number | number[] | null }): number[] {
  const named = axis == null ? [...x.shape.keys()] : [axis].flat();
  return named.map((each) => (each < 0 ? each + x.rank : each));
}

/** dy, from which `axes` of x are gone, in x's shape. */
function spread(dy: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return broadcastTo(reshape(dy, kept), x.shape);
}

/** By kernel: the gradient by x. */
const ours: Record<string, (dy: Tensor, x: Tensor, attributes: object) => Tensor> = {
  Sum: (dy, x, attributes) => spread(dy, x, axesOf(x, attributes)),
  Mean: (dy, x, attributes) => {
    const axes = axesOf(x, attributes);
    return spread(tf.mul(dy, constant(1 / countOver(x, axes))), x, axes);
  },
  Square: (dy, x) => tf.mul(dy, tf.mul(x, constant(2))),
  Sqrt: (dy, x) => tf.mul(dy, tf.mul(rsqrt(x), constant(0.5))),
};

/** What to use instead of an operation whose gradient cannot be recorded. */
const instead: Record<string, string> = { Relu: 'bn.relu', Abs: 'bn.abs' };
const others =
  'the operations of bn (square, sqrt, abs, sumOver, meanOver, matMul, conv2d, relu, maxPool, ...)';

let underWay: string | undefined;

/** The operation of TensorFlow.js whose gradient is being computed, and what to use instead; undefined where none is. */
export const gradientUnderWay = (): { op: string; instead: string } | undefined =>
  underWay === undefined ? undefined : { op: underWay, instead: instead[underWay] ?? others };

/** `work`, which is part of the gradient of `op`. */
function within<Result>(op: string, work: () => Result): Result {
  const outer = underWay;
  underWay = op;
  try {
    return work();
  } finally {
    underWay = outer;
  }
}

let registered = false;

/** Puts these gradients in the place of TensorFlow.js's own; once is enough. */
export function registerPlainGradients(): void {
  if (registered) return;
  registered = true;
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow')) {
    const config = tf.getGradient(kernelName) as GradientConfig | undefined;
    const own = ours[kernelName];
    if (config === undefined) continue;
    const { gradFunc } = config;
    config.gradFunc = own
      ? (dy, [x], attributes) => ({ x: () => own(dy, x!, attributes) })
      : (dy, saved, attributes) => {
          const gradients = within(kernelName, () => gradFunc(dy, saved, attributes));
          return Object.fromEntries(
            Object.entries(gradients).map(([name, gradient]) => [
              name,
              () => within(kernelName, gradient),
            ]),
          );
        };
  }
}
