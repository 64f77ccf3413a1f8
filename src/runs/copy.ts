/**
 * Copies of runs, to and from other machines: finished ones, and half-trained ones with the checkpoint that they go on from.
 * A copy is checked to the last byte before it has its name.
 */
import fs from 'node:fs';
import path from 'node:path';

import { runId } from '../config/hash';
import { UserError } from '../system/errors';
import { makeFolder, onFile } from '../system/files';
import { lockHolder } from '../system/lock';
import { readCheckpoint } from './checkpoint';
import { runFiles, runFolder, storeFolders, type StoreOptions, tableFile } from './folders';
import { isFinished, isOutdated } from './manifest';
import { type Head, knownBytes, localRunFolder, type Place, readHead, removeRun } from './store';
import { checkRun } from './verify';

/** The folder of a run on its way into a store begins with this. */
export const takenPrefix = '.taken-';

export interface CopyOptions {
  /** Take a run that is not finished too, with its checkpoint (default: false). */
  withCheckpoint?: boolean;
}

const someones = (root: string): Place => ({ name: 'local', root });

/** How far a run is, to compare it with another of the same config: steps, or that it is finished. */
function progressOf({ config, manifest }: Head): number {
  if (isOutdated(config, manifest)) return -1;
  return isFinished(manifest) ? Infinity : manifest.step;
}

/** Why a run that is not finished cannot be copied; undefined where it can. */
function unfinished({ folder, config, manifest }: Head, { withCheckpoint }: CopyOptions) {
  const { status, step } = manifest;
  if (status === 'running') return 'it is being trained';
  if (!readCheckpoint(runFiles(folder).checkpoint))
    return `it is not finished (${status}) and has no checkpoint`;
  if (withCheckpoint) return undefined;
  return `it is not finished (${status} at step ${step} of ${config.steps}): --with-checkpoint takes it as it is`;
}

/** Why a run of a store cannot be copied; undefined where it is whole, and finished or can go on. */
export function objection(root: string, id: string, options: CopyOptions = {}): string | undefined {
  const [problem] = checkRun(someones(root), id).problems;
  if (problem) return problem;
  const head = readHead(someones(root), id);
  if (!head) return 'it is not finished (empty)';
  // A name that is not its config's would stand for another run.
  if (runId(head.config) !== id) return 'its name is not that of its config';
  if (isOutdated(head.config, head.manifest))
    return 'an earlier version computed it in float32: train it with this one';
  return isFinished(head.manifest) ? undefined : unfinished(head, options);
}

/** Why a run of one's own is not replaced by the same run of another store; undefined where that one is further. */
export function standsInTheWay(root: string, id: string, other: string): string | undefined {
  const folder = runFolder(root, id);
  if (!fs.existsSync(folder)) return undefined;
  if (lockHolder(runFiles(folder).lock)) return 'it is being trained here';
  const [own, theirs] = [root, other].map((each) => readHead(someones(each), id));
  const isFurther = own && theirs && progressOf(theirs) > progressOf(own);
  return isFurther ? undefined : 'it is there already';
}

/** Copies what a run consists of, in the place of the same run if that is there; under its name it is whole. */
export function copyRun(root: string, id: string, to: string): void {
  const head = readHead(someones(root), id)!;
  const known = knownBytes(head);
  const { config, manifest, checkpoint } = runFiles(runFolder(root, id));
  const files = [config, manifest, ...(isFinished(head.manifest) ? [] : [checkpoint])];
  const beside = path.join(to, `${takenPrefix}${id}-${process.pid}`);
  const folder = runFolder(beside, id);
  onFile('write', folder, () => {
    try {
      makeFolder(folder);
      for (const file of files) fs.copyFileSync(file, path.join(folder, path.basename(file)));
      for (const [name, { bytes }] of Object.entries(known)) {
        const copy = tableFile(folder, name);
        fs.copyFileSync(tableFile(head.folder, name), copy);
        // Rows behind a checkpoint are written again when the run goes on.
        fs.truncateSync(copy, bytes ?? fs.statSync(copy).size);
      }
      const [problem] = checkRun(someones(beside), id).problems;
      if (problem) throw new UserError(`run ${id} has changed while it was copied: try again`);
      if (fs.existsSync(runFolder(to, id))) removeRun(id, { root: to });
      fs.renameSync(folder, runFolder(to, id));
    } finally {
      fs.rmSync(beside, { recursive: true, force: true });
    }
  });
}

/**
 * Copies a run of one's own into a folder, from which `gatherRuns` takes it on another machine. Returns the copy's folder.
 * Throws UserError where there is no such run, it is damaged, or it is not finished and was not asked for as it is.
 */
export function exportRun(
  id: string,
  { to, ...options }: StoreOptions & CopyOptions & { to: string },
): string {
  localRunFolder(id, options); // throws where there is none
  const { root } = storeFolders(options);
  const target = path.resolve(to);
  if (fs.existsSync(runFolder(target, id)))
    throw new UserError(
      `${runFolder(target, id)} is there already: remove it, or give another folder`,
    );
  const reason = objection(root, id, options);
  if (reason !== undefined) throw new UserError(`run ${id} is not exported: ${reason}`);
  copyRun(root, id, target);
  return runFolder(target, id);
}
