/** Runs of the deep linear network that an earlier version computed in float32 never stand for those of this one. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { runsReport } from '../../src/cli/runsReport';
import { runId } from '../../src/config/hash';
import { deepLinearRun } from '../../src/config/presets';
import { gatherRuns } from '../../src/runs/gather';
import { finishedSeeds, recordedSeeds } from '../../src/runs/record';
import { writeRecorded } from '../../src/runs/recorded';
import { findOwnRun, findRun, isOnlyOutdated, listRuns, readRun } from '../../src/runs/store';
import { formatTable } from '../../src/runs/table';
import { openRun } from '../../src/runs/writer';
import { trainRun } from '../../src/training/trainer';
import { sampleFacts, temporaryFolder } from './sample';

const config = deepLinearRun('smoke');
const options = (root: string) => ({ root, recorded: path.join(root, 'recorded') });

/** Begins a run as the earlier version did, with a checkpoint of its own kind. */
function begunInFloat32(root: string) {
  const writer = openRun(config, { root, facts: sampleFacts });
  writer.table('steps', ['step', 'loss']);
  writer.append('steps', [0, 1]);
  const values = Float32Array.of(1);
  writer.checkpoint(1, [
    { name: 'parameters/weights', shape: [1, 1, 1, 1], dtype: 'float32', values },
  ]);
  return writer;
}

it.each(['done', 'stopped'])('one that is %s is not found, and trained anew', async (state) => {
  const root = temporaryFolder();
  const writer = begunInFloat32(root);
  if (state === 'done') writer.finish('done');
  else writer.close();
  expect(findOwnRun(config, { root })).toBeUndefined();
  expect(findRun(config, options(root))).toBeUndefined();
  expect(isOnlyOutdated(config, options(root))).toBe(true);
  expect(finishedSeeds(() => [config], options(root))).toEqual([]);

  const steps: number[] = [];
  const run = await trainRun(config, { root, onProgress: ({ step }) => steps.push(step) });
  expect(steps[0]).toBe(1);
  expect(run.manifest.device.arithmetic).toBe('float64');
  expect(isOnlyOutdated(config, options(root))).toBe(false);
  expect(finishedSeeds(() => [config], options(root))).toEqual([0]);
});

it('one that is recorded does not hide in the list, and counts for no seed', () => {
  const root = temporaryFolder();
  begunInFloat32(root).finish('done');
  const id = runId(config);
  const run = readRun(id, { root })!;
  const tables = { steps: formatTable(run.tables.steps!) };
  writeRecorded(path.join(root, 'recorded', 'smoke'), [{ ...run, tables }]);
  fs.rmSync(path.join(root, id), { recursive: true });
  expect(findRun(config, options(root))).toBeUndefined();
  expect(recordedSeeds(() => [config], options(root))).toEqual([]);
  expect(readRun(id, options(root))?.manifest.status).toBe('done');
  expect(runsReport(listRuns(options(root)))).toMatch(/done, outdated/);
});

it('one of somebody else is not taken', () => {
  const [from, root] = [temporaryFolder(), temporaryFolder()];
  begunInFloat32(from).finish('done');
  expect(gatherRuns([from], { root })).toEqual([
    {
      id: runId(config),
      from,
      reason: 'an earlier version computed it in float32: train it with this one',
    },
  ]);
});
