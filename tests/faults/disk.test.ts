/**
 * Disks that refuse: full (a small tmpfs, where this process may mount one; else a double of the file system), read-only,
 * no permission; files that vanish. One clear line, no half of a file under its name, all that was finished readable.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { runId } from '../../src/config/hash';
import type { Drawing } from '../../src/drawing/figure';
import { writeFigures } from '../../src/pages/output';
import { listRuns, readRun } from '../../src/runs/store';
import { verifyRuns } from '../../src/runs/verify';
import { openRun, type RunWriter } from '../../src/runs/writer';
import { UserError } from '../../src/system/errors';
import { prepareFolder } from '../../src/system/files';
import { only, sampleConfig, sampleFacts, temporaryFolder } from '../runs/sample';

vi.mock('../../src/drawing/render', () => ({
  renderPlot: () => Promise.reject(new UserError('no browser')),
  closeRenderer: () => Promise.resolve(),
}));

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

/** Mounts a tmpfs for the running test; undefined where this process may not. */
function tmpfs(options: string): string | undefined {
  const folder = temporaryFolder();
  if (process.platform !== 'linux' || !mount('-t', 'tmpfs', '-o', options, 'none', folder)) {
    return undefined;
  }
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

const canMount = ((): boolean => {
  const folder = fs.mkdtempSync('/tmp/bn-lab-mount-');
  const works = process.platform === 'linux' && mount('-t', 'tmpfs', 'none', folder);
  if (works) spawnSync('umount', [folder]);
  fs.rmSync(folder, { recursive: true });
  return works;
})();
if (!canMount) console.log('this process may not mount a tmpfs: full disks are played by a double');

/** A store on a disk that is full after about `bytes` more bytes, and how to make room. */
function fullDisk(bytes: number): { root: string; fill: () => void; makeRoom: () => void } {
  const root = tmpfs(`size=${bytes}`) ?? temporaryFolder();
  const ballast = path.join(root, 'ballast');
  if (canMount) {
    const fill = (): void => {
      const fd = fs.openSync(ballast, 'w');
      const chunk = Buffer.alloc(4096);
      try {
        for (;;) fs.writeSync(fd, chunk);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
      fs.closeSync(fd);
    };
    return { root, fill, makeRoom: () => fs.rmSync(ballast) };
  }
  const full = vi.spyOn(fs, 'writeSync');
  const noSpace = (): never => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  };
  onTestFinished(() => full.mockRestore());
  return { root, fill: () => full.mockImplementation(noSpace), makeRoom: () => full.mockReset() };
}

const rows = (writer: RunWriter, from: number, to: number): void => {
  for (let step = from; step < to; step++) writer.append('steps', [step, Math.sqrt(step)]);
};
const weights = (size = 1000) => [
  { name: 'w', shape: [size], dtype: 'float32' as const, values: new Float32Array(size) },
];

function begin(root: string, seed: number): RunWriter {
  const writer = openRun(sampleConfig({ seed }), { root, facts: sampleFacts });
  writer.table('steps', ['step', 'loss']);
  return writer;
}

function finish(root: string, seed: number): string {
  const writer = begin(root, seed);
  rows(writer, 0, 10);
  writer.finish('done');
  return writer.id;
}

/** What fails in one line, as a user sees it. */
function lineOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('it did not fail');
}

const clean = (root: string): void =>
  expect(
    verifyRuns(undefined, only(root))
      .map(({ problems }) => problems)
      .flat(),
  ).toEqual([]);

describe(`a full disk (${canMount ? 'tmpfs' : 'double'})`, () => {
  it('in the middle of a run: what was finished and the last checkpoint stay, and it goes on', () => {
    const { root, fill, makeRoom } = fullDisk(256 * 1024);
    const done = finish(root, 1);
    const writer = begin(root, 2);
    rows(writer, 0, 10);
    writer.checkpoint(10, weights());
    fill();
    rows(writer, 10, 5000);
    const full =
      /: the disk is full; free some space and run the same command again, what is done is kept$/;
    expect(lineOf(() => writer.checkpoint(5000, weights()))).toMatch(full);
    expect(lineOf(() => writer.close())).toMatch(full);
    clean(root);
    expect(readRun(done, only(root))!.manifest.status).toBe('done');
    expect(fs.readdirSync(writer.folder).filter((name) => name.includes('tmp'))).toEqual([]);
    makeRoom();
    const again = begin(root, 2);
    expect(again.resume!.step).toBe(10);
    rows(again, 10, 20);
    again.finish('done');
    expect(readRun(again.id, only(root))!.tables.steps!.rows).toHaveLength(20);
  });

  it('before a run begins, and when it ends', () => {
    const { root, fill, makeRoom } = fullDisk(256 * 1024);
    const writer = begin(root, 1);
    rows(writer, 0, 5000);
    fill();
    expect(lineOf(() => writer.finish('done'))).toMatch(/the disk is full/);
    expect(lineOf(() => writer.close())).toMatch(/the disk is full/);
    expect(lineOf(() => begin(root, 2))).toMatch(/the disk is full/);
    clean(root);
    expect(listRuns(only(root))).toMatchObject([{ manifest: { status: 'interrupted' } }]);
    makeRoom();
    finish(root, 1);
    finish(root, 2);
    clean(root);
  });

  it('while figures are written: those before are whole, the next is not there', async () => {
    const { root, fill, makeRoom } = fullDisk(256 * 1024);
    const drawing: Drawing = {
      plot: { data: [{ y: new Float32Array(20_000) }], layout: {} },
      points: [],
      notes: [],
    };
    const figure = (name: string) => [{ base: path.join(root, name), drawing }];
    const options = { log: () => {} };
    await writeFigures(figure('figure-01'), options);
    const whole = fs.readFileSync(path.join(root, 'figure-01.json'));
    fill();
    await expect(writeFigures(figure('figure-02'), options)).rejects.toThrow(
      /^cannot write .*figure-02\.json: the disk is full/,
    );
    expect(
      fs
        .readdirSync(root)
        .filter((name) => name !== 'ballast')
        .sort(),
    ).toEqual(['figure-01.csv', 'figure-01.json']);
    expect(fs.readFileSync(path.join(root, 'figure-01.json'))).toEqual(whole);
    makeRoom();
    await writeFigures(figure('figure-02'), options);
    expect(fs.readFileSync(path.join(root, 'figure-02.json'))).toEqual(whole);
  });
});

