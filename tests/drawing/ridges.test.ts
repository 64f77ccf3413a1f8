import type { PlotData } from 'plotly.js';
import { describe, expect, it } from 'vitest';

import { drawRidges } from '../../src/drawing/ridges';
import type { Table } from '../../src/runs/table';

const columns = ['step', 'layer', 'low', 'high', 'c0', 'c1', 'c2', 'c3'];
const table = (...rows: number[][]): Table => ({ columns, rows });
const options = { panel: 'c', seed: 7, axes: { xaxis: 'x3', yaxis: 'y3' }, colour: '#0072B2' };

describe('drawRidges', () => {
  it('places each ridge over its own bins and on its own step', () => {
    const { data, points } = drawRidges(
      table([0, 3, 0, 4, 1, 4, 4, 1], [100, 3, -4, 4, 1, 4, 4, 1]),
      options,
    );
    const [first, second] = data as Partial<PlotData>[];
    expect(first!.x).toEqual([0.5, 0.5, 1.5, 2.5, 3.5, 3.5]);
    expect(second!.x).toEqual([-3, -3, -1, 1, 3, 3]);
    expect([first!.y![0], first!.y!.at(-1)]).toEqual([0, 0]);
    expect([second!.y![0], second!.y!.at(-1)]).toEqual([100, 100]);
    expect(first!.name).toBe('step 0');
    expect(points.filter(({ series }) => series === 'step 100').map(({ x }) => x)).toEqual([
      -3, -1, 1, 3,
    ]);
  });

  it('gives ridges equal area: twice as wide is half as high', () => {
    const { points } = drawRidges(
      table([0, 3, 0, 4, 1, 4, 4, 1], [100, 3, -4, 4, 10, 40, 40, 10]),
      options,
    );
    const heights = points.map(({ y, hi }) => hi! - y);
    expect(heights[1]! / heights[5]!).toBeCloseTo(2, 4);
    expect(heights[5]).toBeCloseTo(180, 3); // the lower quartile of the peaks: 1.8 distances
  });

  it('cuts a peak that would hide the others at four distances', () => {
    const { points } = drawRidges(
      table([0, 3, 0, 0.01, 1, 4, 4, 1], [100, 3, 0, 4, 1, 4, 4, 1]),
      options,
    );
    const heights = points.map(({ y, hi }) => hi! - y);
    expect(Math.max(...heights)).toBe(400);
  });

  it('merges bins where values are few', () => {
    // 8 values: at most 4 bins; 4 values: at most 3.2, so 2 of the 4 bins are merged
    const bins = (...counts: number[]) =>
      drawRidges(table([0, 3, 0, 4, ...counts]), options).points.map(({ x }) => x);
    expect(bins(1, 3, 3, 1)).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect(bins(0, 2, 1, 1)).toEqual([1, 3]);
  });

  it('returns as points exactly what the traces hold', () => {
    const { data, points } = drawRidges(
      table([0, 3, 0, 4, 1, 4, 4, 1], [40, 3, 0.1, 5.3, 2, 4, 3, 1]),
      options,
    );
    const plotted = (data as Partial<PlotData>[]).flatMap(({ x, y }) =>
      (x as number[]).slice(1, -1).map((at, i) => [at, (y as number[])[i + 1]]),
    );
    expect(points.map(({ x, y }) => [x, y])).toEqual(plotted);
    expect(points.every(({ seed, lo, y }) => seed === 7 && lo === y)).toBe(true);
  });

  it('shows at most `count` ridges, evenly spaced from the first on, later ones in front', () => {
    const rows = Array.from({ length: 61 }, (_, i) => [20 * i, 3, 0, 4, 1, 4, 4, 1]);
    const { data } = drawRidges(table(...rows), { ...options, count: 7 });
    expect(data.map(({ name }) => name)).toEqual(
      [0, 180, 360, 540, 720, 900, '1,080'].map((step) => `step ${step}`),
    );
  });

  it('shows the range of most ridges, not that of one with outliers', () => {
    const rows = Array.from({ length: 15 }, (_, i) => [20 * i, 3, 0, 4, 1, 4, 4, 1]);
    rows[5] = [100, 3, -1000, 1000, 1, 4, 4, 1];
    const [low, high] = drawRidges(table(...rows), options).xaxis.range as [number, number];
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(4);
  });

  it('leaves out rows without a width: a dead channel, a run that diverged', () => {
    const rows = [
      [0, 3, 0, 4, 1, 4, 4, 1],
      [20, 3, 1, 1, 10, 0, 0, 0],
      [40, 3, Infinity, -Infinity, 0, 0, 0, 0],
    ];
    expect(drawRidges(table(...rows), options).data).toHaveLength(1);
  });

  it('draws nothing without rows or a table', () => {
    expect(drawRidges(table(), options).data).toEqual([]);
    expect(drawRidges(undefined, options)).toMatchObject({ data: [], points: [] });
  });
});
