/** Checks runs to the last byte, and says all that is wrong where reading one would stop at the first. */
import fs from 'node:fs';
import path from 'node:path';

import { UserError } from '../system/errors';
import { leftoversIn, onFile } from '../system/files';
import { lockHolder } from '../system/lock';
import { readCheckpoint } from './checkpoint';
import { runFiles, runFolder, storeFolders, type StoreOptions, tableFile } from './folders';
import {
  type Head,
  idsAt,
  knownBytes,
  type Place,
  places,
  readHead,
  readTable,
  tablesOf,
} from './store';

/** What a check of one run found. */
export interface RunCheck {
  id: string;
  /** 'local' or 'recorded/<preset>'. */
  place: string;
  folder: string;
  /** Why the run cannot be used as it is; each names the file and the remedy. */
  problems: string[];
  /** Left by killed processes, and no obstacle: tables whose last row is torn ... */
  torn: string[];
  /** ... files that were not finished, and a lock. */
  leftovers: string[];
  /** Why something could not be checked. */
  unchecked?: string;
}

/** Checks one run of a place. Only reads. */
export function checkRun(place: Place, id: string): RunCheck {
  const folder = place.recorded ? place.root : runFolder(place.root, id);
  const { lock, manifest: manifestFile, checkpoint } = runFiles(folder);
  const check: RunCheck = { id, place: place.name, folder, problems: [], torn: [], leftovers: [] };
  function attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!check.problems.includes(error.message)) check.problems.push(error.message);
      return undefined;
    }
  }

  function checkTables(head: Head): void {
    const known = attempt(() => knownBytes(head)) ?? {};
    const { status, format } = head.manifest;
    for (const table of tablesOf(head, known)) {
      const torn = attempt(() => readTable(head, table, known[table]))?.torn;
      if (torn) check.torn.push(tableFile(folder, table));
    }
    if (status === 'running') check.unchecked = `${id} is being written: no checksums yet`;
    else if (format === 1)
      check.unchecked = `${manifestFile} is of format 1, without a checksum of its own`;
  }

  const head = attempt(() => readHead(place, id));
  if (!place.recorded) attempt(() => readCheckpoint(checkpoint));
  if (head) checkTables(head);
  if (place.recorded) return check;
  check.leftovers = attempt(() => onFile('read', folder, () => leftoversIn(folder))) ?? [];
  if (fs.existsSync(lock) && lockHolder(lock) === undefined) check.leftovers.push(lock);
  return check;
}

/** Checks a run, local or recorded, or all of them. Throws UserError where there is no such run. */
export function verifyRuns(id?: string, options: StoreOptions = {}): RunCheck[] {
  if (id !== undefined) runFolder(storeFolders(options).root, id); // refuses what is no id
  const checks = places(options).flatMap((place) =>
    idsAt(place)
      .filter((name) => id === undefined || name === id)
      .filter((name) => place.recorded ?? fs.statSync(path.join(place.root, name)).isDirectory())
      .map((name) => checkRun(place, name)),
  );
  if (id !== undefined && checks.length === 0) {
    throw new UserError(`there is no run ${id}: see \`npx bn-lab runs list\``);
  }
  return checks;
}
