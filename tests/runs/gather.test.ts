/** Runs of other people's stores: whole and finished ones are taken, others are named and left. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, it, vi } from 'vitest';

import { runId } from '../../src/config/hash';
import { gatherRuns } from '../../src/runs/gather';
import { recordRuns } from '../../src/runs/record';
import { planRepairs, repair } from '../../src/runs/repair';
import { listRuns, readRun } from '../../src/runs/store';
import { UserError } from '../../src/system/errors';
import { abandon, finished, only, open, sampleConfig, steps, temporaryFolder } from './sample';

const configs = [1001, 1002, 1003].map((seed) => sampleConfig({ seed }));
const [first, second, third] = configs.map(runId) as [string, string, string];

/** Somebody's home, with a finished run, and one that was stopped. */
function student(): string {
  const home = temporaryFolder();
  const root = path.join(home, 'data', 'runs');
  finished(root, configs[0]);
  const writer = open(root, {}, configs[1]);
  steps(writer, 0, 3);
  abandon(writer);
  return home;
}

it('takes what is finished, as it is, and says why other runs are left', () => {
  const home = student();
  const own = temporaryFolder();
  expect(gatherRuns([home], only(own))).toEqual([
    { id: first, from: path.join(home, 'data', 'runs'), reason: '' },
    {
      id: second,
      from: path.join(home, 'data', 'runs'),
      reason: expect.stringMatching(/^it is not finished \(interrupted\)/) as string,
    },
  ]);
  expect(readRun(first, only(own))).toEqual(readRun(first, only(path.join(home, 'data', 'runs'))));
  expect(listRuns(only(own)).map(({ id }) => id)).toEqual([first]);
  expect(gatherRuns([home], only(own))[0]!.reason).toBe('it is there already');
});

it('takes no run that is damaged, and none under the name of another', () => {
  const root = temporaryFolder();
  finished(root, configs[0]);
  finished(root, configs[2]);
  fs.appendFileSync(path.join(root, first, 'steps.csv'), '1,2,3,4\n');
  fs.renameSync(path.join(root, third), path.join(root, second));
  const own = temporaryFolder();
  const reasons = gatherRuns([root], only(own)).map(({ reason }) => reason);
  expect(reasons).toEqual([expect.stringContaining('is damaged'), expect.stringMatching(/./)]);
  expect(fs.readdirSync(own)).toEqual([]);
});

it('takes what there is where some have no runs, and names them', () => {
  const [home, empty] = [student(), temporaryFolder()];
  const found = gatherRuns([empty, home], only(temporaryFolder()));
  expect(found.map(({ reason }) => reason)).toEqual([
    expect.stringContaining(`there are no runs in ${empty}`),
    '',
    expect.stringContaining('it is not finished'),
  ]);
});

it('leaves recorded runs: their tables are rounded and thinned', () => {
  const [root, recorded, own] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  finished(root, configs[0]);
  recordRuns([configs[0]!], { preset: 'quick', root, recorded });
  const quick = path.join(recorded, 'quick');
  expect(() => gatherRuns([quick], only(own))).toThrow(`the runs in ${quick} are recorded ones`);
  expect(fs.readdirSync(own)).toEqual([]);
});

it('leaves nothing behind where the disk refuses, and repair clears what a kill left', () => {
  const [home, own] = [student(), temporaryFolder()];
  vi.spyOn(fs, 'copyFileSync').mockImplementationOnce(() => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
  expect(() => gatherRuns([home], only(own))).toThrow(UserError);
  vi.restoreAllMocks();
  expect(fs.readdirSync(own)).toEqual([]);
  const leftover = path.join(own, `.taken-${first}-1`);
  fs.mkdirSync(leftover);
  for (const plan of planRepairs(undefined, only(own))) repair(plan, only(own));
  expect(fs.readdirSync(own)).toEqual([]);
});

it('says which place has no runs', () => {
  const empty = temporaryFolder();
  expect(() => gatherRuns([empty], only(temporaryFolder()))).toThrow(
    `there are no runs in ${empty}: give a folder of runs`,
  );
});
