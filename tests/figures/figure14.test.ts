/** Figure 14: what it draws, and claims that hold in their story and flip where the tables say otherwise. */
import { afterAll, describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import type { VggConfig } from '../../src/config/schema';
import { browserStatus } from '../../src/drawing/browser';
import { closeRenderer } from '../../src/drawing/render';
import { figure14 } from '../../src/figures/figure14';
import { median, sixDigits } from '../../src/measures/statistics';
import { randomDirectionColumns } from '../../src/probes/randomDirections';
import type { Run } from '../../src/runs/run';
import { landscapeRuns } from '../fixtures/landscapeRuns';
import { seedFactor, syntheticRun } from '../fixtures/syntheticRuns';
import { validatePlot } from '../support/validatePlot';

const seeds = [5, 6, 7, 8];
afterAll(closeRenderer);

/** What is measured of one network; t goes from 0 to 1 over training. */
interface Story {
  eigenvalue: (t: number) => number;
  /** Range of the loss along the random direction. */
  random: (t: number) => number;
  /** Minibatch accuracy from Glorot's initialisation and from He's. */
  accuracy: number;
  he: number;
}
type Stories = Record<'none' | 'batch', Story>;

const rising = (t: number): number => 1 + 100 * t;
const story: Stories = {
  none: {
    eigenvalue: (t) => (t === 0 ? 0.5 : 30 + 10 * t),
    random: () => 0.01,
    accuracy: 0.3,
    he: 0.4,
  },
  batch: {
    eigenvalue: (t) => (t === 0 ? 90 : 15 + t),
    random: () => 0.001,
    accuracy: 0.6,
    he: 0.61,
  },
};

/** The runs of the figure, with the landscape along the gradient of Figure 4's made-up runs. */
function runsOf(changes: Partial<Record<'none' | 'batch', Partial<Story>>> = {}): Run[] {
  const along = landscapeRuns('vgg', seeds, {
    preset: 'quick',
    changes: {
      none: { range: () => 2, gradient: () => 1, change: (t, length) => 0.1 * length * rising(t) },
      batch: { range: () => 1, gradient: () => 1, change: (t, length) => 0.1 * length * rising(t) },
    },
  });
  return (figure14.runs('quick', seeds) as VggConfig[]).map((config): Run => {
    const { normalisation, seed, initialisation, steps, probes } = config;
    const own = { ...story[normalisation as 'none'], ...changes[normalisation as 'none'] };
    const factor = seedFactor(config);
    const accuracy = initialisation === 'heNormal' ? own.he : own.accuracy;
    const base = syntheticRun(
      { normalisation, seed },
      { preset: 'quick', accuracy: () => accuracy * factor, noise: 0 },
    );
    const landscape = along.find(
      (run) => run.config.normalisation === normalisation && run.config.seed === seed,
    )!;
    if (!probes.curvature) return { ...base, config, tables: { steps: base.tables.steps! } };
    const at = (every: number): number[] =>
      Array.from({ length: steps / every }, (_, i) => i * every);
    return {
      ...base,
      config,
      tables: {
        steps: base.tables.steps!,
        landscape: landscape.tables.landscape!,
        curvature: {
          columns: ['step', 'eigenvalue', 'alongGradient', 'residual', 'products', 'weightNorm'],
          rows: at(probes.curvature.every).map((step) => [
            step,
            factor * own.eigenvalue(step / steps),
            3,
            0.1,
            9,
            20,
          ]),
        },
        randomDirections: {
          columns: randomDirectionColumns,
          rows: at(probes.randomDirections!.every).flatMap((step) =>
            [0, 1].map((k) => [
              step,
              0.05 * (k + 1),
              2 + factor * k * own.random(step / steps),
              0,
              0.1,
              1,
              0.05,
              0.01,
            ]),
          ),
        },
      },
    };
  });
}

const claimOf = (id: string, runs: readonly Run[]): Claim =>
  figure14.claims(runs).find((claim) => claim.id === id)!;

const late =
  (value: number) =>
  (t: number): number =>
    t === 0 ? 0.5 : value;
const cases: [id: string, why: string, changes: Parameters<typeof runsOf>[0]][] = [
  ['fig14-random-directions', 'the range is larger with BatchNorm', { batch: { random: () => 1 } }],
  [
    'fig14-random-flat',
    'the loss ranges as far there',
    { none: { random: () => 1 }, batch: { random: () => 1 } },
  ],
  ['ghorbani-eigenvalue', 'it is as large with BatchNorm', { batch: { eigenvalue: late(50) } }],
  ['fig14-eigenvalue-start', 'it is small at the start', { batch: { eigenvalue: () => 0.1 } }],
  ['fig14-edge', 'one is far above', { none: { eigenvalue: late(100) } }],
  ['fig14-edge', 'one is far below', { batch: { eigenvalue: late(3) } }],
  ['fig14-initialisation', 'the standard network does not care', { none: { he: 0.31 } }],
  ['fig14-initialisation', 'BatchNorm cares as well', { batch: { he: 0.5 } }],
];

describe.each(cases)('%s', (id, why, changes) => {
  it('holds in its story', () => {
    expect(claimOf(id, runsOf())).toMatchObject({ verdict: 'holds', seeds });
  });

  it(`fails if ${why}`, () => {
    const { verdict, measured } = claimOf(id, runsOf(changes));
    expect(measured).not.toBe(claimOf(id, runsOf()).measured);
    expect(verdict).toBe('fails');
  });
});

it('judges Yao and Ghorbani by one number, each from its side', () => {
  expect(claimOf('yao-smoother', runsOf()).verdict).toBe('fails');
  const rough = runsOf({ batch: { eigenvalue: late(50) } });
  expect(claimOf('yao-smoother', rough).verdict).toBe('holds');
  // As large, but for a hair: not smoother.
  expect(claimOf('yao-smoother', runsOf({ batch: { eigenvalue: late(34) } })).verdict).toBe(
    'holds',
  );
});

it('takes the eigenvalue with its sign', () => {
  const down = runsOf({ batch: { eigenvalue: late(-50) } });
  for (const id of ['yao-smoother', 'ghorbani-eigenvalue', 'fig14-edge']) {
    const claim = claimOf(id, down);
    expect(claim).toMatchObject({ verdict: 'not measured', value: null });
    expect(claim.notMeasured).toContain('below 0');
  }
  const overflowed = runsOf({ none: { eigenvalue: late(NaN) } });
  expect(claimOf('fig14-edge', overflowed).verdict).toBe('not measured');
});

it('compares the effective smoothness with the eigenvalue step by step', () => {
  const following = { eigenvalue: (t: number) => 20 + t };
  const against = { eigenvalue: (t: number) => 20 - t };
  const value = (none: typeof following): number | null =>
    claimOf('fig14-proxy', runsOf({ none, batch: following })).value;
  expect(value(following)).toBeCloseTo(1, 6);
  expect(value(against)).toBeCloseTo(0, 6);
});

it('claims nothing without runs, of unfinished ones or without tables', () => {
  const unfinished = runsOf().map((run) => ({
    ...run,
    manifest: { ...run.manifest, status: 'interrupted' as const },
  }));
  const bare = runsOf().map((run) => ({ ...run, tables: {} }));
  for (const none of [[], unfinished, bare])
    for (const { verdict } of figure14.claims(none)) expect(verdict).toBe('not measured');
});

it('needs four runs a seed, and two of them carry the new probes', () => {
  const configs = figure14.runs('quick', [7]) as VggConfig[];
  expect(
    configs.map(({ normalisation, initialisation }) => [normalisation, initialisation]),
  ).toEqual([
    ['none', 'glorotUniform'],
    ['none', 'heNormal'],
    ['batch', 'glorotUniform'],
    ['batch', 'heNormal'],
  ]);
  const carry = configs.map(({ probes }) => probes.curvature !== undefined);
  expect(carry).toEqual([true, false, true, false]);
});

describe('the drawing', () => {
  const { plot, points, notes } = figure14.draw(runsOf(), { preset: 'quick' });

  it('has four panels with the medians of all seeds', () => {
    const panels = [...new Set(points.map(({ panel }) => panel))];
    expect(panels.map((panel) => panel.slice(0, 3))).toEqual(['(a)', '(b)', '(c)', '(d)']);
    const start = points.find(
      ({ panel, series, x }) => panel.startsWith('(a)') && series === 'Standard' && x === 0,
    );
    const { config } = runsOf()[0]!;
    const middle = median(seeds.map((seed) => seedFactor({ ...config, seed })));
    expect(start).toMatchObject({ y: sixDigits(0.5 * middle), seed: 'median' });
    expect(plot.layout.shapes!.map(({ y0 }) => y0)).toEqual([20, 20]);
    expect(notes[0]).toContain('2 / (learning rate) = 20');
  });

  it.skipIf(!browserStatus().ready)('is what Plotly understands', async () => {
    expect(await validatePlot(plot)).toEqual([]);
  });
});
