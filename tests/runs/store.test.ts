import fs from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { runId } from '../../src/config/hash';
import { readCheckpoint } from '../../src/runs/checkpoint';
import { recordRuns } from '../../src/runs/record';
import { findRun, listRuns, readRun, removeRun } from '../../src/runs/store';
import { openRun } from '../../src/runs/writer';
import { UserError } from '../../src/system/errors';
import {
  abandon,
  finished,
  only,
  open,
  sampleConfig,
  sampleFacts,
  steps,
  temporaryFolder,
  weights,
} from './sample';

const config = sampleConfig();
const id = runId(config);

const stepsFile = (root: string): string => path.join(root, id, 'steps.csv');

describe('a run', () => {
  it('reads back as config, manifest and tables', () => {
    const root = temporaryFolder();
    const writer = finished(root);
    expect(fs.readdirSync(writer.folder).sort()).toEqual([
      'config.json',
      'manifest.json',
      'steps.csv',
    ]);
    const run = readRun(id, only(root))!;
    expect(run).toEqual(findRun(config, only(root)));
    expect(run).toMatchObject({
      id,
      config,
      manifest: { ...sampleFacts, status: 'done', step: 10 },
    });
    const { size } = fs.statSync(stepsFile(root));
    expect(run.manifest.checksums!.steps!.bytes).toBe(size);
    expect(run.manifest.checksums!.steps!.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(run.tables.steps!.columns).toEqual(['step', 'loss']);
    expect(run.tables.steps!.rows[2]).toEqual([2, 1 / 3]);
    expect(run.torn).toBeUndefined();
  });

  it('that diverged is a result, with its step', () => {
    const root = temporaryFolder();
    const writer = open(root);
    steps(writer, 0, 4);
    writer.append('steps', [4, NaN]);
    writer.finish('diverged', { divergedAt: 4 });
    const run = findRun(config, only(root))!;
    expect(run.manifest).toMatchObject({ status: 'diverged', divergedAt: 4, step: 4 });
    expect(run.tables.steps!.rows[4]).toEqual([4, NaN]);
  });

  it('keeps its last checkpoint where asked', () => {
    const root = temporaryFolder();
    const writer = open(root);
    writer.checkpoint(10, weights(10));
    writer.finish('done', { keepCheckpoint: true });
    const file = path.join(writer.folder, 'checkpoint.bin');
    expect(readCheckpoint(file)).toMatchObject({ step: 10, tensors: weights(10) });
  });

  it('that is unfinished is read, but is no result', () => {
    const root = temporaryFolder();
    const writer = open(root);
    steps(writer, 0, 3);
    writer.checkpoint(3, weights(3));
    expect(readRun(id, only(root))!.manifest.status).toBe('running');
    expect(findRun(config, only(root))).toBeUndefined();
    writer.close();
    expect(readRun(id, only(root))).toMatchObject({ manifest: { status: 'interrupted', step: 3 } });
    expect(findRun(config, only(root))).toBeUndefined();
    writer.close(); // nothing happens
  });

  it('is on the disk after two seconds without a checkpoint', () => {
    const root = temporaryFolder();
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const writer = open(root);
    steps(writer, 0, 1);
    expect(fs.readFileSync(stepsFile(root), 'utf8')).toBe('');
    now += 2001;
    steps(writer, 1, 2);
    expect(fs.readFileSync(stepsFile(root), 'utf8')).toBe('step,loss\n0,1\n1,0.5\n');
    clock.mockRestore();
    writer.close();
  });

  it('cannot be opened again once it is finished, but anew', () => {
    const root = temporaryFolder();
    finished(root);
    const before = fs.readFileSync(stepsFile(root));
    expect(() => open(root)).toThrow(`run ${id} is done already`);
    expect(fs.readFileSync(stepsFile(root))).toEqual(before);
    const writer = open(root, { fresh: true });
    expect(writer.resume).toBeNull();
    expect(findRun(config, only(root))).toBeUndefined();
    steps(writer, 0, 1);
    writer.finish('done');
    expect(readRun(id, only(root))!.tables.steps!.rows).toEqual([[0, 1]]);
  });
});

describe('resume', () => {
  it('cuts the tables to what the checkpoint knows: the end is the same to the byte', () => {
    const [whole, broken] = [temporaryFolder(), temporaryFolder()];
    finished(whole);
    const first = open(broken);
    steps(first, 0, 4);
    first.checkpoint(4, weights(4));
    steps(first, 4, 7);
    fs.appendFileSync(stepsFile(broken), '4,0.2\n5,0.1');
    abandon(first);
    expect(readRun(id, only(broken))).toMatchObject({
      manifest: { status: 'interrupted' },
      torn: ['steps'],
    });
    const second = open(broken);
    expect(second.resume).toEqual({ step: 4, tensors: weights(4) });
    steps(second, 4, 10);
    second.finish('done');
    expect(fs.readFileSync(stepsFile(broken))).toEqual(fs.readFileSync(stepsFile(whole)));
  });

  it('starts from nothing where there was no checkpoint yet', () => {
    const root = temporaryFolder();
    const first = open(root);
    steps(first, 0, 3);
    first.close();
    const second = open(root);
    expect(second.resume).toBeNull();
    steps(second, 0, 10);
    second.finish('done');
    expect(readRun(id, only(root))!.tables.steps!.rows).toHaveLength(10);
  });

  it('adds the seconds of all sessions', () => {
    const root = temporaryFolder();
    let now = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const first = open(root);
    now += 5000;
    first.checkpoint(1, weights(1));
    first.close();
    now += 100_000; // nobody trains
    const second = open(root);
    now += 2500;
    second.finish('done');
    clock.mockRestore();
    expect(readRun(id, only(root))!.manifest.seconds).toBe(7.5);
  });

  it('refuses tables that are not what the checkpoint knows', () => {
    const damage: [(file: string) => void, RegExp][] = [
      [(file) => fs.rmSync(file), /steps\.csv is damaged \(it is gone\)/],
      [(file) => fs.truncateSync(file, 12), /shorter than the \d+ bytes/],
      [
        (file) => fs.writeFileSync(file, 'step,loss\n0,1\n1,0.6\n'),
        /not what the checkpoint knows/,
      ],
    ];
    for (const [change, message] of damage) {
      const root = temporaryFolder();
      const writer = open(root);
      steps(writer, 0, 2);
      writer.checkpoint(2, weights(2));
      writer.close();
      change(stepsFile(root));
      expect(() => open(root)).toThrow(message);
      expect(() => open(root)).toThrow(`remove the run (npx bn-lab runs remove ${id})`);
      open(root, { fresh: true }).close();
    }
  });

  it('refuses other tables than the run was begun with', () => {
    const root = temporaryFolder();
    const writer = open(root);
    writer.checkpoint(1, weights(1));
    writer.close();
    const again = openRun(config, { root, facts: sampleFacts });
    expect(() => again.table('steps', ['step', 'loss', 'accuracy'])).toThrow(UserError);
    expect(() => again.table('evals', ['step'])).toThrow(
      /begun by a version with another table evals/,
    );
    again.table('steps', ['step', 'loss']);
    again.close();
  });

  it('goes on from a checkpoint although the manifest or the config vanished', () => {
    for (const name of ['manifest.json', 'config.json']) {
      const root = temporaryFolder();
      const writer = open(root);
      steps(writer, 0, 2);
      writer.checkpoint(2, weights(2));
      writer.close();
      fs.rmSync(path.join(writer.folder, name));
      const again = open(root);
      expect(again.resume!.step).toBe(2);
      again.finish('done');
      expect(findRun(config, only(root))!.tables.steps!.rows).toHaveLength(2);
    }
  });
});

describe('damage', () => {
  it('of any byte of a finished run, or a cut, is noticed and named', () => {
    const root = temporaryFolder();
    const { folder } = finished(root);
    for (const name of ['steps.csv', 'config.json', 'manifest.json']) {
      const file = path.join(folder, name);
      const whole = fs.readFileSync(file);
      for (let i = 0; i < whole.length; i++) {
        const flipped = Buffer.from(whole);
        flipped[i]! ^= 1 << (i % 8);
        for (const bytes of [flipped, whole.subarray(0, i)]) {
          fs.writeFileSync(file, bytes);
          expect(() => findRun(config, only(root))).toThrow(UserError);
          expect(() => findRun(config, only(root))).toThrow(`${name} is damaged`);
        }
      }
      fs.writeFileSync(file, whole);
    }
    expect(findRun(config, only(root))).toBeDefined();
  });

  it.each([
    ['', 'not JSON'],
    ['{"format": 1', 'not JSON'],
    ['[]', 'not an object'],
    ['{"format": 2}', 'wrong checksum'],
    ['{"format": "1"}', 'no format'],
    ['{"format": 1, "id": "../x"}', 'of another run, "../x"'],
    [`{"format": 1, "id": "${id}", "__proto__": {"status": "done"}}`, 'a value is missing'],
  ])('of the manifest (%j) is named', (text, message) => {
    const root = temporaryFolder();
    const { folder } = finished(root);
    fs.writeFileSync(path.join(folder, 'manifest.json'), text);
    for (const use of [() => readRun(id, only(root)), () => open(root)]) {
      expect(use).toThrow(UserError);
      expect(use).toThrow(`manifest.json is damaged (${message}`);
    }
    expect(listRuns(only(root))).toMatchObject([
      { id, place: 'local', problem: expect.stringContaining('damaged') as string },
    ]);
    open(root, { fresh: true }).finish('done');
    expect(findRun(config, only(root))).toBeDefined();
  });

  it('a file that vanished from a finished run is named', () => {
    const root = temporaryFolder();
    const { folder } = finished(root);
    fs.rmSync(stepsFile(root));
    expect(() => findRun(config, only(root))).toThrow('steps.csv is damaged (it is gone)');
    finishedAgain();
    fs.rmSync(path.join(folder, 'manifest.json'));
    expect(() => findRun(config, only(root))).toThrow('manifest.json is damaged (it is gone)');
    expect(() => open(root)).toThrow('manifest.json is damaged (it is gone, but there are tables)');

    function finishedAgain(): void {
      const writer = open(root, { fresh: true });
      steps(writer, 0, 2);
      writer.finish('done');
    }
  });

  it('a folder that was just made is no run, and no obstacle', () => {
    const root = temporaryFolder();
    const folder = path.join(root, id);
    fs.mkdirSync(folder);
    expect(readRun(id, only(root))).toBeUndefined();
    fs.writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config, null, 2) + '\n');
    fs.writeFileSync(path.join(folder, 'manifest.json.999999999.bn-lab-tmp'), '{"for');
    expect(readRun(id, only(root))).toBeUndefined();
    expect(listRuns(only(root))).toEqual([]);
    finished(root);
    expect(fs.readdirSync(folder).sort()).toEqual(['config.json', 'manifest.json', 'steps.csv']);
  });
});

