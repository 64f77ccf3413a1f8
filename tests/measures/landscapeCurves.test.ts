import { describe, expect, it } from 'vitest';

import {
  changeBand,
  effectiveSmoothness,
  greatestChange,
  landscapeSteps,
  lossBand,
  lossRange,
  overflows,
  sumOverNorm,
} from '../../src/measures/landscapeCurves';
import type { Run } from '../../src/runs/run';
import { landscapeRuns } from '../fixtures/landscapeRuns';

const columns = [
  ...['step', 'eta', 'loss', 'penalty', 'gradientNorm', 'distance', 'gradientChange'],
  ...['change.conv1.kernel', 'change.dense1.bias'],
];

/** A run with this landscape table and nothing else. */
const runWith = (rows: number[][], names = columns): Run => ({
  ...landscapeRuns('vgg', [0])[0]!,
  tables: { landscape: { columns: names, rows } },
});

// Two steps, two step lengths, in any order: g = 2, then g = 4.
const run = runWith([
  [20, 0.1, 3, 0.5, 4, 0.4, 10, 6, 8],
  [20, 0.05, 2, 0.5, 4, 0.2, 5, 3, 4],
  [0, 0.05, 1.5, 1, 2, 0.1, 3, 3, 0],
  [0, 0.1, 1, 1, 2, 0.2, 2, 0, 2],
]);

describe('the landscape of a run', () => {
  it('is ordered by step and step length, the penalty in the loss', () => {
    expect(landscapeSteps(run)).toEqual([
      { step: 0, etas: [0.05, 0.1], loss: [2.5, 2], change: [3, 2], distance: [0.1, 0.2] },
      { step: 20, etas: [0.05, 0.1], loss: [2.5, 3.5], change: [5, 10], distance: [0.2, 0.4] },
    ]);
  });

  it('has bands from the least to the greatest over the step lengths', () => {
    expect(lossBand(run)).toEqual({ x: [0, 20], lo: [2, 2.5], hi: [2.5, 3.5] });
    expect(lossRange(run)).toEqual({ x: [0, 20], y: [0.5, 1] });
    expect(changeBand(run)).toEqual({ x: [0, 20], lo: [2, 5], hi: [3, 10] });
    expect(greatestChange(run)).toEqual({ x: [0, 20], y: [3, 10] });
  });

  it('has as effective smoothness the greatest change over distance', () => {
    expect(effectiveSmoothness(run).y.map(Math.round)).toEqual([30, 25]);
    expect(effectiveSmoothness(run, { skip: 1 }).y.map(Math.round)).toEqual([10, 25]);
    expect(effectiveSmoothness(run, { skip: 2 })).toEqual({ x: [], y: [] });
  });

  it('knows how much greater the sum over tensors is than the norm', () => {
    expect(sumOverNorm(run)).toEqual([1.4, 1.4, 1, 1]);
  });

  it('needs no penalty: the deep linear network has none', () => {
    const names = columns.filter((name) => name !== 'penalty');
    const [step] = landscapeSteps(runWith([[0, 1, 7, 2, 2, 3, 3, 0]], names));
    expect(step!.loss).toEqual([7]);
  });

  it('is empty without its table', () => {
    const bare = { ...run, tables: {} };
    expect(landscapeSteps(bare)).toEqual([]);
    expect(lossBand(bare)).toEqual({ x: [], lo: [], hi: [] });
    expect(sumOverNorm(bare)).toEqual([]);
    expect(overflows(bare)).toEqual({ overflowed: 0, measured: 0 });
  });
});

describe('an overflow', () => {
  const broken = runWith([
    [0, 0.05, 1, 0, 2, 0.1, 3, 3, 0],
    [0, 0.1, NaN, 0, 2, 0.2, NaN, NaN, NaN],
    [20, 0.05, 1, 0, 2, 0.1, 3, 3, 0],
    [20, 0.1, Infinity, 0, 2, 0.2, 5, 3, 4],
    [40, 0.05, Infinity, 0, Infinity, Infinity, NaN, NaN, NaN],
    [40, 0.1, Infinity, 0, Infinity, Infinity, NaN, NaN, NaN],
    [60, 0.05, 1, 0, 2, 0.1, 3, 3, 0],
    [60, 0.1, 2, 0, 2, 0.2, 3, 3, 0],
  ]);

  it('is infinite, whatever the table calls it', () => {
    expect(lossBand(broken)).toMatchObject({ lo: [1, 1, Infinity, 1] });
    expect(lossRange(broken).y).toEqual([Infinity, Infinity, Infinity, 1]);
    expect(greatestChange(broken).y).toEqual([Infinity, 5, Infinity, 3]);
    expect(effectiveSmoothness(broken).y.map(Math.round)).toEqual([Infinity, 30, Infinity, 30]);
  });

  it('is counted by steps', () => {
    expect(overflows(broken)).toEqual({ overflowed: 3, measured: 4 });
  });
});

it('a gradient of zero has no smoothness', () => {
  const still = runWith([
    [0, 0.05, 1, 0, 0, 0, 0, 0, 0],
    [20, 0.05, 1, 0, 2, 0.1, 3, 3, 0],
  ]);
  expect(effectiveSmoothness(still).x).toEqual([20]);
});
