/** What is recorded is what this code computes: whole, of the presets as they are, and the same when trained again. */
import { expect, it } from 'vitest';

import { deepLinearRun, type PresetName, vggRun } from '../src/config/presets';
import type { RunConfig } from '../src/config/schema';
import { cifar10Status } from '../src/data/cifar10';
import { figures } from '../src/figures/index';
import { mean, median } from '../src/measures/statistics';
import { compactTables } from '../src/runs/compact';
import { recordedSeeds } from '../src/runs/record';
import type { Run, TableName } from '../src/runs/run';
import { findRecordedRun, listRuns } from '../src/runs/store';
import { column } from '../src/runs/table';
import { verifyRuns } from '../src/runs/verify';
import { trainRun } from '../src/training/trainer';
import { temporaryFolder } from './runs/sample';

/** The figures without a run at all need none to be recorded. */
const trained = figures.filter((figure) => figure.runs('quick', [0]).length > 0);

const recordedOf = (preset: PresetName, of = trained): number[][] =>
  of.map((figure) => recordedSeeds((seed) => figure.runs(preset, [seed])));

const seedsTo = (last: number): number[] => Array.from({ length: last + 1 }, (_, seed) => seed);

it('has twenty seeds of the paper’s figures at preset quick, five of ours, and one at laptop', () => {
  expect(recordedOf('quick')).toEqual(trained.map(({ ours }) => seedsTo(ours ? 4 : 19)));
  const papers = trained.filter(({ ours }) => !ours);
  expect(recordedOf('laptop', papers)).toEqual(
    papers.map(() => expect.arrayContaining([0]) as number[]),
  );
});

const hasEnded = new Set<string | undefined>(['done', 'diverged']);

it('is whole to the last byte, and every run came to its end', () => {
  const recorded = verifyRuns().filter(({ place }) => place !== 'local');
  expect(recorded.length).toBeGreaterThan(100);
  expect(recorded.flatMap(({ problems, torn, leftovers }) => [problems, torn, leftovers])).toEqual(
    recorded.flatMap(() => [[], [], []]),
  );
  const states = listRuns().filter(({ place }) => place !== 'local');
  expect(states.filter(({ manifest }) => !hasEnded.has(manifest?.status))).toEqual([]);
});

/** A run trained here, in a store of its own, as it would be recorded. */
async function again(config: RunConfig): Promise<Run> {
  const run = await trainRun(config, { root: temporaryFolder() });
  return { ...run, tables: compactTables(run) };
}

const valuesOf = (run: Run, table: TableName, name: string): number[] =>
  column(run.tables[table], name);

/** The same tables, with the same rows: only what was computed may differ. Tables that are younger than a record it lacks. */
function expectSameShape(here: Run, recorded: Run): void {
  expect(Object.keys(here.tables)).toEqual(expect.arrayContaining(Object.keys(recorded.tables)));
  for (const name of Object.keys(recorded.tables) as TableName[]) {
    expect(here.tables[name]!.columns).toEqual(recorded.tables[name]!.columns);
    expect(valuesOf(here, name, 'step')).toEqual(valuesOf(recorded, name, 'step'));
  }
}

/** Near in the first rows, before differences in the last digit have grown: other processors round otherwise. */
function expectSameStart(here: Run, recorded: Run, rows: number): void {
  const [ours, theirs] = [here, recorded].map((run) => valuesOf(run, 'steps', 'loss'));
  for (let row = 0; row < rows; row++) {
    expect(Math.abs(ours![row]! / theirs![row]! - 1)).toBeLessThan(0.02);
  }
  const probes = [
    ['landscape', 'gradientChange'],
    ['covariateShift', 'l2'],
  ] as const;
  for (const [table, name] of probes) {
    const ratio = valuesOf(here, table, name)[0]! / valuesOf(recorded, table, name)[0]!;
    expect(ratio).toBeCloseTo(1, 2);
  }
}

const smoothness = (run: Run): number => {
  const [change, distance] = ['gradientChange', 'distance'].map((name) =>
    valuesOf(run, 'landscape', name),
  );
  return median(change!.map((value, i) => value / distance![i]!));
};

it('is what a deep linear network with BatchNorm gives when it is trained again', async () => {
  const config = deepLinearRun('quick', { normalisation: 'batch', seed: 0 });
  const recorded = findRecordedRun(config)!;
  const here = await again(config);
  expectSameShape(here, recorded);
  expectSameStart(here, recorded, 3);
  const last = (run: Run): number => Math.log10(valuesOf(run, 'steps', 'loss').at(-1)!);
  expect(Math.abs(last(here) - last(recorded))).toBeLessThan(0.3);
  expect(smoothness(here) / smoothness(recorded)).toBeCloseTo(1, 0);
}, 300_000);

it.skipIf(!cifar10Status().ready)(
  'is what VGG with BatchNorm gives when it is trained again',
  async () => {
    const config = vggRun('quick', { normalisation: 'batch', seed: 0 });
    const recorded = findRecordedRun(config)!;
    const here = await again(config);
    expectSameShape(here, recorded);
    expectSameStart(here, recorded, 5);
    const accuracy = (run: Run): number => mean(valuesOf(run, 'steps', 'accuracy'));
    // Two seeds differ by less than two points.
    expect(Math.abs(accuracy(here) - accuracy(recorded))).toBeLessThan(0.03);
    expect(smoothness(here) / smoothness(recorded)).toBeCloseTo(1, 0);
  },
  600_000,
);
