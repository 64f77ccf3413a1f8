/** Half-trained runs on their way to another machine: they go on there and end with the bytes of a run that stayed. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { exportRun } from '../../src/runs/copy';
import { gatherRuns } from '../../src/runs/gather';
import { readRun } from '../../src/runs/store';
import { checkRun } from '../../src/runs/verify';
import {
  abandon,
  finished,
  only,
  open,
  sampleConfig,
  steps,
  temporaryFolder,
  weights,
} from './sample';

const id = runId(sampleConfig());
const fileOf = (root: string, name: string): string => path.join(root, id, name);
const withCheckpoint = true;

/** A store with a run that was killed at step 6, three rows behind the checkpoint of step `at`. */
function killed(at = 3): string {
  const root = temporaryFolder();
  const writer = open(root);
  steps(writer, 0, at);
  writer.checkpoint(at, weights(at));
  steps(writer, at, at + 3);
  abandon(writer);
  return root;
}

/** All bytes of a run's folder. */
const bytesOf = (root: string): Record<string, string> =>
  Object.fromEntries(
    fs
      .readdirSync(path.join(root, id))
      .map((name) => [name, fs.readFileSync(fileOf(root, name), 'base64')]),
  );

it('exports, is gathered, and goes on where it was', () => {
  const [here, usb, there, whole] = [
    killed(),
    temporaryFolder(),
    temporaryFolder(),
    temporaryFolder(),
  ];
  const before = bytesOf(here);
  expect(exportRun(id, { root: here, to: usb, withCheckpoint })).toBe(path.join(usb, id));
  expect(bytesOf(here)).toEqual(before);
  expect(fs.readdirSync(path.join(usb, id)).sort()).toEqual([
    ...['checkpoint.bin', 'config.json', 'manifest.json', 'steps.csv'],
  ]);
  expect(checkRun({ name: 'local', root: usb }, id)).toMatchObject({ problems: [], torn: [] });

  expect(gatherRuns([usb], { ...only(there), withCheckpoint })).toEqual([
    { id, from: usb, reason: '' },
  ]);
  const writer = open(there);
  expect(writer.resume).toEqual({ step: 3, tensors: weights(3) });
  steps(writer, 3, 10);
  writer.finish('done');
  finished(whole);
  expect(fs.readFileSync(fileOf(there, 'steps.csv'), 'utf8')).toBe(
    fs.readFileSync(fileOf(whole, 'steps.csv'), 'utf8'),
  );
  // On its way back a finished run needs no word.
  expect(gatherRuns([there], only(here))).toMatchObject([{ reason: '' }]);
  expect(readRun(id, only(here))).toEqual(readRun(id, only(there)));
});

it('stays where it was not asked for as it is', () => {
  const root = killed();
  const wanted = /it is not finished \(interrupted at step 3 of 10\): --with-checkpoint takes it/;
  expect(() => exportRun(id, { root, to: temporaryFolder() })).toThrow(wanted);
  const own = temporaryFolder();
  expect(gatherRuns([root], only(own))[0]!.reason).toMatch(wanted);
  fs.rmSync(fileOf(root, 'checkpoint.bin'));
  fs.rmSync(fileOf(root, 'steps.csv'));
  expect(gatherRuns([root], { ...only(own), withCheckpoint })[0]!.reason).toBe(
    'it is not finished (interrupted) and has no checkpoint',
  );
  expect(fs.readdirSync(own)).toEqual([]);
});

it.each(['checkpoint.bin', 'steps.csv', 'manifest.json', 'config.json'])(
  'stays where a byte of %s is another',
  (name) => {
    const root = killed();
    const bytes = fs.readFileSync(fileOf(root, name));
    bytes[30]! ^= 1;
    fs.writeFileSync(fileOf(root, name), bytes);
    const own = temporaryFolder();
    expect(() => exportRun(id, { root, to: own, withCheckpoint })).toThrow(/is damaged/);
    expect(gatherRuns([root], { ...only(own), withCheckpoint })[0]!.reason).toMatch(/is damaged/);
    expect(fs.readdirSync(own)).toEqual([]);
  },
);

it('stays while it is being trained, on either side', () => {
  const [root, own] = [temporaryFolder(), killed()];
  const writer = open(root);
  steps(writer, 0, 9);
  writer.checkpoint(9, weights(9));
  const options = { root, to: temporaryFolder(), withCheckpoint };
  expect(() => exportRun(id, options)).toThrow(/it is being trained$/);
  writer.close();
  const busy = open(own);
  expect(gatherRuns([root], { ...only(own), withCheckpoint })[0]!.reason).toBe(
    'it is being trained here',
  );
  busy.close();
});

it('replaces the same run where that is less far, and no other', () => {
  const gather = (from: string, to: string): string =>
    gatherRuns([from], { ...only(to), withCheckpoint })[0]!.reason;
  const own = killed(3);
  expect(gather(killed(3), own)).toBe('it is there already');
  expect(gather(killed(2), own)).toBe('it is there already');
  expect(gather(killed(5), own)).toBe('');
  expect(open(own).resume!.step).toBe(5);
  const done = temporaryFolder();
  finished(done);
  expect(gather(killed(5), done)).toBe('it is there already');
});

it('has no way onto what is there, nor out of a store without it', () => {
  const [root, to] = [killed(), temporaryFolder()];
  exportRun(id, { root, to, withCheckpoint });
  expect(() => exportRun(id, { root, to, withCheckpoint })).toThrow(/is there already: remove it/);
  expect(() => exportRun('nothing', { root, to })).toThrow(/there is no run nothing in /);
});
