/** A small made-up image set that a network can learn, for preset smoke and the tests. Nothing is downloaded. */
import { streamBytes } from '../random/streams';
import {
  channelStatistics,
  classCount,
  type DataSet,
  imageBytes,
  imageSide,
  type Split,
} from './dataSet';

export interface SyntheticOptions {
  /** Training images. */
  train: number;
  /** Test images. */
  test: number;
  /** Another seed, another set. */
  seed?: number;
}

/** Stripes of a class: how fast the wave runs along x and y, per pixel, and the channel where it is strongest. */
const stripes = [
  { x: 2, y: 0, channel: 0 },
  { x: 0, y: 2, channel: 1 },
  { x: 2, y: 2, channel: 2 },
  { x: 2, y: -2, channel: 0 },
  { x: 4, y: 0, channel: 1 },
  { x: 0, y: 4, channel: 2 },
  { x: 4, y: 4, channel: 0 },
  { x: 4, y: -4, channel: 1 },
  { x: 4, y: 2, channel: 2 },
  { x: 2, y: 4, channel: 0 },
];

/** A triangle wave of 32 positions per period, -8 to 8. Whole numbers only: the same set on every machine. */
const triangle = (position: number): number => Math.abs((position & 31) - 16) - 8;

/** Images and labels of one split; classes take turns. The first byte of an image's stream shifts its stripes. */
function makeSplit(count: number, seed: number, part: number): Split {
  const images = new Uint8Array(count * imageBytes); // [count, 32, 32, 3]
  const labels = Uint8Array.from({ length: count }, (_, i) => i % classCount);
  for (let i = 0; i < count; i++) {
    const random = streamBytes(seed, 'images', [part, i], 1 + imageBytes);
    const { x, y, channel } = stripes[i % classCount]!;
    const shift = random[0]! & 7;
    for (let pixel = 0; pixel < imageSide * imageSide; pixel++) {
      const wave = triangle(x * (pixel % imageSide) + y * Math.floor(pixel / imageSide) + shift);
      for (let c = 0; c < 3; c++) {
        const noise = (random[1 + 3 * pixel + c]! & 63) - 32;
        const strength = c === channel ? 6 : 2;
        images[i * imageBytes + 3 * pixel + c] = 128 + strength * wave + noise;
      }
    }
  }
  return { count, images, labels };
}

/**
 * Ten classes of coloured stripes in noise, balanced, 32x32x3 like CIFAR-10.
 * The same options give the same bytes anywhere.
 */
export function syntheticDataSet({ train, test, seed = 0 }: SyntheticOptions): DataSet {
  const trainSplit = makeSplit(train, seed, 0);
  const statistics = channelStatistics(trainSplit.images);
  return { train: trainSplit, test: makeSplit(test, seed, 1), ...statistics };
}
