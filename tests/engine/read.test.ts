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
  expect(loss).toBe(Math.fround(0.1));
  expect(Object.values(each).map(({ a }) => a)).toEqual([NaN, -Infinity]);
});

it('reads nothing where there is nothing', () => {
  expect(readTogether({ none: {} })).toEqual({ none: {} });
});
