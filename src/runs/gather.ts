/** Takes finished runs out of other people's stores into one's own: those of a class, or of another machine. */
import fs from 'node:fs';
import path from 'node:path';

import { runId } from '../config/hash';
import { UserError } from '../system/errors';
import { listFolder, makeFolder, onFile } from '../system/files';
import {
  isRunId,
  runFiles,
  runFolder,
  storeFolders,
  type StoreOptions,
  tableFile,
} from './folders';
import { isFinished, isOutdated } from './manifest';
import { readRecorded } from './recorded';
import { knownBytes, type Place, readHead } from './store';
import { checkRun } from './verify';

/** The folder of a run on its way into the store begins with this. */
export const takenPrefix = '.taken-';

/** What became of a run that was found, or of a place where none was. */
export interface Gathered {
  /** Empty for a place without runs. */
  id: string;
  /** The store in which it was found, or the place. */
  from: string;
  /** Why it was not taken; empty where it was. */
  reason: string;
}

/** The folders that hold runs at a place: a store, or somebody's BN_HOME or checkout. Throws UserError for none. */
function storesAt(place: string): string[] {
  const stores = [place, path.join(place, 'data', 'runs')];
  const found = stores.filter((folder) =>
    listFolder(folder).some(
      (name) => isRunId(name) && fs.existsSync(runFiles(path.join(folder, name)).manifest),
    ),
  );
  if (found.length) return found;
  if (readRecorded(place))
    throw new UserError(
      `the runs in ${place} are recorded ones, rounded and thinned: take those that were trained`,
    );
  throw new UserError(
    `there are no runs in ${place}: give a folder of runs, or one with data/runs in it`,
  );
}

const someones = (root: string): Place => ({ name: 'local', root });

/** The runs at a place, with `reason` why there are none. */
function runsAt(place: string): Gathered[] {
  try {
    return storesAt(place).flatMap((from) =>
      listFolder(from)
        .filter(isRunId)
        .map((id) => ({ id, from, reason: '' })),
    );
  } catch (error) {
    // One student who has trained nothing does not stop a class.
    if (error instanceof UserError) return [{ id: '', from: place, reason: error.message }];
    throw error;
  }
}

/** Why a run of another store is not taken; undefined where it is whole and finished. */
function objection(root: string, id: string): string | undefined {
  const [problem] = checkRun(someones(root), id).problems;
  if (problem) return problem;
  const head = readHead(someones(root), id);
  if (!head || !isFinished(head.manifest))
    return `it is not finished (${head?.manifest.status ?? 'empty'})`;
  if (isOutdated(head.config, head.manifest))
    return 'an earlier version computed it in float32: train it with this one';
  // A name that is not its config's would stand for another run.
  return runId(head.config) === id ? undefined : 'its name is not that of its config';
}

/** Copies what a finished run consists of; under its name it is whole. */
function take(root: string, id: string, to: string): void {
  const from = runFolder(root, id);
  const tables = Object.keys(knownBytes(readHead(someones(root), id)!)).map((name) =>
    tableFile(from, name),
  );
  const { config, manifest } = runFiles(from);
  const folder = runFolder(to, id);
  const beside = path.join(to, `${takenPrefix}${id}-${process.pid}`);
  onFile('write', folder, () => {
    try {
      makeFolder(beside);
      for (const file of [config, manifest, ...tables]) {
        fs.copyFileSync(file, path.join(beside, path.basename(file)));
      }
      fs.renameSync(beside, folder);
    } finally {
      fs.rmSync(beside, { recursive: true, force: true });
    }
  });
}

/**
 * Takes the finished runs that lie at some places into the store, each after a check of every byte; nothing at those
 * places is changed. Returns what became of each run that was found, and of each place without runs. Throws UserError
 * where no place has any.
 */
export function gatherRuns(places: readonly string[], options: StoreOptions = {}): Gathered[] {
  const { root: own } = storeFolders(options);
  const found = places.flatMap(runsAt);
  if (found.every(({ id }) => !id))
    throw new UserError(found.map(({ reason }) => reason).join('\n'));
  return found.map((each) => {
    if (each.reason) return each;
    const { id, from } = each;
    const isThere = fs.existsSync(runFolder(own, id));
    const reason = isThere ? 'it is there already' : (objection(from, id) ?? '');
    if (!reason) take(from, id, own);
    return { id, from, reason };
  });
}
