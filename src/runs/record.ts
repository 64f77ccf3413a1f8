/**
 * Recorded results (data/recorded/<preset>): finished runs as small tables that come with the project. What figures and
 * claims do not look at is left out; data/README.md says what.
 */
import fs from 'node:fs';
import path from 'node:path';

import { runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { UserError } from '../system/errors';
import { makeFolder, onFile, writeAtomic } from '../system/files';
import { compactTables } from './compact';
import { runFolder, storeFolders, type StoreOptions } from './folders';
import { isFinished, writeConfig, writeManifest } from './manifest';
import { packedFile, packTables } from './packed';
import type { Run } from './run';
import {
  checksumOf,
  findOwnRun,
  findRecordedRun,
  listFolder,
  listRuns,
  recordedPlaces,
} from './store';
import { formatTable } from './table';

/** Writes a run as a recorded one below `place`; the folder is there once it is whole. Returns its bytes. */
function writeRecorded(place: string, run: Run): number {
  const folder = runFolder(place, run.id);
  const beside = `${folder}.new`;
  return onFile('write', folder, () => {
    fs.rmSync(beside, { recursive: true, force: true });
    makeFolder(beside);
    writeConfig(beside, run.config);
    const tables = Object.entries(compactTables(run)).map(
      ([name, table]) => [name, formatTable(table)] as const,
    );
    writeAtomic(packedFile(beside), packTables(tables));
    const checksums = tables.map(([name, text]) => [name, checksumOf(Buffer.from(text))] as const);
    writeManifest(beside, { ...run.manifest, checksums: Object.fromEntries(checksums) });
    const sizes = listFolder(beside).map((name) => fs.statSync(path.join(beside, name)).size);
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(beside, folder);
    return sizes.reduce((sum, size) => sum + size, 0);
  });
}

/** The configs of a seed. */
type ConfigsOf = (seed: number) => readonly RunConfig[];

/** The seeds, ascending, that occur in ids. */
function seedsIn(ids: ReadonlySet<string>): number[] {
  const seeds = [...ids].flatMap((id) => /-seed(\d+)-/.exec(id)?.[1] ?? []).map(Number);
  return [...new Set(seeds)].sort((a, b) => a - b);
}

/** The seeds, ascending, all of whose runs are among some. */
function seedsAmong(ids: ReadonlySet<string>, configsOf: ConfigsOf): number[] {
  return seedsIn(ids).filter((seed) => configsOf(seed).every((config) => ids.has(runId(config))));
}

/** The seeds, ascending, of which all runs that `configsOf` names for a seed are recorded. */
export const recordedSeeds = (configsOf: ConfigsOf, options: StoreOptions = {}): number[] =>
  seedsAmong(new Set(listRecorded(options)), configsOf);

/**
 * As `recordedSeeds`, with the finished runs of one's own store: those trained here, or gathered from a class. A run of
 * one's own that was begun and not finished hides the recorded one, as in `findRun`.
 */
export function finishedSeeds(configsOf: ConfigsOf, options: StoreOptions = {}): number[] {
  // Local runs are listed first, and the last entry of an id stays.
  const byId = new Map([...listRuns(options)].reverse().map((run) => [run.id, run]));
  const finished = [...byId.values()].filter(({ manifest }) => manifest && isFinished(manifest));
  return seedsAmong(new Set(finished.map(({ id }) => id)), configsOf);
}

/** Every recorded run among those of some seeds, also of a seed that is recorded in part; in the order of seeds and configs. */
export function recordedAmong(configsOf: ConfigsOf, options: StoreOptions = {}): Run[] {
  const ids = new Set(listRecorded(options));
  const configs = seedsIn(ids).flatMap(configsOf);
  return configs
    .filter((config) => ids.has(runId(config)))
    .map((config) => findRecordedRun(config, options)!);
}

/** The recorded runs of those seeds, in the order of seeds and configs. */
export const recordedRuns = (configsOf: ConfigsOf, options: StoreOptions = {}): Run[] =>
  recordedSeeds(configsOf, options)
    .flatMap(configsOf)
    .map((config) => findRecordedRun(config, options)!);

/** Ids of all recorded runs. */
const listRecorded = (options: StoreOptions): string[] =>
  recordedPlaces(options).flatMap(({ root }) => listFolder(root));

/** What was recorded. */
export interface Recorded {
  folder: string;
  runs: number;
  bytes: number;
}

/**
 * Records one's own finished runs of some configs as those of a preset; a run that another preset shares, and has
 * recorded, is not written twice. Throws UserError naming the first run that is not there or has no end.
 */
export function recordRuns(
  configs: readonly RunConfig[],
  { preset, ...options }: StoreOptions & { preset: string },
): Recorded {
  const folder = path.join(storeFolders(options).recorded, preset);
  const others = recordedPlaces(options).filter(({ root }) => root !== folder);
  const isElsewhere = (id: string): boolean =>
    others.some(({ root }) => fs.existsSync(runFolder(root, id)));
  const unique = [...new Map(configs.map((config) => [runId(config), config])).entries()];
  const runs = unique.map(([id, config]) => {
    const run = findOwnRun(config, options);
    if (run) return run;
    throw new UserError(
      `there is no finished run ${id} of your own: train it (npx bn-lab reproduce --preset ${preset}), then record`,
    );
  });
  const written = runs
    .filter(({ id }) => !isElsewhere(id))
    .map((run) => writeRecorded(folder, run));
  return { folder, runs: written.length, bytes: written.reduce((sum, bytes) => sum + bytes, 0) };
}
