/** Mean and variance of a layer's example channel over training: what moves, and by how much. */
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import { histograms } from './histograms';
import { type Curve, layerRows } from './select';
import { mean, median } from './statistics';

export type Moment = 'mean' | 'variance';

/** A moment of a layer against the step, where it is finite. */
export function momentCurve(run: Run, layer: number, moment: Moment): Curve {
  const rows = layerRows(run.tables.moments, layer);
  const [steps, values] = [column(rows, 'step'), column(rows, moment)];
  const kept = [...steps.keys()].filter((i) => Number.isFinite(values[i]));
  return { x: kept.map((i) => steps[i]!), y: kept.map((i) => values[i]!) };
}

/** |change| since the measurement before, at the later of the two. */
export const successiveChanges = ({ x, y }: Curve): Curve => ({
  x: x.slice(1),
  y: y.slice(1).map((value, i) => Math.abs(value - y[i]!)),
});

/** Change since the first measurement. */
export const changesFromStart = ({ x, y }: Curve): Curve => ({
  x,
  y: y.map((value) => value - y[0]!),
});

/** The median |change| of a moment between successive measurements; NaN where there are none. */
export const typicalChange = (run: Run, layer: number, moment: Moment): number =>
  median(successiveChanges(momentCurve(run, layer, moment)).y);

/** Standard deviations of a layer over training, where they are finite. */
export const spreads = (run: Run, layer: number): number[] =>
  momentCurve(run, layer, 'variance').y.map(Math.sqrt);

/** Their median. */
export const typicalSpread = (run: Run, layer: number): number => median(spreads(run, layer));

/**
 * Half the sum of |p - q| over the bins of a histogram, of which q is normal with the histogram's mean and variance:
 * their distance in total variation, 0 to 1, on the bins.
 */
function distanceOf(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const centre = counts.reduce((sum, count, i) => sum + i * count, 0) / total;
  const variance = counts.reduce((sum, count, i) => sum + (i - centre) ** 2 * count, 0) / total;
  const normal = counts.map((_, i) => Math.exp(-((i - centre) ** 2) / (2 * variance)));
  const whole = normal.reduce((sum, height) => sum + height, 0);
  const apart = counts.map((count, i) => Math.abs(count / total - normal[i]! / whole));
  return apart.reduce((sum, each) => sum + each, 0) / 2;
}

/** The median over training of the distance of a layer's histograms from normal ones; NaN where there are none. */
export const distanceFromNormal = (run: Run, layer: number): number =>
  median(
    histograms(layerRows(run.tables.histograms, layer)).map(({ counts }) => distanceOf(counts)),
  );

/**
 * How far a layer's distribution is from where it ends, in units of the spread it ends with, on average over the
 * measured steps t < T: |mean(t) - mean(T)| / sd(T) + |ln(sd(t) / sd(T))|. The scale of the activations cancels.
 */
export function drift(run: Run, layer: number): number {
  const rows = layerRows(run.tables.moments, layer);
  const variances = column(rows, 'variance');
  const means = column(rows, 'mean').filter((_, t) => Number.isFinite(variances[t]));
  const widths = spreads(run, layer);
  const [endMean, endSpread] = [means.at(-1) ?? NaN, widths.at(-1) ?? NaN];
  return mean(
    means.slice(0, -1).map((value, t) => {
      const moved = Math.abs(value - endMean) / endSpread;
      return moved + Math.abs(Math.log(widths[t]! / endSpread));
    }),
  );
}
