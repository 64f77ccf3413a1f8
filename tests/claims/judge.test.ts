/** The one rule, on numbers made by hand. */
import { describe, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { corrected, judge, type SeedEffect } from '../../src/claims/judge';
import { claimRow } from './claimRow';

const above = (margin: number) => ({ direction: 'above', margin }) as const;
const below = (margin: number) => ({ direction: 'below', margin }) as const;
const effects = (...values: number[]): SeedEffect[] => values.map((value) => ({ value }));

describe('judge', () => {
  // scipy.stats: mean 3, 95% interval 1.036757 to 4.963243; ttest_1samp against 1: p = .047421
  const five = effects(1, 2, 3, 4, 5);

  it('holds where the 95% interval lies beyond the margin, and gives its numbers', () => {
    const result = judge(five, above(1));
    expect(result).toMatchObject({ value: 3, bound: null, verdict: 'holds', notMeasured: null });
    expect(result.interval![0]).toBeCloseTo(1.036757, 5);
    expect(result.interval![1]).toBeCloseTo(4.963243, 5);
    expect(result.p).toBeCloseTo(0.047421, 5);
  });

  it('fails where it lies on the other side, and is undecided where it contains the margin', () => {
    expect(judge(five, above(5)).verdict).toBe('fails');
    expect(judge(five, above(3)).verdict).toBe('undecided');
    expect(judge(five, above(3)).p).toBeCloseTo(1, 9);
  });

  it('turns round for an effect that is to be below', () => {
    expect(judge(five, below(5)).verdict).toBe('holds');
    expect(judge(five, below(1)).verdict).toBe('fails');
  });

  it.each([
    [1.0367, 'holds'],
    [1.0368, 'undecided'],
    [4.9632, 'undecided'],
    [4.9633, 'fails'],
  ])('at the edge of the interval, margin %d: %s', (margin, verdict) => {
    expect(judge(five, above(margin)).verdict).toBe(verdict);
  });

  it('asks for the mean effect, not for every seed: a statement true of 90% of seeds holds', () => {
    const mostly = Array.from({ length: 20 }, (_, i) => (i % 10 === 0 ? -0.2 : 1 + 0.01 * i));
    expect(judge(effects(...mostly), above(0)).verdict).toBe('holds');
  });

  it('takes one run for no verdict', () => {
    expect(judge(effects(2), above(1))).toMatchObject({
      ...{ value: 2, interval: null, p: null, verdict: 'agrees', notMeasured: null },
    });
    expect(judge(effects(2), above(3)).verdict).toBe('disagrees');
    expect(judge(effects(2), below(3)).verdict).toBe('agrees');
    // A tie with the margin is no difference that matters.
    expect(judge(effects(2), above(2)).verdict).toBe('disagrees');
  });

  it('measures nothing without spread, but says what the number is', () => {
    const result = judge(effects(2, 2, 2), above(1));
    expect(result).toMatchObject({ value: 2, interval: null, p: null, verdict: 'not measured' });
    expect(result.notMeasured).toMatch(/^all 3 seeds give the same number/);
    // Spread by rounding alone is none.
    expect(judge(effects(0.3, 0.1 + 0.2, 0.3), above(0)).verdict).toBe('not measured');
  });

  it('takes a tie in every seed for equal, so that a difference fails', () => {
    expect(judge(effects(0, 0, 0), above(0.05))).toMatchObject({ value: 0, verdict: 'fails' });
    // That something is at most so different is not decided by it.
    expect(judge(effects(0, 0, 0), below(0.05)).verdict).toBe('not measured');
  });

  it('measures nothing where an effect is not finite, or where there is none', () => {
    expect(judge(effects(1, Infinity), above(0))).toMatchObject({
      ...{ value: null, verdict: 'not measured' },
      notMeasured: 'the effect is not finite in every seed',
    });
    expect(judge([], above(0)).verdict).toBe('not measured');
  });
});

describe('an effect that a run’s end hides', () => {
  const atLeast = (...values: number[]): SeedEffect[] =>
    values.map((value) => ({ value, bound: 'at least' }));

  it('can confirm what its bound allows, and its interval is open', () => {
    const result = judge([...atLeast(1, 1.2), ...effects(1.1)], above(0.2));
    expect(result).toMatchObject({ bound: 'at least', verdict: 'holds' });
    expect(result.interval![0]).toBeGreaterThan(0.2);
    expect(result.interval![1]).toBeNull();
  });

  it('can refute nothing from the wrong side', () => {
    expect(judge(atLeast(1, 1.1, 1.2), above(3))).toMatchObject({ verdict: 'undecided', p: 1 });
    expect(judge(atLeast(1, 1.1, 1.2), below(0.2)).verdict).toBe('fails');
    expect(judge(atLeast(1, 1.1, 1.2), below(3)).verdict).toBe('undecided');
  });

  it('says as much with one run', () => {
    expect(judge(atLeast(1), above(0.2)).verdict).toBe('agrees');
    expect(judge(atLeast(1), above(3)).verdict).toBe('not measured');
    expect(judge(atLeast(1), below(0.2)).verdict).toBe('disagrees');
  });

  it('says nothing where both networks hide it', () => {
    const both = [...atLeast(1, 1.1), { value: -1, bound: 'at most' } as const];
    expect(judge(both, above(0)).verdict).toBe('not measured');
  });
});

describe('the correction', () => {
  const row = (id: string, p: number | null, change: Partial<Claim> = {}): Claim =>
    claimRow({ id, p, ...change });
  const verdicts = (rows: readonly Claim[], size = rows.length) =>
    corrected(rows, size).map(({ id, verdict, correctionMatters }) => [
      id,
      verdict,
      correctionMatters,
    ]);

  it("is Holm's: the least p times all, the next times one less, up to the first that fails", () => {
    // .01 x 4 = .04; .015 x 3 = .045; .026 x 2 = .052: undecided, and so is what comes after it.
    const rows = [row('c', 0.026), row('a', 0.01), row('d', 0.03), row('b', 0.015)];
    expect(verdicts(rows)).toEqual([
      ['c', 'undecided', true],
      ['a', 'holds', false],
      ['d', 'undecided', true],
      ['b', 'holds', false],
    ]);
  });

  it('counts all statements of the paper, also those that are not measured', () => {
    const unmeasured = row('n', null, { verdict: 'not measured', value: null });
    const one = row('o', null, { verdict: 'agrees' });
    expect(verdicts([row('a', 0.02)], 3)).toEqual([['a', 'undecided', true]]);
    expect(verdicts([row('a', 0.02), unmeasured, one])).toEqual([
      ['a', 'undecided', true],
      ['n', 'not measured', false],
      ['o', 'agrees', false],
    ]);
  });

  it('leaves others’ rows alone, and what was undecided before', () => {
    const rows = [
      row('a', 0.04),
      row('b', 0.5, { verdict: 'undecided' }),
      ...Array.from({ length: 9 }, (_, i) => row(`k${i}`, 0.04, { kind: 'critics' })),
    ];
    expect(verdicts(rows, 2).slice(0, 3)).toEqual([
      ['a', 'undecided', true],
      ['b', 'undecided', false],
      ['k0', 'holds', false],
    ]);
  });

  it('decides by the side of the margin, and twice is the same as once', () => {
    const rows = [row('a', 0.001, { value: -1 }), row('b', 0.02)];
    expect(verdicts(rows)).toEqual([
      ['a', 'fails', false],
      ['b', 'holds', false],
    ]);
    expect(corrected(corrected(rows, 2), 2)).toEqual(corrected(rows, 2));
  });
});
