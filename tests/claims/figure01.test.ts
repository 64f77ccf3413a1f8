import { describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { earlyLateLayers } from '../../src/config/presets';
import { figure01 } from '../../src/figures/figure01';
import { paperCurve } from '../../src/measures/paperCurves';
import { mean } from '../../src/measures/statistics';
import type { Run } from '../../src/runs/run';
import { type Behaviour, figure01Runs, paperStory, syntheticRun } from '../fixtures/syntheticRuns';

const claimsOf = (runs: readonly Run[]): Record<string, Claim> =>
  Object.fromEntries(figure01.claims(runs).map((claim) => [claim.id, claim]));

const seeds = [5, 6, 7, 8];
/** Of runs with one test curve and one course of moments the seeds would all be alike. */
const ids = ['fig01-faster', 'fig01-training-accuracy', 'fig01-high-rate', 'fig01-test-accuracy'];

const untrained: Behaviour = { accuracy: () => 0.1, testAccuracy: () => 0.1 };

/** Runs in which the test accuracies of seeds differ, and with moments of all channels that drift as far as told. */
function runsOf(
  changes: Parameters<typeof figure01Runs>[1] = {},
  drifts: Partial<Record<string, number>> = {},
): Run[] {
  return figure01Runs(seeds, changes, { preset: 'quick' }).map((run): Run => {
    const { seed, normalisation, steps } = run.config;
    const nudge = 1 + 0.002 * ((seed * normalisation.length) % 7);
    const drift = nudge * (drifts[normalisation] ?? 0.3);
    const { columns, rows } = run.tables.evals!;
    return {
      ...run,
      tables: {
        ...run.tables,
        evals: {
          columns,
          rows: rows.map(([step, loss, accuracy]) => [step!, loss!, accuracy! * nudge]),
        },
        channelMoments: {
          columns: ['step', 'layer', 'meanDrift', 'varianceDrift', 'deviation'],
          rows: [0, steps / 2, steps].flatMap((step) =>
            earlyLateLayers(run.config).map((layer) => [step, layer, drift, 0, 1]),
          ),
        },
      },
    };
  });
}

describe("the claims of Figure 1, told the paper's story", () => {
  const claims = claimsOf(runsOf());

  it.each([...ids, 'fig01-distributions'])('%s holds', (id) => {
    expect(claims[id]).toMatchObject({ verdict: 'holds', seeds, figure: 1, confirmatory: true });
    expect(claims[id]!.interval).not.toBeNull();
  });

  it('state what was measured', () => {
    // 0.1 + 0.65 (1 - exp(-4 t)) = 0.5 at t = .24, step 287; BatchNorm at t = .05, step 61
    expect(claims['fig01-faster']!.measured).toMatch(
      /^50% after steps, Standard: 2[789]0; BatchNorm: [567]0 \(medians of 4 seeds\)$/,
    );
    expect(claims['fig01-test-accuracy']!.measured).toMatch(/^Standard 69\.\d%; BatchNorm 7[89]\./);
    expect(claims['fig01-distributions']!.measured).toMatch(/^layer 2, Standard 0\.30\d;/);
  });

  it('give the mean effect with its interval and its unit', () => {
    const { value, interval, unit } = claims['fig01-high-rate']!;
    const [low, high] = interval as [number, number];
    expect(unit).toBe('points');
    expect(low).toBeLessThan(value!);
    expect(value).toBeCloseTo(69.9, 0);
    expect(high - low).toBeLessThan(3);
  });
});

describe('a claim of Figure 1 fails when the tables say the opposite', () => {
  const slow = { 'batch 0.1': paperStory['none 0.1'], 'none 0.1': paperStory['batch 0.1'] };
  const cases: [string, string, Parameters<typeof figure01Runs>[1]][] = [
    ['fig01-faster', 'the standard network is faster', slow],
    ['fig01-faster', 'they are as fast', { 'batch 0.1': paperStory['none 0.1'] }],
    ['fig01-faster', 'BatchNorm never trains', { 'batch 0.1': untrained }],
    ['fig01-training-accuracy', 'the standard network is better', slow],
    ['fig01-high-rate', 'the standard network trains too', { 'none 0.5': paperStory['none 0.1'] }],
    ['fig01-high-rate', 'neither trains', { 'batch 0.5': untrained }],
    ['fig01-test-accuracy', 'the standard network is better', slow],
  ];

  it.each(cases)('%s: %s', (id, _, changes) => {
    expect(claimsOf(runsOf(changes))[id]).toMatchObject({ verdict: 'fails' });
  });

  it.each([{ none: 0.9 }, { batch: 0.9 }])('fig01-distributions: one drifts further', (drifts) => {
    expect(claimsOf(runsOf({}, drifts))['fig01-distributions']!.verdict).toBe('fails');
  });
});

describe('a network that never reaches 50%', () => {
  it('is known to take longer than its run: the ratio is a bound', () => {
    const one = runsOf({ 'none 0.1': untrained }).filter(({ config }) => config.seed === 5);
    const claim = claimsOf(one)['fig01-faster']!;
    expect(claim).toMatchObject({ verdict: 'agrees', bound: 'at least' });
    // 1,200 steps over about 60
    expect(claim.value).toBeCloseTo(Math.log10(1200 / 60), 0);
    expect(claim.measured).toContain('50% after more than steps, Standard: 1200');
  });

  it('with BatchNorm is a bound from the other side, and both are none', () => {
    const batch = claimsOf(runsOf({ 'batch 0.1': untrained }))['fig01-faster']!;
    expect(batch).toMatchObject({ verdict: 'fails', bound: 'at most' });
    const both = claimsOf(runsOf({ 'none 0.1': untrained, 'batch 0.1': untrained }));
    expect(both['fig01-faster']).toMatchObject({ verdict: 'not measured', value: null });
    expect(both['fig01-faster']!.notMeasured).toMatch(/^neither network reaches 50%/);
  });
});

describe('a run that diverged', () => {
  const claims = claimsOf(
    runsOf({
      'none 0.1': { divergedAt: 120, accuracy: () => 0.99 },
      'none 0.5': { divergedAt: 120, accuracy: () => 0.9 },
    }),
  );

  it('counts as untrained, not as the accuracy it had', () => {
    expect(claims['fig01-high-rate']).toMatchObject({ verdict: 'holds' });
    expect(claims['fig01-high-rate']!.measured).toContain('Standard 10.0%');
    expect(claims['fig01-test-accuracy']!.measured).toContain('Standard 10.0%');
  });

  it('counts as chance for the rest of its training', () => {
    // 6 of 60 windows at 99%, 54 at 10%
    expect(claims['fig01-training-accuracy']!.measured).toMatch(/^Standard 1[89]\.\d%/);
    expect(claims['fig01-training-accuracy']!.verdict).toBe('holds');
  });
});

describe('a claim of Figure 1 is not measured', () => {
  const none = (runs: readonly Run[]): Record<string, Claim> => {
    const claims = claimsOf(runs);
    for (const { verdict } of Object.values(claims)) expect(verdict).toBe('not measured');
    return claims;
  };

  it('without runs', () => {
    const claims = none([]);
    expect(claims['fig01-faster']).toMatchObject({ interval: null, seeds: [] });
    expect(claims['fig01-faster']!.notMeasured).toMatch(/^no seed has all/);
  });

  it('where every seed lacks a run', () => {
    none(runsOf().filter(({ config }) => config.normalisation === 'none'));
  });

  it('where runs are unfinished', () => {
    const unfinished: Behaviour = { status: 'interrupted' };
    none(runsOf({ 'none 0.1': unfinished, 'none 0.5': unfinished }));
  });

  it('where tables are missing', () => {
    none(runsOf().map((run) => ({ ...run, tables: {} })));
  });
});

describe('the numbers that the paper prints', () => {
  const paper = (accuracies: [number, number], augmentation?: true): Run[] =>
    (['none', 'batch'] as const).map((normalisation, i) => {
      const run = syntheticRun(
        { normalisation, seed: 0 },
        { preset: 'paper', testAccuracy: () => accuracies[i]! },
      );
      return augmentation
        ? { ...run, config: Object.assign({}, run.config, { augmentation }) }
        : run;
    });

  it('are those of its network alone', () => {
    expect(claimsOf(runsOf())['fig01-test-numbers']!.verdict).toBe('not measured');
    expect(claimsOf(paper([0.81, 0.84]))['fig01-test-numbers']).toMatchObject({
      ...{ verdict: 'agrees', value: 1, seeds: [0] },
    });
    expect(claimsOf(paper([0.75, 0.84]))['fig01-test-numbers']!.verdict).toBe('disagrees');
  });

  it('with augmentation come from runs with it, and these count nowhere else', () => {
    const claims = claimsOf([...paper([0.87, 0.91], true), ...paper([0.81, 0.84])]);
    expect(claims['fig01-augmented']).toMatchObject({ value: 4, verdict: 'agrees' });
    expect(claims['fig01-augmented-numbers']).toMatchObject({ value: 1, verdict: 'agrees' });
    expect(claims['fig01-test-accuracy']).toMatchObject({ value: 3, seeds: [0] });
    const plain = claimsOf(paper([0.81, 0.84]));
    expect(plain['fig01-augmented']!.verdict).toBe('not measured');
  });
});

describe('claims of Figure 1', () => {
  it('have no verdict with one seed, and leave out a seed without all its runs', () => {
    const runs = figure01Runs([0, 1]).filter(
      ({ config }) => config.seed === 0 || config.normalisation === 'none',
    );
    expect(claimsOf(runs)['fig01-faster']).toMatchObject({
      ...{ verdict: 'agrees', seeds: [0], interval: null, confirmatory: false },
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
