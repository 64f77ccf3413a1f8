import type { PlotData } from 'plotly.js';
import { afterAll, describe, expect, it } from 'vitest';

import { browserStatus } from '../../src/drawing/browser';
import type { Drawing } from '../../src/drawing/figure';
import { closeRenderer } from '../../src/drawing/render';
import { figure11 } from '../../src/figures/figure11';
import type { Run } from '../../src/runs/run';
import { type LandscapeRunOptions, landscapeRuns } from '../fixtures/landscapeRuns';
import { validatePlot } from '../support/validatePlot';

const runsOf = (seeds: readonly number[], options: LandscapeRunOptions = {}): Run[] => [
  ...landscapeRuns('vgg', seeds, options),
  ...landscapeRuns('deepLinear', seeds, options),
];
const draw = (runs: readonly Run[]): Drawing => figure11.draw(runs, { preset: 'smoke' });
const traces = ({ plot }: Drawing): Partial<PlotData>[] => plot.data as Partial<PlotData>[];
/** The lines of a panel: not the bar of colours. */
const lines = (drawing: Drawing, yaxis: string): Partial<PlotData>[] =>
  traces(drawing).filter((trace) => trace.yaxis === yaxis && trace.mode === 'lines');

describe('Figure 11', () => {
  it('asks for the runs of Figures 4 and 10', () => {
    expect(
      figure11
        .runs('paper', [3])
        .map((config) => [config.model, config.normalisation, config.learningRate]),
    ).toEqual([
      ['vgg', 'none', 0.1],
      ['vgg', 'batch', 0.1],
      ['deepLinear', 'none', 1e-6],
      ['deepLinear', 'batch', 1e-6],
    ]);
  });

  it('is, for one seed, this', () => {
    const drawing = draw(runsOf([0]));
    expect({
      traces: traces(drawing).map(({ x, y, ...trace }) => ({
        ...trace,
        x: (x as number[]).join(' '),
        y: (y as number[]).join(' '),
      })),
      layout: drawing.plot.layout,
      notes: drawing.notes,
    }).toMatchSnapshot();
  });

  it('shows a line a measured step, late ones over early ones, step 0 dashed and over all', () => {
    const drawing = draw(runsOf([0]));
    const panel = lines(drawing, 'y');
    expect(panel.map(({ name }) => name)).toEqual([
      ...['step 5', 'step 10', 'step 15', 'step 20', 'step 25'],
      'step 0, initialisation',
    ]);
    expect(panel.at(-1)!.line).toMatchObject({ dash: 'dash' });
    expect(new Set(panel.map(({ line }) => line!.color)).size).toBe(6);
  });

  it('shows the tables of a single seed number by number, and lists what it shows', () => {
    const [run] = runsOf([6]);
    const { points } = draw([run!]);
    const shown = points.filter(({ series }) => series === 'step 10');
    expect(shown).toEqual(
      run!.tables
        .landscape!.rows.filter((row) => row[0] === 10)
        .map((row) => ({
          panel: 'a: VGG, Standard',
          series: 'step 10',
          seed: 6,
          x: Number(row[1]!.toPrecision(6)),
          y: Number(row[7]!.toPrecision(6)),
        })),
    );
    const all = ['y', 'y2', 'y3', 'y4'].flatMap((axis) => lines(draw(runsOf([0, 1])), axis));
    expect(draw(runsOf([0, 1])).points).toHaveLength(all.flatMap(({ x }) => x as number[]).length);
  });

  it('shows about fifty lines of a long run', () => {
    const drawing = draw(runsOf([0], { preset: 'paper' }));
    expect(lines(drawing, 'y')).toHaveLength(50); // of 150
    expect(lines(drawing, 'y3')).toHaveLength(50); // of 200
  });

  it('shows the median of several seeds, where at least half of them got', () => {
    const [first, second] = [runsOf([0]), runsOf([2], { changes: { none: { divergedAt: 12 } } })];
    const value = (runs: readonly Run[], step: string) =>
      draw(runs).points.find(({ series, panel }) => series === step && panel.startsWith('a'));
    // 105 and 1.02 times that
    expect(value([...first, ...second], 'step 10')).toMatchObject({ seed: 'median', y: 106.05 });
    expect(value([...first, ...second], 'step 15')).toMatchObject({ y: 105 });
    const third = runsOf([3], { changes: { none: { divergedAt: 12 } } });
    const axis = lines(draw([...first, ...second, ...third]), 'y');
    expect(axis.map(({ name }) => name)).toEqual(['step 5', 'step 10', 'step 0, initialisation']);
  });

  it('gives both panels of a network one scale, linear for VGG, logarithmic for the other', () => {
    const { yaxis, yaxis2, xaxis, yaxis3, yaxis4, xaxis3 } = draw(runsOf([0])).plot.layout;
    expect(yaxis!.range).toEqual(yaxis2!.range);
    expect(yaxis!.range![1]).toBeGreaterThan(147); // BatchNorm's step 0
    expect(xaxis).toMatchObject({ tickvals: [0.05, 0.1, 0.2, 0.4] });
    expect(yaxis3!.range).toEqual(yaxis4!.range);
    expect([yaxis!.type, yaxis3!.type, xaxis3!.type]).toEqual([undefined, 'log', 'log']);
  });

  it('draws what overflowed as a gap', () => {
    const runs = runsOf([0]);
    const { rows } = runs[0]!.tables.landscape!;
    rows.filter((row) => row[0] === 10 && row[1]! > 0.3).forEach((row) => row.fill(NaN, 2));
    const line = lines(draw(runs), 'y').find(({ name }) => name === 'step 10')!;
    expect(line.y).toEqual([105, 105, 105, null]);
  });

  it('survives half of its runs, runs without tables and none', () => {
    const { plot, notes } = draw(landscapeRuns('vgg', [0]));
    expect(plot.layout.annotations!.filter(({ text }) => text === 'no data')).toHaveLength(2);
    expect(notes.filter((note) => note.startsWith('No run of'))).toHaveLength(2);
    const bare = runsOf([0]).map((run) => ({ ...run, tables: {} }));
    expect(draw(bare).points).toEqual([]);
    expect(draw([]).points).toEqual([]);
  });
});

describe.skipIf(!browserStatus().ready)('the plot of Figure 11', () => {
  afterAll(closeRenderer);

  it.each([
    ['two seeds', runsOf([0, 1])],
    ['half of the runs', landscapeRuns('vgg', [0])],
    ['no runs', []],
  ])('is valid to Plotly: %s', async (_, runs) => {
    expect(await validatePlot(draw(runs).plot)).toEqual([]);
  });
});
