import type { PlotData } from 'plotly.js';
import { afterAll, describe, expect, it } from 'vitest';

import type { PresetName } from '../../src/config/presets';
import { browserStatus } from '../../src/drawing/browser';
import type { Drawing } from '../../src/drawing/figure';
import { closeRenderer } from '../../src/drawing/render';
import { figure01 } from '../../src/figures/figure01';
import type { Run } from '../../src/runs/run';
import { figure01Runs } from '../fixtures/syntheticRuns';
import { validatePlot } from '../support/validatePlot';

const draw = (runs: readonly Run[], preset: PresetName = 'smoke'): Drawing =>
  figure01.draw(runs, { preset });

/** The lines of a panel: neither bands nor marks. */
const lines = ({ plot }: Drawing, yaxis: string): Partial<PlotData>[] =>
  (plot.data as Partial<PlotData>[]).filter(
    (trace) => trace.yaxis === yaxis && trace.mode !== 'markers' && trace.fill === undefined,
  );

/** Throws where anything is written to the runs. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe('the runs of Figure 1', () => {
  it('are four a seed, all of one seed before the next', () => {
    const runs = figure01.runs('quick', [3, 5]);
    expect(runs.map((c) => [c.seed, c.normalisation, c.learningRate])).toEqual(
      [3, 5].flatMap((seed) => [
        [seed, 'none', 0.1],
        [seed, 'batch', 0.1],
        [seed, 'none', 0.5],
        [seed, 'batch', 0.5],
      ]),
    );
    expect(runs.every(({ model, steps }) => model === 'vgg' && steps === 1200)).toBe(true);
  });
});

describe('the drawing of Figure 1', () => {
  it('is, for two seeds, this', () => {
    const { plot, notes } = draw(figure01Runs([0, 1]));
    const inOneLine = (values: unknown) => (values as number[]).join(' ');
    const traces = (plot.data as Partial<PlotData>[]).map((trace) => ({
      ...trace,
      x: inOneLine(trace.x),
      y: inOneLine(trace.y),
    }));
    expect({ traces, layout: plot.layout, notes }).toMatchSnapshot();
  });

  it('is pure: the same twice, nothing written to the runs', () => {
    const runs = frozen(figure01Runs([0, 1]));
    expect(draw(runs)).toEqual(draw(figure01Runs([0, 1])));
  });

  it('shows the tables of a single seed number by number', () => {
    const runs = figure01Runs([6]);
    const { points } = draw(runs);
    const shown = (panel: string) =>
      points.filter((p) => p.panel === panel && p.series === 'Standard + BatchNorm, lr 0.1');
    const { steps, evals } = runs[1]!.tables;
    // 30 steps in 30 windows: each point is one minibatch, drawn in the middle of its window
    expect(shown('a: training accuracy')).toEqual(
      steps!.rows.map((row) => ({
        panel: 'a: training accuracy',
        series: 'Standard + BatchNorm, lr 0.1',
        seed: 6,
        x: row[0]! + 0.5,
        y: Number((100 * row[3]!).toPrecision(6)),
      })),
    );
    expect(shown('b: test accuracy').map(({ x, y }) => [x, y])).toEqual(
      evals!.rows.map((row) => [row[0], Number((100 * row[2]!).toPrecision(6))]),
    );
  });

  it('lists as points every number of its curves, and no other', () => {
    const drawing = draw(figure01Runs([0, 1, 2], { 'none 0.5': { divergedAt: 12 } }));
    const inTraces = ['y', 'y2'].flatMap((axis) =>
      (drawing.plot.data as Partial<PlotData>[])
        .filter((trace) => trace.yaxis === axis && trace.fill === undefined)
        .flatMap((trace) => (trace.x as number[]).map((x, i) => [x, (trace.y as number[])[i]])),
    );
    const inPoints = drawing.points.filter(({ panel }) => !panel.startsWith('c'));
    expect(inPoints.map(({ x, y }) => [x, y])).toEqual(inTraces);
  });

  it('averages minibatches in 60 windows at quick and takes one in 100 steps at paper', () => {
    const quick = draw(figure01Runs([0], {}, { preset: 'quick' }), 'quick');
    expect(lines(quick, 'y')[0]!.x).toHaveLength(60);
    expect(quick.plot.layout.annotations!.map(({ text }) => text)).toContain(
      '<b>(a) Training accuracy, windows of 20 steps</b>',
    );
    const paper = draw(figure01Runs([0], {}, { preset: 'paper' }), 'paper');
    const ours = lines(paper, 'y').filter(({ legendgroup }) => legendgroup !== 'paper');
    expect((ours[0]!.x as number[]).slice(0, 3)).toEqual([0, 100, 200]);
  });

  it("overlays the paper's curves at preset paper only", () => {
    const theirs = (preset: 'quick' | 'paper') =>
      draw(figure01Runs([0], {}, { preset }), preset).points.filter(({ seed }) => seed === 'paper');
    expect(theirs('quick')).toEqual([]);
    expect(new Set(theirs('paper').map(({ panel, series }) => `${panel}, ${series}`)).size).toBe(7);
  });

  it('draws a run that diverged up to there, with a mark and a note', () => {
    const drawing = draw(figure01Runs([2], { 'none 0.5': { divergedAt: 12 } }));
    const curve = lines(drawing, 'y').find(({ name }) => name === 'Standard, lr 0.5')!;
    expect(Math.max(...(curve.x as number[]))).toBe(11.5);
    const marks = drawing.points.filter(({ series }) => series === 'Standard, lr 0.5 (diverged)');
    expect(marks.map(({ panel, x }) => [panel, x])).toEqual([
      ['a: training accuracy', 11.5],
      ['b: test accuracy', 0],
    ]);
    expect(drawing.notes).toContain(
      'Standard, lr 0.5, seed 2 diverged at step 12: drawn up to there (×).',
    );
  });

  it('leaves out the row whose loss is not finite', () => {
    const [run] = figure01Runs([2]);
    run!.tables.steps!.rows.push([30, NaN, NaN, 0.1]);
    const { points } = draw([run!]);
    expect(points.filter(({ panel }) => panel.startsWith('a'))).toHaveLength(30);
  });

  it('notes missing, single missing and unfinished runs instead of failing', () => {
    const runs = figure01Runs([0, 1], { 'batch 0.5': { status: 'interrupted' } }).filter(
      ({ config }) =>
        (config.normalisation === 'batch' || config.learningRate === 0.5) &&
        !(config.learningRate === 0.1 && config.seed === 1),
    );
    const { notes, plot } = draw(runs);
    expect(notes).toContain('No run of Standard, lr 0.1: its curves are missing.');
    expect(notes).toContain('Standard + BatchNorm, lr 0.1: seed 1 missing.');
    expect(notes).toContain(
      'Standard + BatchNorm, lr 0.5, seed 0 is not finished: 30 of 30 steps.',
    );
    expect(plot.layout.annotations!.filter(({ text }) => text === 'no data')).toHaveLength(2);
  });

  it('survives runs without tables and no runs at all', () => {
    const bare = figure01Runs([0]).map((run) => ({ ...run, tables: {} }));
    expect(draw(bare).points).toEqual([]);
    expect(draw([]).points).toEqual([]);
  });

  it('says which column a table lacks', () => {
    const [run] = figure01Runs([0]);
    run!.tables.steps = { columns: ['step', 'loss'], rows: [[0, 1]] };
    expect(() => draw([run!])).toThrow(/no column "accuracy"/);
  });
});

describe.skipIf(!browserStatus().ready)('the plot of Figure 1', () => {
  afterAll(closeRenderer);

  it.each([
    ['several seeds', figure01Runs([0, 1], { 'none 0.5': { divergedAt: 12 } }), 'smoke'],
    ['one seed with the paper', figure01Runs([0], {}, { preset: 'paper' }), 'paper'],
    ['missing runs', figure01Runs([0]).slice(0, 1), 'smoke'],
    ['no runs', [], 'quick'],
  ] as const)('is valid to Plotly: %s', async (_, runs, preset) => {
    expect(await validatePlot(draw(runs, preset).plot)).toEqual([]);
  });
});

it('asks for the networks with augmentation at the paper’s preset alone, and draws none of them', () => {
  const of = (preset: 'paper' | 'quick') =>
    figure01.runs(preset, [0]).map((config) => 'augmentation' in config);
  expect(of('quick')).toEqual([false, false, false, false]);
  expect(of('paper')).toEqual([false, false, false, false, true, true]);
  const [plain] = figure01Runs([0]);
  const augmented = { ...plain!, config: Object.assign({}, plain!.config, { augmentation: true }) };
  expect(figure01.draw([augmented], { preset: 'quick' }).points).toEqual([]);
});
