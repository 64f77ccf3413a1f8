/** From runs to a row: which seeds count, what is left out, what the row says. */
import { describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { vgg } from '../../src/claims/measures';
import { paperRuns } from '../../src/claims/paperRuns';
import { claimsBy, type Measured, type Statement } from '../../src/claims/statement';
import { sixDigits } from '../../src/measures/statistics';
import type { Run } from '../../src/runs/run';
import { UserError } from '../../src/system/errors';
import { syntheticRun } from '../fixtures/syntheticRuns';

/** A statement whose effect in each seed is given. */
const statement = (
  measure: (seed: number) => Measured,
  more: Partial<Statement> = {},
): Statement => ({
  ...{ id: 'x', kind: 'paper', figure: 1, statement: 'It is so.', paper: 'page 1', effect: 'it' },
  ...{ unit: 'points', direction: 'above', margin: 1, marginReason: 'one' },
  groups: vgg('none'),
  measure: ([run]) => measure(run!.config.seed),
  noCurve: 'none here',
  ...more,
});
const runs = (...seeds: number[]): Run[] =>
  seeds.map((seed) => syntheticRun({ normalisation: 'none', seed }, { preset: 'quick' }));
const row = (
  seeds: number[],
  measure: (seed: number) => Measured,
  more: Partial<Statement> = {},
): Claim => claimsBy([statement(measure, more)])(runs(...seeds))[0]!;
const value = (number: number): Measured => ({
  value: number,
  parts: [
    { label: 'Standard', value: number / 100, percent: true },
    { label: 'with BatchNorm', value: number },
  ],
});

describe('a row', () => {
  it('has the effect, its interval and the numbers behind it as medians', () => {
    const claim = row([5, 6, 7], (seed) => value(seed));
    expect(claim).toMatchObject({
      ...{ id: 'x', kind: 'paper', value: 6, seeds: [5, 6, 7], confirmatory: true },
      ...{ verdict: 'holds', notMeasured: null, paperCurve: { none: 'none here' } },
      measured: 'Standard 6.0%; with BatchNorm 6 (medians of 3 seeds)',
    });
    expect(claim.interval![0]).toBeCloseTo(6 - 2.48414, 3);
    expect(claim).not.toHaveProperty('groups');
    expect(claim).not.toHaveProperty('measure');
  });

  it('of one run agrees or disagrees', () => {
    expect(row([9], () => value(3))).toMatchObject({ verdict: 'agrees', interval: null });
    expect(row([9], () => value(0)).verdict).toBe('disagrees');
  });

  it('takes the unseen seeds alone where there are three, and otherwise all', () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7];
    expect(row(all, (seed) => value(seed))).toMatchObject({ seeds: [5, 6, 7], confirmatory: true });
    expect(row([0, 1, 5, 6], (seed) => value(seed))).toMatchObject({
      ...{ seeds: [0, 1, 5, 6], confirmatory: false },
    });
    expect(row([8], (seed) => value(seed))).toMatchObject({ confirmatory: true });
  });

  it('takes no VGG of the paper’s length for seen', () => {
    const own = [0, 1].map((seed) =>
      syntheticRun({ normalisation: 'none', seed }, { preset: 'paper' }),
    );
    const [claim] = claimsBy([statement((seed) => value(seed + 2))])(own);
    expect(claim).toMatchObject({ seeds: [0, 1], confirmatory: true });
  });
});

