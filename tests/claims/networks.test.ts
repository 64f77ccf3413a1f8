/** The claims of Figures 2, 3, 5, 6, 8 and 9: told the paper's story they hold, and a wrong table flips each. */
import { describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import type { Figure } from '../../src/drawing/figure';
import { figure02 } from '../../src/figures/figure02';
import { figure03 } from '../../src/figures/figure03';
import { figure05 } from '../../src/figures/figure05';
import { figure06 } from '../../src/figures/figure06';
import { figure08 } from '../../src/figures/figure08';
import { figure09 } from '../../src/figures/figure09';
import { paperCurve } from '../../src/measures/paperCurves';
import { mean, median } from '../../src/measures/statistics';
import type { Run } from '../../src/runs/run';
import { networkRuns, type Story } from '../fixtures/networkRuns';

const figures: Record<string, Figure> = {
  fig02: figure02,
  fig03: figure03,
  fig05: figure05,
  fig06: figure06,
  fig08: figure08,
  fig09: figure09,
};
const figureOf = (id: string): Figure => figures[id.slice(0, 5)]!;

const seeds = [5, 6, 7, 8];

type Changes = Record<string, Partial<Story>>;

const runsFor = (figure: Figure, seeds: readonly number[], changes: Changes = {}): Run[] =>
  networkRuns(figure.runs('quick', seeds), 'quick', changes);

const claimOf = (id: string, runs: readonly Run[]): Claim =>
  figureOf(id)
    .claims(runs)
    .find((claim) => claim.id === id)!;

const untrained: Partial<Story> = { training: () => 0.1 };
const jumping: Partial<Story> = { centre: (_, k) => 3 * (k % 2), spread: (_, k) => 1 + (k % 2) };
const fading = (t: number): number => Math.exp(-6 * t);
const still: Partial<Story> = { centre: (t) => 1e-3 * t, spread: (t) => 1 + 1e-3 * t };
/** Between the accuracies of the standard network and of BatchNorm. */
const halfWay = (share: number) => (t: number) =>
  0.1 + (1 - share) * 0.7 * (1 - Math.exp(-3 * t)) + share * 0.8 * (1 - Math.exp(-14 * t));
const falling500: Partial<Story> = { training: (t) => 500 + 49_500 * Math.exp(-12 * t) };

/** Each claim, what the paper's story makes of it, and tables that flip it. */
const cases: [id: string, told: 'holds' | 'fails', lies: [why: string, changes: Changes][]][] = [
  [
    'fig02-better',
    'holds',
    [['the standard network trains better', { 'vgg none 0.1': { training: () => 0.95 } }]],
  ],
  ['fig02-alike', 'holds', [['noisy BatchNorm is slow', { 'vgg noisyBatch 0.1': untrained }]]],
  ['fig02-noise', 'holds', [['noise trains', { 'vgg noise 0.1': { training: () => 0.6 } }]]],
  [
    'fig02-evaluation',
    'holds',
    [['running averages are good', { 'vgg noisyBatch 0.1': { tested: [0.7, 0.7] } }]],
  ],
  ['fig03-vgg-l2', 'holds', [['l2 is smaller', { 'vgg batch 0.1': { l2: () => 0.1 } }]]],
  [
    'fig03-vgg-cosine',
    'holds',
    [['cosines are greater', { 'vgg batch 0.1': { cosine: () => 0.99 } }]],
  ],
  ['fig03-vgg-low-l2', 'holds', [['l2 is smaller', { 'vgg batch 0.01': { l2: () => 0.1 } }]]],
  [
    'fig03-vgg-low-cosine',
    'holds',
    [['cosines are greater', { 'vgg batch 0.01': { cosine: () => 0.99 } }]],
  ],
  [
    'fig03-linear-l2',
    'holds',
    [['l2 is smaller', { 'deepLinear batch 0.000001': { l2: () => 9 } }]],
  ],
  [
    'fig03-linear-cosine',
    'holds',
    [['cosines are greater', { 'deepLinear batch 0.000001': { cosine: () => 0.99 } }]],
  ],
  [
    'fig03-linear-low-l2',
    'holds',
    [['l2 is smaller', { 'deepLinear batch 1e-7': { l2: () => 0.1 } }]],
  ],
  [
    'fig03-linear-low-cosine',
    'holds',
    [['neither has shift', { 'deepLinear none 1e-7': { cosine: () => -0.5 } }]],
  ],
  ['fig03-start', 'holds', [['l2 is alike', { 'vgg batch 0.1': { l2: () => 0.1 } }]]],
  [
    'fig03-linear-standard',
    'fails',
    [['no shift', { 'deepLinear none 0.000001': { cosine: () => 0.99 } }]],
  ],
  [
    'fig03-linear-standard-low',
    'holds',
    [['shift', { 'deepLinear none 1e-7': { cosine: (t) => (t < 0.2 ? 0.5 : 0.99) } }]],
  ],
  [
    'fig03-linear-batchnorm',
    'holds',
    [['correlated', { 'deepLinear batch 0.000001': { cosine: () => -0.6 } }]],
  ],
  [
    'fig03-linear-batchnorm-low',
    'holds',
    [['correlated', { 'deepLinear batch 1e-7': { cosine: () => -0.6 } }]],
  ],
  ['fig05-vgg-l1', 'holds', [['it is far below', { 'vgg l1 0.1': { training: () => 0.6 } }]]],
  ['fig05-vgg-l2', 'holds', [['it is far below', { 'vgg l2 0.1': { training: () => 0.6 } }]]],
  [
    'fig05-vgg-linf',
    'holds',
    [['half of the gap', { 'vgg linf 0.1': { training: halfWay(0.5) } }]],
  ],
  [
    'fig05-linear-batchnorm',
    'holds',
    [['the standard network is better', { 'deepLinear none 0.000001': { training: () => 10 } }]],
  ],
  [
    'fig05-linear-l1',
    'holds',
    [['far above BatchNorm', { 'deepLinear l1 0.000001': { training: () => 2e3 } }]],
  ],
  [
    'fig05-linear-l2',
    'holds',
    [['far above BatchNorm', { 'deepLinear l2 0.000001': { training: () => 2e3 } }]],
  ],
  [
    'fig05-linear-linf',
    'fails',
    [['at BatchNorm', { 'deepLinear linf 0.000001': { training: () => 500 } }]],
  ],
  [
    'fig05-linear-l1-better',
    'holds',
    [
      ['L1 is worse', { 'deepLinear l1 0.000001': { training: () => 600 } }],
      ['a tie but for a percent', { 'deepLinear l1 0.000001': falling500 }],
    ],
  ],
  [
    'fig05-linear-linf-slow',
    'holds',
    [['L∞ is fast', { 'deepLinear linf 0.000001': { training: () => 90 } }]],
  ],
  ...(['l1', 'l2', 'linf'] as const).flatMap((name): (typeof cases)[number][] => [
    [`fig06-shift-${name}`, 'holds', [['it stays', { [`vgg ${name} 0.1`]: still }]]],
    [
      `fig06-wider-${name}`,
      'holds',
      [['it is narrow', { [`vgg ${name} 0.1`]: { spread: () => 0.1 } }]],
    ],
    [
      `fig06-gaussian-${name}`,
      'holds',
      [['it is normal', { [`vgg ${name} 0.1`]: { shape: 'normal' } }]],
    ],
  ]),
  ...(['mean', 'variance'] as const).flatMap((moment): (typeof cases)[number][] => [
    [
      `fig08-noisy-${moment}`,
      'holds',
      [['the standard network moves more', { 'vgg none 0.1': jumping }]],
    ],
    [`fig08-steady-${moment}`, 'holds', [['BatchNorm moves more', { 'vgg batch 0.1': jumping }]]],
  ]),
  [
    'fig08b-noisy-mean',
    'holds',
    [['the standard network goes further', { 'vgg none 0.1': { centre: (t) => 9 * t } }]],
  ],
  [
    'fig08b-noisy-variance',
    'fails',
    [['the standard network stays', { 'vgg none 0.1': { spread: (_, k) => 1 + 0.001 * (k % 2) } }]],
  ],
  [
    'fig09-large',
    'holds',
    [['narrow', { 'deepLinear none 0.000001': { spread: (_t, _k, layer) => 0.01 * layer } }]],
  ],
  [
    'fig09-uncontrolled',
    'fails',
    [['wild', { 'deepLinear none 0.000001': { spread: (_, k) => (k % 2 ? 300 : 3) } }]],
  ],
];

/** Whose story is not the paper's text's but its data's. */
const other = { holds: 'fails', fails: 'holds' } as const;

describe("told the paper's story", () => {
  const told = new Map(
    Object.values(figures).flatMap((figure) =>
      figure.claims(runsFor(figure, seeds)).map((claim) => [claim.id, claim] as const),
    ),
  );

  it.each(cases)('%s: %s', (id, verdict) => {
    const claim = told.get(id)!;
    expect(claim).toMatchObject({ verdict, seeds, confirmatory: true });
    expect(claim.interval).not.toBeNull();
    expect(claim.measured).toContain('medians of 4 seeds');
  });

  it('nothing else is claimed', () => {
    expect([...told.keys()].sort()).toEqual([...cases.map(([id]) => id), 'fig03-artifact'].sort());
  });

  it('measured are these numbers', () => {
    expect([...told.values()].map(({ id, measured }) => `${id}: ${measured}`)).toMatchSnapshot();
  });
});

describe('tables that say the opposite flip', () => {
  const flips = cases.flatMap(([id, told, lies]) =>
    lies.map(([why, changes]) => [id, why, other[told], changes] as const),
  );

  it.each(flips)('%s: %s', (id, _, verdict, changes) => {
    expect(claimOf(id, runsFor(figureOf(id), seeds, changes)).verdict).toBe(verdict);
  });
});

describe('nothing is measured', () => {
  const verdicts = (figure: Figure, runs: readonly Run[]): Set<string> =>
    new Set(figure.claims(runs).map(({ verdict }) => verdict));
  const each = Object.entries(figures);

  it.each(each)('without runs, unfinished runs or tables: %s', (_, figure) => {
    const runs = runsFor(figure, [5]);
    const unfinished = runs.map((run) => ({
      ...run,
      manifest: { ...run.manifest, status: 'interrupted' as const },
    }));
    const bare = runs.map((run) => ({ ...run, tables: {} }));
    for (const none of [[], unfinished, bare])
      expect(verdicts(figure, none)).toEqual(new Set(['not measured']));
  });

  it('where a loss is infinite', () => {
    const runs = runsFor(figure05, seeds, { 'deepLinear l2 0.000001': { divergedAt: 500 } });
    expect(claimOf('fig05-linear-l2', runs)).toMatchObject({
      verdict: 'not measured',
      value: null,
    });
    expect(claimOf('fig05-linear-l1', runs).verdict).toBe('holds');
  });

  it('of moments in runs that have those of one channel alone', () => {
    const runs = runsFor(figure08, seeds).map(({ tables, ...run }) => {
      const { channelMoments, ...others } = tables;
      expect(channelMoments).toBeDefined();
      return { ...run, tables: others };
    });
    expect(verdicts(figure08, runs)).toEqual(new Set(['not measured']));
  });
});

it.each<[Claim['verdict'], string, Partial<Story>]>([
  ['holds', 'the gradients get shorter with it', { l2: fading, norm: (_, t) => 10 * fading(t) }],
  ['fails', 'the gradients do not', { l2: fading, norm: (_, t) => 1 - 0.1 * t }],
  ['not measured', 'it does not', { l2: () => 1, norm: (_, t) => fading(t) }],
])('fig03-artifact %s where the shift gets less and %s', (verdict, _, changes) => {
  const runs = runsFor(figure03, [5], { 'vgg batch 0.01': changes });
  const one = { holds: 'agrees', fails: 'disagrees' } as Record<string, string>;
  expect(claimOf('fig03-artifact', runs).verdict).toBe(one[verdict] ?? verdict);
});

it('is undecided where seeds disagree', () => {
  const runs = [
    ...runsFor(figure08, [5, 6]),
    ...runsFor(figure08, [7, 8], { 'vgg none 0.1': jumping }),
  ];
  expect(claimOf('fig08-noisy-mean', runs)).toMatchObject({ verdict: 'undecided', seeds });
});

describe("the paper's numbers in the claims", () => {
  const curve = (figure: string, name: string) => paperCurve(figure, name)!;

  it.each([
    ['fig02-better', 'fig2_train_acc', 'Standard', 'NoisyBN'],
    ['fig02-alike', 'fig2_train_acc', 'BatchNorm', 'NoisyBN'],
    ['fig05-vgg-l1', 'fig5a_acc', 'Standard', 'BatchNorm', 'L1', 'L2', 'Linf'],
  ])('%s quotes means of %s as digitised', (id, figure, ...names) => {
    const { paper } = claimOf(id, []);
    for (const name of names) expect(paper).toContain(mean(curve(figure, name).y).toFixed(1));
  });

  it.each<[string, string, number, ...string[]]>([
    ['fig03-vgg-l2', 'fig3a_l2_lr0.1_L5', 2],
    ['fig03-vgg-cosine', 'fig3a_cos_lr0.1_L10', 2],
    ['fig03-vgg-low-cosine', 'fig3a_cos_lr0.01_L5', 2],
    ['fig03-linear-l2', 'fig3b_cos_lr1e-6_L9', 2],
    ['fig08-noisy-mean', 'fig8a_dmu_L9', 2, 'NoisyBN'],
    ['fig08-noisy-variance', 'fig8a_dvar_L2', 2, 'NoisyBN'],
  ])('%s quotes medians of %s as digitised', (id, figure, digits, ...names) => {
    const { paper } = claimOf(id, []);
    for (const name of names.length > 0 ? names : ['Standard', 'BatchNorm'])
      expect(paper).toContain(median(curve(figure, name).y).toFixed(digits));
  });

  it('fig05-linear-l1 quotes the last losses as digitised', () => {
    const { paper } = claimOf('fig05-linear-l1', []);
    for (const name of ['Standard', 'BatchNorm', 'L1', 'L2', 'Linf'])
      expect(paper).toContain(curve('fig5b_loss', name).y.at(-1)!.toFixed(0));
  });
});
