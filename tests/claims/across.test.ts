/** Statements that take the runs of several figures: true in the paper's story, flipped by tables that say otherwise. */
import { expect, it } from 'vitest';

import { acrossClaims } from '../../src/claims/across';
import { vggRun } from '../../src/config/presets';
import type { Run } from '../../src/runs/run';
import { networkRuns } from '../fixtures/networkRuns';

const seeds = [0, 1];
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
const verdictOf = (changes: Partial<typeof story> = {}) =>
  acrossClaims(reaching({ ...story, ...changes }))[0]!.verdict;

it('judges how robust networks are to learning rates', () => {
  expect(verdictOf()).toBe('holds');
  expect(verdictOf({ 'batch 0.5': 0.2 })).toBe('fails');
  expect(verdictOf({ 'none 0.5': 0.5, 'none 0.01': 0.5 })).toBe('fails');
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
  expect(claim).toMatchObject({ verdict: 'fails', seeds });
  expect(claim!.measured).toContain('10.0% at 0.5');
  expect(acrossClaims([])[0]).toMatchObject({ verdict: 'undecided', seeds: [] });
});
