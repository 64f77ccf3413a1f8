/** The runs there are: local ones (data/runs) and those that come with the project (data/recorded/<preset>). */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { messageOf, UserError } from '../system/errors';
import { listFolder, onFile, readIfThere } from '../system/files';
import { lockHolder, takeLock } from '../system/lock';
import { readCheckpoint } from './checkpoint';
import {
  damaged,
  isRunId,
  isTableName,
  runFiles,
  runFolder,
  storeFolders,
  type StoreOptions,
  tableFile,
} from './folders';
import { isFinished, isOutdated, readConfig, readManifest, sameConfig } from './manifest';
import { readRecorded, recordedPresets, type RecordedRuns } from './recorded';
import type { Manifest, Run, TableChecksum, TableName } from './run';
import { type ParsedTable, parseTable } from './table';

/** Names of the tables in a run folder, finished or not. */
export function tablesIn(folder: string): string[] {
  return listFolder(folder)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => name.slice(0, -'.csv'.length))
    .filter(isTableName);
}

/** Where runs lie. */
export interface Place {
  /** 'local', or 'recorded/<preset>'. */
  name: string;
  root: string;
  /** The runs of a preset that come with the project; not there for a store of run folders. */
  recorded?: RecordedRuns;
}

const ownPlace = (options: StoreOptions): Place => ({
  name: 'local',
  root: storeFolders(options).root,
});

/** The recorded results of each preset. Throws UserError where their list is damaged. */
export function recordedPlaces(options: StoreOptions): Place[] {
  return recordedPresets(storeFolders(options).recorded).flatMap(({ preset, folder }) => {
    const recorded = readRecorded(folder);
    return recorded ? [{ name: `recorded/${preset}`, root: folder, recorded }] : [];
  });
}

/** The store and the recorded results of each preset. */
export const places = (options: StoreOptions): Place[] => [
  ownPlace(options),
  ...recordedPlaces(options),
];

/** Names of what may be runs at a place. */
export const idsAt = ({ root, recorded }: Place): string[] =>
  recorded?.ids ?? listFolder(root).filter(isRunId);

/** What is known of a run without its tables. */
export interface Head {
  place: Place;
  /** Of a recorded run, that of all runs of its preset. */
  folder: string;
  config: RunConfig;
  manifest: Manifest;
}

/**
 * Config and manifest; undefined where there is no run, or one whose first files are just being written. A run that
 * was killed reads as interrupted. Throws UserError naming the file where one is damaged.
 */
export function readHead(place: Place, id: string): Head | undefined {
  if (place.recorded) {
    const found = place.recorded.head(id);
    return found && { place, folder: place.root, ...found };
  }
  const folder = runFolder(place.root, id);
  const found = readManifest(folder, id);
  const config = readConfig(folder, id);
  if (found === undefined && tablesIn(folder).length === 0) return undefined;
  const files = runFiles(folder);
  if (config === undefined) throw damaged(files.config, 'it is gone');
  if (found === undefined) throw damaged(files.manifest, 'it is gone');
  const stopped = found.status === 'running' && lockHolder(files.lock) === undefined;
  const manifest: Manifest = stopped ? { ...found, status: 'interrupted' } : found;
  return { place, folder, config, manifest };
}

/**
 * What is known of the bytes of a run's tables: of all where it is finished, where it was stopped of those that its
 * checkpoint knows. Of a run that is being written nothing is: its checkpoint changes under the reader.
 */
export function knownBytes({ folder, manifest }: Head): Record<string, TableChecksum> {
  // A finished run has the tables that its manifest vouches for; others lie there by accident.
  if (isFinished(manifest)) return manifest.checksums!;
  if (manifest.status === 'running') return {};
  const states = readCheckpoint(runFiles(folder).checkpoint)?.tables ?? [];
  return Object.fromEntries(states.map(({ name, ...state }) => [name, state]));
}