describe('a disk that refuses', () => {
  const failing = (code: string) => () => {
    throw Object.assign(new Error(code), { code });
  };

  it('when full, ends in one line; what is there stays, and the run goes on later', () => {
    const root = temporaryFolder();
    const writer = open(root);
    steps(writer, 0, 4);
    writer.checkpoint(4, weights(4));
    steps(writer, 4, 6);
    const write = vi.spyOn(fs, 'writeSync').mockImplementation(failing('ENOSPC'));
    expect(() => writer.checkpoint(6, weights(6))).toThrow(
      /^cannot write .*steps\.csv: the disk is full; free some space and run the same command again/,
    );
    expect(() => writer.close()).toThrow(UserError);
    write.mockRestore();
    expect(readRun(id, only(root))!.tables.steps!.rows).toHaveLength(4);
    const again = open(root);
    expect(again.resume!.step).toBe(4);
    again.close();
  });

  it('for a moment, loses no row and doubles none', () => {
    const root = temporaryFolder();
    const writer = open(root);
    steps(writer, 0, 4);
    const real = fs.writeSync;
    const write = vi.spyOn(fs, 'writeSync').mockImplementationOnce(((
      fd: number,
      bytes: Uint8Array,
    ) => {
      real(fd, bytes, 0, 13, 0); // a part of it fits
      return failing('ENOSPC')();
    }) as unknown as typeof fs.writeSync);
    expect(() => writer.checkpoint(4, weights(4))).toThrow(/disk is full/);
    write.mockRestore();
    expect(fs.readFileSync(stepsFile(root), 'utf8')).toBe('');
    steps(writer, 4, 10);
    writer.finish('done');
    expect(findRun(config, only(root))!.tables.steps!.rows.map(([step]) => step)).toEqual([
      ...Array(10).keys(),
    ]);
  });

  it.each([
    ['EACCES', 'no permission'],
    ['EROFS', 'the file system is read-only'],
    ['EDQUOT', 'the quota is used up'],
  ])('with %s says so in one line', (code, message) => {
    const root = temporaryFolder();
    const make = vi.spyOn(fs, 'mkdirSync').mockImplementation(failing(code));
    expect(() => open(root)).toThrow(UserError);
    expect(() => open(root)).toThrow(message);
    make.mockRestore();
  });

  it('because a file is in the way says so', () => {
    const root = path.join(temporaryFolder(), 'file');
    fs.writeFileSync(root, '');
    expect(() => open(root)).toThrow(/^cannot lock .*: a file is where a folder should be/);
    expect(readRun(id, only(root))).toBeUndefined();
  });

  it.skipIf(process.getuid?.() === 0)('because of its permissions says so', () => {
    const root = temporaryFolder();
    fs.chmodSync(root, 0o500);
    expect(() => open(root)).toThrow(/no permission/);
  });
});

