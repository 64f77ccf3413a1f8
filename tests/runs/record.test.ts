import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { deepLinearRun } from '../../src/config/presets';
import { compactTables, withChangeSum } from '../../src/runs/compact';
import { runFolder } from '../../src/runs/folders';
import { finishedSeeds, recordedAmong, recordedSeeds, recordRuns } from '../../src/runs/record';
import { readRecorded, type RecordedRun, writeRecorded } from '../../src/runs/recorded';
import type { Manifest, Run } from '../../src/runs/run';
import { checksumOf, findOwnRun, findRun, readRun, recordedPlaces } from '../../src/runs/store';
import { verifyRuns } from '../../src/runs/verify';
import {
  finished,
  open,
  sampleConfig,
  sampleFacts,
  steps,
  temporaryFolder,
  weights,
} from './sample';

const config = sampleConfig();
const id = runId(config);

/** A store with the finished run of `config`, and a place for recorded runs. */
function store(): { root: string; recorded: string } {
  const root = temporaryFolder();
  finished(root);
  return { root, recorded: temporaryFolder() };
}

it('records a run with checksums of its own, and finds it where there is none of one’s own', () => {
  const own = store();
  const { folder, runs, bytes } = recordRuns([config, config], { preset: 'quick', ...own });
  expect([folder, runs]).toEqual([path.join(own.recorded, 'quick'), 1]);
  const sizes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
  expect(bytes).toBe(sizes.reduce((a, b) => a + b));

  const other = { root: temporaryFolder(), recorded: own.recorded };
  const found = findRun(config, other)!;
  expect(found.tables).toEqual(compactTables(findOwnRun(config, own)!));
  expect(found.manifest.status).toBe('done');
  expect(findOwnRun(config, other)).toBeUndefined();
  expect(verifyRuns(undefined, other)).toMatchObject([{ place: 'recorded/quick', problems: [] }]);
});

it('adds to what is recorded, and takes the newer of two', () => {
  const own = store();
  recordRuns([config], { preset: 'quick', ...own });
  finished(own.root, sampleConfig({ seed: 11 }));
  recordRuns([sampleConfig({ seed: 11 }), config], { preset: 'quick', ...own });
  const [quick] = recordedPlaces(own);
  expect(quick!.recorded!.ids).toEqual([config, sampleConfig({ seed: 11 })].map(runId).sort());
  expect(verifyRuns(undefined, own).flatMap(({ problems }) => problems)).toEqual([]);
});

