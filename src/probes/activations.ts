/**
 * Activation distributions (Figures 1c, 2, 6, 8, 9; App. A.2): for each layer one example channel, drawn once from the
 * seed, over the batch and, in a convolution, height and width (App. A: "over the batch, height, width dimension"). What
 * is measured is the output of the normalisation, before the ReLU; in the standard network, of the convolution and bias.
 */
import { streamBytes } from '../random/streams';

/** Bins of a histogram row. */
export const histogramBins = 48;

export const momentColumns = ['step', 'layer', 'mean', 'variance'];
export const histogramColumns = [
  ...['step', 'layer', 'low', 'high'],
  ...Array.from({ length: histogramBins }, (_, i) => `c${i}`),
];

/** The example channel of a layer with `channels` channels: the same at every step and in every network. */
export function exampleChannel(seed: number, layer: number, channels: number): number {
  return streamBytes(seed, 'histogram', [layer], 4).readUInt32LE(0) % channels;
}

/** Mean and variance (1/m); not finite where a value is not. */
export function moments(values: Float32Array | Float64Array): { mean: number; variance: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, variance: squares / values.length };
}

/**
 * Counts of the values in `histogramBins` equal bins from the smallest to the largest. The range is the row's own, since
 * the standard network's activations change their scale by orders of magnitude: fixed bins would lose either end.
 */
export function histogram(values: Float32Array | Float64Array): {
  low: number;
  high: number;
  counts: number[];
} {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const counts = new Array<number>(histogramBins).fill(0);
  const scale = high > low ? histogramBins / (high - low) : 0;
  for (const value of values) {
    const bin = Math.min(histogramBins - 1, Math.floor((value - low) * scale));
    if (bin >= 0) counts[bin]! += 1; // NaN belongs to no bin
  }
  return { low, high, counts };
}

/** The rows of the two tables for one layer at one step. */
export function activationRows(
  step: number,
  layer: number,
  values: Float32Array | Float64Array,
): { moments: number[]; histogram: number[] } {
  const { mean, variance } = moments(values);
  const { low, high, counts } = histogram(values);
  return {
    moments: [step, layer, mean, variance],
    histogram: [step, layer, low, high, ...counts],
  };
}
