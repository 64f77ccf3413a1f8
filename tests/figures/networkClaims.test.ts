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
const still: Partial<Story> = { centre: () => 0, spread: () => 1 };

/** Each claim, what the paper's story makes of it, and tables that flip it. */
const cases: [id: string, told: Claim['verdict'], lies: [why: string, changes: Changes][]][] = [
  [
    'fig02-unstable',
    'holds',
    [
      ['the standard network trains better', { 'vgg none 0.1': { training: () => 0.95 } }],
      ['the standard network moves more', { 'vgg none 0.1': jumping }],
    ],
  ],
  ['fig02-alike', 'holds', [['noisy BatchNorm is slow', { 'vgg noisyBatch 0.1': untrained }]]],
  ['fig02-noise', 'holds', [['noise trains', { 'vgg noise 0.1': { training: () => 0.6 } }]]],
  [
    'fig02-evaluation',
    'holds',
    [
      ['running averages are good', { 'vgg noisyBatch 0.1': { tested: [0.7, 0.7] } }],
      ['batch statistics are poor too', { 'vgg noisyBatch 0.1': { tested: [0.3, 0.5] } }],
    ],
  ],
  [
    'fig03-vgg',
    'holds',
    [
      ['l2 is smaller', { 'vgg batch 0.1': { l2: () => 0.1 } }],
      ['cosines are greater', { 'vgg batch 0.1': { cosine: () => 0.99 } }],
    ],
  ],
  ['fig03-vgg-low', 'holds', [['l2 is smaller', { 'vgg batch 0.01': { l2: () => 0.1 } }]]],
  ['fig03-linear', 'holds', [['l2 is smaller', { 'deepLinear batch 0.000001': { l2: () => 9 } }]]],
  [
    'fig03-linear-low',
    'holds',
    [['l2 is smaller', { 'deepLinear batch 1e-7': { l2: () => 0.1 } }]],
  ],
  ['fig03-start', 'holds', [['l2 is alike', { 'vgg batch 0.1': { l2: () => 0.1 } }]]],
  ['fig03-artifact', 'undecided', []],
  [
    'fig03-linear-standard',
    'fails',
    [['no shift', { 'deepLinear none 0.000001': { cosine: () => 0.99 } }]],
  ],
  [
    'fig03-linear-rates',
    'holds',
    [
      ['no shift at either', { 'deepLinear none 0.000001': { cosine: () => 0.99 } }],
      ['shift at both', { 'deepLinear none 1e-7': { cosine: () => 0.5 } }],
    ],
  ],
  [
    'fig03-linear-batchnorm',
    'holds',
    [['correlated at one rate', { 'deepLinear batch 1e-7': { cosine: () => -0.6 } }]],
  ],
  [
    'fig05-vgg',
    'holds',
    [
      ['one is far below BatchNorm', { 'vgg linf 0.1': { training: () => 0.7 } }],
      ['the standard network is better', { 'vgg none 0.1': { training: () => 0.95 } }],
    ],
  ],
  [
    'fig05-linear',
    'holds',
    [
      ['one is far above BatchNorm', { 'deepLinear linf 0.000001': { training: () => 2e3 } }],
      ['the standard network is better', { 'deepLinear none 0.000001': { training: () => 10 } }],
      ['one diverges', { 'deepLinear l2 0.000001': { divergedAt: 500 } }],
    ],
  ],
  [
    'fig05-linear-l1',
    'holds',
    [['L1 is worse', { 'deepLinear l1 0.000001': { training: () => 600 } }]],
  ],
  [
    'fig05-linear-linf',
    'holds',
    [['L∞ is fast', { 'deepLinear linf 0.000001': { training: () => 90 } }]],
  ],
  ['fig06-shift', 'holds', [['one stays where it ends', { 'vgg l2 0.1': still }]]],
  ['fig06-wider', 'holds', [['one is narrow', { 'vgg linf 0.1': { spread: () => 0.1 } }]]],
  ['fig06-gaussian', 'holds', [['one is normal', { 'vgg l1 0.1': { shape: 'normal' } }]]],
  ['fig08-noisy', 'holds', [['the standard network moves more', { 'vgg none 0.1': jumping }]]],
  ['fig08-steady', 'holds', [['BatchNorm moves more', { 'vgg batch 0.1': jumping }]]],
  [
    'fig09-large',
    'holds',
    [['narrow', { 'deepLinear none 0.000001': { spread: (_t, _k, layer) => 0.01 * layer } }]],
  ],
  [
    'fig09-uncontrolled',
    'holds',
    [['steady', { 'deepLinear none 0.000001': { spread: () => 3 } }]],
  ],
];

