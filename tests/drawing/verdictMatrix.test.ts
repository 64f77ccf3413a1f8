import { expect, it } from 'vitest';

import type { Claim, Verdict } from '../../src/claims/claim';
import { closeRenderer } from '../../src/drawing/render';
import { differingVerdicts, verdictMatrix } from '../../src/drawing/verdictMatrix';
import { claimRow } from '../claims/claimRow';
import { validatePlot } from '../support/validatePlot';

const claim = (id: string, verdict: Verdict): Claim =>
  claimRow({ id, verdict, measured: `${id} measured` });
const columns = [
  { name: 'quick', claims: [claim('a', 'holds'), claim('b', 'fails'), claim('c', 'undecided')] },
  { name: 'laptop', claims: [claim('a', 'holds'), claim('b', 'holds')] },
];

it('names the statements that are judged differently', () => {
  expect(differingVerdicts(columns)).toEqual(['b']);
  expect(differingVerdicts([])).toEqual([]);
  // What one run says is no verdict.
  const one = { name: 'paper', claims: [claim('a', 'disagrees'), claim('c', 'not measured')] };
  expect(differingVerdicts([...columns, one])).toEqual(['b']);
});

it('has a mark for each verdict, at its row and column', async () => {
  const plot = verdictMatrix(columns, { title: 'Verdicts', label: 'all seeds' });
  const marks = plot.data.flatMap((trace) => {
    const { name, x, y } = trace as { name: string; x: string[]; y: string[] };
    return x.map((column, i) => `${y[i]} ${name} at ${column}`);
  });
  expect(marks).toEqual([
    'a holds at quick',
    'a holds at laptop',
    'b holds at laptop',
    'b fails at quick',
    'c undecided at quick',
  ]);
  const symbols = plot.data.map((trace) => (trace as { marker: { symbol: string } }).marker.symbol);
  expect(new Set(symbols).size).toBe(3);
  expect(await validatePlot(plot).finally(closeRenderer)).toEqual([]);
});