/** What is kept of a table's bytes. */
export const checksumOf = (bytes: Buffer): Required<TableChecksum> => ({
  bytes: bytes.byteLength,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** Throws UserError where bytes are not those that were written; `file` is for the error. */
export function checkBytes(
  file: string,
  bytes: Buffer,
  { bytes: length, sha256 }: TableChecksum,
): void {
  const found = checksumOf(bytes);
  if (length !== undefined && found.bytes !== length) {
    throw damaged(file, `${found.bytes} bytes, not the ${length} that were written`);
  }
  if (found.sha256 !== sha256) {
    throw damaged(file, 'its checksum is not the one that was kept');
  }
}

/** The file in which a table of a run lies, and the table's text; no text where it is not there. */
function tableText(
  { place, folder, manifest }: Head,
  name: string,
): { file: string; text?: string } {
  if (place.recorded) return place.recorded.table(manifest.id, name);
  const file = tableFile(folder, name);
  return { file, text: readIfThere(file) };
}

/**
 * Reads a table of a run and checks it against what is known of its bytes; a table of an unfinished run may have more.
 * Throws UserError naming the file where it is not what it was, or is gone.
 */
export function readTable(head: Head, name: string, known?: TableChecksum): ParsedTable {
  const { file, text } = tableText(head, name);
  if (text === undefined) throw damaged(file, 'it is gone');
  const bytes = Buffer.from(text);
  const vouched = isFinished(head.manifest) ? bytes : bytes.subarray(0, known?.bytes);
  if (known) checkBytes(file, vouched, known);
  return parseTable(bytes.toString(), file);
}

/** The tables that a run has to have or, while it is not finished, just has. */
export const tablesOf = (
  { folder, manifest }: Head,
  known: Record<string, TableChecksum>,
): Set<string> =>
  new Set([...Object.keys(known), ...(isFinished(manifest) ? [] : tablesIn(folder))]);

function readTables(head: Head): Run {
  const { config, manifest } = head;
  const run: Run = { id: manifest.id, config, manifest, tables: {} };
  const torn: TableName[] = [];
  const known = knownBytes(head);
  for (const name of tablesOf(head, known)) {
    const parsed = readTable(head, name, known[name]);
    run.tables[name as TableName] = parsed.table;
    if (parsed.torn) torn.push(name as TableName);
  }
  return torn.length ? { ...run, torn } : run;
}

/**
 * Reads a run, local or recorded; undefined where there is none. A run that stopped without a word (killed)
 * reads as interrupted. Throws UserError naming the file and the remedy where something is damaged.
 */
export function readRun(id: string, options: StoreOptions = {}): Run | undefined {
  for (const place of places(options)) {
    const head = readHead(place, id);
    if (head) return readTables(head);
  }
  return undefined;
}

/** The runs of a config in some places, outdated ones too. */
function headsOf(found: readonly Place[], config: RunConfig): Head[] {
  const heads = found.flatMap((place) => readHead(place, runId(config)) ?? []);
  return heads.filter((head) => sameConfig(head.config, config));
}

const isCurrent = ({ config, manifest }: Head): boolean => !isOutdated(config, manifest);

/** The finished run of a config in one of some places; a run that was begun in the first hides later ones. */
function findIn(found: readonly Place[], config: RunConfig): Run | undefined {
  for (const place of found) {
    const [head] = headsOf([place], config).filter(isCurrent);
    if (head) return isFinished(head.manifest) ? readTables(head) : undefined;
  }
  return undefined;
}

/** Whether all that there is of a config, in one's own store or recorded, is an outdated run. */
export function isOnlyOutdated(config: RunConfig, options: StoreOptions = {}): boolean {
  const heads = headsOf(places(options), config);
  return heads.length > 0 && !heads.some(isCurrent);
}

/**
 * The finished (done or diverged) run of a config: one's own, else the recorded one. Where one's own was begun the
 * recorded one does not stand in for it, so that a training that was stopped goes on. Throws as `readRun` does.
 */
export const findRun = (config: RunConfig, options: StoreOptions = {}): Run | undefined =>
  findIn(places(options), config);

/** The recorded run of a config. Throws as `readRun` does. */
export const findRecordedRun = (config: RunConfig, options: StoreOptions = {}): Run | undefined =>
  findIn(recordedPlaces(options), config);

/** The finished run of a config among one's own. Throws as `readRun` does. */
export const findOwnRun = (
  config: RunConfig,
  { root }: Pick<StoreOptions, 'root'> = {},
): Run | undefined => findIn([ownPlace({ root })], config);

/** One line of the list of runs: what is known without reading tables, or what is wrong. */
export interface RunSummary {
  id: string;
  /** 'local' or 'recorded/<preset>'. */
  place: string;
  config?: RunConfig;
  manifest?: Manifest;
  problem?: string;
}

function summarise(place: Place, id: string): RunSummary[] {
  try {
    const head = readHead(place, id);
    return head ? [{ id, place: place.name, config: head.config, manifest: head.manifest }] : [];
  } catch (error) {
    return [{ id, place: place.name, problem: messageOf(error) }];
  }
}

/** All runs, local ones first; damaged ones with their problem instead of an error. */
export function listRuns(options: StoreOptions = {}): RunSummary[] {
  return places(options).flatMap((place) => idsAt(place).flatMap((id) => summarise(place, id)));
}

/** How a run is called while it is being removed. */
export const removedPrefix = '.removed-';

/** The folder of a run of one's own. Throws UserError where there is none. */
export function localRunFolder(id: string, options: StoreOptions = {}): string {
  const { root } = storeFolders(options);
  const folder = runFolder(root, id);
  if (fs.existsSync(folder)) return folder;
  throw new UserError(
    `there is no run ${id} in ${root} (a recorded run comes back with git): see \`npx bn-lab runs list\``,
  );
}

/** Removes a local run for good. Throws UserError where there is none, or where a process is at it. */
export function removeRun(id: string, options: StoreOptions = {}): void {
  const folder = localRunFolder(id, options);
  const root = path.dirname(folder);
  const release = takeLock(runFiles(folder).lock, `run ${id}`);
  try {
    onFile('remove', folder, () => {
      // Gone under its name at once: a kill in the middle leaves no half of a run.
      fs.renameSync(folder, path.join(root, `${removedPrefix}${id}-${process.pid}`));
      for (const name of listFolder(root).filter((entry) => entry.startsWith(removedPrefix))) {
        fs.rmSync(path.join(root, name), { recursive: true, force: true });
      }
    });
  } finally {
    release();
  }
}
