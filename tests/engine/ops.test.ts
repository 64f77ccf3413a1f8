/**
 * Each native op: its value against plain JavaScript in double precision, its gradient against finite differences of
 * that and against TensorFlow.js's own.
 */
import { describe, expect, it } from 'vitest';

import { constant } from '../../src/engine/constant';
import { conv2d } from '../../src/engine/convolution';
import * as elementary from '../../src/engine/elementary';
import { fusedBatchNorm } from '../../src/engine/fusedBatchNorm';
import { valueAndGradients } from '../../src/engine/gradients';
import * as ops from '../../src/engine/ops';
import { type Tensor, tf } from '../../src/engine/tf';
import type { Tensors } from '../../src/engine/tree';
import { deterministicValues } from '../fixtures/weights';
import { toBeAllClose } from '../support/allclose';

interface Case {
  /** Shapes of the inputs that are differentiated, by name. */
  inputs: Record<string, number[]>;
  op: (tensors: Tensors) => Tensor;
  /** The same in double precision, of flat arrays. */
  naive: (values: Record<string, number[]>) => number[];
  /** The same with TensorFlow.js's operations. */
  stock: (tensors: Tensors) => Tensor;
}

/** The values of these tests are between -2 and 2. */
const positive = (x: Tensor): Tensor => tf.add(x, constant(3));

const reshaped = (x: Tensor): Tensor => elementary.reshape(x, [x.size]);

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

/** c[i, j] = sum over k of a[i, k] b[k, j]. */
const naiveProduct = (a: number[], b: number[], n: number, k: number, m: number) =>
  range(n * m).map((at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    return sum(range(k).map((l) => a[i * k + l]! * b[l * m + j]!));
  });

/** x [n, h, w, cIn] with a kernel [3, 3, cIn, 3]. */
function naiveConvolution(
  x: number[],
  kernel: number[],
  [n, h, w, cIn]: readonly [number, number, number, number],
): number[] {
  const [cOut, side] = [3, 3];
  const y: number[] = [];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++)
        for (let o = 0; o < cOut; o++) {
          let total = 0;
          for (let di = 0; di < side; di++)
            for (let dj = 0; dj < side; dj++) {
              const [r, s] = [i + di - 1, j + dj - 1];
              if (r < 0 || r >= h || s < 0 || s >= w) continue;
              for (let c = 0; c < cIn; c++)
                total +=
                  x[((b * h + r) * w + s) * cIn + c]! *
                  kernel[((di * side + dj) * cIn + c) * cOut + o]!;
            }
          y.push(total);
        }
  return y;
}

/** 2x2 windows of [2, 5, 4, 2]; the last row is left over. */
function naivePool(x: number[]): number[] {
  const [n, h, w, c] = [2, 5, 4, 2];
  const at = (b: number, i: number, j: number, k: number) => x[((b * h + i) * w + j) * c + k]!;
  const y: number[] = [];
  for (let b = 0; b < n; b++)
    for (let i = 0; i + 1 < h; i += 2)
      for (let j = 0; j + 1 < w; j += 2)
        for (let k = 0; k < c; k++)
          y.push(
            Math.max(
              at(b, i, j, k),
              at(b, i, j + 1, k),
              at(b, i + 1, j, k),
              at(b, i + 1, j + 1, k),
            ),
          );
  return y;
}

const labels = [0, 1, 0, 0, 0, 1, 0.25, 0.25, 0.5, 1, 0, 0]; // [4, 3]

function naiveCrossEntropy(logits: number[]): number[] {
  return range(4).map((row) => {
    const values = logits.slice(row * 3, row * 3 + 3);
    const logSum = Math.log(sum(values.map(Math.exp)));
    return sum(values.map((v, i) => labels[row * 3 + i]! * (logSum - v)));
  });
}

const epsilon = 1e-3;

/** Mean and (1/m) variance of each of c channels. */
const naiveMoments = (x: number[], c: number) =>
  range(c).map((channel) => {
    const values = x.filter((_, i) => i % c === channel);
    const mean = sum(values) / values.length;
    return { mean, variance: sum(values.map((v) => (v - mean) ** 2)) / values.length };
  });

const naiveBatchNorm = (x: number[], gamma: number[], beta: number[]) => {
  const moments = naiveMoments(x, 2);
  return x.map((v, i) => {
    const { mean, variance } = moments[i % 2]!;
    return (gamma[i % 2]! * (v - mean)) / Math.sqrt(variance + epsilon) + beta[i % 2]!;
  });
};

