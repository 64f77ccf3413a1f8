/** Random crops and mirror images: against loops over pixels, in every way a step can run, and in a run. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { vggRun } from '../../src/config/presets';
import { compile } from '../../src/engine/compile';
import { type Tensor, tf } from '../../src/engine/tf';
import { column } from '../../src/runs/table';
import { augment, cropsAt, drawCrops } from '../../src/step/augment';
import { trainRun } from '../../src/training/trainer';
import { temporaryFolder } from '../runs/sample';

afterEach(() => vi.unstubAllEnvs());

const side = 32;

/** One image [32, 32, 3], mirrored or not, with its corner at (top, left) of an image padded by 4 pixels. */
function naive(image: Float32Array, top: number, left: number, mirrored: boolean): number[] {
  const at = (y: number, x: number, c: number): number =>
    y < 0 || x < 0 || y >= side || x >= side ? 0 : image[(y * side + x) * 3 + c]!;
  const result: number[] = [];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++)
        result.push(at(y + top - 4, left - 4 + (mirrored ? side - 1 - x : x), c));
  return result;
}

describe.each(['eager', 'function', 'xla'])('as %s', (mode) => {
  it('moves pixels and pads with zeros, every place and mirror alike', () => {
    vi.stubEnv('BN_ENGINE_STEP', mode);
    const every = Array.from({ length: 162 }, (_, i) => ({
      top: Math.floor(i / 9) % 9,
      left: i % 9,
      mirrored: i >= 81,
    }));
    const n = every.length;
    const values = Float32Array.from({ length: n * side * side * 3 }, (_, i) => 1 + (i % 9973));
    const images = tf.tensor4d(values, [n, side, side, 3]);
    const corner = tf.tensor2d(
      every.map(({ top, left }) => top * 40 + left),
      [n, 1],
    );
    const mirrored = tf.tensor2d(
      every.map((crop) => Number(crop.mirrored)),
      [n, 1],
    );
    const step = compile(
      ({ images, ...crops }: { images: Tensor; corner: Tensor; mirrored: Tensor }) => ({
        images: augment(images, crops),
      }),
      { name: 'augment' },
    );
    const found = step({ images, corner, mirrored }).images;
    expect(found.shape).toEqual([n, side, side, 3]);
    const pixels = found.dataSync<'float32'>();
    const size = side * side * 3;
    every.forEach(({ top, left, mirrored }, i) => {
      const image = values.subarray(i * size, (i + 1) * size);
      expect([...pixels.subarray(i * size, (i + 1) * size)]).toEqual(
        naive(image, top, left, mirrored),
      );
    });
  });
});

describe('drawCrops', () => {
  it('is a function of seed and step', () => {
    const [corner, mirrored] = [0, 1].map((k) => [...Object.values(drawCrops(3, 7, 16))[k]!]);
    expect(drawCrops(3, 7, 16)).toEqual(drawCrops(3, 7, 16));
    expect([...drawCrops(3, 8, 16).corner]).not.toEqual(corner);
    expect([...drawCrops(4, 7, 16).corner]).not.toEqual(corner);
    const device = cropsAt(3, 7, 16);
    expect([...device.corner.dataSync()]).toEqual(corner);
    expect([...device.mirrored.dataSync()]).toEqual(mirrored);
  });

  it('draws each of the 81 places and 2 sides equally often', () => {
    const draws = 162 * 200;
    const { corner, mirrored } = drawCrops(0, 0, draws);
    const counts = new Map<string, number>();
    corner.forEach((place, i) => {
      expect(place % 40).toBeLessThanOrEqual(8);
      const key = `${place}/${mirrored[i]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    expect(counts.size).toBe(162);
    // Chi-squared with 161 degrees of freedom: mean 161, standard deviation 18.
    const excess = [...counts.values()].reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0);
    expect(excess).toBeGreaterThan(161 - 5 * 18);
    expect(excess).toBeLessThan(161 + 5 * 18);
  });
});

describe('a run', () => {
  const base = vggRun('smoke', { normalisation: 'none', steps: 6, evaluateEvery: 6 });
  const config = {
    ...base,
    probes: {
      activations: { every: 2, layers: [1] },
      landscape: { every: 2, lengths: [1e-9] },
      covariateShift: { every: 2, layers: [1] },
    },
  };

  it('has other images in training and its probes, and the same in the test', async () => {
    const [plain, augmented] = [
      await trainRun(config, { root: temporaryFolder() }),
      await trainRun({ ...config, augmentation: true }, { root: temporaryFolder() }),
    ];
    const [losses, others] = [augmented, plain].map((run) => column(run.tables.steps, 'loss'));
    expect(losses![0]).not.toBe(others![0]);
    expect(augmented.tables.evals!.rows[0]).toEqual(plain.tables.evals!.rows[0]);
    // A step of no length along the gradient has the step's own loss, and nothing lies below layer 1.
    const { landscape, covariateShift } = augmented.tables;
    column(landscape, 'loss').forEach((loss, i) => expect(loss).toBeCloseTo(losses![2 * i]!, 5));
    const [shift, norm] = ['l2', 'norm'].map((name) => column(covariateShift, name));
    shift!.forEach((l2, i) => expect(l2 / norm![i]!).toBeLessThan(1e-5));
  });

  it('leaves no tensors behind', async () => {
    const augmented = { ...config, augmentation: true as const };
    await trainRun(augmented, { root: temporaryFolder() });
    const before = tf.memory().numTensors;
    await trainRun(augmented, { root: temporaryFolder() });
    expect(tf.memory().numTensors).toBe(before);
  });
});
