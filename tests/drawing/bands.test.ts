import { describe, expect, it } from 'vitest';

import { bandOver, drawEnvelopes, drawSeries, type SeriesOptions } from '../../src/drawing/bands';

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

describe('gaps', () => {
  const broken = { seed: 4, x: [0, 10, 20, 30], y: [1, Infinity, 3, NaN] };

  it('part a line where a value is not finite, and are no points', () => {
    const { data, points } = drawSeries([broken], options);
    expect(data[0]).toMatchObject({ x: [0, 10, 20, 30], y: [1, null, 3, null] });
    expect(points.map(({ x }) => x)).toEqual([0, 20]);
  });

  it('part the band over seeds into pieces', () => {
    const other = { seed: 5, x: [0, 10, 20, 30], y: [2, 2, 2, 2] };
    const [band] = drawSeries([{ ...broken, y: [1, Infinity, 3, 4] }, other], options).data;
    expect(band).toMatchObject({ x: [0, 0, null, 20, 30, 30, 20], y: [2, 1, null, 3, 4, 2, 2] });
  });

  it('are on a logarithmic axis where a value is not above 0', () => {
    const zero = { seed: 4, x: [0, 10], y: [0, 1] };
    expect(drawSeries([zero], options).data[0]).toMatchObject({ y: [0, 1] });
    expect(drawSeries([zero], { ...options, log: true }).data[0]).toMatchObject({ y: [null, 1] });
  });

  it('end a curve that diverged at its last value on the axis', () => {
    const { points } = drawSeries([{ ...broken, diverged: true }], options);
    expect(points.at(-1)).toMatchObject({ series: 'Standard, lr 0.1 (diverged)', x: 20, y: 3 });
  });
});

describe('drawEnvelopes', () => {
  const one = { seed: 4, x: [0, 10], lo: [1, 2], hi: [3, 8] };
  const other = { seed: 5, x: [0, 10], lo: [2, 4], hi: [4, 10] };

  it("draws one seed's envelope as a closed outline", () => {
    const { data, points } = drawEnvelopes([one], options);
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ x: [0, 10, 10, 0], y: [3, 8, 2, 1], fill: 'toself' });
    const shared = { panel: 'a', series: 'Standard, lr 0.1', seed: 4 };
    expect(points[1]).toEqual({ ...shared, x: 10, y: 8, lo: 2, hi: 8 });
  });

  it('draws of several seeds the medians of the edges', () => {
    const { data, points } = drawEnvelopes([one, other, other], options);
    expect(data[0]).toMatchObject({ y: [4, 10, 4, 2] });
    expect(points[0]).toMatchObject({ seed: 'median', lo: 2, hi: 4 });
  });

  it('leaves a gap where the upper edge overflowed, on a logarithmic axis where the lower is 0', () => {
    const broken = { seed: 4, x: [0, 10, 20], lo: [1, 1, 0], hi: [3, Infinity, 3] };
    expect(drawEnvelopes([broken], options).data[0]).toMatchObject({ x: [0, 0, null, 20, 20] });
    expect(drawEnvelopes([broken], { ...options, log: true }).points).toHaveLength(1);
  });

  it('marks where a run diverged at the upper edge, and draws nothing without envelopes', () => {
    const { data } = drawEnvelopes([{ ...one, diverged: true }], options);
    expect(data[1]).toMatchObject({ mode: 'markers', x: [10], y: [8] });
    expect(drawEnvelopes([], options)).toEqual({ data: [], points: [] });
  });
});
