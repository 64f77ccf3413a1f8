import { expect, test } from 'vitest';

import { batchHash } from '../../src/data/cifar10Decode';
import { channelStatistics, imageBytes, type Split } from '../../src/data/dataSet';
import { syntheticDataSet } from '../../src/data/synthetic';

const small = { train: 40, test: 20 };

test('shapes, balanced classes, and training and test images that differ', () => {
  const { train, test } = syntheticDataSet(small);
  expect([train.count, train.images.length, train.labels.length]).toEqual([
    40,
    40 * imageBytes,
    40,
  ]);
  expect([test.count, test.images.length, test.labels.length]).toEqual([20, 20 * imageBytes, 20]);
  for (let c = 0; c < 10; c++) expect(train.labels.filter((label) => label === c)).toHaveLength(4);
  expect(test.images).not.toEqual(train.images.subarray(0, 20 * imageBytes));
});

test('the same bytes for ever, others for another seed, and more images begin with the same ones', () => {
  const { train } = syntheticDataSet(small);
  expect(batchHash(train.images)).toBe(
    '0031badcffc5d59f3f80b4108446e967acd96dbbe93d01e68565d6547835b1fd',
  );
  expect(syntheticDataSet({ ...small, seed: 1 }).train.images).not.toEqual(train.images);
  const more = syntheticDataSet({ ...small, train: 50 });
  expect(more.train.images.subarray(0, train.images.length)).toEqual(train.images);
});

test('mean and standard deviation are those of the training images, by channel', () => {
  const { mean, std, train } = syntheticDataSet(small);
  for (const c of [0, 1, 2] as const) {
    const values = [...train.images.filter((_, byte) => byte % 3 === c)].map((byte) => byte / 255);
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
    expect(mean[c]).toBeCloseTo(average, 12);
    expect(std[c]).toBeCloseTo(Math.sqrt(variance), 12);
  }
  expect(channelStatistics(Uint8Array.of(0, 255, 51, 255, 255, 51))).toEqual({
    mean: [0.5, 1, 0.2],
    std: [0.5, 0, 0],
  });
});

test('the classes can be learnt: the nearest class mean names most test images', () => {
  const { train, test } = syntheticDataSet({ train: 200, test: 100 });
  const image = ({ images }: Split, i: number) =>
    images.subarray(i * imageBytes, (i + 1) * imageBytes);
  const means = Array.from({ length: 10 }, () => new Float64Array(imageBytes));
  for (let i = 0; i < train.count; i++) {
    const mean = means[train.labels[i]!]!;
    image(train, i).forEach((value, byte) => (mean[byte] = mean[byte]! + value / 20));
  }
  const right = Array.from({ length: test.count }, (_, i) => {
    const distances = means.map((mean) =>
      image(test, i).reduce((sum, value, byte) => sum + (value - mean[byte]!) ** 2, 0),
    );
    return distances.indexOf(Math.min(...distances)) === test.labels[i];
  }).filter(Boolean);
  expect(right.length).toBeGreaterThan(80);
});