describe('a folder that cannot be written to', () => {
  it.skipIf(!canMount)(
    'because it is read-only: one line, and runs are read all the same',
    (test) => {
      const root = tmpfs('size=256k');
      if (root === undefined) return test.skip();
      const done = finish(root, 1);
      expect(mount('-o', 'remount,ro', root)).toBe(true);
      const readOnly =
        /: the file system is read-only; choose another folder \(--out, BN_RUNS_DIR, or BN_HOME for everything\)$/;
      expect(lineOf(() => begin(root, 2))).toMatch(readOnly);
      expect(lineOf(() => begin(path.join(root, 'deeper'), 2))).toMatch(readOnly);
      expect(readRun(done, only(root))!.tables.steps!.rows).toHaveLength(10);
      clean(root);
    },
  );

  // Root may do everything: another user does it.
  it.skipIf(process.platform !== 'linux')('for want of permission: one line, nothing left', () => {
    const root = temporaryFolder();
    const done = finish(root, 1);
    fs.chmodSync(root, 0o500);
    const isRoot = process.getuid!() === 0;
    if (isRoot) process.seteuid!(65534);
    try {
      expect(lineOf(() => begin(root, 2))).toMatch(
        /no permission; choose a folder you may write to/,
      );
    } finally {
      if (isRoot) process.seteuid!(0);
      fs.chmodSync(root, 0o700);
    }
    expect(fs.readdirSync(root)).toEqual([done]);
    clean(root);
  });
});

describe('what vanishes', () => {
  it.each([
    ['the folder of the run', (folder: string) => fs.rmSync(folder, { recursive: true })],
    ['the store', (folder: string) => fs.rmSync(path.dirname(folder), { recursive: true })],
  ])('%s, while it is written: one line, and the same command starts it anew', (_, vanish) => {
    const root = path.join(temporaryFolder(), 'store');
    const writer = begin(root, 1);
    rows(writer, 0, 10);
    vanish(writer.folder);
    const gone = /^cannot write .*: it is not there, or no longer; run the same command again$/;
    expect(lineOf(() => writer.checkpoint(10, weights()))).toMatch(gone);
    expect(lineOf(() => writer.close())).toMatch(gone);
    const again = begin(root, 1);
    expect(again.resume).toBeNull();
    rows(again, 0, 10);
    again.finish('done');
    clean(root);
  });

  it('a table of a finished run is named', () => {
    const root = temporaryFolder();
    const done = finish(root, 1);
    fs.rmSync(path.join(root, done, 'steps.csv'));
    expect(lineOf(() => readRun(done, only(root)))).toMatch(/steps\.csv is damaged \(it is gone\)/);
  });
});

describe('a clock that goes backwards', () => {
  it('changes nothing but the times in the manifest', () => {
    const root = temporaryFolder();
    let now = Date.parse('2026-06-01T12:00:00Z');
    vi.useFakeTimers({ toFake: ['Date'], now });
    onTestFinished(() => void vi.useRealTimers());
    const back = (): void => void vi.setSystemTime((now -= 86_400_000));
    const writer = begin(root, 1);
    rows(writer, 0, 5);
    back();
    writer.checkpoint(5, weights());
    back();
    writer.close();
    back();
    const again = begin(root, 1);
    expect(again.resume!.step).toBe(5);
    back();
    rows(again, 5, 10);
    again.finish('done');
    const { manifest, tables } = readRun(runId(sampleConfig({ seed: 1 })), only(root))!;
    expect(manifest.seconds).toBeGreaterThanOrEqual(0);
    expect(Date.parse(manifest.finished!)).toBeLessThan(Date.parse(manifest.started));
    expect(tables.steps!.rows.map(([step]) => step)).toEqual([...Array(10).keys()]);
    clean(root);
  });
});

it.runIf(process.platform === 'linux')(
  'says so where no folder can be made, and comes to an end',
  () => {
    expect(() => prepareFolder('/proc/nowhere/figures')).toThrow(UserError);
  },
);
