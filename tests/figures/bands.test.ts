import { describe, expect, it } from 'vitest';

import { bandOver, drawSeries, type SeriesOptions } from '../../src/figures/bands';

const options: SeriesOptions = {
  panel: 'a',
  axes: { xaxis: 'x2', yaxis: 'y2' },
  style: { name: 'Standard, lr 0.1', colour: '#D55E00', dash: 'solid' },
  legend: true,
};

describe('bandOver', () => {
  it('is the median, the least and the greatest at each x', () => {
    const curves = [
      { x: [0, 10], y: [1, 4] },
      { x: [0, 10], y: [5, 6] },
      { x: [0, 10], y: [2, 8] },
    ];
    expect(bandOver(curves)).toEqual({ x: [0, 10], median: [2, 6], lo: [1, 4], hi: [5, 8] });
  });

  it('stops where fewer than half of the curves go on', () => {
    const short = { x: [0], y: [1] };
    const long = { x: [0, 10], y: [3, 5] };
    expect(bandOver([short, long, short]).x).toEqual([0]);
    expect(bandOver([short, long]).x).toEqual([0, 10]);
  });
});

describe('drawSeries', () => {
  const one = { seed: 4, x: [0, 10], y: [1, 4] };
  const other = { seed: 5, x: [0, 10], y: [5, 6] };

  it('draws one seed as a line and names the seed', () => {
    const { data, points } = drawSeries([one], options);
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ x: [0, 10], y: [1, 4], xaxis: 'x2', showlegend: true });
    expect(points[1]).toEqual({ panel: 'a', series: 'Standard, lr 0.1', seed: 4, x: 10, y: 4 });
  });

  it('draws several seeds as a median in a band; the points are what is plotted', () => {
    const { data, points } = drawSeries([one, other], options);
    expect(data).toHaveLength(2);
    expect(data[0]).toMatchObject({ x: [0, 10, 10, 0], y: [5, 6, 4, 1], fill: 'toself' });
    expect(data[1]).toMatchObject({ x: [0, 10], y: [3, 5] });
    expect(points.map(({ seed, x, y, lo, hi }) => [seed, x, y, lo, hi])).toEqual([
      ['median', 0, 3, 1, 5],
      ['median', 10, 5, 4, 6],
    ]);
  });

  it('marks where a run diverged', () => {
    const { data, points } = drawSeries([one, { ...other, diverged: true }], options);
    expect(data[2]).toMatchObject({ mode: 'markers', x: [10], y: [6] });
    expect(points.at(-1)).toMatchObject({ series: 'Standard, lr 0.1 (diverged)', seed: 5, y: 6 });
  });

  it('draws nothing without curves, or with curves that have no points', () => {
    expect(drawSeries([], options)).toEqual({ data: [], points: [] });
    expect(drawSeries([{ seed: 0, x: [], y: [], diverged: true }], options).data).toEqual([]);
  });
});
