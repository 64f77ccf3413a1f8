import { describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { figure01 } from '../../src/figures/figure01';
import { paperCurve } from '../../src/measures/paperCurves';
import { mean } from '../../src/measures/statistics';
import type { Run } from '../../src/runs/run';
import { type Behaviour, figure01Runs, paperStory } from '../fixtures/syntheticRuns';

const claimsOf = (runs: readonly Run[]): Record<string, Claim> =>
  Object.fromEntries(figure01.claims(runs).map((claim) => [claim.id, claim]));

const ids = [
  'fig01-faster',
  'fig01-training-accuracy',
  'fig01-high-rate',
  'fig01-test-accuracy',
  'fig01-distributions',
];

const untrained: Behaviour = { accuracy: () => 0.1, testAccuracy: () => 0.1 };

describe("the claims of Figure 1, told the paper's story", () => {
  const claims = claimsOf(figure01Runs([0, 1, 2], {}, { preset: 'quick' }));

  it.each(ids)('%s holds', (id) => {
    expect(claims[id]).toMatchObject({ verdict: 'holds', seeds: [0, 1, 2], figure: 1 });
    expect(claims[id]!.interval).not.toBeNull();
  });

  it('state what was measured', () => {
    // 0.1 + 0.65 (1 - exp(-4 t)) = 0.5 at t = .24, step 287; BatchNorm at t = .05, step 61
    expect(claims['fig01-faster']!.measured).toMatch(
      /^50% at step 2[789]0 without, at step [567]0 with BatchNorm \(medians of 3 seeds; true of 3\)$/,
    );
    expect(claims['fig01-test-accuracy']!.measured).toMatch(/^68\.9% without, 78\.0% with/);
    expect(claims['fig01-distributions']!.measured).toMatch(
      /^drift at layer 2: 0\.2\d without, 0\.2\d with BatchNorm; at layer 7: 0\.2\d and 0\.2\d \(/,
    );
  });

  it('give the interval of the measured difference', () => {
    const [low, high] = claims['fig01-high-rate']!.interval!;
    expect(low).toBeLessThan(70);
    expect(high).toBeGreaterThan(69);
    expect(high - low).toBeLessThan(3);
  });
});

describe('a claim of Figure 1 fails when the tables say the opposite', () => {
  const slow = { 'batch 0.1': paperStory['none 0.1'], 'none 0.1': paperStory['batch 0.1'] };
  const moving: Behaviour = { ...paperStory['none 0.1'], spread: (t) => 0.1 + 2 * t };
  const cases: [string, string, Parameters<typeof figure01Runs>[1]][] = [
    ['fig01-faster', 'the standard network is faster', slow],
    ['fig01-faster', 'BatchNorm never trains', { 'batch 0.1': untrained }],
    ['fig01-training-accuracy', 'the standard network is better', slow],
    ['fig01-high-rate', 'the standard network trains too', { 'none 0.5': paperStory['none 0.1'] }],
    ['fig01-high-rate', 'neither trains', { 'batch 0.5': untrained }],
    ['fig01-test-accuracy', 'the standard network is better', slow],
    ['fig01-distributions', 'the standard network drifts further', { 'none 0.1': moving }],
    ['fig01-distributions', 'BatchNorm drifts further', { 'batch 0.1': moving }],
  ];

  it.each(cases)('%s: %s', (id, _, changes) => {
    const runs = figure01Runs([0, 1], changes, { preset: 'quick' });
    expect(claimsOf(runs)[id]).toMatchObject({ verdict: 'fails' });
  });
});

describe('a run that diverged', () => {
  const claims = claimsOf(
    figure01Runs([0, 1], {
      'none 0.1': { divergedAt: 3, accuracy: () => 0.99 },
      'none 0.5': { divergedAt: 3, accuracy: () => 0.9 },
    }),
  );

  it('counts as untrained, not as the accuracy it had', () => {
    expect(claims['fig01-high-rate']).toMatchObject({ verdict: 'holds' });
    expect(claims['fig01-high-rate']!.measured).toContain('10.0% without (2 diverged)');
    expect(claims['fig01-test-accuracy']!.measured).toContain('10.0% without');
  });

  it('counts as chance for the rest of its training', () => {
    // 3 of 30 windows at 99%, 27 at 10%
    expect(claims['fig01-training-accuracy']!.measured).toMatch(/^1[89]\.\d% without/);
    expect(claims['fig01-training-accuracy']!.verdict).toBe('holds');
  });
});

describe('a claim of Figure 1 is undecided', () => {
  const all = (verdict: string, runs: readonly Run[], only = ids) => {
    const claims = claimsOf(runs);
    expect(only.map((id) => [id, claims[id]!.verdict])).toEqual(only.map((id) => [id, verdict]));
    return claims;
  };

  it('where seeds disagree', () => {
    const good = figure01Runs([0], {});
    const bad = figure01Runs([1], {
      'batch 0.1': { ...untrained, spread: (t) => 0.1 + 9 * t },
      'batch 0.5': untrained,
    });
    const claims = all('undecided', [...good, ...bad]);
    expect(claims['fig01-high-rate']!.measured).toContain('true of 1');
  });

  it('without runs', () => {
    const claims = all('undecided', []);
    expect(claims['fig01-faster']).toMatchObject({ interval: null, seeds: [] });
    expect(claims['fig01-faster']!.measured).toMatch(/^not measured/);
  });

  it('where every seed lacks a run', () => {
    all(
      'undecided',
      figure01Runs([0, 1]).filter(({ config }) => config.normalisation === 'none'),
    );
  });

  it('where runs are unfinished', () => {
    const unfinished: Behaviour = { status: 'interrupted' };
    all('undecided', figure01Runs([0], { 'none 0.1': unfinished, 'none 0.5': unfinished }));
  });

  it('where tables are missing', () => {
    all(
      'undecided',
      figure01Runs([0]).map((run) => ({ ...run, tables: {} })),
    );
  });

  it('about speed, where neither network trains', () => {
    const neither = { 'none 0.1': untrained, 'batch 0.1': untrained };
    const claims = all('undecided', figure01Runs([0, 1], neither), ['fig01-faster']);
    expect(claims['fig01-faster']!.measured).toContain('not within 30 steps without, not within');
  });
});

describe('claims of Figure 1', () => {
  it('have no interval with one seed and leave out a seed without all its runs', () => {
    const runs = figure01Runs([0, 1]).filter(
      ({ config }) => config.seed === 0 || config.normalisation === 'none',
    );
    expect(claimsOf(runs)['fig01-faster']).toMatchObject({
      verdict: 'holds',
      seeds: [0],
      interval: null,
    });
  });

  it('do not change the runs', () => {
    const runs = figure01Runs([0, 1]);
    const before = structuredClone(runs);
    figure01.claims(runs);
    expect(runs).toEqual(before);
  });

  it("quote the paper's curves as they were digitised", () => {
    const claims = claimsOf([]);
    const average = (curve: string, from: number): string => {
      const { x, y } = paperCurve('fig1a_train_acc', curve)!;
      return mean(y.filter((_, i) => x[i]! >= from)).toFixed(1);
    };
    expect(claims['fig01-training-accuracy']!.paper).toContain(
      `${average('Standard_0.1', -100)}% without, ${average('BatchNorm_0.1', -100)}% with`,
    );
    expect(claims['fig01-high-rate']!.paper).toContain(
      `${average('Standard_0.5', 13_500)}% without, ${average('BatchNorm_0.5', 13_500)}% with`,
    );
  });
});