describe('is not measured, with the reason,', () => {
  it('without runs', () => {
    const claim = row([], () => value(1));
    expect(claim).toMatchObject({ verdict: 'not measured', value: null, seeds: [], measured: '' });
    expect(claim.notMeasured).toMatch(/^no seed has all the finished runs/);
  });

  it('where runs did not end', () => {
    const [run] = runs(5);
    const unfinished = { ...run!, manifest: { ...run!.manifest, status: 'interrupted' as const } };
    expect(claimsBy([statement(() => value(1))])([unfinished])[0]!.verdict).toBe('not measured');
  });

  it('where tables lack a column, with the column’s name', () => {
    const claim = row([5, 6], () => {
      throw new UserError("table has no column 'meanStep'");
    });
    expect(claim).toMatchObject({ notMeasured: "table has no column 'meanStep'", seeds: [] });
  });

  it('where a number is none', () => {
    const claim = row([5, 6], () => value(NaN));
    expect(claim.notMeasured).toBe('the tables lack what this needs');
  });

  it('but a seed that lacks a table is left out', () => {
    const claim = row([5, 6, 7, 8], (seed) => (seed === 6 ? { lacks: 'x' } : value(seed)));
    expect(claim).toMatchObject({ seeds: [5, 7, 8], verdict: 'holds' });
  });

  it('where a seed has no effect although all was measured: none may be picked', () => {
    const claim = row([5, 6, 7], (seed) =>
      seed === 6 ? { undefined: 'neither trains' } : value(seed),
    );
    expect(claim).toMatchObject({
      ...{ verdict: 'not measured', value: null, interval: null, p: null },
      notMeasured: 'neither trains (seed 6)',
    });
  });

  it('where an effect is infinite, as after a divergence', () => {
    const claim = row([5, 6, 7], (seed) => value(seed === 6 ? Infinity : seed));
    expect(claim).toMatchObject({ verdict: 'not measured', value: null });
    expect(claim.measured).toContain('with BatchNorm 7');
  });

  it('but other errors are errors', () => {
    expect(() =>
      row([5], () => {
        throw new TypeError('a mistake');
      }),
    ).toThrow('a mistake');
  });
});

describe('the paper’s own curves', () => {
  it('are judged by the same rule', () => {
    const seen: number[] = [];
    const claim = row([5, 6, 7], (seed) => value(seed), {
      noCurve: undefined,
      measure: ([run]) => {
        seen.push(run!.config.steps);
        return value(run!.config.steps === 15_000 ? 0.5 : run!.config.seed);
      },
    });
    expect(claim.paperCurve).toEqual({ value: 0.5, passes: false });
    expect(claim.verdict).toBe('holds');
    expect(seen).toContain(15_000);
  });

  it('may lack what the rule needs', () => {
    const claim = row([5], () => ({ lacks: 'x' }), { noCurve: undefined });
    expect(claim.paperCurve).toEqual({ none: 'the digitised curves do not have it' });
  });

  it('are tables with the digitised numbers', () => {
    const find = (normalisation: string, rate: number): Run =>
      paperRuns().find(
        ({ config }) => config.normalisation === normalisation && config.learningRate === rate,
      )!;
    // Figure 1(a), BatchNorm at .1: [5, 7.172], [104, 46.93]
    const [start, next] = find('batch', 0.1).tables.steps!.rows.map((row) => row.map(sixDigits));
    expect([start, next]).toEqual([
      [0, 0.07172, 0],
      [100, 0.4693, 0],
    ]);
    // Figure 12: [0, 4.192, 5.196], [0, 125.3, 144.8] and beta 25.32 at step 0
    const [first, second] = find('batch', 0.1).tables.landscape!.rows;
    expect(first!.slice(0, 4)).toEqual([0, 1, 4.192, 125.3]);
    expect(second!.slice(0, 4)).toEqual([0, 2, 5.196, 144.8]);
    expect(second![3]! / second![4]!).toBeCloseTo(25.32, 9);
    expect(first![3]! / first![4]!).toBeCloseTo(25.32, 9);
    // Figure 3(b): [3, 756.2] and [3, 0.9969] at lr 1e-6, layer 9
    expect(find('none', 1e-6).tables.covariateShift!.rows[0]).toEqual([0, 9, 756.2, 0.9969]);
    // Figure 8(a): [100, 0.06075] and [100, 0.01455]
    expect(find('none', 0.1).tables.channelMoments!.rows[0]).toEqual([100, 2, 0.06075, 0.01455]);
  });
});
