import { expect, it } from 'vitest';

import { numbered, readTogether } from '../../src/engine/read';
import { tf } from '../../src/engine/tf';

it('reads what each tensor alone would give, in the structure that it was given', () => {
  const tree = {
    loss: tf.scalar(0.1),
    each: numbered([{ a: tf.scalar(NaN) }, { a: tf.scalar(-Infinity) }]),
  };
  const count = tf.memory().numTensors;
  const { loss, each } = readTogether(tree);
  expect(tf.memory().numTensors).toBe(count);
  expect([...loss]).toEqual([Math.fround(0.1)]);
  expect(Object.values(each).map(({ a }) => [...a])).toEqual([[NaN], [-Infinity]]);
});

it('reads vectors of one length, and nothing', () => {
  const { a, b } = readTogether({ a: tf.tensor1d([1, 2]), b: tf.tensor1d([3, 4]) });
  expect([[...a], [...b]]).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(readTogether({ none: {} })).toEqual({ none: {} });
});
