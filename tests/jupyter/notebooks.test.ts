/** Which notebooks `bn-lab notebooks` runs: those of the project, or a student's own. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, expect, it, type MockInstance, vi } from 'vitest';

import { notebookFiles, notebookNames } from '../../src/jupyter/notebooks';
import { notebookFolder } from '../../src/system/paths';
import { temporaryFolder } from '../runs/sample';

let home: string;
let told: MockInstance;
beforeEach(() => {
  home = path.join(temporaryFolder(), 'home');
  vi.stubEnv('BN_SHARED', path.join(temporaryFolder(), 'nothing-released'));
  told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('takes those of the project', () => {
  vi.stubEnv('BN_HOME', undefined);
  const all = notebookNames().map((name) => path.join(notebookFolder, name));
  expect(notebookFiles([''])).toEqual(all);
  expect(notebookFiles(['course/03'])).toEqual([
    path.join(notebookFolder, 'course', '03-landscape.ipynb'),
  ]);
});

it('takes those in BN_HOME, copied there first, and never the shared ones', () => {
  vi.stubEnv('BN_HOME', home);
  const own = path.join(home, 'notebooks');
  const [figure] = notebookFiles(['fig04']);
  expect(figure).toBe(path.join(own, 'fig04-landscape.ipynb'));
  expect(existsSync(figure!)).toBe(true);
  expect(told.mock.calls).toEqual([[expect.stringMatching(/^\d+ notebooks copied into /)]]);
  expect(notebookFiles([''])).toEqual(notebookNames().map((name) => path.join(own, name)));
  expect(() => notebookFiles(['nothing'])).toThrow(/there is no notebook nothing/);
});

it("takes those of a student's edition, a folder for each assignment", () => {
  vi.stubEnv('BN_HOME', home);
  const shared = path.join(temporaryFolder(), 'shared');
  for (const folder of ['lesson01', path.join('lesson01', '.ipynb_checkpoints')]) {
    mkdirSync(path.join(shared, 'course', 'release', folder), { recursive: true });
    writeFileSync(path.join(shared, 'course', 'release', folder, '01-batch-norm.ipynb'), '');
  }
  vi.stubEnv('BN_SHARED', shared);
  const lesson = path.join(home, 'notebooks', 'lesson01', '01-batch-norm.ipynb');
  expect(notebookFiles([''])).toEqual([lesson]);
  expect(notebookFiles(['lesson01'])).toEqual([lesson]);
  expect(notebookFiles(['01-batch'])).toEqual([lesson]);
});
