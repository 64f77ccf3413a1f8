/** Every failure in the notebook of verdicts has a line that says what we think lies behind it, and no other statement has. */
import path from 'node:path';

import { expect, it } from 'vitest';

import { reasons } from '../../src/claims/reasons';
import { presetNamed } from '../../src/config/presets';
import { recordedClaims } from '../../src/pages/allClaims';
import { recordedPresets } from '../../src/runs/recorded';
import { projectRoot } from '../../src/system/paths';

it('has a reason for each statement that fails at preset quick', () => {
  const failed = recordedClaims('quick')
    .filter(({ verdict }) => verdict === 'fails')
    .map(({ id }) => id);
  expect(failed.length).toBeGreaterThan(5);
  expect(failed.filter((id) => !reasons[id])).toEqual([]);
}, 120_000);

it('has no reason for a statement that holds wherever it is judged', () => {
  const recorded = recordedPresets(path.join(projectRoot, 'data/recorded'));
  const judged = recorded.flatMap(({ preset }) => recordedClaims(presetNamed(preset)));
  const open = new Set(
    judged.filter(({ verdict }) => verdict !== 'holds' && verdict !== 'agrees').map(({ id }) => id),
  );
  expect(Object.keys(reasons).filter((id) => !open.has(id))).toEqual([]);
}, 120_000);