/** Whose story is not the paper's text's but its data's. */
const other = { holds: 'fails', fails: 'holds', undecided: 'undecided' } as const;

describe("told the paper's story", () => {
  const told = new Map(
    Object.values(figures).flatMap((figure) =>
      figure.claims(runsFor(figure, [0, 1, 2])).map((claim) => [claim.id, claim] as const),
    ),
  );

  it.each(cases)('%s: %s', (id, verdict) => {
    const claim = told.get(id)!;
    expect(claim).toMatchObject({ verdict, seeds: [0, 1, 2] });
    expect(claim.interval).not.toBeNull();
    expect(claim.measured).toContain('medians of 3 seeds');
  });

  it('nothing else is claimed', () => {
    expect([...told.keys()].sort()).toEqual(cases.map(([id]) => id).sort());
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
    expect(claimOf(id, runsFor(figureOf(id), [0, 1], changes)).verdict).toBe(verdict);
  });
});

describe('a claim is undecided', () => {
  const verdicts = (figure: Figure, runs: readonly Run[]): Set<string> =>
    new Set(figure.claims(runs).map(({ verdict }) => verdict));
  const each = Object.entries(figures);

  it.each(each)('without runs, unfinished runs or tables: %s', (_, figure) => {
    const runs = runsFor(figure, [0]);
    const unfinished = runs.map((run) => ({
      ...run,
      manifest: { ...run.manifest, status: 'interrupted' as const },
    }));
    const bare = runs.map((run) => ({ ...run, tables: {} }));
    for (const none of [[], unfinished, bare])
      expect(verdicts(figure, none)).toEqual(new Set(['undecided']));
  });

  it('where neither network trains, about noise', () => {
    const neither = { 'vgg none 0.1': untrained };
    expect(claimOf('fig02-noise', runsFor(figure02, [0], neither)).verdict).toBe('undecided');
  });

  it.each<[Claim['verdict'], string, Partial<Story>]>([
    ['holds', 'the gradients get shorter with it', { l2: fading, norm: (_, t) => 10 * fading(t) }],
    ['fails', 'the gradients do not', { l2: fading }],
    ['undecided', 'it does not', { l2: () => 1, norm: (_, t) => fading(t) }],
  ])('or not: fig03-artifact %s where the shift gets less and %s', (verdict, _, changes) => {
    const runs = runsFor(figure03, [0, 1], { 'vgg batch 0.01': changes });
    expect(claimOf('fig03-artifact', runs).verdict).toBe(verdict);
  });

  it('where seeds disagree', () => {
    const runs = [
      ...runsFor(figure08, [0]),
      ...runsFor(figure08, [1], { 'vgg none 0.1': jumping }),
    ];
    expect(claimOf('fig08-noisy', runs)).toMatchObject({ verdict: 'undecided', seeds: [0, 1] });
  });
});

describe("the paper's numbers in the claims", () => {
  const curve = (figure: string, name: string) => paperCurve(figure, name)!;

  it.each([
    ['fig02-unstable', 'fig2_train_acc', 'Standard', 'NoisyBN'],
    ['fig02-alike', 'fig2_train_acc', 'BatchNorm', 'NoisyBN'],
    ['fig05-vgg', 'fig5a_acc', 'Standard', 'BatchNorm', 'L1', 'L2', 'Linf'],
  ])('%s quotes means of %s as digitised', (id, figure, ...names) => {
    const { paper } = claimOf(id, []);
    for (const name of names) expect(paper).toContain(mean(curve(figure, name).y).toFixed(1));
  });

  it.each<[string, string, number, ...string[]]>([
    ['fig03-vgg', 'fig3a_l2_lr0.1_L5', 2],
    ['fig03-vgg', 'fig3a_cos_lr0.1_L10', 2],
    ['fig03-vgg-low', 'fig3a_cos_lr0.01_L5', 2],
    ['fig03-linear', 'fig3b_cos_lr1e-6_L9', 2],
    ['fig08-noisy', 'fig8a_dmu_L9', 2, 'NoisyBN'],
    ['fig08-noisy', 'fig8a_dvar_L2', 2, 'NoisyBN'],
  ])('%s quotes medians of %s as digitised', (id, figure, digits, ...names) => {
    const { paper } = claimOf(id, []);
    for (const name of names.length > 0 ? names : ['Standard', 'BatchNorm'])
      expect(paper).toContain(median(curve(figure, name).y).toFixed(digits));
  });

  it('fig05-linear quotes the last losses as digitised', () => {
    const { paper } = claimOf('fig05-linear', []);
    for (const name of ['Standard', 'BatchNorm', 'L1', 'L2', 'Linf'])
      expect(paper).toContain(curve('fig5b_loss', name).y.at(-1)!.toFixed(0));
  });
});
