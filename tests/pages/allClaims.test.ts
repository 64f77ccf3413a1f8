/** Statements about the whole paper come from the runs of its figures alone. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { figure14 } from '../../src/figures/figure14';
import { recordedClaims } from '../../src/pages/allClaims';
import { projectRoot } from '../../src/system/paths';
import { temporaryFolder } from '../runs/sample';

it('takes no run of Figure 14 for one of the paper', () => {
  const recorded = temporaryFolder();
  for (const id of figure14.runs('quick', [0]).map(runId)) {
    const to = path.join(recorded, 'quick', id);
    fs.cpSync(path.join(projectRoot, 'data', 'recorded', 'quick', id), to, { recursive: true });
  }
  const claims = recordedClaims('quick', { recorded });
  const measured = claims.filter(({ seeds, kind }) => seeds.length > 0 && kind !== 'theory');
  expect(measured.map(({ id }) => id)).toContain('fig14-random-directions');
  // What the critics say of the Hessian is measured by Figure 14 itself.
  const own = /^fig14-|^yao-|^ghorbani-/;
  expect(measured.filter(({ id }) => !own.test(id))).toEqual([]);
});
