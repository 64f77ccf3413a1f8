import type { PlotData } from 'plotly.js';
import { afterAll, describe, expect, it } from 'vitest';

import { browserStatus } from '../../src/drawing/browser';
import { closeRenderer } from '../../src/drawing/render';
import { countsOf, experiment, statementNames, statements } from '../../src/theory/experiments';
import { drawStatement } from '../../src/theory/figures';
import { measuredTable } from '../../src/theory/measured';
import { drawMeasured } from '../../src/theory/measuredFigure';
import { randomSource, randomUnit } from '../../src/theory/random';
import { validatePlot } from '../support/validatePlot';

const measured = measuredTable(
  Array.from({ length: 50 }, (_, i) => randomUnit(randomSource(0, 99, i))),
);
const named = (traces: unknown[], name: string): Partial<PlotData>[] =>
  (traces as Partial<PlotData>[]).filter((trace) => trace.name === name);

describe.each(statementNames)('the figure of %s', (name) => {
  const table = experiment(name, { cases: 60 });
  const { plot, points } = drawStatement(name, table);

  it('has a panel for every form, with its counts', () => {
    const texts = plot.layout.annotations!.map(({ text }) => text);
    countsOf(name, table).forEach(({ form, violated, cases }) => {
      const title = `${form}: ${violated} of ${cases} violated</b>`;
      expect(texts.filter((text) => text!.endsWith(title)).length).toBeGreaterThan(0);
    });
    expect(named(plot.data, 'both sides equal')).toHaveLength(statements[name].forms.length);
  });

  it('shows every case once, violated ones above the diagonal', () => {
    const counts = countsOf(name, table);
    const total = (of: 'cases' | 'violated') => counts.reduce((sum, count) => sum + count[of], 0);
    const drawn = (mark: string) =>
      named(plot.data, mark).reduce((sum, { x }) => sum + (x as number[]).length, 0);
    expect(drawn('violated')).toBe(total('violated'));
    expect(drawn('violated') + drawn('holds')).toBe(total('cases'));
    expect(points).toHaveLength(total('cases'));
    for (const { series, x, y } of points) if (series === 'violated') expect(y).toBeGreaterThan(x);
    for (const { x, y } of named(plot.data, 'violated')) {
      (x as number[]).forEach((at, i) => expect((y as number[])[i]).toBeGreaterThan(at));
    }
  });

  it('has one legend entry for each mark', () => {
    for (const mark of ['both sides equal', 'holds', 'violated']) {
      const shown = named(plot.data, mark).map(({ showlegend }) => showlegend);
      expect(shown.filter(Boolean)).toHaveLength(Math.min(1, shown.length));
    }
  });
});

it('many cases are thinned, their counts are not', () => {
  const table = experiment('theorem41', { cases: 100 });
  const { plot, points } = drawStatement('theorem41', table, { points: 30, seed: 4, label: 'L' });
  expect(points.length).toBe(2 * 25);
  expect(points.every(({ seed }) => seed === 4)).toBe(true);
  const texts = plot.layout.annotations!.map(({ text }) => text);
  expect(texts).toContain('L');
  expect(texts).toContain('<b>(b) as printed, 1/sqrt(m): 100 of 100 violated</b>');
});

it('a trained network stands beside the random cases, where it has any', () => {
  const random = experiment('lemma45', { cases: 60 });
  const at = random.columns.indexOf('positive');
  const trained = { ...random, rows: random.rows.filter((row) => row[at] === 1).slice(0, 5) };
  const { plot, points } = drawStatement('lemma45', random, { trained });
  const titles = plot.layout.annotations!.map(({ text }) => text!);
  expect(titles[0]).toBe('60 random cases, 5 of a trained network');
  expect(titles.filter((text) => text.includes('trained network: '))).toEqual([
    '<b>(b) in a trained network: 0 of 5 violated</b>',
    '<b>(e) in a trained network: 0 of 5 violated</b>',
  ]);
  const layout = plot.layout as Record<string, { domain: number[] }>;
  expect(layout.yaxis2!.domain).toEqual(layout.yaxis!.domain);
  expect(layout.xaxis2!.domain[0]).toBeGreaterThan(layout.xaxis!.domain[1]!);
  expect(layout.yaxis5!.domain).toEqual(layout.yaxis4!.domain);
  expect(points.filter(({ panel }) => panel.startsWith('in a trained network: '))).toHaveLength(10);
});

it('a network is drawn with what the theorems assume, at several times on one scale', () => {
  const { plot, points } = drawMeasured({ 'step 0': measured, 'step 9': measured }, { seed: 3 });
  const units = named(plot.data, 'unit');
  expect(units.map(({ x, xaxis }) => [x!.length, xaxis])).toEqual([
    [50, 'x'],
    [50, 'x2'],
  ]);
  const layout = plot.layout as Record<string, { range: [number, number] }>;
  expect(layout.xaxis2!.range).toEqual(layout.xaxis!.range);
  for (const ratio of units[0]!.x as number[]) {
    expect(Math.log10(ratio)).toBeGreaterThan(layout.xaxis!.range[0]);
    expect(Math.log10(ratio)).toBeLessThan(layout.xaxis!.range[1]);
  }
  expect(points.filter(({ panel, seed }) => panel === 'step 9' && seed === 3)).toHaveLength(50);
});

describe.skipIf(!browserStatus().ready)('for Plotly', () => {
  afterAll(closeRenderer);

  it.each(['theorem42', 'realCurvature'] as const)('the figure of %s is valid', async (name) => {
    const { plot } = drawStatement(name, experiment(name, { cases: 40 }));
    expect(await validatePlot(plot)).toEqual([]);
  });

  it('so is that of a network', async () => {
    expect(await validatePlot(drawMeasured({ measured }).plot)).toEqual([]);
  });
});
