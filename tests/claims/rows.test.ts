/** The list of statements as a whole: its families, and what the paper's own curves make of it. */
import { expect, it } from 'vitest';

import { kinds } from '../../src/claims/order';
import { figures } from '../../src/figures/index';
import { claimsOfAll } from '../../src/pages/allClaims';

const rows = [...figures.flatMap((figure) => figure.claims([])), ...claimsOfAll([], [0])];

it('has an id, a kind, an effect with its unit, and a margin with its reason for each', () => {
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  for (const row of rows) {
    expect(Object.keys(kinds)).toContain(row.kind);
    for (const text of [row.statement, row.paper, row.effect, row.unit, row.marginReason])
      expect(text).not.toBe('');
    expect(Number.isFinite(row.margin)).toBe(true);
    expect(row.rulesDated).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});

it('is fixed: of how many statements the correction is', () => {
  const count = (kind: string): number => rows.filter((row) => row.kind === kind).length;
  expect(Object.keys(kinds).map((kind) => [kind, count(kind)])).toMatchSnapshot();
});

it('says of each what the same rule makes of the paper’s own curve', () => {
  const judged = rows.map(({ id, paperCurve }) =>
    'none' in paperCurve
      ? `${id}: ${paperCurve.none}`
      : `${id}: ${paperCurve.passes ? 'passes' : 'fails'}, ${paperCurve.value}`,
  );
  expect(judged).toMatchSnapshot();
});
