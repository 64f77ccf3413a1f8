/** Figures 2, 3, 5, 6, 8 and 9: curves and ridges of several networks, drawn from made-up tables. */
import type { LayoutAxis, PlotData } from 'plotly.js';
import { afterAll, describe, expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import type { PresetName } from '../../src/config/presets';
import { browserStatus } from '../../src/drawing/browser';
import type { Drawing, Figure } from '../../src/drawing/figure';
import { closeRenderer } from '../../src/drawing/render';
import { figure02 } from '../../src/figures/figure02';
import { figure03 } from '../../src/figures/figure03';
import { figure05 } from '../../src/figures/figure05';
import { figure06 } from '../../src/figures/figure06';
import { figure08 } from '../../src/figures/figure08';
import { figure09 } from '../../src/figures/figure09';
import type { Run } from '../../src/runs/run';
import { networkRuns, type Story } from '../fixtures/networkRuns';
import { validatePlot } from '../support/validatePlot';

const figures = [figure02, figure03, figure05, figure06, figure08, figure09];
const each = figures.map((figure) => [figure.number, figure] as const);

const runsOf = (
  figure: Figure,
  seeds: readonly number[] = [0],
  preset: PresetName = 'smoke',
  changes: Record<string, Partial<Story>> = {},
): Run[] => networkRuns(figure.runs(preset, seeds), preset, changes);

const draw = (figure: Figure, runs: readonly Run[], preset: PresetName = 'smoke'): Drawing =>
  figure.draw(runs, { preset });

const ends = (values: unknown): string => {
  const all = values as (number | null)[];
  return all.length > 2 ? `${all[0]} … ${all.at(-1)}` : all.join(' ');
};

/** A trace in one line: where, what, how many points, where they begin and end. */
function summary(trace: Partial<PlotData>): string {
  const { yaxis, name, mode, fill, x, y, line, marker } = trace;
  const colour = fill ? trace.fillcolor : (line?.color ?? marker?.color);
  const style = [fill ? 'filled' : mode, colour, line?.dash, line?.width].filter(Boolean).join(' ');
  const length = (x as number[]).length;
  return `${yaxis} ${name} [${style}] ${length}: ${ends(x)} -> ${ends(y)}`;
}

/** A panel in one line. */
function axisSummary(layout: Drawing['plot']['layout'], key: string): string {
  const axis = (layout as Record<string, Partial<LayoutAxis>>)[key]!;
  const domain = axis.domain!.map((share) => share.toFixed(3)).join('-');
  return [key, domain, axis.type, axis.range?.join(' to '), axis.title?.text]
    .filter(Boolean)
    .join(' | ');
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe.each(each)('Figure %i', (_, figure) => {
  it('is, for two seeds, this', () => {
    const { plot, points, notes } = draw(figure, runsOf(figure, [0, 1]));
    const axes = Object.keys(plot.layout).filter((key) => /^[xy]axis/.test(key));
    expect({
      traces: (plot.data as Partial<PlotData>[]).map(summary),
      axes: axes.map((key) => axisSummary(plot.layout, key)),
      texts: plot.layout.annotations!.map(({ text }) => text).filter((text) => text !== '<b></b>'),
      points: points.length,
      notes,
    }).toMatchSnapshot();
  });

  it('is pure: the same twice, nothing written to the runs', () => {
    const runs = frozen(runsOf(figure, [0, 1]));
    expect(draw(figure, runs)).toEqual(draw(figure, runsOf(figure, [0, 1])));
  });

  it('asks for different runs, one a seed of each', () => {
    const configs = figure.runs('quick', [3, 5]);
    expect(new Set(configs.map(runId)).size).toBe(configs.length);
    const of = (seed: number) =>
      configs.filter((c) => c.seed === seed).map((c) => ({ ...c, seed: 0 }));
    expect(of(3)).toEqual(of(5));
    expect(configs).toHaveLength(2 * of(3).length);
  });

  it('survives runs without tables, no runs, and says what is missing', () => {
    const bare = runsOf(figure).map((run) => ({ ...run, tables: {} }));
    expect(draw(figure, bare).points).toEqual([]);
    const { points, notes } = draw(figure, []);
    expect(points).toEqual([]);
    expect(notes.filter((note) => note.startsWith('No run of'))).toHaveLength(
      figure.runs('smoke', [0]).length,
    );
  });
});

describe("the paper's curves", () => {
  it.each([
    [2, figure02, 3],
    [3, figure03, 31],
    [5, figure05, 10],
    [6, figure06, 0],
    [8, figure08, 17],
    [9, figure09, 0],
  ])('in Figure %i are shown at preset paper only', (_, figure, count) => {
    const theirs = (preset: PresetName) =>
      draw(figure, runsOf(figure, [0], preset), preset).points.filter(
        ({ seed }) => seed === 'paper',
      );
    expect(theirs('quick')).toEqual([]);
    const curves = new Set(theirs('paper').map(({ panel, series }) => `${panel}: ${series}`));
    expect(curves.size).toBe(count);
  });
});

const firstOf = (runs: readonly Run[], normalisation: string): Run =>
  runs.find(({ config }) => config.normalisation === normalisation)!;

describe('what the curves show', () => {
  it('in Figure 3 is the table, with gaps where a gradient has no direction', () => {
    const runs = runsOf(figure03, [4]);
    const run = firstOf(runs, 'batch');
    const layer = run.config.probes.covariateShift.layers[0]!;
    run.tables.covariateShift!.rows[2]![3] = NaN; // the same layer's second measurement
    const shown = draw(figure03, runs).points.filter(
      ({ panel, series }) =>
        panel === '(a) VGG, lr 0.1, layer 3 (paper: 5), cosine' &&
        series === 'Standard + BatchNorm',
    );
    const rows = run.tables.covariateShift!.rows.filter((row) => row[1] === layer);
    expect(shown.map(({ x, y }) => [x, y])).toEqual(
      rows
        .filter((row) => !Number.isNaN(row[3]))
        .map((row) => [row[0], Number(row[3]!.toPrecision(6))]),
    );
    expect(shown).toHaveLength(rows.length - 1);
  });

  it('in Figure 8 are changes from one measurement to the next and from the first', () => {
    const runs = runsOf(figure08, [4]);
    const run = firstOf(runs, 'none');
    const rows = run.tables.moments!.rows.filter((row) => row[1] === 1);
    rows.forEach((row, k) => ([row[2], row[3]] = [[5, 7, 4][k % 3]!, k * k]));
    const shown = (what: string) =>
      draw(figure08, runs)
        .points.filter((p) => p.panel.endsWith(what) && p.panel.startsWith('layer 1 '))
        .filter((p) => p.series === 'Standard, lr 0.1')
        .map(({ x, y }) => [x, y]);
    expect(shown('|change of mean|').slice(0, 3)).toEqual([
      [5, 2],
      [10, 3],
      [15, 1],
    ]);
    expect(shown('variance − first').slice(0, 4)).toEqual([
      [0, 0],
      [5, 1],
      [10, 4],
      [15, 9],
    ]);
  });

  it('in Figure 5 are losses up to a divergence, with a cross and a note', () => {
    const diverging = { 'deepLinear none 0.0001': { divergedAt: 12 } };
    const { points, notes } = draw(figure05, runsOf(figure05, [2], 'smoke', diverging));
    const cross = points.filter(({ series }) => series === 'Standard (diverged)');
    expect(cross.map(({ panel, x }) => [panel, x])).toEqual([['(b) Deep linear network', 11]]);
    expect(notes).toContain(
      'Standard, lr 1e-4, seed 2 diverged at step 12: drawn up to there (×).',
    );
  });

  it('in Figures 2, 6 and 9 are ridges of the layers that the notes and titles name', () => {
    const panelsOf = (figure: Figure) =>
      new Set(
        draw(figure, runsOf(figure, [0], 'quick'), 'quick')
          .points.filter(({ series }) => series.startsWith('step'))
          .map(({ panel }) => panel.replace(/, Standard.*/, '')),
      );
    expect([...panelsOf(figure02)]).toEqual([
      'layer 1 (paper: 2)',
      'layer 6 (paper: 9)',
      'layer 8 (paper: 13)',
    ]);
    expect([...panelsOf(figure06)]).toEqual(['layer 7 (paper: 11)']);
    expect([...panelsOf(figure09)]).toEqual(['layer 1', 'layer 11', 'layer 24']);
  });
});

describe.skipIf(!browserStatus().ready)('the plots', () => {
  afterAll(closeRenderer);

  it.each(each)('of Figure %i are valid to Plotly', { timeout: 60_000 }, async (_, figure) => {
    const paper = runsOf(figure, [0], 'paper');
    const plots = [
      draw(figure, runsOf(figure, [0, 1])),
      draw(figure, paper, 'paper'),
      draw(figure, runsOf(figure).slice(0, 1)),
      draw(figure, [], 'quick'),
    ];
    for (const { plot } of plots) expect(await validatePlot(plot)).toEqual([]);
  });
});
