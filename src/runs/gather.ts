/** Takes finished runs out of other people's stores into one's own: those of a class, or of another machine. */
import fs from 'node:fs';
import path from 'node:path';

import { UserError } from '../system/errors';
import { listFolder } from '../system/files';
import { type CopyOptions, copyRun, objection, standsInTheWay } from './copy';
import { isRunId, runFiles, storeFolders, type StoreOptions } from './folders';
import { readRecorded } from './recorded';

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

/**
 * Takes the finished runs that lie at some places into the store, and on demand half-trained ones, each after a check of
 * every byte; nothing at those places is changed. A run that is there already is replaced by one that is further. Returns
 * what became of each run that was found, and of each place without runs. Throws UserError where no place has any.
 */
export function gatherRuns(
  places: readonly string[],
  options: StoreOptions & CopyOptions = {},
): Gathered[] {
  const { root: own } = storeFolders(options);
  const found = places.flatMap(runsAt);
  if (found.every(({ id }) => !id))
    throw new UserError(found.map(({ reason }) => reason).join('\n'));
  return found.map((each) => {
    if (each.reason) return each;
    const { id, from } = each;
    const reason = objection(from, id, options) ?? standsInTheWay(own, id, from) ?? '';
    if (!reason) copyRun(from, id, own);
    return { id, from, reason };
  });
}