const channelAdd = (x: number[], bias: number[]) => x.map((v, i) => v + bias[i % bias.length]!);

const cases: Record<string, Case> = {
  matMul: {
    inputs: { a: [3, 4], b: [4, 2] },
    op: ({ a, b }) => ops.matMul(a!, b!),
    naive: ({ a, b }) => naiveProduct(a!, b!, 3, 4, 2),
    stock: ({ a, b }) => tf.matMul(a!, b!),
  },
  'matMul of a matrix by itself': {
    inputs: { a: [3, 3] },
    op: ({ a }) => ops.matMul(a!, a!),
    naive: ({ a }) => naiveProduct(a!, a!, 3, 3, 3),
    stock: ({ a }) => tf.matMul(a!, a!),
  },
  conv2d: {
    inputs: { x: [2, 4, 3, 2], kernel: [3, 3, 2, 3] },
    op: ({ x, kernel }) => conv2d(x!, kernel!),
    naive: ({ x, kernel }) => naiveConvolution(x!, kernel!, [2, 4, 3, 2]),
    stock: ({ x, kernel }) => tf.conv2d(x as never, kernel as never, 1, 'same'),
  },
  'conv2d of images of a few pixels, whose kernel gradient is another op': {
    inputs: { x: [3, 2, 2, 2], kernel: [3, 3, 2, 3] },
    op: ({ x, kernel }) => conv2d(x!, kernel!),
    naive: ({ x, kernel }) => naiveConvolution(x!, kernel!, [3, 2, 2, 2]),
    stock: ({ x, kernel }) => tf.conv2d(x as never, kernel as never, 1, 'same'),
  },
  'biasAdd of a matrix': {
    inputs: { x: [4, 3], bias: [3] },
    op: ({ x, bias }) => ops.biasAdd(x!, bias!),
    naive: ({ x, bias }) => channelAdd(x!, bias!),
    stock: ({ x, bias }) => tf.add(x!, bias!),
  },
  'biasAdd of images': {
    inputs: { x: [2, 3, 2, 3], bias: [3] },
    op: ({ x, bias }) => ops.biasAdd(x!, bias!),
    naive: ({ x, bias }) => channelAdd(x!, bias!),
    stock: ({ x, bias }) => tf.add(x!, bias!),
  },
  relu: {
    inputs: { x: [5, 4] },
    op: ({ x }) => ops.relu(x!),
    naive: ({ x }) => x!.map((v) => Math.max(v, 0)),
    stock: ({ x }) => tf.relu(x!),
  },
  maxPool: {
    inputs: { x: [2, 5, 4, 2] },
    op: ({ x }) => ops.maxPool(x!),
    naive: ({ x }) => naivePool(x!),
    stock: ({ x }) => tf.maxPool(x as never, 2, 2, 'valid'),
  },
  reshape: {
    inputs: { x: [2, 3, 2] },
    op: ({ x }) => elementary.reshape(x!, [4, 3]),
    naive: ({ x }) => x!,
    stock: ({ x }) => tf.reshape(x!, [4, 3]),
  },
  square: {
    inputs: { x: [2, 3] },
    op: ({ x }) => elementary.square(x!),
    naive: ({ x }) => x!.map((v) => v * v),
    stock: ({ x }) => tf.square(x!),
  },
  sqrt: {
    inputs: { x: [2, 3] },
    op: ({ x }) => elementary.sqrt(positive(x!)),
    naive: ({ x }) => x!.map((v) => Math.sqrt(v + 3)),
    stock: ({ x }) => tf.sqrt(positive(x!)),
  },
  rsqrt: {
    inputs: { x: [2, 3] },
    op: ({ x }) => elementary.rsqrt(positive(x!)),
    naive: ({ x }) => x!.map((v) => 1 / Math.sqrt(v + 3)),
    stock: ({ x }) => tf.rsqrt(positive(x!)),
  },
  abs: {
    inputs: { x: [2, 3] },
    op: ({ x }) => elementary.abs(x!),
    naive: ({ x }) => x!.map(Math.abs),
    stock: ({ x }) => tf.abs(x!),
  },
  halfSquare: {
    inputs: { x: [2, 3] },
    op: ({ x }) => elementary.halfSquare(x!),
    naive: ({ x }) => [sum(x!.map((v) => v * v)) / 2],
    stock: ({ x }) => tf.div(tf.sum(tf.square(x!)), 2),
  },
  'sumOver an axis': {
    inputs: { x: [2, 3] },
    op: ({ x }) => elementary.sumOver(x!, [0]),
    naive: ({ x }) => range(3).map((j) => x![j]! + x![3 + j]!),
    stock: ({ x }) => tf.sum(x!, [0], true),
  },
  'sumOver all axes, which do not stay': {
    inputs: { x: [2, 3] },
    op: ({ x }) => elementary.sumOver(x!, [0, 1], { keep: false }),
    naive: ({ x }) => [sum(x!)],
    stock: ({ x }) => tf.sum(x!),
  },
  'meanOver an axis, which does not stay': {
    inputs: { x: [2, 3] },
    op: ({ x }) => elementary.meanOver(x!, [1], { keep: false }),
    naive: ({ x }) => range(2).map((i) => sum(x!.slice(3 * i, 3 * i + 3)) / 3),
    stock: ({ x }) => tf.mean(x!, [1]),
  },
  broadcastTo: {
    inputs: { x: [2, 1] },
    op: ({ x }) => elementary.broadcastTo(x!, [2, 3]),
    naive: ({ x }) => range(6).map((i) => x![Math.floor(i / 3)]!),
    stock: ({ x }) => tf.broadcastTo(x!, [2, 3]),
  },
  meanOfVector: {
    inputs: { x: [7] },
    op: ({ x }) => ops.meanOfVector(x!),
    naive: ({ x }) => [sum(x!) / 7],
    stock: ({ x }) => tf.mean(x!),
  },
  softmaxCrossEntropy: {
    inputs: { logits: [4, 3] },
    op: ({ logits }) => ops.softmaxCrossEntropy(logits!, tf.tensor2d(labels, [4, 3])),
    naive: ({ logits }) => naiveCrossEntropy(logits!),
    stock: ({ logits }) =>
      tf.neg(tf.sum(tf.mul(tf.tensor2d(labels, [4, 3]), tf.logSoftmax(logits!)), 1)),
  },
  fusedBatchNorm: {
    inputs: { x: [3, 2, 2, 2], gamma: [2], beta: [2] },
    op: ({ x, gamma, beta }) => fusedBatchNorm(x!, gamma!, beta!, { epsilon }).y,
    naive: ({ x, gamma, beta }) => naiveBatchNorm(x!, gamma!, beta!),
    stock: ({ x, gamma, beta }) => {
      const { mean, variance } = tf.moments(x!, [0, 1, 2]);
      const scaled = tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(scaled, gamma!), beta!);
    },
  },
};

