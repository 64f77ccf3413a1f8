/**
 * The optimisation landscape along the gradient, from a run's `landscape` table (section 3.2, App. A.2.2):
 * at each measured step a loss and a change of the gradient for each step length eta.
 */
import { withChangeSum } from '../runs/compact';
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import type { Curve, Envelope } from './select';

/** What the probe found at one training step; arrays by step length, ascending. */
export interface LandscapeStep {
  step: number;
  etas: number[];
  /** f(x - eta g) with the penalty, as training minimises it and the paper plots it. */
  loss: number[];
  /** || grad f(x - eta g) - g ||_2. */
  change: number[];
  /** eta || g ||_2. */
  distance: number[];
}

/** Overflow gives infinite or undefined numbers; both mean: too great for the arithmetic. */
const orInfinite = (value: number): number => (Number.isNaN(value) ? Infinity : value);

/** The rows of a run's `landscape` table by step, ascending; none without the table. */
export function landscapeSteps({ tables: { landscape } }: Run): LandscapeStep[] {
  const names = ['step', 'eta', 'loss', 'gradientChange', 'distance'];
  const [at, eta, loss, change, distance] = names.map((name) => column(landscape, name));
  // The deep linear network has none.
  const penalty = landscape?.columns.includes('penalty') ? column(landscape, 'penalty') : [];
  const bySteps = new Map<number, number[]>();
  at!.forEach((step, row) => bySteps.set(step, [...(bySteps.get(step) ?? []), row]));
  return [...bySteps.entries()]
    .sort(([a], [b]) => a - b)
    .map(([step, rows]) => {
      const ascending = rows.sort((a, b) => eta![a]! - eta![b]!);
      return {
        step,
        etas: ascending.map((row) => eta![row]!),
        loss: ascending.map((row) => orInfinite(loss![row]! + (penalty[row] ?? 0))),
        change: ascending.map((row) => orInfinite(change![row]!)),
        distance: ascending.map((row) => orInfinite(distance![row]!)),
      };
    });
}

/** The band between the least and the greatest of some values at each step. */
const bandOf = (steps: readonly LandscapeStep[], name: 'loss' | 'change'): Envelope => ({
  x: steps.map(({ step }) => step),
  lo: steps.map((at) => Math.min(...at[name])),
  hi: steps.map((at) => Math.max(...at[name])),
});

/** The loss landscape: [min, max] over eta of f(x - eta g). An upper edge that overflowed is infinite. */
export const lossBand = (run: Run): Envelope => bandOf(landscapeSteps(run), 'loss');

/** Gradient predictiveness: [min, max] over eta of || grad f(x - eta g) - g ||. */
export const changeBand = (run: Run): Envelope => bandOf(landscapeSteps(run), 'change');

export interface SmoothnessOptions {
  /** How many of the shortest step lengths to leave out; default none. */
  skip?: number;
}

/**
 * The effective beta-smoothness: max over eta of || grad f(x - eta g) - g || / (eta || g ||), infinite where that
 * overflowed. A step at which the gradient is zero has none and is left out.
 */
export function effectiveSmoothness(run: Run, { skip = 0 }: SmoothnessOptions = {}): Curve {
  const moved = landscapeSteps(run).map(({ step, change, distance }) => ({
    step,
    ratios: distance.flatMap((d, i) => (i < skip || d === 0 ? [] : orInfinite(change[i]! / d))),
  }));
  const kept = moved.filter(({ ratios }) => ratios.length > 0);
  return {
    x: kept.map(({ step }) => step),
    y: kept.map(({ ratios }) => Math.max(...ratios)),
  };
}

/** How wide the loss landscape's band is; infinite where its upper edge overflowed. */
export function lossRange(run: Run): Curve {
  const { x, lo, hi } = lossBand(run);
  return { x, y: hi.map((upper, i) => (upper === Infinity ? Infinity : upper - lo[i]!)) };
}

/** The greatest change of the gradient at each step: the upper edge of the gradient predictiveness. */
export function greatestChange(run: Run): Curve {
  const { x, hi } = changeBand(run);
  return { x, y: hi };
}

/**
 * The band, over eta, of the sum over tensors of parameters of the l2 norms of their gradients' changes. It is what the
 * paper's gradient predictiveness shows, as its values say.
 */
export function tensorSumBand({ tables: { landscape } }: Run): Envelope {
  const table = landscape && withChangeSum(landscape);
  const [steps, sums] = [column(table, 'step'), column(table, 'changeSum').map(orInfinite)];
  const bySteps = new Map<number, [lo: number, hi: number]>();
  steps.forEach((step, row) => {
    const [lo, hi] = bySteps.get(step) ?? [Infinity, -Infinity];
    bySteps.set(step, [Math.min(lo, sums[row]!), Math.max(hi, sums[row]!)]);
  });
  const bands = [...bySteps.entries()].sort(([one], [other]) => one - other);
  return {
    x: bands.map(([step]) => step),
    lo: bands.map(([, [lo]]) => lo),
    hi: bands.map(([, [, hi]]) => hi),
  };
}

/**
 * At each row of the table, the sum over tensors of parameters of the l2 norms of their gradients' changes over the
 * one l2 norm of all changes together: what a network-wide sum would show more than `gradientChange` does.
 */
export function sumOverNorm({ tables: { landscape } }: Run): number[] {
  const sums = column(landscape && withChangeSum(landscape), 'changeSum');
  return column(landscape, 'gradientChange').map((norm, row) => sums[row]! / norm);
}

/** At how many of a run's measured steps loss or gradient was too great at some step length. */
export function overflows(run: Run): { overflowed: number; measured: number } {
  const steps = landscapeSteps(run);
  const over = steps.filter(({ loss, change, distance }) =>
    [...loss, ...change, ...distance].includes(Infinity),
  );
  return { overflowed: over.length, measured: steps.length };
}

/**
 * Half the distance between neighbouring float64 numbers from 1/4 to 1/2, where most weights of the deep linear network
 * are: a weight that is to move by less stays where it is.
 */
export const resolution = 2 ** -55;
