import type { PlotData } from 'plotly.js';
import { afterAll, describe, expect, it } from 'vitest';

import type { PresetName } from '../../src/config/presets';
import { browserStatus } from '../../src/drawing/browser';
import type { Drawing, Figure } from '../../src/drawing/figure';
import { closeRenderer } from '../../src/drawing/render';
import { figure04 } from '../../src/figures/figure04';
import { figure10 } from '../../src/figures/figure10';
import { figure12 } from '../../src/figures/figure12';
import { figure13 } from '../../src/figures/figure13';
import { changeBand, tensorSumBand } from '../../src/measures/landscapeCurves';
import type { Run } from '../../src/runs/run';
import { type LandscapeRunOptions, landscapeRuns, type Model } from '../fixtures/landscapeRuns';
import { validatePlot } from '../support/validatePlot';

const five = ['none', 'batch', 'l1', 'l2', 'linf'] as const;
const two = ['none', 'batch'] as const;

const cases: { figure: Figure; model: Model; normalisations: typeof five | typeof two }[] = [
  { figure: figure04, model: 'vgg', normalisations: two },
  { figure: figure10, model: 'deepLinear', normalisations: two },
  { figure: figure12, model: 'vgg', normalisations: five },
  { figure: figure13, model: 'deepLinear', normalisations: five },
];

const traces = ({ plot }: Drawing): Partial<PlotData>[] => plot.data as Partial<PlotData>[];
const draw = (figure: Figure, runs: readonly Run[], preset: PresetName = 'smoke'): Drawing =>
  figure.draw(runs, { preset });
const vggRuns = (seeds: readonly number[], options: LandscapeRunOptions = {}): Run[] =>
  landscapeRuns('vgg', seeds, options);

