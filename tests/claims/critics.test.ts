/** The critics' claims: told their story they agree, and tables that say otherwise flip each. */
import { describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { statements } from '../../src/claims/critics';
import { claimsBy } from '../../src/claims/statement';
import { deepLinearRun, vggRun } from '../../src/config/presets';
import { normalisations } from '../../src/layers/normalisation';
import { rankCorrelation } from '../../src/measures/statistics';
import type { Run } from '../../src/runs/run';
import { landscapeRuns } from '../fixtures/landscapeRuns';
import { networkRuns, type Story } from '../fixtures/networkRuns';

const names = Object.keys(normalisations) as (keyof typeof normalisations)[];
const seeds = [5, 6, 7, 8];
const criticsClaims = claimsBy(statements);

const vggConfigs = [5].flatMap((seed) => [
  ...names.map((normalisation) => vggRun('quick', { normalisation, seed })),
  ...[0.01, 0.5].flatMap((learningRate) =>
    (['none', 'batch'] as const).map((normalisation) =>
      vggRun('quick', { normalisation, learningRate, seed }),
    ),
  ),
]);
const linearConfigs = [5].flatMap((seed) =>
  (['none', 'batch'] as const).map((normalisation) =>
    deepLinearRun('quick', { normalisation, seed }),
  ),
);

type Changes = Record<string, Partial<Story>>;
const networks = (changes: Changes = {}): Run[] =>
  networkRuns([...vggConfigs, ...linearConfigs], 'quick', changes);

const claimOf = (id: string, runs: readonly Run[]): Claim =>
  criticsClaims(runs).find((claim) => claim.id === id)!;

it('says that nothing is measured where there is no run', () => {
  const claims = criticsClaims([]);
  expect(claims).toHaveLength(7);
  for (const { kind, verdict, notMeasured } of claims) {
    expect([kind, verdict]).toEqual(['critics', 'not measured']);
    expect(notMeasured).toMatch(/^no seed has all/);
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
  // One seed: that a verdict takes a spread over seeds is tested with the rule itself.
  it('agrees in its story', () => {
    expect(claimOf(id, networks(story))).toMatchObject({ verdict: 'agrees', seeds: [5] });
  });

  it(`disagrees if ${why}`, () => {
    expect(claimOf(id, networks({ ...story, ...changes })).verdict).toBe('disagrees');
  });
});

/** The change of the gradient over the way at each step length of the deep linear network: curvature times rate. */
const bent = (curvature: number) => ({
  gradient: () => 100,
  change: (_: number, length: number) => curvature * length * 100,
});

it('asks whether the loss diverges after a long step, in the worst steps of training', () => {
  const worst = (range: number) => ({ range: (t: number) => (t > 0.7 ? range : 0.1) });
  const runs = (none: number, batch: number): Run[] =>
    landscapeRuns('vgg', seeds, { changes: { none: worst(none), batch: worst(batch) } });
  expect(claimOf('bjorck-divergence', runs(50, 1)).verdict).toBe('holds');
  expect(claimOf('bjorck-divergence', runs(1, 1)).verdict).toBe('fails');
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

it('takes of each step the shortest length that the numbers of the weights resolve', () => {
  // Ten times what float64 resolves is 1.4e-14 for 2,500 weights; eta 1e-8 moves by 1e-14, 1e-7 by 1e-13.
  const lost = {
    gradient: () => 1e-6,
    change: (_: number, length: number) => (length < 0.05 ? 0 : 2 * length * 1e-6),
  };
  const runs = landscapeRuns('deepLinear', seeds, {
    ...{ preset: 'quick' as const, changes: { none: lost, batch: lost } },
  });
  expect(claimOf('cohen-none', runs).verdict).toBe('holds');
  const greater = { ...lost, gradient: () => 1e-5 };
  const resolved = landscapeRuns('deepLinear', seeds, {
    ...{ preset: 'quick' as const, changes: { none: greater, batch: greater } },
  });
  // Now the shortest is resolved, and here it shows no curvature.
  expect(claimOf('cohen-none', resolved).verdict).toBe('not measured');
});
