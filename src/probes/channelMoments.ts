/**
 * How the first two moments of all channels of a layer move (Figures 2, 6 and 8; App. A.2), where src/probes/activations.ts
 * looks at one example channel. A channel's mean and variance (1/m) are over batch, height and width of the
 * normalisation's output, in training mode, on the training minibatch. A step later parameters, minibatch and noise are
 * all the next ones.
 */
import { compile } from '../engine/compile';
import { meanOver, square } from '../engine/elementary';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';
import type { Vgg } from '../models/vgg';
import type { AtBatch, stepFunctions } from '../step/step';

/** What is measured of each channel; `measures` below says how. */
const measured = [
  'meanStep',
  'varianceStep',
  'meanDrift',
  'varianceDrift',
  'absoluteMean',
  'deviation',
] as const;

/** Of each measure the median over channels and, with 90 after its name, the 90th percentile. */
export const channelMomentColumns = [
  ...['step', 'layer', 'channels'],
  ...measured.flatMap((name) => [name, `${name}90`]),
];

/** The moments of a layer's channels: all means, then all variances. */
export type ChannelMoments = Float32Array;

/** Mean and variance of each channel of x [n, h, w, c]: [2, 1, 1, c]. */
export function momentsOf(x: Tensor): Tensor {
  // In two stages, and once more around the mean: sums of 100,000 float32 of one sign lose digits.
  const mean = (values: Tensor): Tensor => meanOver(meanOver(values, [1, 2]), [0]);
  const first = mean(x);
  const centred = tf.sub(x, first);
  const variance = mean(square(centred));
  return tf.concat([tf.add(first, mean(centred)), variance], 0);
}

/**
 * Compiles the measurement for some layers of a network: at given parameters, on a given minibatch, layer to a tensor of
 * `ChannelMoments`. The caller disposes of them.
 */
export function makeChannelMoments(
  network: Vgg,
  functions: ReturnType<typeof stepFunctions>,
  { layers }: { layers: readonly number[] },
) {
  function measure({ parameters, statistics, batch }: AtBatch): Tensors {
    const mode = { training: true, updateStatistics: false, noiseKey: batch.noiseKey };
    const { activations } = network.forward(functions.images(batch), parameters, statistics, mode);
    const result: Tensors = {};
    for (const layer of layers) result[layer] = momentsOf(activations[layer]!);
    return result;
  }
  return compile(measure, { name: 'channelMoments' });
}

/** The value below which a share of some numbers lies, by linear interpolation; NaN where one is not finite. */
export function quantile(values: readonly number[], share: number): number {
  if (!values.every(Number.isFinite)) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * The table's row for one layer at one step, from its moments there, a step later and at step 0. Where a channel's
 * moment is not finite, neither is what follows from it.
 */
export function channelMomentRow(
  step: number,
  layer: number,
  { now, next, start }: { now: ChannelMoments; next: ChannelMoments; start: ChannelMoments },
): number[] {
  const channels = now.length / 2;
  const measures: Record<(typeof measured)[number], (mean: number, variance: number) => number> = {
    meanStep: (mean) => Math.abs(next[mean]! - now[mean]!),
    varianceStep: (_, variance) => Math.abs(next[variance]! - now[variance]!),
    meanDrift: (mean) => Math.abs(now[mean]! - start[mean]!),
    varianceDrift: (_, variance) => Math.abs(now[variance]! - start[variance]!),
    absoluteMean: (mean) => Math.abs(now[mean]!),
    deviation: (_, variance) => Math.sqrt(now[variance]!),
  };
  const numbers = measured.flatMap((name) => {
    const each = Array.from({ length: channels }, (_, c) => measures[name](c, channels + c));
    return [quantile(each, 0.5), quantile(each, 0.9)].map(Math.fround);
  });
  return [step, layer, channels, ...numbers];
}
