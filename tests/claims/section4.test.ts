/** Section 4's conditions from a table made by hand. */
import { expect, it } from 'vitest';

import { conditionRuns, statements } from '../../src/claims/section4';
import { claimsBy } from '../../src/claims/statement';
import { validateConfig } from '../../src/config/schema';
import type { Run } from '../../src/runs/run';
import type { Table } from '../../src/runs/table';
import { syntheticRun } from '../fixtures/syntheticRuns';

const claimsOf = claimsBy(statements);
const run = (unitConditions?: Table): Run => {
  const base = syntheticRun({ normalisation: 'batch', seed: 5 }, { preset: 'quick' });
  const probes = { ...base.config.probes, unitConditions: { every: 200 } };
  return {
    ...base,
    config: { ...base.config, probes },
    tables: { ...(unitConditions && { unitConditions }) },
  };
};

it('counts units over layers and steps, each once', () => {
  const columns = ['step', 'layer', 'units', 'factorBelowOne', 'innerPositive', 'smallerGradient'];
  const claims = claimsOf([
    run({
      columns: [...columns, 'subtracted'],
      rows: [
        [0, 1, 10, 1, 4, 2, 0.02],
        [0, 2, 30, 29, 16, 30, 0.3],
      ],
    }),
  ]);
  expect(claims.map(({ id, value, verdict }) => [id, value, verdict])).toEqual([
    ['section4-factor', 75, 'disagrees'], // 30 of 40: not above three quarters
    ['section4-inner', 50, 'disagrees'],
    ['section4-smaller', 80, 'agrees'],
    ['section4-subtracted', 23, 'agrees'], // (10 x 2% + 30 x 30%) / 40
  ]);
});

it('is not measured in runs without the table', () => {
  for (const claim of claimsOf([run()])) expect(claim.verdict).toBe('not measured');
});

it('asks the runs that measure it, not others with BatchNorm', () => {
  const other = syntheticRun({ normalisation: 'batch', seed: 5 }, { preset: 'quick' });
  const [claim] = claimsOf([other, run()]);
  expect(claim!.notMeasured).toContain('tables lack');
  expect(claimsOf([other])[0]!.notMeasured).toMatch(/^no seed has all/);
});

it('has a run of its own, with BatchNorm and a probe that no other run has', () => {
  const [config] = conditionRuns('quick', [5]);
  expect(config).toMatchObject({ normalisation: 'batch', seed: 5 });
  expect(config!.probes).toMatchObject({
    unitConditions: { every: 200 },
    landscape: { every: 1200 },
  });
  expect(validateConfig(config!)).toEqual(config);
  expect(() => validateConfig({ ...config!, normalisation: 'l2' })).toThrow(
    'probes.unitConditions works with normalisation batch, not l2',
  );
});
