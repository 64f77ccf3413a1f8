/** Statements that take the runs of several figures: true in the paper's story, flipped by tables that say otherwise. */
import { expect, it } from 'vitest';

import { claimsBy } from '../../src/claims/statement';
import { vggRun } from '../../src/config/presets';
import { acrossStatements } from '../../src/figures/figure11Claims';
import type { Run } from '../../src/runs/run';
import { networkRuns } from '../fixtures/networkRuns';

const seeds = [5];
const acrossClaims = claimsBy(acrossStatements);
const configs = seeds.flatMap((seed) =>
  (['none', 'batch'] as const).flatMap((normalisation) =>
    [0.01, 0.1, 0.5].map((learningRate) => vggRun('quick', { normalisation, learningRate, seed })),
  ),
);
const reaching = (accuracies: Record<string, number>): Run[] =>
  networkRuns(
    configs,
    'quick',
    Object.fromEntries(
      Object.entries(accuracies).map(([key, accuracy]) => [
        `vgg ${key}`,
        { training: () => accuracy },
      ]),
    ),
  );
const story = {
  'batch 0.01': 0.6,
  'batch 0.1': 0.9,
  'batch 0.5': 0.8,
  'none 0.01': 0.3,
  'none 0.1': 0.7,
  'none 0.5': 0.1,
};
const verdictsOf = (changes: Partial<typeof story> = {}) =>
  acrossClaims(reaching({ ...story, ...changes })).map(({ verdict }) => verdict);

it('judges how robust networks are to learning rates', () => {
  expect(verdictsOf()).toEqual(['agrees', 'agrees']);
  expect(verdictsOf({ 'batch 0.5': 0.2 })).toEqual(['disagrees', 'disagrees']);
  expect(verdictsOf({ 'none 0.5': 0.5, 'none 0.01': 0.5 })).toEqual(['agrees', 'disagrees']);
});

it('counts a run that diverged as a guess, and says nothing without runs', () => {
  const [claim] = acrossClaims(
    networkRuns(configs, 'quick', {
      ...Object.fromEntries(
        Object.entries(story).map(([key, value]) => [`vgg ${key}`, { training: () => value }]),
      ),
      'vgg batch 0.5': { divergedAt: 100 },
    }),
  );
  expect(claim).toMatchObject({ verdict: 'disagrees', seeds });
  expect(claim!.measured).toContain('BatchNorm at 0.5 10.0%');
  expect(acrossClaims([])[0]).toMatchObject({ verdict: 'not measured', seeds: [] });
});