/** The table `steps` as it lies in the file, its cells by line. */
const cellsIn = (folder: string, table: string): string[][] =>
  gunzipSync(fs.readFileSync(path.join(folder, `${table}.csv.gz`)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(','));

it('lies there as one tidy table for each kind of row, a cell empty where a run has no such column', () => {
  const folder = path.join(temporaryFolder(), 'quick');
  const run = (seed: number, tables: Record<string, string>): RecordedRun => {
    const checksums = Object.entries(tables).map(
      ([name, text]) => [name, checksumOf(Buffer.from(text))] as const,
    );
    const config = sampleConfig({ seed });
    const manifest: Manifest = {
      ...sampleFacts,
      ...{ format: 2, id: runId(config), status: 'done', step: 2, started: '', seconds: 1 },
      checksums: Object.fromEntries(checksums),
    };
    return { config, manifest, tables };
  };
  const runs = [
    run(10, { steps: 'step,loss\n0,nan\n' }),
    run(9, { steps: 'step,accuracy,loss\n0,.5,2\n1,.6,1\n', evals: 'step,loss\n' }),
  ];
  writeRecorded(folder, runs);
  const [ten, nine] = runs.map(({ manifest }) => manifest.id);
  expect(cellsIn(folder, 'steps')).toEqual([
    ['run', 'step', 'accuracy', 'loss'],
    [nine, '0', '.5', '2'],
    [nine, '1', '.6', '1'],
    [ten, '0', '', 'nan'],
  ]);
  expect(cellsIn(folder, 'evals')).toEqual([['run', 'step', 'loss']]);
  const read = readRecorded(folder)!;
  expect(read.ids).toEqual([nine, ten]);
  for (const { manifest, tables } of runs)
    for (const name of ['steps', 'evals', 'curvature'])
      expect(read.table(manifest.id, name).text).toBe(tables[name]);
});

it('is named where it is damaged, with the way back', () => {
  const { root, recorded } = store();
  const { folder } = recordRuns([config], { preset: 'quick', root, recorded });
  const other = { root: temporaryFolder(), recorded };
  const list = path.join(folder, 'runs.json');
  const steps = path.join(folder, 'steps.csv.gz');
  const damage = (file: string, change: (bytes: Buffer) => Buffer | undefined, message: RegExp) => {
    const before = fs.readFileSync(file);
    const after = change(Buffer.from(before));
    if (after) fs.writeFileSync(file, after);
    else fs.rmSync(file);
    expect(() => findRun(config, other)).toThrow(message);
    expect(() => findRun(config, other)).toThrow(file);
    fs.writeFileSync(file, before);
  };
  const cut = (bytes: Buffer) => bytes.subarray(0, bytes.length - 9);
  const flip = (bytes: Buffer) => {
    bytes[bytes.length >> 1]! ^= 1;
    return bytes;
  };
  damage(list, cut, /damaged .*comes back with git/);
  damage(list, flip, /damaged .*comes back with git/);
  damage(steps, cut, /damaged .*comes back with git/);
  damage(steps, flip, /damaged/);
  damage(steps, () => undefined, /damaged .*it is gone/);
  const other_ = 'run,step\nsomebody,1\n';
  damage(steps, () => gzipSync(other_), /damaged/);
  expect(findRun(config, other)).toBeDefined();
});

it('is what it was before where its writing is killed between two renames', () => {
  const { root, recorded } = store();
  const { folder } = recordRuns([config], { preset: 'quick', root, recorded });
  fs.renameSync(folder, `${folder}.old`); // the new one has not got its name
  const other = { root: temporaryFolder(), recorded };
  expect(findRun(config, other)).toBeDefined();
  finished(root, sampleConfig({ seed: 11 }));
  recordRuns([sampleConfig({ seed: 11 })], { preset: 'quick', root, recorded });
  expect(recordedPlaces({ recorded }).map(({ recorded: r }) => r!.ids.length)).toEqual([2]);
});

it('lets a run of one’s own that was begun go on', () => {
  const { recorded } = store();
  recordRuns([config], { preset: 'quick', ...store(), recorded });
  const root = temporaryFolder();
  const writer = open(root);
  steps(writer, 0, 3);
  writer.checkpoint(3, weights(3));
  writer.close();
  expect(findRun(config, { root, recorded })).toBeUndefined();
  expect(readRun(id, { root, recorded })!.manifest.status).toBe('interrupted');
});

it('records once what two presets share', () => {
  const own = store();
  recordRuns([config], { preset: 'laptop', ...own });
  expect(recordRuns([config], { preset: 'paper', ...own })).toMatchObject({ runs: 0, bytes: 0 });
});

it('refuses a run that is not there, before it writes any', () => {
  const own = store();
  const lacking = sampleConfig({ seed: 9 });
  expect(() => recordRuns([config, lacking], { preset: 'quick', ...own })).toThrow(
    `there is no finished run ${runId(lacking)}`,
  );
  expect(fs.readdirSync(own.recorded)).toEqual([]);
});

it('finds what is recorded of a seed in part', () => {
  const { root, recorded } = store();
  finished(root, sampleConfig({ seed: 11 }));
  recordRuns([config, sampleConfig({ seed: 11 })], { preset: 'quick', root, recorded });
  const wanted = (seed: number) => [sampleConfig({ seed }), sampleConfig({ seed, width: 1 / 4 })];
  expect(recordedSeeds(wanted, { recorded })).toEqual([]);
  const found = recordedAmong(wanted, { recorded });
  expect(found.map(({ config: { seed } }) => seed)).toEqual([config.seed, 11]);
});

it('knows the seeds that are finished in its own store, too', () => {
  const { root, recorded } = store();
  finished(root, sampleConfig({ seed: 12 }));
  steps(open(root, {}, sampleConfig({ seed: 13 })), 0, 2);
  recordRuns([config], { preset: 'quick', root, recorded });
  const seeded = (seed: number) => [sampleConfig({ seed })];
  expect(finishedSeeds(seeded, { root, recorded })).toEqual([config.seed, 12]);
  // As when training: a run that was begun here goes on, and the recorded one does not stand in for it.
  fs.rmSync(runFolder(root, runId(config)), { recursive: true });
  expect(finishedSeeds(seeded, { root, recorded })).toEqual([config.seed, 12]);
  steps(open(root, {}, config), 0, 2);
  expect(finishedSeeds(seeded, { root, recorded })).toEqual([12]);
});

it('knows the seeds of which everything is recorded', () => {
  const { root, recorded } = store();
  finished(root, sampleConfig({ seed: 11 }));
  recordRuns([config, sampleConfig({ seed: 11 })], { preset: 'quick', root, recorded });
  const seeded = (seed: number) => [sampleConfig({ seed })];
  expect(recordedSeeds(seeded, { recorded })).toEqual([config.seed, 11]);
  const both = (seed: number) => [sampleConfig({ seed }), sampleConfig({ seed: 11 })];
  expect(recordedSeeds(both, { recorded })).toEqual([config.seed, 11]);
  const another = (seed: number) => [...seeded(seed), sampleConfig({ seed, learningRate: 0.3 })];
  expect(recordedSeeds(another, { recorded })).toEqual([]);
});

it('keeps what figures look at: few histograms, one sum of changes, five digits', () => {
  const histograms = {
    columns: ['step', 'layer', 'low', 'high', 'c0'],
    rows: Array.from({ length: 62 }, (_, i) => [20 * Math.floor(i / 2), i % 2, -1 / 3, 1, 123456]),
  };
  const landscape = {
    columns: ['step', 'eta', 'gradientChange', 'change.a', 'change.b'],
    rows: [
      [0, 0.000009999999999999999, 5, 3, 4],
      [20, 0.1, NaN, Infinity, 1],
    ],
  };
  const before = structuredClone({ histograms, landscape });
  const compact = compactTables({
    config,
    tables: { histograms, landscape },
  } as unknown as Run);
  const kept = compact.histograms!.rows;
  // 31 measured steps: every third of them.
  expect(kept.map(([step]) => step)).toEqual(
    Array.from({ length: 11 }, (_, i) => [60 * i, 60 * i]).flat(),
  );
  expect(kept[0]).toEqual([0, 0, -0.33333, 1, 123456]);
  expect(compact.landscape).toEqual({
    columns: ['step', 'eta', 'gradientChange', 'changeSum'],
    rows: [
      [0, 1e-5, 5, 7],
      [20, 0.1, NaN, Infinity],
    ],
  });
  expect(withChangeSum(compact.landscape!)).toBe(compact.landscape);
  expect({ histograms, landscape }).toEqual(before);
});

it('keeps eight digits of the loss of a deep linear network', () => {
  const steps = { columns: ['step', 'loss'], rows: [[0, 2084.6403826029803]] };
  const moments = { columns: ['step', 'mean'], rows: [[0, 2084.6403826029803]] };
  const compact = compactTables({
    config: deepLinearRun('smoke'),
    tables: { steps, moments },
  } as unknown as Run);
  expect(compact.steps!.rows).toEqual([[0, 2084.6404]]);
  expect(compact.moments!.rows).toEqual([[0, 2084.6]]);
});