describe.each(Object.entries(cases))('%s', (_, { inputs, op, naive, stock }) => {
  const names = Object.keys(inputs);
  // 24 random bits each: no two values of a window are closer than the step of the differences.
  const values: Record<string, number[]> = {};
  names.forEach((name, k) => {
    values[name] = [...deterministicValues(50 + k, sizeOf(inputs[name]!), 2)];
  });
  const tensors = () =>
    Object.fromEntries(names.map((name) => [name, tf.tensor(values[name]!, inputs[name])]));
  const direction = [...deterministicValues(60, naive(values).length, 1)];
  const projected = (y: Tensor) => tf.sum(tf.mul(y, tf.tensor(direction, y.shape)));

  it('has the value', () => {
    tf.tidy(() => toBeAllClose(op(tensors()).dataSync(), naive(values)));
  });

  it('has the gradient of finite differences', () => {
    const project = (at: Record<string, number[]>) =>
      sum(naive(at).map((v, i) => v * direction[i]!));
    tf.tidy(() => {
      const parameters = tensors();
      const { loss, gradients } = valueAndGradients(
        () => ({ loss: projected(op(parameters)), aux: {} }),
        parameters,
      );
      toBeAllClose(loss.dataSync(), [project(values)]);
      for (const name of names) {
        const h = 1e-5;
        const moved = (i: number, by: number) => ({
          ...values,
          [name]: values[name]!.map((v, k) => (k === i ? v + by : v)),
        });
        const differences = values[name]!.map(
          (_, i) => (project(moved(i, h)) - project(moved(i, -h))) / (2 * h),
        );
        toBeAllClose(gradients[name]!.dataSync(), differences, { rtol: 1e-5, atol: 2e-6 });
      }
    });
  });

  it("has the value and gradient of TensorFlow.js's own operations", () => {
    tf.tidy(() => {
      const parameters = tensors();
      const list = Object.values(parameters);
      const { value, grads } = tf.valueAndGrads((...given: Tensor[]) =>
        projected(stock(Object.fromEntries(names.map((name, i) => [name, given[i]!])))),
      )(list);
      const ours = valueAndGradients(
        () => ({ loss: projected(op(parameters)), aux: {} }),
        parameters,
      );
      toBeAllClose(ours.loss.dataSync(), value.dataSync());
      names.forEach((name, i) => {
        expect(ours.gradients[name]!.shape).toEqual(parameters[name]!.shape);
        toBeAllClose(ours.gradients[name]!.dataSync(), grads[i]!.dataSync(), { atol: 3e-6 });
      });
    });
  });
});

