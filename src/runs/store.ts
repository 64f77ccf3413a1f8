/** The runs there are: local ones (data/runs) and those that come with the project (data/recorded/<preset>). */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { messageOf, UserError } from '../errors';
import type { RunConfig } from '../training/config';
import { runId } from '../training/hash';
import { errorCode, onFile } from './files';
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
import { lockHolder, takeLock } from './lock';
import { isFinished, readConfig, readManifest, sameConfig } from './manifest';
import type { Manifest, Run, TableName } from './run';
import { parseTable } from './table';

function listFolder(folder: string): string[] {
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

/** Where a run lies: 'local', or 'recorded/<preset>'. */
interface Place {
  name: string;
  root: string;
}

function places(options: StoreOptions): Place[] {
  const { root, recorded } = storeFolders(options);
  const presets = listFolder(recorded).filter((name) => isRunId(name));
  return [
    { name: 'local', root },
    ...presets.map((name) => ({ name: `recorded/${name}`, root: path.join(recorded, name) })),
  ];
}

interface Head {
  folder: string;
  config: RunConfig;
  manifest: Manifest;
}

/** Config and manifest; undefined where there is no run, or one whose first files are just being written. */
function readHead(root: string, id: string): Head | undefined {
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

function checkBytes(file: string, bytes: Buffer, checksum: string): void {
  if (createHash('sha256').update(bytes).digest('hex') !== checksum) {
    throw damaged(file, 'its checksum is not the one in the manifest');
  }
}

function readTables({ folder, config, manifest }: Head): Run {
  const run: Run = { id: manifest.id, config, manifest, tables: {} };
  const torn: TableName[] = [];
  // A finished run has the tables that its manifest vouches for; others lie there by accident.
  const checksums = isFinished(manifest) ? manifest.checksums : undefined;
  for (const name of checksums ? Object.keys(checksums) : tablesIn(folder)) {
    if (!isTableName(name)) throw damaged(runFiles(folder).manifest, 'impossible name of a table');
    const file = tableFile(folder, name);
    if (!fs.existsSync(file)) throw damaged(file, 'it is gone');
    const bytes = onFile('read', file, () => fs.readFileSync(file));
    if (checksums) checkBytes(file, bytes, checksums[name]!);
    const parsed = parseTable(bytes.toString(), file);
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

/** The finished (done or diverged) run of a config, local first, else recorded. Throws as `readRun` does. */
export function findRun(config: RunConfig, options: StoreOptions = {}): Run | undefined {
  for (const { root } of places(options)) {
    const head = readHead(root, runId(config));
    if (head && isFinished(head.manifest) && sameConfig(head.config, config)) {
      return readTables(head);
    }
  }
  return undefined;
}

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

const removedPrefix = '.removed-';

/** Removes a local run for good. Throws UserError where there is none, or where a process is at it. */
export function removeRun(id: string, options: StoreOptions = {}): void {
  const { root } = storeFolders(options);
  const folder = runFolder(root, id);
  if (!fs.existsSync(folder)) {
    throw new UserError(`there is no run ${id} in ${root}: see \`npx bn-lab runs list\``);
  }
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
