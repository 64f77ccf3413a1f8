/**
 * Random crops and mirror images of a training minibatch: each image is padded with 4 pixels of zeros, the mean colour of
 * standardised images, cropped to its own size at a random place and, every second one, mirrored left to right.
 */
import { constant } from '../engine/constant';
import { cast, gather, pad, rawReshape } from '../engine/elementary';
import { type Tensor, tf } from '../engine/tf';
import { streamBytes } from '../random/streams';

const padding = 4;
const side = 32;
const padded = side + 2 * padding;
/** Places of a crop along one axis. */
const places = 2 * padding + 1;

/** How the images of a minibatch are cropped. */
export type Crops = {
  /** Number of the pixel in the padded image where the crop begins, float32 [n, 1]. */
  corner: Tensor;
  /** 1 where the image is mirrored, else 0, float32 [n, 1]. */
  mirrored: Tensor;
};

/**
 * The crops of a step's `n` images: a function of seed and step. They are drawn here and not in the step, because XLA
 * has a random generator of its own: the probes, which do not run through it, would see other images than the step.
 */
export function drawCrops(
  seed: number,
  step: number,
  n: number,
): { corner: Float32Array; mirrored: Float32Array } {
  const bytes = streamBytes(seed, 'augmentation', [step], 4 * n);
  const [corner, mirrored] = [new Float32Array(n), new Float32Array(n)];
  for (let i = 0; i < n; i++) {
    const draw = bytes.readUInt32LE(4 * i) % (2 * places ** 2);
    const place = draw % places ** 2;
    corner[i] = padded * Math.floor(place / places) + (place % places);
    mirrored[i] = Math.floor(draw / places ** 2);
  }
  return { corner, mirrored };
}

/** As `drawCrops`, on the device. The caller disposes of both. */
export function cropsAt(seed: number, step: number, n: number): Crops {
  const { corner, mirrored } = drawCrops(seed, step, n);
  return { corner: tf.tensor2d(corner, [n, 1]), mirrored: tf.tensor2d(mirrored, [n, 1]) };
}

/** Standardised images [n, 32, 32, 3] cropped and mirrored. */
export function augment(images: Tensor, { corner, mirrored }: Crops): Tensor {
  const [n, , , channels] = images.shape as [number, number, number, number];
  const pixels = Array.from({ length: side * side }, (_, i) => [Math.floor(i / side), i % side]);
  /** Where each pixel of the crop is from its corner, and what a mirror adds to that. */
  const offset = constant(pixels.map(([y, x]) => padded * y! + x!));
  const turn = constant(pixels.map(([, x]) => side - 1 - 2 * x!));
  // Whole numbers, exact in float32; int32 arithmetic would leave the GPU.
  const source = tf.add(tf.add(corner, tf.mul(mirrored, turn)), offset); // [n, side * side]
  const indices = cast(source, 'float32', 'int32');
  const around = [padding, padding] as const;
  const wide = pad(images, [[0, 0], around, around, [0, 0]]); // [n, padded, padded, channels]
  const rows = rawReshape(wide, [n, padded * padded, channels]);
  const cropped = gather(rows, indices, { axis: 1, shared: 1 }); // [n, side * side, channels]
  return rawReshape(cropped, images.shape);
}
