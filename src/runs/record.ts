/**
 * Recorded results (data/recorded/<preset>): finished runs as small tables that come with the project. What figures and
 * claims do not look at is left out; data/README.md says what.
 */
import fs from 'node:fs';
import path from 'node:path';

import { runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { UserError } from '../system/errors';
import { listFolder } from '../system/files';
import { compactTables } from './compact';
import { storeFolders, type StoreOptions } from './folders';
import { isFinished, isOutdated } from './manifest';
import { type RecordedRun, type RecordedRuns, writeRecorded } from './recorded';
import type { Run } from './run';
import {
  checksumOf,
  findOwnRun,
  findRecordedRun,
  listRuns,
  type Place,
  recordedPlaces,
} from './store';
import { formatTable } from './table';

/** A run as it is recorded: tables cut down to what figures and claims look at, with checksums of their own. */
function asRecorded(run: Run): RecordedRun {
  const tables = Object.entries(compactTables(run)).map(
    ([name, table]) => [name, formatTable(table)] as const,
  );
  const checksums = tables.map(([name, text]) => [name, checksumOf(Buffer.from(text))] as const);
  return {
    config: run.config,
    manifest: { ...run.manifest, checksums: Object.fromEntries(checksums) },
    tables: Object.fromEntries(tables),
  };
}

/** The runs that are recorded already, as they are. */
const recordedIn = (recorded: RecordedRuns): RecordedRun[] =>
  recorded.ids.map((id) => {
    const { config, manifest } = recorded.head(id)!;
    const names = Object.keys(manifest.checksums!);
    const texts = names.map((name) => [name, recorded.table(id, name).text!] as const);
    return { config, manifest, tables: Object.fromEntries(texts) };
  });

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
  const finished = [...byId.values()].filter(
    ({ config, manifest }) =>
      config && manifest && isFinished(manifest) && !isOutdated(config, manifest),
  );
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

/** Ids of the recorded runs of some places but the outdated ones. */
const currentIds = (found: readonly Place[]): string[] =>
  found.flatMap(({ recorded }) =>
    recorded!.ids.filter((id) => {
      const { config, manifest } = recorded!.head(id)!;
      return !isOutdated(config, manifest);
    }),
  );

/** Ids of all recorded runs but the outdated ones. */
const listRecorded = (options: StoreOptions): string[] => currentIds(recordedPlaces(options));

/** What was recorded. */
export interface Recorded {
  folder: string;
  /** Runs that were recorded now. */
  runs: number;
  /** Of all files of the preset. */
  bytes: number;
}

/**
 * Records one's own finished runs of some configs as those of a preset, beside or in the place of those that are recorded
 * there; a run that another preset shares, and has recorded, is not written twice. Throws UserError naming the first run
 * that is not there or has no end, and where what is recorded is damaged.
 */
export function recordRuns(
  configs: readonly RunConfig[],
  { preset, ...options }: StoreOptions & { preset: string },
): Recorded {
  const folder = path.join(storeFolders(options).recorded, preset);
  const [elsewhere, here] = [false, true].map((own) =>
    recordedPlaces(options).filter(({ name }) => (name === `recorded/${preset}`) === own),
  ) as [Place[], Place[]];
  const shared = new Set(currentIds(elsewhere));
  const unique = [...new Map(configs.map((config) => [runId(config), config])).entries()];
  const runs = unique.map(([id, config]) => {
    const run = findOwnRun(config, options);
    if (run) return run;
    throw new UserError(
      `there is no finished run ${id} of your own: train it (npx bn-lab reproduce --preset ${preset}), then record`,
    );
  });
  const written = runs.filter(({ id }) => !shared.has(id)).map(asRecorded);
  const isNew = new Set(written.map(({ manifest }) => manifest.id));
  const kept = here.flatMap(({ recorded }) =>
    recordedIn(recorded!).filter(({ manifest }) => !isNew.has(manifest.id)),
  );
  if (written.length > 0) writeRecorded(folder, [...kept, ...written]);
  const sizes = listFolder(folder).map((name) => fs.statSync(path.join(folder, name)).size);
  return { folder, runs: written.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
