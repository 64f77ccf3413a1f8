import { expect, it } from 'vitest';

import { gaussianData } from '../../src/data/gaussian';
import { tf } from '../../src/engine/tf';
import { disposeTree } from '../../src/engine/tree';

const size = 10;
const samples = 1000;

it('is standard normal, with targets that a map of standard normal entries gives', () => {
  const { x, target } = gaussianData({ seeds: [0, 1, 2], size, samples });
  const spread = (values: ArrayLike<number>) => {
    const list = Array.from(values);
    const mean = list.reduce((a, b) => a + b) / list.length;
    return { mean, variance: list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length };
  };
  const inputs = spread(x.dataSync());
  expect(Math.abs(inputs.mean)).toBeLessThan(0.03);
  expect(inputs.variance).toBeCloseTo(1, 1);
  // Three maps of 100 entries: the variance of a target is the sum of 10 squared entries.
  const { variance } = spread(target.dataSync());
  expect(variance).toBeGreaterThan(6);
  expect(variance).toBeLessThan(14);
  // A linear map of x: least squares leaves nothing over.
  const rest = tf.tidy(() => {
    const [first, goal] = [tf.gather(x, 0), tf.gather(target, 0)];
    const [Q] = tf.linalg.qr(tf.transpose(first));
    const inside = tf.matMul(Q, tf.matMul(Q, tf.transpose(goal), true));
    return tf.max(tf.abs(tf.sub(inside, tf.transpose(goal)))).dataSync()[0]!;
  });
  expect(rest).toBeLessThan(1e-4);
  disposeTree({ x, target });
});

it("does not let a seed's data depend on its company", () => {
  const alone = gaussianData({ seeds: [3], size: 4, samples: 9 });
  const both = gaussianData({ seeds: [1, 3], size: 4, samples: 9 });
  for (const key of ['x', 'target'] as const)
    expect([...both[key].dataSync()].slice(36)).toEqual([...alone[key].dataSync()]);
  disposeTree({ alone, both });
  expect(tf.memory().numTensors).toBe(0);
});
