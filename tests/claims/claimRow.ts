/** A made-up row of claims.json. */
import type { Claim } from '../../src/claims/claim';

export const claimRow = (change: Partial<Claim>): Claim => ({
  ...{ id: 'x', kind: 'paper', figure: 4, statement: 'It is so.', paper: 'page 6', effect: 'it' },
  ...{ unit: 'log10', direction: 'above', margin: 0, marginReason: 'none', bound: null },
  ...{ value: 1, interval: [0.5, 1.5], p: 0.001, seeds: [5, 6, 7], confirmatory: true },
  ...{ verdict: 'holds', correctionMatters: false, paperCurve: { none: 'no curve' } },
  ...{ rulesDated: '2026-11-27', measured: 'measured', notMeasured: null },
  ...change,
});
