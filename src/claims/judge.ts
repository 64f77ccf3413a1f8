/**
 * The one rule of all empirical statements. Each has an effect a seed and a margin that matters. Two one-sided t tests of
 * the mean effect against the margin, each at 2.5%, decide: holds where it lies beyond the margin, fails where it lies on
 * the other side, undecided otherwise. That is: the 95% interval lies beyond, on the other side, or contains the margin.
 */
import { jStat } from 'jstat';

import { mean, tInterval } from '../measures/statistics';
import type { Bound, Claim, Direction, Verdict } from './claim';

/** The tests' level, both sides together. */
export const level = 0.05;

/** What one seed gave. */
export interface SeedEffect {
  value: number;
  /** Set where a run ended before the effect could be seen: the true one is at least, or at most, `value`. */
  bound?: Bound;
}

export interface Margin {
  direction: Direction;
  margin: number;
}

/** The part of a claim that follows from its effects. */
export type Judgement = Pick<
  Claim,
  'value' | 'bound' | 'interval' | 'p' | 'verdict' | 'notMeasured'
>;

const unmeasured = (reason: string, value: number | null = null): Judgement => ({
  value,
  bound: null,
  interval: null,
  p: null,
  verdict: 'not measured',
  notMeasured: reason,
});

/** The standard error below which there is no spread but rounding, relative to the numbers' size. */
const rounding = 1e-12;

/** Two-sided p of Student's t. */
const pOf = (t: number, dof: number): number => 2 * jStat.studentt.cdf(-Math.abs(t), dof);

/** By the sign of how far the effect lies beyond the margin, if the test allows a verdict. */
export function verdictFrom(beyond: number, p: number): Verdict {
  if (p >= level) return 'undecided';
  return beyond > 0 ? 'holds' : 'fails';
}

/** How far beyond the margin a value lies; below 0 on the other side. */
export const beyondMargin = (value: number, { direction, margin }: Margin): number =>
  direction === 'above' ? value - margin : margin - value;

/** Which verdict a bound allows, whatever the true effect is; undefined where effects are no bounds. */
function allowedBy(bound: Bound | null, direction: Direction): Verdict | undefined {
  if (bound === null) return undefined;
  return (bound === 'at least') === (direction === 'above') ? 'holds' : 'fails';
}

/** One run is no verdict; a bound that lies on the wrong side says nothing. */
function ofOne(value: number, bound: Bound | null, rule: Margin): Judgement {
  const beyond = beyondMargin(value, rule) > 0;
  const allowed = allowedBy(bound, rule.direction);
  if (allowed !== undefined && (allowed === 'holds') !== beyond) {
    return unmeasured('the run ended before the effect could be seen', value);
  }
  const verdict = beyond ? 'agrees' : 'disagrees';
  return { value, bound, interval: null, p: null, verdict, notMeasured: null };
}

/** The judgement on the effects of some seeds, before any correction for the number of statements. */
export function judge(effects: readonly SeedEffect[], rule: Margin): Judgement {
  const values = effects.map(({ value }) => value);
  if (values.length === 0) return unmeasured('no seed has it');
  if (!values.every(Number.isFinite)) return unmeasured('the effect is not finite in every seed');
  const bounds = [...new Set(effects.flatMap(({ bound }) => bound ?? []))];
  if (bounds.length > 1) {
    return unmeasured('runs on both sides ended before the effect could be seen');
  }
  const value = mean(values);
  const bound = bounds[0] ?? null;
  if (values.length === 1) return ofOne(value, bound, rule);

  const [low, high] = tInterval(values)!;
  const beyond = beyondMargin(value, rule);
  if (high - low <= rounding * Math.max(...values.map(Math.abs))) {
    // A tie is a result: both sides gave the same number in every seed, so a difference that matters is not there.
    if (value === 0 && beyond < 0) {
      return { value, bound, interval: [0, 0], p: 0, verdict: 'fails', notMeasured: null };
    }
    return unmeasured(
      `all ${values.length} seeds give the same number, so that Student's t has no spread to go by`,
      value,
    );
  }
  const dof = values.length - 1;
  const error = (high - low) / 2 / jStat.studentt.inv(1 - level / 2, dof);
  const allowed = allowedBy(bound, rule.direction);
  const decided = allowed === undefined || (allowed === 'holds') === beyond > 0;
  const p = decided ? pOf(beyond / error, dof) : 1;
  return {
    value,
    bound,
    interval: [bound === 'at most' ? null : low, bound === 'at least' ? null : high],
    p,
    verdict: verdictFrom(beyond, p),
    notMeasured: null,
  };
}

/**
 * Rows with the verdicts on the paper's empirical statements corrected by Holm's method for a family of `size` statements:
 * all of them that there are, also those that are not measured or not among these rows, so that no verdict depends on
 * what else is looked at. Others' rows stay as they are. Of rows that were corrected before, the same again.
 */
export function corrected(rows: readonly Claim[], size: number): Claim[] {
  const tested = rows
    .flatMap(({ kind, id, p }) => (kind !== 'paper' || p === null ? [] : [{ id, p }]))
    .sort((a, b) => a.p - b.p);
  const adjusted = new Map<string, number>();
  let least = 0;
  tested.forEach(({ id, p }, place) => {
    least = Math.max(least, Math.min(1, (size - place) * p));
    adjusted.set(id, least);
  });
  return rows.map((row) => {
    const { kind, id, p, value } = row;
    if (kind !== 'paper' || p === null || value === null) return row;
    const beyond = beyondMargin(value, row);
    const verdict = verdictFrom(beyond, adjusted.get(id)!);
    return { ...row, verdict, correctionMatters: verdict !== verdictFrom(beyond, p) };
  });
}