describe('the list of runs', () => {
  it('holds local and recorded runs; a local one goes first', () => {
    const [root, recorded] = [temporaryFolder(), temporaryFolder()];
    const options = { root, recorded };
    const trained = temporaryFolder();
    finished(trained);
    recordRuns([config], { preset: 'quick', root: trained, recorded });
    expect(listRuns(options)).toMatchObject([{ id, place: 'recorded/quick', config }]);
    expect(findRun(config, options)?.id).toBe(id);
    expect(findRun(sampleConfig({ seed: 1 }), options)).toBeUndefined();
    const writer = open(root);
    writer.close();
    expect(listRuns(options).map(({ place }) => place)).toEqual(['local', 'recorded/quick']);
    expect(readRun(id, options)!.manifest.status).toBe('interrupted');
    // The recorded one is no end for the training that was begun here.
    expect(findRun(config, options)).toBeUndefined();
  });

  it('is empty where there is no store', () => {
    expect(listRuns(only(path.join(temporaryFolder(), 'nowhere')))).toEqual([]);
  });
});

describe('removal', () => {
  it('takes the run and what an earlier removal left', () => {
    const root = temporaryFolder();
    finished(root);
    fs.mkdirSync(path.join(root, '.removed-x-1'));
    removeRun(id, { root });
    expect(fs.readdirSync(root)).toEqual([]);
    expect(() => removeRun(id, { root })).toThrow(/there is no run .*: see `npx bn-lab runs list`/);
  });

  it('is refused while a process is at it', () => {
    const root = temporaryFolder();
    const writer = open(root);
    expect(() => removeRun(id, { root })).toThrow(/in use by this very process/);
    writer.close();
    removeRun(id, { root });
  });

  it.each(['', '.', '..', '../x', 'a/b', 'a\\b', '/etc', 'A', 'x\0', '.removed-x'])(
    'and reading cannot leave the store: %j',
    (name) => {
      const root = temporaryFolder();
      expect(() => removeRun(name, { root })).toThrow(/is no id of a run/);
      expect(() => readRun(name, { root })).toThrow(/is no id of a run/);
    },
  );

  it('and reading stay inside for any name', () => {
    const root = temporaryFolder();
    fc.assert(
      fc.property(fc.string(), (name) => {
        try {
          expect(readRun(name, only(root))).toBeUndefined();
          expect(path.dirname(path.join(root, name))).toBe(root);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });

  it('no table leaves its run', () => {
    const writer = openRun(config, { root: temporaryFolder(), facts: sampleFacts });
    expect(() => writer.table('../steps' as 'steps', ['x'])).toThrow(/a table cannot be called/);
    expect(() => writer.append('steps', [1])).toThrow(/table steps is not open/);
    writer.table('steps', ['step', 'loss']);
    expect(() => writer.append('steps', [1])).toThrow('table steps: 1 values for 2 columns');
    writer.close();
    expect(() => writer.append('steps', [1, 2])).toThrow(/table steps is not open/);
  });
});
