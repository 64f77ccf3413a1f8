/** Batch normalisation against its formula in double precision: both modes, the gradient of Fact C.1, the statistics. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { valueAndGradients } from '../../src/engine/gradients';
import { type Tensor, tf } from '../../src/engine/tf';
import { batchNorm, type BatchNormOptions } from '../../src/layers/batchNorm';
import { deterministicValues } from '../fixtures/weights';
import { toBeAllClose } from '../support/allclose';

const [rows, channels] = [12, 3];
const size = rows * channels;
const shapes = [
  [rows, channels],
  [2, 3, 2, channels],
];
const epsilon = 1e-3;
const channelOf = (i: number) => i % channels;

const x = [...deterministicValues(21, size, 2)].map(
  (v, i) => v * (1 + channelOf(i)) + channelOf(i),
);
const gamma = [1.5, -0.5, 2];
const beta = [0.25, 1, -2];
/** dL/dz of the scalar that is differentiated. */
const direction = [...deterministicValues(22, size, 1)];

const column = (values: number[], c: number) => values.filter((_, i) => channelOf(i) === c);
const meanOf = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** mu, sigma (with epsilon) and the 1/m variance of each channel. */
const moments = (values: number[]) =>
  [0, 1, 2].map((c) => {
    const y = column(values, c);
    const mean = meanOf(y);
    const variance = meanOf(y.map((v) => (v - mean) ** 2));
    return { mean, variance, sigma: Math.sqrt(variance + epsilon) };
  });

function normalised(values: number[]): number[] {
  const of = moments(values);
  return values.map((v, i) => (v - of[channelOf(i)]!.mean) / of[channelOf(i)]!.sigma);
}

const naive = (values: number[], scale = gamma, shift = beta) =>
  normalised(values).map((v, i) => scale[channelOf(i)]! * v + shift[channelOf(i)]!);

const running = { mean: [0.5, -1, 2], variance: [2, 0.5, 4] };
const statistics = () => ({
  mean: tf.tensor1d(running.mean),
  variance: tf.tensor1d(running.variance),
});
const affine = () => ({ gamma: tf.tensor1d(gamma), beta: tf.tensor1d(beta) });

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBe(before);
});

/** dL/dx, dL/dgamma and dL/dbeta for L = <z, direction>. */
function gradientsOf(shape: number[], options: BatchNormOptions = {}) {
  const parameters = { x: tf.tensor(x, shape), ...affine() };
  const { gradients } = valueAndGradients(() => {
    const { y } = batchNorm(parameters.x, statistics(), { ...parameters, epsilon, ...options });
    return { loss: tf.sum(tf.mul(y, tf.tensor(direction, shape))), aux: {} };
  }, parameters);
  const values = (tensor: Tensor) => [...tensor.dataSync()];
  return {
    x: values(gradients.x!),
    gamma: values(gradients.gamma!),
    beta: values(gradients.beta!),
  };
}

