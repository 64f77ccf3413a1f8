/** Which norm Figures 4(b) and 12(c) show: the hypothesis on made-up runs whose sum, or norm, is the paper's curve. */
import { expect, it } from 'vitest';

import { claims } from '../../src/figures/figure12Claims';
import { paperCurve } from '../../src/measures/paperCurves';
import type { Run } from '../../src/runs/run';
import { syntheticRun } from '../fixtures/syntheticRuns';

/** A run of the paper's network whose gradient's change is the digitised one times `norm`, and its sum times `sum`. */
function run(norm: number, sum: number, preset: 'paper' | 'quick' = 'paper'): Run {
  const { x, hi } = paperCurve('fig12c_gradpred_env', 'BatchNorm')!;
  const rows = x.flatMap((step, i) =>
    [0.05, 0.4].map((eta, k) => [
      ...[step, eta, 1, 1, (k ? 1 : 0.5) * norm * hi![i]!],
      ...[0.25, 0.75].map((part) => (k ? 1 : 0.5) * sum * part * hi![i]!),
    ]),
  );
  const base = syntheticRun({ normalisation: 'batch', seed: 0 }, { preset });
  const columns = ['step', 'eta', 'loss', 'distance', 'gradientChange', 'change.a', 'change.b'];
  return { ...base, tables: { landscape: { columns, rows } } };
}
const verdicts = (runs: Run[]): unknown[] =>
  ['sum', 'norm'].map((which) => claims(runs).find(({ id }) => id === `fig12-${which}-batch`)!);

it('tells the sum over tensors from the norm of all, by the longest change of each step', () => {
  expect(verdicts([run(0.25, 1.1)])).toMatchObject([
    { verdict: 'agrees', kind: 'ours' },
    { verdict: 'disagrees', value: 0.60206 },
  ]);
  expect(verdicts([run(1, 4)])).toMatchObject([{ verdict: 'disagrees' }, { verdict: 'agrees' }]);
  expect(verdicts([run(0.5, 2)])).toMatchObject([
    { verdict: 'disagrees' },
    { verdict: 'disagrees' },
  ]);
});

it('reads the sum of a recorded run, and asks the paper’s network alone', () => {
  const whole = run(0.25, 1);
  const recorded = {
    ...whole,
    tables: {
      landscape: {
        columns: ['step', 'eta', 'loss', 'distance', 'gradientChange', 'changeSum'],
        rows: whole.tables.landscape!.rows.map((row) => [...row.slice(0, 5), row[5]! + row[6]!]),
      },
    },
  };
  expect(verdicts([recorded])).toEqual(verdicts([whole]));
  expect(verdicts([run(1, 1, 'quick')])).toMatchObject([
    { verdict: 'not measured' },
    { verdict: 'not measured' },
  ]);
});
