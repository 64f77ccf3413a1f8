/** Every failure in the notebook of verdicts has a line that says what we think lies behind it, and no other statement has. */
import { expect, it } from 'vitest';

import { reasons } from '../../src/claims/reasons';
import type { PresetName } from '../../src/config/presets';
import { recordedClaims } from '../../src/pages/allClaims';

const failing = (preset: PresetName): string[] =>
  recordedClaims(preset)
    .filter(({ verdict }) => verdict === 'fails')
    .map(({ id }) => id);

it('has a reason for each statement that fails at preset quick', () => {
  const failed = failing('quick');
  expect(failed.length).toBeGreaterThan(5);
  expect(failed.filter((id) => !reasons[id])).toEqual([]);
});

it('has no reason for a statement that holds wherever it is judged', () => {
  const judged = (['quick', 'laptop', 'paper'] as const).flatMap((preset) =>
    recordedClaims(preset),
  );
  const open = new Set(
    judged.filter(({ verdict }) => verdict !== 'holds' && verdict !== 'agrees').map(({ id }) => id),
  );
  expect(Object.keys(reasons).filter((id) => !open.has(id))).toEqual([]);
});
