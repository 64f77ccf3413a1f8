/** The table of claims under a figure: what the paper says, what was measured, and the verdict by the rule. */
import type { Claim } from '../claims/claim';
import { intervalOf, paperCurveOf, ruleOf, standingOf } from '../claims/words';
import { correctedForAll } from '../figures/index';
import { type Rows, showTable } from './table';

/** Claims as a table, corrected for the number of all statements: statement, the paper's number, ours with its interval, verdict and the rule behind it. */
export const claimsTable = (claims: readonly Claim[]): Rows => ({
  columns: ['claim', 'the paper', 'here', 'mean effect, 95% interval', 'verdict', 'rule'],
  rows: correctedForAll(claims).map((claim) => [
    claim.statement,
    claim.paper,
    claim.notMeasured ?? claim.measured,
    intervalOf(claim),
    claim.verdict,
    `${ruleOf(claim)}; ${standingOf(claim)}; the paper’s own curve: ${paperCurveOf(claim)}`,
  ]),
});

/** Shows claims as a table. */
export const showClaims = (claims: readonly Claim[]): void => showTable(claimsTable(claims));
