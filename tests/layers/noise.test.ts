/** Algorithm 1's noise: its distribution, its independence and its gradient. */
import { describe, expect, it } from 'vitest';

import { compile } from '../../src/engine/compile';
import { valueAndGradients } from '../../src/engine/gradients';
import { type Tensor, tf } from '../../src/engine/tf';
import { addNoise, drawNoise } from '../../src/layers/noise';
import { streamKey } from '../../src/random/streams';

const [rows, channels] = [2000, 64];

/** Factors and shifts of one layer at a step, per channel. */
function draw(step: number) {
  return tf.tidy(() => {
    const key = tf.tensor1d(streamKey(0, 'noise', step), 'int32');
    const { factors, shifts } = drawNoise([rows, channels], key);
    const byChannel = (t: typeof factors) => t.transpose().arraySync() as number[][];
    return { factors: byChannel(factors), shifts: byChannel(shifts) };
  });
}
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: number[]) => {
  const m = mean(values);
  return Math.sqrt(mean(values.map((v) => (v - m) ** 2)));
};
function correlation(a: number[], b: number[]): number {
  const [ma, mb] = [mean(a), mean(b)];
  return mean(a.map((v, i) => (v - ma) * (b[i]! - mb))) / deviation(a) / deviation(b);
}

const steps = Array.from({ length: 8 }, (_, step) => draw(step));
/** mu and sigma of every channel and step, by their averages: the spread inside a channel is known. */
const mus = steps.flatMap(({ shifts }) => shifts.map(mean));
const sigmas = steps.flatMap(({ factors }) => factors.map(mean));

describe('the noise', () => {
  it('draws mu from U(-.5, .5) and sigma from U(1, 1.25) for each channel and step', () => {
    // 512 draws: the standard error of the mean is .013 (mu) and .0032 (sigma), of averages .002 more.
    expect(Math.abs(mean(mus))).toBeLessThan(0.06);
    expect(Math.abs(mean(sigmas) - 1.125)).toBeLessThan(0.015);
    expect(deviation(mus)).toBeCloseTo(1 / Math.sqrt(12), 1);
    expect(Math.abs(deviation(sigmas) - 0.25 / Math.sqrt(12))).toBeLessThan(0.01);
    expect(Math.min(...mus)).toBeGreaterThan(-0.51);
    expect(Math.max(...mus)).toBeLessThan(0.51);
    expect(Math.max(...mus) - Math.min(...mus)).toBeGreaterThan(0.95);
    expect(Math.min(...sigmas)).toBeGreaterThan(0.99);
    expect(Math.max(...sigmas)).toBeLessThan(1.26);
  });

  it('draws shifts uniformly within .1 of mu, and factors normally around sigma with deviation .1', () => {
    for (const { shifts, factors } of steps) {
      for (const values of shifts) {
        expect(Math.max(...values) - Math.min(...values)).toBeLessThanOrEqual(0.2 + 1e-6);
        expect(Math.abs(deviation(values) - 0.2 / Math.sqrt(12))).toBeLessThan(0.004);
      }
      for (const values of factors) {
        expect(Math.abs(deviation(values) - 0.1)).toBeLessThan(0.01);
        const m = mean(values);
        const fourth = mean(values.map((v) => ((v - m) / 0.1) ** 4));
        expect(Math.abs(fourth - 3)).toBeLessThan(1.2); // a uniform distribution has 1.8
      }
    }
  });

  it('is independent over channels, steps and images', () => {
    const perStep = steps.map(({ shifts }) => shifts.map(mean));
    for (let i = 1; i < steps.length; i++)
      expect(Math.abs(correlation(perStep[0]!, perStep[i]!))).toBeLessThan(0.5); // 4 / sqrt(64)
    const { shifts, factors } = steps[0]!;
    expect(Math.abs(correlation(shifts[0]!, shifts[1]!))).toBeLessThan(0.1);
    expect(Math.abs(correlation(shifts[0]!, factors[0]!))).toBeLessThan(0.1);
    expect(Math.abs(correlation(shifts[0]!.slice(1), shifts[0]!.slice(0, -1)))).toBeLessThan(0.1);
    expect(Math.abs(correlation(mus, sigmas))).toBeLessThan(0.18);
  });

  it('is the same for the same key, other for another', () => {
    expect(draw(0)).toEqual(steps[0]);
    expect(draw(1).shifts[0]).not.toEqual(steps[0]!.shifts[0]);
  });

  it('takes its constants as options', () => {
    const key = tf.tensor1d([1, 2], 'int32');
    const { factors, shifts } = drawNoise([rows, channels], key, { shift: 0, scale: 1, spread: 0 });
    expect(factors.dataSync().every((v) => v === 1)).toBe(true);
    expect(shifts.dataSync().every((v) => v === 0)).toBe(true);
  });

  it('is a constant to the gradient: dL/dx = s dL/da', () => {
    const x = tf.randomNormal([8, 4], 0, 1, 'float32', 1);
    const key = tf.tensor1d([3, 4], 'int32');
    const { gradients } = valueAndGradients(() => ({ loss: tf.sum(addNoise(x, key)), aux: {} }), {
      x,
    });
    expect(gradients.x!.dataSync()).toEqual(drawNoise([8, 4], key).factors.dataSync());
    const { factors, shifts } = drawNoise([8, 4], key);
    expect(addNoise(x, key).dataSync()).toEqual(tf.add(tf.mul(x, factors), shifts).dataSync());
  });

  it.each(['function', 'xla'])('depends on the key alone when run as %s', (mode) => {
    const before = process.env.BN_ENGINE_STEP;
    const noise = compile(({ x, key }: { x: Tensor; key: Tensor }) => ({ y: addNoise(x, key) }), {
      name: 'noise',
    });
    const run = (key: number[]) =>
      noise({ x: tf.ones([16, 5]), key: tf.tensor1d(key, 'int32') }).y.dataSync();
    process.env.BN_ENGINE_STEP = mode;
    try {
      const eager = run([9, -9]); // the recorded call runs op by op
      const values = run([9, -9]);
      expect(run([9, -9])).toEqual(values);
      expect(run([9, -8])).not.toEqual(values);
      // XLA has its own stateless generator: the same distribution, other numbers.
      if (mode === 'function') expect(values).toEqual(eager);
    } finally {
      if (before === undefined) delete process.env.BN_ENGINE_STEP;
      else process.env.BN_ENGINE_STEP = before;
    }
  });
});
