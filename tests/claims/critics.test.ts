/** The critics' claims: told their story they hold, and tables that say otherwise flip each. */
import { describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { criticsClaims, isOfCritics } from '../../src/claims/critics';
import { deepLinearRun, vggRun } from '../../src/config/presets';
import { normalisations } from '../../src/layers/normalisation';
import { rankCorrelation } from '../../src/measures/statistics';
import type { Run } from '../../src/runs/run';
import { landscapeRuns } from '../fixtures/landscapeRuns';
import { networkRuns, type Story } from '../fixtures/networkRuns';

const names = Object.keys(normalisations) as (keyof typeof normalisations)[];
const seeds = [0, 1];

const vggConfigs = seeds.flatMap((seed) => [
  ...names.map((normalisation) => vggRun('quick', { normalisation, seed })),
  ...[0.01, 0.5].flatMap((learningRate) =>
    (['none', 'batch'] as const).map((normalisation) =>
      vggRun('quick', { normalisation, learningRate, seed }),
    ),
  ),
]);
const linearConfigs = seeds.flatMap((seed) =>
  (['none', 'batch'] as const).map((normalisation) =>
    deepLinearRun('quick', { normalisation, seed }),
  ),
);

type Changes = Record<string, Partial<Story>>;
const networks = (changes: Changes = {}): Run[] =>
  networkRuns([...vggConfigs, ...linearConfigs], 'quick', changes);

const claimOf = (id: string, runs: readonly Run[]): Claim =>
  criticsClaims(runs).find((claim) => claim.id === id)!;

it('knows its own rows', () => {
  const claims = criticsClaims(networks());
  expect(claims).toHaveLength(9);
  expect(claims.every(isOfCritics)).toBe(true);
  expect(isOfCritics({ ...claims[0]!, figure: 4 })).toBe(false);
  expect(isOfCritics({ ...claims[0]!, figure: 'Theorem 4.1' })).toBe(false);
});

it('says that nothing is measured where there is no run', () => {
  for (const { verdict, measured } of criticsClaims([])) {
    expect(verdict).toBe('undecided');
    expect(measured).toMatch(/^not measured/);
  }
});

it('ranks', () => {
  expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 400])).toBeCloseTo(1, 12);
  expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  // By hand: ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4; covariance 4.5, variances 4.5 and 5.
  expect(rankCorrelation([1, 5, 5, 9], [1, 3, 2, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
});

const at = (normalisation: string, rate: number | string, model = 'vgg'): string =>
  `${model} ${normalisation} ${rate}`;
const linear = (normalisation: string): string => at(normalisation, '0.000001', 'deepLinear');
const reaches = (accuracy: number): Partial<Story> => ({ training: () => accuracy });

/** A story in which the critics are right; the networks that are not named here are as elsewhere. */
const story: Changes = {
  [at('none', 0.01)]: reaches(0.3),
  [at('batch', 0.01)]: reaches(0.32),
  [at('none', 0.1)]: { ...reaches(0.4), spread: (_, __, layer) => 1 + layer, cosine: () => 0.2 },
  [at('batch', 0.1)]: { ...reaches(0.6), spread: () => 1, cosine: () => 0.9, norm: (l) => 1 / l },
  [at('none', 0.5)]: reaches(0.1),
  [at('batch', 0.5)]: reaches(0.5),
  [at('noise', 0.1)]: { ...reaches(0.2), cosine: () => 0.1 },
  [at('noisyBatch', 0.1)]: { ...reaches(0.5), cosine: () => 0.5 },
  [at('l1', 0.1)]: { ...reaches(0.52), cosine: () => 0.6 },
  [at('l2', 0.1)]: { ...reaches(0.54), cosine: () => 0.7 },
  [at('linf', 0.1)]: { ...reaches(0.56), cosine: () => 0.8 },
  [linear('batch')]: { norm: (layer, t) => (t === 0 ? 1 : 5) / layer ** (t === 0 ? 2 : 1) },
};

const cases: [id: string, why: string, changes: Changes][] = [
  [
    'bjorck-rate',
    'the advantage is there at the small rate',
    { [at('batch', 0.01)]: reaches(0.5) },
  ],
  [
    'bjorck-depth',
    'activations shrink with depth',
    { [at('none', 0.1)]: { ...story[at('none', 0.1)], spread: (_, __, layer) => 1 / layer } },
  ],
  [
    'bjorck-depth',
    'they grow with BatchNorm as well',
    { [at('batch', 0.1)]: { ...story[at('batch', 0.1)], spread: (_, __, layer) => 2 * layer } },
  ],
  [
    'yang-vgg',
    'gradients shrink towards the input',
    { [at('batch', 0.1)]: { ...story[at('batch', 0.1)], norm: (layer) => layer } },
  ],
  [
    'yang-linear',
    'gradients shrink towards the input',
    { [linear('batch')]: { norm: (layer) => layer } },
  ],
  [
    'yang-fades',
    'gradients explode as much after the first steps',
    { [linear('batch')]: { norm: (layer) => 1 / layer } },
  ],
  [
    'awais-shift',
    'the best network shifts most',
    {
      [at('batch', 0.1)]: { ...story[at('batch', 0.1)], cosine: () => -0.9 },
      [at('linf', 0.1)]: { ...story[at('linf', 0.1)], cosine: () => -0.8 },
      [at('l2', 0.1)]: { ...story[at('l2', 0.1)], cosine: () => -0.7 },
      [at('l1', 0.1)]: { ...story[at('l1', 0.1)], cosine: () => -0.6 },
    },
  ],
];

describe.each(cases)('%s', (id, why, changes) => {
  it('holds in its story, and says of how many seeds', () => {
    const claim = claimOf(id, networks(story));
    expect(claim.verdict).toBe('holds');
    expect(claim.seeds).toEqual(seeds);
    expect(claim.interval).not.toBeNull();
  });

  it(`fails if ${why}`, () => {
    expect(claimOf(id, networks({ ...story, ...changes })).verdict).toBe('fails');
  });

  it('is undecided where seeds disagree', () => {
    const [told, other] = [networks(story), networks({ ...story, ...changes })];
    const mixed = [
      ...told.filter(({ config }) => config.seed === 0),
      ...other.filter(({ config }) => config.seed === 1),
    ];
    expect(claimOf(id, mixed).verdict).toBe('undecided');
  });

  it('leaves out a seed without its tables', () => {
    const bare = networks(story).map((run) =>
      run.config.seed === 0 ? run : { ...run, tables: {} },
    );
    expect(claimOf(id, bare).seeds).toEqual([0]);
  });
});

/** The change of the gradient over the way at each step length of the deep linear network: curvature times rate. */
const bent = (curvature: number) => ({
  gradient: () => 100,
  change: (_: number, length: number) => curvature * length * 100,
});

it('compares curvatures at the shortest step alone', () => {
  const vgg = (none: number, batch: number): Run[] =>
    landscapeRuns('vgg', seeds, { changes: { none: bent(none), batch: bent(batch) } });
  expect(claimOf('yao-smoother', vgg(1, 2)).verdict).toBe('holds');
  expect(claimOf('yao-smoother', vgg(2, 1)).verdict).toBe('fails');
  const lateOnly = {
    gradient: () => 100,
    change: (_: number, length: number) => (length > 1 ? 1e4 : length * 100),
  };
  const same = landscapeRuns('vgg', seeds, { changes: { none: bent(2), batch: lateOnly } });
  expect(claimOf('yao-smoother', same).verdict).toBe('fails');
});

it.each([
  [2, 'holds'],
  [1.1, 'holds'],
  [0.5, 'fails'],
  [5, 'fails'],
])('puts a curvature of %d / (learning rate) at the edge, or not', (curvature, verdict) => {
  const runs = landscapeRuns('deepLinear', seeds, {
    changes: { none: bent(curvature), batch: bent(curvature) },
  });
  expect(claimOf('cohen-none', runs).verdict).toBe(verdict);
  expect(claimOf('cohen-batch', runs).verdict).toBe(verdict);
});