describe.each(shapes)('batch normalisation while training, rank $length', (...shape) => {
  it('normalises by the statistics of the batch', () => {
    const { y } = batchNorm(tf.tensor(x, shape), statistics(), { ...affine(), epsilon });
    expect(y.shape).toEqual(shape);
    toBeAllClose(y.dataSync(), naive(x), { rtol: 1e-5, atol: 2e-6 });
  });

  it('has the gradient of Fact C.1', () => {
    const of = moments(x);
    const yHat = normalised(x);
    const expected = x.map((_, i) => {
      const c = channelOf(i);
      const [g, own] = [column(direction, c), column(yHat, c)];
      const m = g.length;
      const sum = g.reduce((a, b) => a + b, 0);
      const along = g.reduce((a, b, k) => a + b * own[k]!, 0);
      // gamma / (m sigma) * (m dL/dz - sum dL/dz - yhat sum dL/dz yhat)
      return (gamma[c]! / (m * of[c]!.sigma)) * (m * direction[i]! - sum - yHat[i]! * along);
    });
    const gradients = gradientsOf(shape);
    toBeAllClose(gradients.x, expected, { rtol: 1e-5, atol: 2e-6 });
    const sums = (values: number[]) => [0, 1, 2].map((c) => meanOf(column(values, c)) * rows);
    toBeAllClose(gradients.gamma, sums(direction.map((g, i) => g * yHat[i]!)), { atol: 3e-6 });
    toBeAllClose(gradients.beta, sums(direction), { atol: 3e-6 });
  });

  it('has the gradient of finite differences', () => {
    const loss = (values: number[], scale: number[], shift: number[]) =>
      naive(values, scale, shift).reduce((a, v, i) => a + v * direction[i]!, 0);
    const h = 1e-5;
    const slopes = (values: number[], of: (moved: number[]) => number) =>
      values.map((_, i) => {
        const moved = (by: number) => of(values.map((v, k) => (k === i ? v + by : v)));
        return (moved(h) - moved(-h)) / (2 * h);
      });
    const gradients = gradientsOf(shape);
    const tolerance = { rtol: 2e-5, atol: 4e-6 };
    toBeAllClose(
      gradients.x,
      slopes(x, (v) => loss(v, gamma, beta)),
      tolerance,
    );
    toBeAllClose(
      gradients.gamma,
      slopes(gamma, (v) => loss(x, v, beta)),
      tolerance,
    );
    toBeAllClose(
      gradients.beta,
      slopes(beta, (v) => loss(x, gamma, v)),
      tolerance,
    );
  });

  it('removes the mean and the component along yhat from the gradient', () => {
    const { x: gradient } = gradientsOf(shape, { epsilon: 1e-8 });
    const yHat = normalised(x);
    for (let c = 0; c < channels; c++) {
      const g = column(gradient, c);
      expect(Math.abs(meanOf(g))).toBeLessThan(1e-6);
      const along = meanOf(g.map((v, i) => v * column(yHat, c)[i]!));
      expect(Math.abs(along)).toBeLessThan(1e-6);
      expect(Math.hypot(...g)).toBeGreaterThan(0.1);
    }
  });

  it('scales by 1 and shifts by 0 where gamma and beta are left out', () => {
    const run = (options: BatchNormOptions) =>
      batchNorm(tf.tensor(x, shape), statistics(), { epsilon, ...options }).y.dataSync();
    toBeAllClose(run({}), naive(x, [1, 1, 1], [0, 0, 0]), { atol: 2e-6 });
    toBeAllClose(run({ gamma: affine().gamma }), naive(x, gamma, [0, 0, 0]), { atol: 2e-6 });
    toBeAllClose(run({ beta: affine().beta }), naive(x, [1, 1, 1], beta), { atol: 2e-6 });
  });

  it.each([0.1, 0.25, 1])('moves the running averages with momentum %d', (momentum) => {
    const given = statistics();
    const { statistics: moved } = batchNorm(tf.tensor(x, shape), given, { epsilon, momentum });
    const of = moments(x);
    const average = (old: number[], now: number[]) =>
      old.map((v, c) => (1 - momentum) * v + momentum * now[c]!);
    toBeAllClose(
      moved.mean.dataSync(),
      average(
        running.mean,
        of.map(({ mean }) => mean),
      ),
    );
    // Bessel's correction, m / (m - 1), in the running variance only.
    toBeAllClose(
      moved.variance.dataSync(),
      average(
        running.variance,
        of.map(({ variance }) => (variance * rows) / (rows - 1)),
      ),
    );
    expect([...given.mean.dataSync()]).toEqual(running.mean);
    expect([...given.variance.dataSync()]).toEqual(running.variance);
  });

  it('leaves the running averages alone when told so', () => {
    const given = statistics();
    const options = { ...affine(), epsilon, updateStatistics: false };
    const { y, statistics: after } = batchNorm(tf.tensor(x, shape), given, options);
    expect(after.mean).toBe(given.mean);
    expect(after.variance).toBe(given.variance);
    toBeAllClose(y.dataSync(), naive(x), { rtol: 1e-5, atol: 2e-6 });
  });

  it('gives beta, and no gradient, for a channel that does not vary', () => {
    const flat = x.map((v, i) => (channelOf(i) === 1 ? 7 : v));
    const { y } = batchNorm(tf.tensor(flat, shape), statistics(), affine());
    expect(column([...y.dataSync()], 1).every((v) => v === beta[1])).toBe(true);
    expect(y.dataSync().every(Number.isFinite)).toBe(true);
  });
});

describe.each(shapes)('batch normalisation in evaluation, rank $length', (...shape) => {
  const evaluated = (values: number[]) =>
    values.map((v, i) => {
      const c = channelOf(i);
      const unit = (v - running.mean[c]!) / Math.sqrt(running.variance[c]! + epsilon);
      return gamma[c]! * unit + beta[c]!;
    });

  it('normalises by the running averages and leaves them alone', () => {
    const given = statistics();
    // updateStatistics is for training.
    const options = { ...affine(), epsilon, training: false, updateStatistics: true };
    const { y, statistics: after } = batchNorm(tf.tensor(x, shape), given, options);
    expect(y.shape).toEqual(shape);
    toBeAllClose(y.dataSync(), evaluated(x), { rtol: 1e-5, atol: 2e-6 });
    expect(after.mean).toBe(given.mean);
    expect(after.variance).toBe(given.variance);
  });

  it('does not depend on the rest of the batch', () => {
    const options = { ...affine(), epsilon, training: false };
    const alone = batchNorm(tf.tensor(x, [rows, channels]).slice([0], [1]), statistics(), options);
    const all = batchNorm(tf.tensor(x, [rows, channels]), statistics(), options);
    expect(alone.y.dataSync()).toEqual(all.y.dataSync().slice(0, channels));
  });

  it('has the gradient gamma / sigma dL/dz', () => {
    const expected = direction.map(
      (g, i) => (g * gamma[channelOf(i)]!) / Math.sqrt(running.variance[channelOf(i)]! + epsilon),
    );
    toBeAllClose(gradientsOf(shape, { training: false }).x, expected);
  });
});

describe('after training', () => {
  it('evaluation by averages that have converged equals training up to Bessel’s correction', () => {
    const input = tf.tensor2d(x, [rows, channels]);
    let averages = statistics();
    for (let i = 0; i < 200; i++)
      averages = batchNorm(input, averages, { epsilon }).statistics as typeof averages;
    const trained = batchNorm(input, averages, { ...affine(), epsilon }).y.dataSync();
    const { y } = batchNorm(input, averages, { ...affine(), epsilon, training: false });
    const correction = Math.sqrt((rows - 1) / rows);
    const expected = [...trained].map(
      (z, i) => (z - beta[channelOf(i)]!) * correction + beta[channelOf(i)]!,
    );
    toBeAllClose(y.dataSync(), expected, { rtol: 2e-3, atol: 1e-3 });
  });
});
