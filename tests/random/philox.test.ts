/** The generator against TensorFlow's own. */
import { describe, expect, it } from 'vitest';

import { execute1 } from '../../src/engine/backend';
import { tf } from '../../src/engine/tf';
import { initialWeights } from '../../src/layers/initialisation';
import { initialisations, initialValues } from '../../src/random/initialValues';
import { normalNumbers, uniformNumbers } from '../../src/random/philox';
import { streamKey } from '../../src/random/streams';
import { toBeAllClose } from '../support/allclose';

const drawn = (kind: 'Uniform' | 'Normal', count: number, key: Int32Array): ArrayLike<number> => {
  const tensor = tf.tidy(() =>
    execute1(`StatelessRandom${kind}`, [tf.tensor1d([count], 'int32'), tf.tensor1d(key, 'int32')], {
      dtype: { type: 'float32' },
      T: { type: 'int32' },
      Tseed: { type: 'int32' },
    }),
  );
  const values = tensor.dataSync();
  tensor.dispose();
  return values;
};

const keys = [0, 1, 2, 3].map((seed) => streamKey(seed, 'data', seed));

describe.each([1, 6, 10_000])('%i numbers', (count) => {
  it('are uniform as TensorFlow draws them, to the last digit', () => {
    for (const key of keys)
      expect([...uniformNumbers(count, key)]).toEqual(
        Array.from(drawn('Uniform', count, key), Number),
      );
  });

  it('are normal as TensorFlow draws them, but for its logarithm, sine and cosine', () => {
    for (const key of keys)
      toBeAllClose(normalNumbers(count, key), drawn('Normal', count, key), {
        rtol: 5e-7,
        atol: 1e-12,
      });
  });
});

it('keys of any sign give numbers of their own', () => {
  const [a, b] = [Int32Array.of(-1, 5), Int32Array.of(1, 5)];
  expect(uniformNumbers(4, a)).not.toEqual(uniformNumbers(4, b));
  expect([...uniformNumbers(4, a)]).toEqual(Array.from(drawn('Uniform', 4, a), Number));
});

it.each(initialisations)('initial weights are those of the engine: %s', (name) => {
  const own = initialValues(name, { fanIn: 12, fanOut: 7 }, keys[1]!);
  const tensor = initialWeights(name, [12, 7], keys[1]!);
  toBeAllClose(own, tensor.dataSync(), { rtol: name === 'glorotUniform' ? 0 : 5e-7, atol: 0 });
  tensor.dispose();
});
