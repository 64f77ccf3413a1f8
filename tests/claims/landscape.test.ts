import { describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { during } from '../../src/claims/landscape';
import type { Figure } from '../../src/drawing/figure';
import { figure04 } from '../../src/figures/figure04';
import { figure10 } from '../../src/figures/figure10';
import { figure11 } from '../../src/figures/figure11';
import { figure12 } from '../../src/figures/figure12';
import { figure13 } from '../../src/figures/figure13';
import { paperCurve } from '../../src/measures/paperCurves';
import { mean, median } from '../../src/measures/statistics';
import type { Run } from '../../src/runs/run';
import { short } from '../../src/system/numberText';
import {
  type LandscapeRunOptions,
  landscapeRuns,
  type Model,
  stories,
} from '../fixtures/landscapeRuns';

const five = ['none', 'batch', 'l1', 'l2', 'linf'] as const;

/** Runs for all figures of the landscape; `changes` are of both networks. */
const runsOf = (
  seeds: readonly number[],
  changes: Partial<Record<Model, LandscapeRunOptions['changes']>> = {},
  models: readonly Model[] = ['vgg', 'deepLinear'],
): Run[] =>
  models.flatMap((model) =>
    landscapeRuns(model, seeds, {
      preset: 'quick',
      normalisations: five,
      changes: changes[model],
    }),
  );

const figures: [Figure, (run: Run) => boolean][] = [
  [figure04, ({ config }) => config.model === 'vgg'],
  [figure10, ({ config }) => config.model === 'deepLinear'],
  [figure11, () => true],
  [figure12, ({ config }) => config.model === 'vgg'],
  [figure13, ({ config }) => config.model === 'deepLinear'],
];

const claimsOf = (runs: readonly Run[]): Record<string, Claim> =>
  Object.fromEntries(
    figures
      .flatMap(([figure, own]) => figure.claims(runs.filter(own)))
      .map((claim) => [claim.id, claim]),
  );

const quantities = ['loss-range', 'gradient-change', 'gradient-change-relative', 'smoothness'];
const lps = ['l1', 'l2', 'linf'];

const ids = [
  ...[...quantities, 'early', 'early-wider', 'two-orders', 'consistent', 'grid', 'start'].map(
    (id) => `fig04-${id}`,
  ),
  ...quantities.flatMap((id) => [`fig10-${id}`, `fig10-${id}-maximum`]),
  ...['fig10-edge', 'fig10-start'],
  ...['vgg', 'deep-linear'].flatMap((id) => [`fig11-${id}`, `fig11-${id}-relative`]),
  ...['fig12', 'fig13'].flatMap((figure) =>
    lps.flatMap((name) => ['performance', ...quantities].map((id) => `${figure}-${id}-${name}`)),
  ),
];
/** What they measure is a ratio within one run, or a share that no seed leaves. */
const withoutSpread = ['fig04-consistent', 'fig04-early'];
/** In the story of VGG the gradient turns with and without BatchNorm, by as much as it is long; in the paper’s curves too. */
const isFalse = (id: string): boolean => /^fig(04|11-vgg|12).*(relative|smoothness)/.test(id);

const seeds = [5, 6, 7, 8];

describe("the claims of the landscape, told the paper's story", () => {
  const claims = claimsOf(runsOf(seeds));

  it('are these, and those on tensors', () => {
    const own = Object.keys(claims).filter((id) => !/^fig12-(sum|norm)-/.test(id));
    expect(own.sort()).toEqual([...ids].sort());
  });

  it.each(ids.filter((id) => !withoutSpread.includes(id)))('%s holds, or fails', (id) => {
    expect(claims[id]).toMatchObject({
      ...{ verdict: isFalse(id) ? 'fails' : 'holds', seeds, confirmatory: true },
      figure: Number(id.slice(3, 5)),
    });
    expect(claims[id]!.interval).not.toBeNull();
  });

  it('are not measured where all seeds give the same number', () => {
    expect(claims['fig04-consistent']).toMatchObject({ verdict: 'not measured', value: 100 });
    expect(claims['fig04-consistent']!.notMeasured).toMatch(/^all 4 seeds give the same number/);
    // One of them agrees.
    expect(claimsOf(runsOf([5]))['fig04-consistent']!.verdict).toBe('agrees');
  });

  it('state what was measured', () => {
    const one = claimsOf(runsOf([0]));
    const measured = (id: string): string => one[id]!.measured;
    // Ranges go linearly from 2.1 and .35 to .1 and .05.
    expect(measured('fig04-loss-range')).toBe('Standard 1.1; BatchNorm 0.2');
    expect(measured('fig04-two-orders')).toBe('Standard 105; BatchNorm 1.96');
    expect(measured('fig04-consistent')).toBe('smaller at 100.0%');
    expect(measured('fig04-grid')).toBe(
      'β Standard 21; β Standard without the shortest step 10.5; β BatchNorm 19.6; ' +
        'β BatchNorm without the shortest step 9.8',
    );
    expect(measured('fig04-start')).toBe('BatchNorm 147; Standard 2.1');
    expect(measured('fig10-edge')).toBe('median β 2e6; times the learning rate 2');
    expect(measured('fig11-deep-linear')).toMatch(/^times at η = 1e-8: 50; times at η = 1e-7: 50;/);
    // 1.05 and .98 of the gradient's length.
    expect(measured('fig04-gradient-change-relative')).toBe('Standard 1.05; BatchNorm 0.98');
  });

  it('give the effect that their rule names, with its interval', () => {
    const { value, interval, unit } = claims['fig04-gradient-change']!;
    expect(unit).toBe('log10');
    expect(value).toBeCloseTo(Math.log10(105 / 1.96), 1);
    expect(interval![0]).toBeLessThan(value!);
    expect(interval![1]).toBeGreaterThan(value!);
  });
});

const { vgg, deepLinear } = stories;

describe('a claim of the landscape fails when the tables say the opposite', () => {
  const swapped = { vgg: { none: vgg.batch, batch: vgg.none } };
  const swappedLinear = { deepLinear: { none: deepLinear.batch, batch: deepLinear.none } };
  const cases: [string, string, Parameters<typeof runsOf>[1]][] = [
    ['fig04-loss-range', 'BatchNorm has the wider band', swapped],
    ['fig04-loss-range', 'it is as wide, but for a hair', { vgg: { none: { range: nearly } } }],
    ['fig04-gradient-change', 'BatchNorm changes more', swapped],
    ['fig04-smoothness', 'BatchNorm has the greater beta', swapped],
    ['fig04-early-wider', 'BatchNorm is wider', { vgg: { batch: { range: () => 5 } } }],
    ['fig04-two-orders', 'one order only', { vgg: { none: { change: () => 20 } } }],
    ['fig04-grid', 'a quadratic', { vgg: { batch: { change: (_, length) => length } } }],
    ['fig04-start', 'the standard network is rougher', { vgg: { none: { change: () => 999 } } }],
    ['fig10-loss-range', 'BatchNorm has the wider band', swappedLinear],
    ['fig10-gradient-change-maximum', 'BatchNorm changes more', swappedLinear],
    ['fig10-start', 'the standard network is rougher', swappedLinear],
    ['fig11-vgg', 'alike', { vgg: { none: { change: () => 3 } } }],
    ['fig11-deep-linear', 'BatchNorm changes more', swappedLinear],
    ['fig12-performance-l2', 'it is worse', { vgg: { l2: { training: () => 0.2 } } }],
    ['fig12-loss-range-l1', 'it is wider', { vgg: { l1: { range: () => 3 } } }],
    ['fig12-gradient-change-linf', 'it changes more', { vgg: { linf: { change: () => 200 } } }],
    ['fig12-smoothness-l2', 'it has the greater beta', { vgg: { l2: { gradient: () => 0.1 } } }],
    ['fig13-performance-linf', 'it is worse', { deepLinear: { linf: { training: () => 1e6 } } }],
    ['fig13-loss-range-l1', 'it is wider', { deepLinear: { l1: { range: () => 1e9 } } }],
    ['fig13-gradient-change-l1', 'it changes more', { deepLinear: { l1: { change: () => 1e9 } } }],
    ['fig13-smoothness-l2', 'it is rougher', { deepLinear: { l2: { gradient: () => 1 } } }],
  ];

  function nearly(t: number): number {
    return 1.05 * vgg.batch.range(t);
  }

  it.each(cases)('%s: %s', (id, _, changes) => {
    const [figure, own] = figures.find(([{ number }]) => number === Number(id.slice(3, 5)))!;
    const runs = runsOf(seeds, changes, Object.keys(changes!) as Model[]).filter(own);
    expect(figure.claims(runs).find((claim) => claim.id === id)).toMatchObject({
      verdict: 'fails',
    });
  });

  it.each<[string, string, Parameters<typeof runsOf>[1]]>([
    ['fig04-early', 'late is wider', { vgg: { none: { range: (t) => 1 + t } } }],
    ['fig04-consistent', 'half of the steps', { vgg: { batch: halfOfTheTime() } }],
    ['fig10-edge', 'it is far below', { deepLinear: { batch: { change: () => 1e3 } } }],
    ['fig11-vgg-relative', 'alike', {}],
    ['fig10-gradient-change-relative', 'alike', { deepLinear: { none: deepLinear.batch } }],
  ])('%s disagrees in one run: %s', (id, _, changes) => {
    expect(claimsOf(runsOf([5], changes))[id]!.verdict).toBe('disagrees');
  });

  function halfOfTheTime() {
    return { change: (t: number) => 2 * (t > 0.5 ? 2 : 0.9) };
  }
});

it('takes the deep linear network by its bursts: one in twenty steps is enough', () => {
  const bursts = (t: number): number => (t % 0.1 > 0.085 ? 1e12 : 1);
  const calm = { none: { range: bursts, change: bursts } };
  const claims = claimsOf(runsOf(seeds, { deepLinear: calm }));
  for (const id of ['loss-range', 'loss-range-maximum', 'gradient-change'])
    expect(claims[`fig10-${id}`]!.verdict).toBe('holds');
});

describe('a run that diverged or overflowed', () => {
  it('loses as many measurements of a curve as that would have had', () => {
    const [run] = runsOf([0], { vgg: { none: { divergedAt: 300 } } });
    const { steps } = run!.config;
    const every = steps / 12;
    const sparse = during(run!, { x: [0, every, 2 * every], y: [1, 1, 1] });
    expect([...sparse.keys()]).toEqual(Array.from({ length: 11 }, (_, i) => (i + 1) * every));
    expect([...sparse.values()].filter((value) => value === Infinity)).toHaveLength(9);
  });

  it('is infinite from there on, and what is infinite is not measured', () => {
    const tame = { change: () => 0.1, gradient: () => 1, range: () => 0.01, divergedAt: 300 };
    const claims = claimsOf(runsOf(seeds, { vgg: { none: tame } }));
    expect(claims['fig04-gradient-change']).toMatchObject({
      ...{ verdict: 'not measured', interval: null, value: null },
      notMeasured: 'the effect is not finite in every seed',
    });
    expect(claims['fig04-gradient-change']!.measured).toContain('Standard infinite;');
    const late = claimsOf(runsOf(seeds, { vgg: { none: { ...tame, divergedAt: 1190 } } }));
    // The median is from before: 0.1.
    expect(late['fig04-gradient-change']).toMatchObject({ verdict: 'fails' });
  });

  it('is infinite at the steps that overflowed', () => {
    const overflow = { change: (t: number) => (t > 0.1 ? NaN : 2) };
    const claims = claimsOf(runsOf(seeds, { vgg: { batch: overflow } }));
    expect(claims['fig04-gradient-change']!.measured).toContain('BatchNorm infinite');
    expect(claims['fig04-gradient-change']!.verdict).toBe('not measured');
  });
});

describe('the start of training is left out', () => {
  it('of all but the claims about it', () => {
    // At step 0 BatchNorm changes by 147: were it counted, it would be the maximum.
    const claims = claimsOf(runsOf([0]));
    expect(claims['fig04-gradient-change']!.measured).toContain('BatchNorm 1.96');
  });
});

describe('a claim of the landscape is not measured', () => {
  const none = (runs: readonly Run[]): Record<string, Claim> => {
    const claims = claimsOf(runs);
    expect(ids.map((id) => [id, claims[id]!.verdict])).toEqual(
      ids.map((id) => [id, 'not measured']),
    );
    return claims;
  };

  it('without runs', () => {
    const claims = none([]);
    expect(claims['fig11-vgg']).toMatchObject({ interval: null, seeds: [] });
    expect(claims['fig11-vgg']!.notMeasured).toMatch(/^no seed has all/);
  });

  it('where every seed lacks a run', () => {
    const runs = runsOf([5, 6]).filter(({ config }) => config.normalisation !== 'l1');
    const claims = claimsOf(runs);
    expect(claims['fig12-loss-range-l1']!.verdict).toBe('not measured');
    expect(claims['fig12-loss-range-l2']!.verdict).not.toBe('not measured');
  });

  it('where runs are unfinished', () => {
    const runs = runsOf([5]).map((run) => ({
      ...run,
      manifest: { ...run.manifest, status: 'interrupted' as const },
    }));
    none(runs);
  });

  it('where tables are missing', () => {
    none(runsOf([5]).map((run) => ({ ...run, tables: {} })));
  });
});

describe('claims of the landscape', () => {
  it('are undecided where seeds disagree', () => {
    const other = runsOf([7, 8], { vgg: { none: vgg.batch, batch: vgg.none } });
    const claim = claimsOf([...runsOf([5, 6]), ...other])['fig04-loss-range']!;
    expect(claim).toMatchObject({ verdict: 'undecided', seeds });
  });

  it('leave out a seed without all its runs', () => {
    const runs = runsOf(seeds).filter(
      ({ config }) => config.seed !== 6 || config.normalisation !== 'linf',
    );
    const claims = claimsOf(runs);
    expect(claims['fig12-loss-range-linf']).toMatchObject({ seeds: [5, 7, 8] });
    expect(claims['fig12-loss-range-l1']).toMatchObject({ seeds });
  });

  it('do not change the runs', () => {
    const runs = runsOf([5]);
    const before = structuredClone(runs);
    claimsOf(runs);
    expect(runs).toEqual(before);
  });
});

describe("the paper's numbers in the claims", () => {
  const claims = claimsOf([]);
  const says = (id: string): string => claims[id]!.paper;
  /** Values of a digitised curve, the upper edge of an envelope, within shares of its steps. */
  function values(figure: string, name: string, from = 1 / 150, to = 1): number[] {
    const { x, y, hi = y } = paperCurve(figure, name)!;
    const end = figure.startsWith('fig12') ? 15_000 : 10_000;
    return hi.filter((_, i) => x[i]! > from * end - 10 && x[i]! < to * end + 10);
  }
  function widths(figure: string, name: string, from = 1 / 150, to = 1): number[] {
    const { x, y, hi } = paperCurve(figure, name)!;
    const end = figure.startsWith('fig12') ? 15_000 : 10_000;
    const all = hi!.map((upper, i) => upper - y[i]!);
    return all.filter((_, i) => x[i]! > from * end - 10 && x[i]! < to * end + 10);
  }
  const medians = (of: (name: string) => number[]): string[] =>
    ['Standard', 'BatchNorm', 'L1', 'L2', 'Linf'].map((name) => median(of(name)).toFixed(2));
  const greatest = (of: (name: string) => number[]): string[] =>
    ['Standard', 'BatchNorm', 'L1', 'L2', 'Linf'].map((name) => short(Math.max(...of(name))));

  it('are those of Figure 4', () => {
    const [loss, change, beta] = ['fig12b_loss_env', 'fig12c_gradpred_env', 'fig12d_beta'] as const;
    const both = (of: (name: string) => number[], digits: (value: number) => string): string =>
      ['Standard', 'BatchNorm']
        .map((name) => `${digits(median(of(name)))} / ${digits(Math.max(...of(name)))}`)
        .join(' without, ');
    const two = (value: number): string => String(Number(value.toPrecision(2)));
    const tenth = (value: number): string => value.toFixed(1);
    expect(says('fig04-loss-range')).toContain(both((name) => widths(loss, name), two));
    expect(says('fig04-gradient-change')).toContain(both((name) => values(change, name), short));
    expect(says('fig04-smoothness')).toContain(
      both((name) => values(beta, name), tenth).replaceAll('19.9', '20.0'),
    );
    const early = median(widths(loss, 'Standard', 1 / 150, 1 / 3)).toFixed(2);
    const late = median(widths(loss, 'Standard', 2 / 3)).toFixed(2);
    const theirs = median(widths(loss, 'BatchNorm', 1 / 150, 1 / 3)).toFixed(2);
    expect(says('fig04-early')).toContain(
      `${early} in the first and ${late} in the last third of training`,
    );
    expect(says('fig04-early-wider')).toContain(`${early} without, ${theirs} with BatchNorm`);
    const times = (of: (name: string) => number): string =>
      (of('Standard') / of('BatchNorm')).toFixed(1);
    expect(says('fig04-two-orders')).toContain(
      `${times((name) => median(values(change, name, 1 / 150, 1 / 3)))} times in the first third of training and ` +
        `${times((name) => median(values(change, name)))} times over all of it (medians), ` +
        `${times((name) => Math.max(...values(change, name)))} times between the maxima`,
    );
    expect(says('fig04-start')).toContain(
      `${paperCurve(change, 'Standard')!.hi![0]!.toFixed(2)} without, ` +
        `${paperCurve(change, 'BatchNorm')!.hi![0]!.toFixed(0)} with`,
    );
    const byStep = (name: string): Map<number, number> => {
      const { x, y } = paperCurve(beta, name)!;
      return new Map(x.map((step, i) => [Math.round(step / 100), y[i]!]));
    };
    const [standard, batchNorm] = [byStep('Standard'), byStep('BatchNorm')];
    const common = [...standard.keys()].filter((step) => step > 0 && batchNorm.has(step));
    const below = common.filter((step) => batchNorm.get(step)! < standard.get(step)!);
    expect(says('fig04-consistent')).toContain(
      `${((100 * below.length) / common.length).toFixed(0)}% of the steps`,
    );
  });

  it('are those of Figure 10', () => {
    const [loss, change, beta] = ['fig13b_loss_env', 'fig13c_gradpred_env', 'fig13d_beta'] as const;
    const [standard, batchNorm] = greatest((name) => widths(loss, name));
    expect(says('fig10-loss-range')).toContain(`${standard} without, ${batchNorm} with`);
    const both = (figure: string): string =>
      ['Standard', 'BatchNorm']
        .map((name) => values(figure, name))
        .map((all) => `${short(median(all))} / ${short(Math.max(...all))}`)
        .join(' without, ');
    expect(says('fig10-gradient-change')).toContain(both(change));
    expect(says('fig10-smoothness')).toContain(both(beta));
    expect(says('fig10-edge')).toContain((median(values(beta, 'BatchNorm')) / 1e6).toFixed(2));
    expect(says('fig10-start')).toContain(
      ['Standard', 'BatchNorm']
        .map((name) => short(paperCurve(change, name)!.hi![0]!))
        .join(' without, '),
    );
  });

  it('are those of Figures 12 and 13', () => {
    const list = (numbers: string[], unit = ''): string => {
      const [none, batch, l1, l2, linf] = numbers.map((number) => number + unit);
      return `${none} without, ${batch} BatchNorm, ${l1} L1, ${l2} L2, ${linf} L∞`;
    };
    const names = ['Standard', 'BatchNorm', 'L1', 'L2', 'Linf'];
    const accuracies = names.map((name) => mean(paperCurve('fig5a_acc', name)!.y).toFixed(1));
    expect(says('fig12-performance-l1')).toContain(list(accuracies, '%'));
    expect(says('fig12-loss-range-l1')).toContain(
      list(medians((name) => widths('fig12b_loss_env', name))),
    );
    const changes = names.map((name) => median(values('fig12c_gradpred_env', name)).toFixed(1));
    expect(says('fig12-gradient-change-l1')).toContain(list(changes));
    const losses = names.map((name) => short(paperCurve('fig5b_loss', name)!.y.at(-1)!));
    expect(says('fig13-performance-l1')).toContain(list(losses));
    expect(says('fig13-loss-range-l1')).toContain(
      list(greatest((name) => widths('fig13b_loss_env', name))),
    );
    expect(says('fig13-gradient-change-l1')).toContain(
      list(greatest((name) => values('fig13c_gradpred_env', name))),
    );
    const betas = names.map((name) => short(median(values('fig13d_beta', name))));
    expect(says('fig13-smoothness-l1')).toContain(list(betas));
  });
});
