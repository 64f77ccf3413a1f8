/** The table of claims under a figure: what the paper says, what was measured, and the verdict by the rule. */
import type { Claim } from '../claims/claim';
import { type Rows, showTable } from './table';

const short = (value: number): string => String(Number(value.toPrecision(3)));

/** Claims as a table: statement, the paper's number, ours with its interval, verdict. */
export const claimsTable = (claims: readonly Claim[]): Rows => ({
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

/** Shows claims as a table. */
export const showClaims = (claims: readonly Claim[]): void => showTable(claimsTable(claims));
