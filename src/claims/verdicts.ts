/** Verdicts as people read them. */
import type { Claim, Verdict } from './claim';

/** Told apart without colour too. */
export const marks: Record<Verdict, string> = { holds: '✓', fails: '✗', undecided: '?' };

/** How many rows have each verdict; those that none has are left out. */
export const verdictCounts = (
  rows: readonly Claim[],
): { verdict: Verdict; mark: string; count: number }[] =>
  (Object.keys(marks) as Verdict[])
    .map((verdict) => ({
      verdict,
      mark: marks[verdict],
      count: rows.filter((row) => row.verdict === verdict).length,
    }))
    .filter(({ count }) => count > 0);

/** `✓ 4 ✗ 1 ? 2`; a dash where there is no row. */
export const verdictMarks = (rows: readonly Claim[]): string =>
  verdictCounts(rows)
    .map(({ mark, count }) => `${mark} ${count}`)
    .join(' ') || '–';
