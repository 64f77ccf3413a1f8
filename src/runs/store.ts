/** The runs there are: local ones (data/runs) and those that come with the project (data/recorded/<preset>). */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { messageOf, UserError } from '../system/errors';
import { errorCode, onFile } from '../system/files';
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
} from './folders';
import { isFinished, readConfig, readManifest, sameConfig } from './manifest';
import { tableText } from './packed';
import type { Manifest, Run, TableChecksum, TableName } from './run';
import { type ParsedTable, parseTable } from './table';

/** What lies in a folder; nothing where there is none. Throws UserError where it cannot be read. */
export function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    return onFile('read', folder, () => {
      throw error;
    });
  }
}

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
}

const ownPlace = (options: StoreOptions): Place => ({
  name: 'local',
  root: storeFolders(options).root,
});

/** The recorded results of each preset. */
export function recordedPlaces(options: StoreOptions): Place[] {
  const { recorded } = storeFolders(options);
  return listFolder(recorded)
    .filter((name) => isRunId(name))
    .map((name) => ({ name: `recorded/${name}`, root: path.join(recorded, name) }));
}

/** The store and the recorded results of each preset. */
export const places = (options: StoreOptions): Place[] => [
  ownPlace(options),
  ...recordedPlaces(options),
];

/** What is known of a run without its tables. */
export interface Head {
  folder: string;
  config: RunConfig;
  manifest: Manifest;
}

/**
 * Config and manifest; undefined where there is no run, or one whose first files are just being written. A run that
 * was killed reads as interrupted. Throws UserError naming the file where one is damaged.
 */
export function readHead(root: string, id: string): Head | undefined {
  const folder = runFolder(root, id);
  const found = readManifest(folder, id);
  const config = readConfig(folder, id);
  if (found === undefined && tablesIn(folder).length === 0) return undefined;
  const files = runFiles(folder);
  if (config === undefined) throw damaged(files.config, 'it is gone');
  if (found === undefined) throw damaged(files.manifest, 'it is gone');
  const stopped = found.status === 'running' && lockHolder(files.lock) === undefined;
  return { folder, config, manifest: stopped ? { ...found, status: 'interrupted' } : found };
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

/**
 * Reads a table of a run and checks it against what is known of its bytes; a table of an unfinished run may have more.
 * Throws UserError naming the file where it is not what it was, or is gone.
 */
export function readTable(head: Head, name: string, known?: TableChecksum): ParsedTable {
  const { file, text } = tableText(head.folder, name);
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
  for (const { root } of places(options)) {
    const head = readHead(root, id);
    if (head) return readTables(head);
  }
  return undefined;
}

/** The finished run of a config in one of some places; a run that was begun in the first hides later ones. */
function findIn(found: readonly Place[], config: RunConfig): Run | undefined {
  for (const { root } of found) {
    const head = readHead(root, runId(config));
    if (head && sameConfig(head.config, config)) {
      return isFinished(head.manifest) ? readTables(head) : undefined;
    }
  }
  return undefined;
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
    const head = readHead(place.root, id);
    return head ? [{ id, place: place.name, config: head.config, manifest: head.manifest }] : [];
  } catch (error) {
    return [{ id, place: place.name, problem: messageOf(error) }];
  }
}

/** All runs, local ones first; damaged ones with their problem instead of an error. */
export function listRuns(options: StoreOptions = {}): RunSummary[] {
  return places(options).flatMap((place) =>
    listFolder(place.root)
      .filter(isRunId)
      .flatMap((id) => summarise(place, id)),
  );
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
