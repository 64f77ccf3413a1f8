/** Histograms of a layer's example channel over training, as counts and as densities. */
import type { Run } from '../runs/run';
import { column, type Table } from '../runs/table';
import { layerRows } from './select';

/** One histogram: counts of equal bins over [low, high], a range of its own. */
export interface Histogram {
  step: number;
  low: number;
  high: number;
  counts: number[];
}

/** The rows that have a width: not those of a channel that is dead or of a run that diverged. */
export function histograms(table: Table | undefined): Histogram[] {
  if (table === undefined) return [];
  const [steps, low, high] = ['step', 'low', 'high'].map((name) => column(table, name));
  const bins = [...table.columns.keys()].filter((i) => /^c\d+$/.test(table.columns[i]!));
  return table.rows
    .map((row, i) => ({
      step: steps![i]!,
      low: low![i]!,
      high: high![i]!,
      counts: bins.map((at) => row[at]!),
    }))
    .filter(({ low, high }) => Number.isFinite(high - low) && high > low);
}

/** A histogram as a density over the middles of its bins. */
export interface Density {
  step: number;
  x: number[];
  y: number[];
}

/**
 * The density of a histogram. Neighbouring bins are merged until n values have at most 2 n^(1/3) of them (Rice's rule):
 * a late layer has a few hundred values a minibatch, too few for as many bins as an early one.
 */
export function densityOf({ step, low, high, counts }: Histogram): Density {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const most = Math.max(1, 2 * Math.cbrt(total));
  let merged = Math.ceil(counts.length / most);
  while (counts.length % merged) merged++;
  const bins = counts.length / merged;
  const width = (high - low) / bins;
  const y = Array<number>(bins).fill(0);
  counts.forEach((count, i) => (y[Math.floor(i / merged)]! += count / total / width));
  return { step, x: y.map((_, i) => low + (i + 0.5) * width), y };
}

/** The densities of a layer's example channel over training, one for each recorded histogram. */
export const activationDensities = (run: Run, layer: number): Density[] =>
  histograms(layerRows(run.tables.histograms, layer)).map(densityOf);
