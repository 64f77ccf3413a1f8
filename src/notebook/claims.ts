/** The table of claims under a figure: what the paper says, what was measured, and the verdict by the rule. */
import type { Claim } from '../figures/figure';
import { showTable } from './table';

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** Shows claims as a table: statement, the paper's number, ours with its interval, verdict. */
export function showClaims(claims: readonly Claim[]): void {
  showTable({
    columns: ['claim', 'the paper', 'here', '95% interval', 'verdict', 'rule'],
    rows: claims.map(({ statement, paper, measured, interval, verdict, rule }) => [
      statement,
      paper,
      measured,
      interval ? `${short(interval[0])} to ${short(interval[1])}` : 'one seed',
      verdict,
      rule,
    ]),
  });
}