/** Throws where anything is written to the runs. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe.each(cases)('Figure $figure.number', ({ figure, model, normalisations }) => {
  const runs = (seeds: readonly number[], options: LandscapeRunOptions = {}): Run[] =>
    landscapeRuns(model, seeds, { normalisations, ...options });

  it('asks for one run of each network a seed, at the learning rate of the paper', () => {
    const asked = figure.runs('paper', [3, 5]);
    expect(asked.map((config) => [config.seed, config.normalisation])).toEqual(
      [3, 5].flatMap((seed) => normalisations.map((normalisation) => [seed, normalisation])),
    );
    const rate = model === 'vgg' ? 0.1 : 1e-6;
    expect(asked.every((config) => config.model === model && config.learningRate === rate)).toBe(
      true,
    );
  });

  it('is, for two seeds, this', () => {
    const drawing = draw(figure, runs([0, 1]));
    const inOneLine = (values: unknown) => (values as number[]).join(' ');
    expect({
      traces: traces(drawing).map(({ x, y, ...trace }) => ({
        ...trace,
        x: inOneLine(x),
        y: inOneLine(y),
      })),
      layout: drawing.plot.layout,
      notes: drawing.notes,
    }).toMatchSnapshot();
  });

  it('is pure: the same twice, nothing written to the runs', () => {
    expect(draw(figure, frozen(runs([0, 1])))).toEqual(draw(figure, runs([0, 1])));
  });

  it("overlays the paper's curves at preset paper only, bands where they are few", () => {
    const theirs = (preset: PresetName) =>
      draw(figure, runs([0], { preset }), preset).points.filter(({ seed }) => seed === 'paper');
    expect(theirs('quick')).toEqual([]);
    const panels = [...new Set(theirs('paper').map(({ panel }) => panel[0]))].join('');
    expect(panels).toBe(normalisations === five ? 'ad' : 'abc');
    expect(new Set(theirs('paper').map(({ series }) => series)).size).toBe(normalisations.length);
  });

  it('survives runs without tables and no runs at all, and says what is missing', () => {
    const bare = runs([0]).map((run) => ({ ...run, tables: {} }));
    expect(draw(figure, bare).points).toEqual([]);
    const { points, notes } = draw(figure, []);
    expect(points).toEqual([]);
    expect(notes.filter((note) => note.startsWith('No run of'))).toHaveLength(
      normalisations.length,
    );
  });
});

describe('the panels of the landscape', () => {
  it('show the tables of a single seed number by number', () => {
    const [run] = vggRuns([6]);
    const { points } = draw(figure04, [run!]);
    const { rows } = run!.tables.landscape!;
    const of = (step: number, value: (row: number[]) => number): number[] =>
      rows.filter((row) => row[0] === step).map(value);
    const digits = (value: number): number => Number(value.toPrecision(6));
    const steps = [...new Set(rows.map((row) => row[0]!))];
    const shown = (letter: string) => points.filter(({ panel }) => panel.startsWith(letter));
    const losses = steps.map((step) => of(step, (row) => row[2]! + row[3]!));
    expect(shown('a').map(({ seed, x, lo, hi }) => [seed, x, lo, hi])).toEqual(
      steps.map((x, i) => [6, x, digits(Math.min(...losses[i]!)), digits(Math.max(...losses[i]!))]),
    );
    const changes = steps.map((step) => of(step, (row) => row[7]!));
    expect(shown('b').map(({ lo, hi }) => [lo, hi])).toEqual(
      changes.map((all) => [digits(Math.min(...all)), digits(Math.max(...all))]),
    );
    const ratios = steps.map((step) => of(step, (row) => row[7]! / row[6]!));
    expect(shown('c').map(({ y }) => y)).toEqual(ratios.map((all) => digits(Math.max(...all))));
  });

  it('have the axes of the paper', () => {
    const types = (figure: Figure, runs: readonly Run[]): unknown[] => {
      const { layout } = draw(figure, runs).plot;
      return [layout.yaxis, layout.yaxis2, layout.yaxis3, layout.yaxis4].map((axis) => axis?.type);
    };
    const log = 'log';
    expect(types(figure04, vggRuns([0]))).toEqual([log, undefined, undefined, undefined]);
    expect(types(figure10, landscapeRuns('deepLinear', [0]))).toEqual([log, log, log, undefined]);
    const all = { normalisations: five };
    expect(types(figure12, vggRuns([0], all))).toEqual([undefined, log, undefined, undefined]);
    expect(types(figure13, landscapeRuns('deepLinear', [0], all))).toEqual([log, log, log, log]);
  });

  it('draw an overflow as a gap and note it', () => {
    const runs = vggRuns([0]);
    const { rows } = runs[0]!.tables.landscape!;
    rows.filter((row) => row[0] === 10).forEach((row) => row.fill(Infinity, 2));
    rows.filter((row) => row[0] === 20).forEach((row) => row.fill(NaN, 2));
    const { points, notes, plot } = draw(figure04, runs);
    const standard = points.filter(({ series }) => series === 'Standard');
    expect(standard.map(({ x }) => x)).toEqual([1, 2, 3].flatMap(() => [0, 5, 15, 25]));
    expect((plot.data as Partial<PlotData>[])[0]!.x).toEqual([
      ...[0, 5, 5, 0, null, 15, 15, null, 25, 25],
    ]);
    expect(notes).toContain(
      'Standard, lr 0.1, seed 0: at 2 of 6 measured steps loss or gradient overflowed at some step length: infinite, ' +
        'and a gap where the median over seeds is.',
    );
  });

  it('draw a run that diverged up to there, with a mark and a note', () => {
    const runs = vggRuns([2], { changes: { none: { divergedAt: 12 } } });
    const { points, notes } = draw(figure04, runs);
    const marks = points.filter(({ series }) => series === 'Standard (diverged)');
    expect(marks.map(({ panel, x }) => [panel[0], x])).toEqual([
      ['a', 10],
      ['b', 10],
      ['c', 10],
    ]);
    expect(notes).toContain('Standard, lr 0.1, seed 2 diverged at step 12: drawn up to there (×).');
  });

  it('say which column a table lacks', () => {
    const [run] = vggRuns([0]);
    run!.tables.landscape = { columns: ['step', 'eta', 'loss'], rows: [[0, 1, 1]] };
    expect(() => draw(figure04, [run!])).toThrow(/no column "gradientChange"/);
  });
});

describe('the notes of Figure 4', () => {
  it('say how much greater the sum of the tensors would be', () => {
    // 0.6 and 0.8 of the norm: 1.4 times as great
    expect(draw(figure04, vggRuns([0])).notes.join('\n')).toContain(
      'is 1.4 (Standard), 1.4 (Standard + BatchNorm) times as great, in the median; the paper does not',
    );
  });

  it("compare with the paper's magnitudes at preset paper", () => {
    const { notes } = draw(figure04, vggRuns([0], { preset: 'paper' }), 'paper');
    // 47.8 / 105 and 21.5 / 1.96
    expect(notes.join('\n')).toContain(
      "the paper's medians are 0.455 (Standard), 11 (Standard + BatchNorm) times our global norm",
    );
  });
});

describe.skipIf(!browserStatus().ready)('to Plotly', () => {
  afterAll(closeRenderer);

  it.each(cases)('Figure $figure.number is valid', async ({ figure, model, normalisations }) => {
    const several = landscapeRuns(model, [0, 1], {
      normalisations,
      changes: { none: { divergedAt: 12 } },
    });
    expect(await validatePlot(draw(figure, several).plot)).toEqual([]);
    const paper = landscapeRuns(model, [0], { normalisations, preset: 'paper' });
    expect(await validatePlot(draw(figure, paper, 'paper').plot)).toEqual([]);
    expect(await validatePlot(draw(figure, []).plot)).toEqual([]);
  });
});

it('draws gradient predictiveness twice at the paper’s preset: the norm, and the sum over tensors', () => {
  const titles = (preset: 'paper' | 'quick', figure: typeof figure04): string[] => {
    const normalisations = figure === figure04 ? two : five;
    const runs = landscapeRuns('vgg', [0], { preset, normalisations });
    const { plot } = figure.draw(runs, { preset });
    return plot.layout.annotations!.flatMap(
      ({ text }) => /^<b>\((.′?)\)/.exec(text ?? '')?.[1] ?? [],
    );
  };
  expect(titles('quick', figure04)).toEqual(['a', 'b', 'c']);
  expect(titles('paper', figure04)).toEqual(['a', 'b', 'b′', 'c']);
  expect(titles('paper', figure12)).toEqual(['a', 'b', 'c', 'c′', 'd']);
  // The made-up tensors' changes are .6 and .8 of the whole one.
  const [run] = landscapeRuns('vgg', [0], { preset: 'paper', normalisations: ['batch'] });
  const { hi } = changeBand(run!);
  expect(tensorSumBand(run!).hi.map((sum, i) => sum / hi[i]!)).toEqual(
    hi.map(() => expect.closeTo(1.4, 9) as number),
  );
});
