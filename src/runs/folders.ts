/** Where the store keeps what: run folders, the files in them, and the rule that no name leads out of them. */
import path from 'node:path';

import { UserError } from '../system/errors';
import { projectRoot, runsDir } from '../system/paths';

const idPattern = /^[a-z0-9][a-z0-9.-]{0,150}$/;
const tablePattern = /^[A-Za-z][A-Za-z0-9]{0,60}$/;

/** Results that come with the project: one folder per preset, in each the same layout as in the store. */
const recordedDir = (): string => path.join(projectRoot, 'data', 'recorded');

/** Where to look for runs. */
export interface StoreOptions {
  /** The store's folder (default: BN_RUNS_DIR, else data/runs). */
  root?: string;
  /** The folder of recorded results (default: data/recorded). */
  recorded?: string;
}

/** The store's folder and that of the recorded results, after defaults. */
export function storeFolders(options: StoreOptions): { root: string; recorded: string } {
  return { root: options.root ?? runsDir(), recorded: options.recorded ?? recordedDir() };
}

/** Whether a name can be a run's id. */
export const isRunId = (id: string): boolean => idPattern.test(id);

/** The folder of a run. Throws UserError where the id is none. */
export function runFolder(root: string, id: string): string {
  if (!isRunId(id)) {
    throw new UserError(`${JSON.stringify(id)} is no id of a run: see \`npx bn-lab runs list\``);
  }
  return path.join(root, id);
}

/** The files of a run folder besides its tables. */
export const runFiles = (folder: string) => ({
  config: path.join(folder, 'config.json'),
  manifest: path.join(folder, 'manifest.json'),
  checkpoint: path.join(folder, 'checkpoint.bin'),
  lock: path.join(folder, 'lock'),
});

/** The file of the configs and manifests of recorded runs, and what the names of their tables end with. */
export const recordedList = 'runs.json';
export const recordedSuffix = '.csv.gz';

/** Whether a name can be a table's. */
export const isTableName = (name: string): boolean => tablePattern.test(name);

/** The file of a table. */
export function tableFile(folder: string, name: string): string {
  if (!isTableName(name)) throw new Error(`a table cannot be called ${JSON.stringify(name)}`);
  return path.join(folder, `${name}.csv`);
}

/** The error for a file of a run folder, or of recorded runs, whose content cannot be right. */
export function damaged(file: string, what: string): UserError {
  const name = path.basename(file);
  if (name === recordedList || name.endsWith(recordedSuffix))
    return new UserError(
      `${file} is damaged (${what}): it is part of the project and comes back with git checkout ${file}`,
    );
  const id = path.basename(path.dirname(file));
  return new UserError(
    `${file} is damaged (${what}): remove the run (npx bn-lab runs remove ${id}), then run again, ` +
      `or see what \`npx bn-lab runs repair ${id}\` can save`,
  );
}

/** The error for a file of a run folder that a version of another time wrote. */
export function ofOtherVersion(file: string, format: unknown, newest: number): UserError {
  const id = path.basename(path.dirname(file));
  const newer = typeof format === 'number' && format > newest;
  return new UserError(
    `${file} was made by ${newer ? 'a newer' : 'an older'} version (format ${JSON.stringify(format)}): ` +
      `${newer ? 'update bn-lab' : 'train it anew with --retrain'}, or remove the run (npx bn-lab runs remove ${id})`,
  );
}
