/** Moments over all channels of a layer, from a run's `channelMoments` table: medians over the channels. */
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import { layerRows } from './select';
import { mean, median } from './statistics';

type ChannelColumn = 'meanStep' | 'varianceStep' | 'meanDrift' | 'varianceDrift' | 'deviation';

/** A quantity of a layer at each measured step, where it is finite. */
export const channelValues = (run: Run, layer: number, name: ChannelColumn): number[] =>
  column(layerRows(run.tables.channelMoments, layer), name).filter(Number.isFinite);

/** Its median over training; NaN where nothing was measured. */
export const typicalOfChannels =
  (name: ChannelColumn) =>
  (run: Run, layer: number): number =>
    median(channelValues(run, layer, name));

/**
 * How far a layer's distribution has moved from where it began, in units of the spread it ends with, on average over the
 * measured steps: |change of the mean| / sd + |change of the variance| / (2 sd^2). The scale of the activations cancels.
 */
export function channelDrift(run: Run, layer: number): number {
  const end = channelValues(run, layer, 'deviation').at(-1) ?? NaN;
  const means = channelValues(run, layer, 'meanDrift').map((change) => change / end);
  const variances = channelValues(run, layer, 'varianceDrift').map(
    (change) => change / (2 * end ** 2),
  );
  return mean(means) + mean(variances);
}
