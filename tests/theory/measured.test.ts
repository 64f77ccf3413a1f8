import { describe, expect, it } from 'vitest';

import { tf } from '../../src/engine/tf';
import { batchNorm } from '../../src/layers/batchNorm';
import { column } from '../../src/runs/table';
import { UserError } from '../../src/system/errors';
import { measuredCounts, measuredTable, unitsOf } from '../../src/theory/measured';

/** A layer of the library, and what TensorFlow says of it. */
function realLayer() {
  const [n, h, w, c] = [6, 3, 3, 4];
  return tf.tidy(() => {
    const y = tf.randomNormal([n, h, w, c], 1, 3, 'float32', 5);
    const target = tf.randomNormal([n, h, w, c], 0, 1, 'float32', 6);
    const gamma = tf.tensor1d([0.5, 2, -1, 9]);
    const beta = tf.tensor1d([0, 1, -1, 0.5]);
    const zeros = { mean: tf.zeros([c]), variance: tf.zeros([c]) };
    const output = (input: typeof y) => batchNorm(input, zeros, { gamma, beta }).y;
    // ((z - t)^3 / 3 summed: its gradient is (z - t)^2
    const loss = (z: typeof y) => z.sub(target).pow(tf.scalar(3)).div(3).sum();
    const gradient = tf.grad((z) => loss(z))(output(y));
    const backpropagated = tf.grad((input) => loss(output(input)))(y);
    return {
      y: y.dataSync(),
      gradient: gradient.dataSync(),
      backpropagated: backpropagated.dataSync(),
      gamma: gamma.dataSync(),
    };
  });
}

describe('a layer of a network', () => {
  const layer = realLayer();
  const table = measuredTable(unitsOf(layer));

  it('has the gradient of Fact C.1 and the sides of Theorem 4.1, to float32', () => {
    expect(column(table, 'm')).toEqual([54, 54, 54, 54]);
    for (const error of column(table, 'gradientError')) expect(error).toBeLessThan(1e-4);
    const left = column(table, 'left');
    column(table, 'backpropagated').forEach((measured, j) =>
      expect(measured / left[j]!).toBeCloseTo(1, 3),
    );
    for (const slack of column(table, 'slack')) {
      expect(slack).toBeGreaterThan(-1e-9);
      expect(slack).toBeLessThan(1e-4); // 0 but for the epsilon
    }
    for (const slack of column(table, 'printedSlack')) expect(slack).toBeLessThan(-1e-4);
  });

  it('is counted by what the paper assumes', () => {
    const { units, aboveOne, positive, smaller } = measuredCounts(table);
    expect(units).toBe(4);
    expect(aboveOne).toBe(
      column(table, 'sigma').filter((s, j) => Math.abs(layer.gamma[j]!) > s).length,
    );
    expect(aboveOne).toBe(1);
    expect(positive).toBe(column(table, 'alignment').filter((cosine) => cosine > 0).length);
    expect(smaller).toBe(column(table, 'ratio').filter((ratio) => ratio < 1).length);
  });
});

it('units are taken out of the flat arrays one by one', () => {
  const [first, second] = unitsOf({
    y: [1, 10, 2, 20, 3, 30],
    gradient: [0, 5, 1, 6, 0, 7],
    gamma: [2, 3],
    epsilon: 0,
  });
  expect(first).toEqual({
    y: Float64Array.of(1, 2, 3),
    gradient: Float64Array.of(0, 1, 0),
    gamma: 2,
    epsilon: 0,
  });
  expect(second!.y).toEqual(Float64Array.of(10, 20, 30));
});

it("without the network's own gradient its columns are empty", () => {
  const table = measuredTable([{ y: [1, 2, 4], gradient: [0, 0, 0], gamma: 1 }]);
  expect(column(table, 'backpropagated')).toEqual([NaN]);
  expect(column(table, 'gradientError')).toEqual([NaN]);
  expect(column(table, 'alignment')).toEqual([0]);
  expect(measuredCounts(table)).toEqual({ units: 1, aboveOne: 0, positive: 0, smaller: 1 });
});

it.each([
  [{ y: [1, 2, 3], gradient: [1, 2, 3], gamma: [1, 1] }, 'y has length 3, gamma 2'],
  [{ y: [], gradient: [], gamma: [] }, 'y has length 0, gamma 0'],
  [{ y: [1, 2], gradient: [1], gamma: [1] }, 'gradient has length 1, y 2'],
  [{ y: [1, 2], gradient: [1, 2], backpropagated: [1], gamma: [1] }, 'backpropagated has length 1'],
])('refuses %j', (layer, message) => {
  expect(() => unitsOf(layer)).toThrow(UserError);
  expect(() => unitsOf(layer)).toThrow(message);
});

it('refuses a table of no units', () => {
  expect(() => measuredTable([])).toThrow('no cases');
});