describe('a gradient of a gradient', () => {
  /** Third powers and the like: their gradients are not constants. */
  const functions: Record<string, [op: (x: Tensor) => Tensor, second: (x: number) => number]> = {
    square: [(x) => elementary.square(elementary.square(x)), (x) => 12 * x ** 2],
    sqrt: [(x) => elementary.sqrt(positive(x)), (x) => -0.25 * (x + 3) ** -1.5],
    rsqrt: [(x) => elementary.rsqrt(positive(x)), (x) => 0.75 * (x + 3) ** -2.5],
    abs: [(x) => tf.mul(elementary.abs(x), elementary.square(x)), (x) => 6 * Math.abs(x)],
    halfSquare: [(x) => elementary.halfSquare(elementary.square(x)), (x) => 6 * x ** 2],
    sumOver: [(x) => elementary.square(elementary.sumOver(x, [0, 1])), () => 2 * 6],
    meanOver: [(x) => elementary.square(elementary.meanOver(x, [0, 1])), () => (2 * 6) / 36],
  };

  it.each(Object.entries(functions))('%s', (_, [op, second]) => {
    const values = [...deterministicValues(80, 6, 2)];
    tf.tidy(() => {
      const x = tf.tensor2d(values, [2, 3]);
      // The gradient of the sum of all first derivatives.
      const { gradients } = valueAndGradients(
        () => {
          const inner = valueAndGradients(
            () => ({ loss: elementary.sumOver(reshaped(op(x)), [0], { keep: false }), aux: {} }),
            { x },
          ).gradients.x!;
          return { loss: elementary.sumOver(inner, [0, 1], { keep: false }), aux: {} };
        },
        { x },
      );
      toBeAllClose(gradients.x!.dataSync(), values.map(second), { rtol: 1e-5, atol: 1e-5 });
    });
  });
});

describe('fusedBatchNorm', () => {
  const x = [...deterministicValues(70, 24, 3)];

  it("returns the batch's mean and its variance with Bessel's correction, not differentiated", () => {
    tf.tidy(() => {
      const [gamma, beta] = [tf.tensor1d([1, 1]), tf.tensor1d([0, 0])];
      const { mean, variance } = fusedBatchNorm(tf.tensor4d(x, [3, 2, 2, 2]), gamma, beta, {
        epsilon,
      });
      const moments = naiveMoments(x, 2);
      toBeAllClose(
        mean.dataSync(),
        moments.map((m) => m.mean),
      );
      toBeAllClose(
        variance.dataSync(),
        moments.map((m) => (m.variance * 12) / 11),
      );
    });
  });

  it('moves running averages by the weight of the new batch', () => {
    tf.tidy(() => {
      const moving = { mean: tf.tensor1d([1, -2]), variance: tf.tensor1d([3, 0.5]), momentum: 0.1 };
      const result = fusedBatchNorm(tf.tensor4d(x, [3, 2, 2, 2]), tf.ones([2]), tf.zeros([2]), {
        epsilon,
        moving,
      });
      const moments = naiveMoments(x, 2);
      toBeAllClose(
        result.mean.dataSync(),
        moments.map(({ mean }, c) => 0.9 * [1, -2][c]! + 0.1 * mean),
      );
      toBeAllClose(
        result.variance.dataSync(),
        moments.map(({ variance }, c) => 0.9 * [3, 0.5][c]! + (0.1 * variance * 12) / 11),
      );
      expect([...moving.mean.dataSync()]).toEqual([1, -2]);
    });
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const parameters = {
        x: tf.tensor4d(x, [3, 2, 2, 2]),
        gamma: tf.ones([2]),
        beta: tf.zeros([2]),
      };
      valueAndGradients(() => {
        const { y, mean } = fusedBatchNorm(parameters.x, parameters.gamma, parameters.beta, {
          epsilon: 1,
        });
        return { loss: tf.sum(tf.mul(y, y)), aux: { mean } };
      }, parameters);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
