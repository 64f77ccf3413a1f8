/**
 * Repairs local runs as far as there is something to repair them from: what killed processes left is cleared away, and
 * a damaged run goes back to its checkpoint. Rows that nothing can bring back are never removed.
 */
import fs from 'node:fs';
import path from 'node:path';

import { UserError } from '../system/errors';
import { listFolder, onFile } from '../system/files';
import { lockHolder, takeLock } from '../system/lock';
import { readCheckpoint, type StoredCheckpoint } from './checkpoint';
import { takenPrefix } from './copy';
import {
  isRunId,
  runFiles,
  runFolder,
  storeFolders,
  type StoreOptions,
  tableFile,
} from './folders';
import { readConfig, readManifest, writeManifest } from './manifest';
import { checkBytes, localRunFolder, removedPrefix, tablesIn } from './store';
import { checkRun, type RunCheck } from './verify';

interface Step {
  /** What it does, in one line. */
  says: string;
  apply: () => void;
}

/** What can be done about a run. */
export interface Repair {
  id: string;
  steps: Step[];
  /** What is wrong for good; each names the file and the remedy. */
  lost: string[];
}

const remove = (file: string): void => {
  onFile('remove', file, () => fs.rmSync(file, { recursive: true, force: true }));
};

const removal = (file: string): Step => ({
  says: `remove ${file}, left by a process that is gone`,
  apply: () => remove(file),
});

/** Cuts a table behind its last whole row. */
const cut = (file: string): Step => ({
  says: `cut the torn last row off ${file}`,
  apply: () =>
    onFile('write', file, () => fs.truncateSync(file, fs.readFileSync(file).lastIndexOf('\n') + 1)),
});

/** What `read` returns; undefined where it finds something damaged. */
function whole<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The checkpoint of a run if it and all that it needs are as they were written. */
function goodCheckpoint(folder: string, id: string): StoredCheckpoint | undefined {
  return whole(() => {
    const checkpoint = readCheckpoint(runFiles(folder).checkpoint) ?? undefined;
    for (const { name, ...state } of checkpoint?.tables ?? []) {
      const file = tableFile(folder, name);
      checkBytes(
        file,
        onFile('read', file, () => fs.readFileSync(file)).subarray(0, state.bytes),
        state,
      );
    }
    return readConfig(folder, id) && checkpoint;
  });
}

function back(folder: string, id: string, { step, tables }: StoredCheckpoint): Step {
  return {
    says: `put ${folder} back to its checkpoint at step ${step}: the next training goes on from there`,
    apply: () => {
      const before = whole(() => readManifest(folder, id));
      // First, so that nobody takes what is cut for finished.
      writeManifest(folder, {
        id,
        started: before?.started ?? new Date().toISOString(),
        seconds: before?.seconds ?? 0,
        versions: before?.versions ?? {},
        device: before?.device ?? {},
        commit: before?.commit,
        status: 'interrupted',
        step,
      });
      for (const name of tablesIn(folder)) {
        const file = tableFile(folder, name);
        const state = tables.find((table) => table.name === name);
        if (state) onFile('write', file, () => fs.truncateSync(file, state.bytes));
        else remove(file);
      }
    },
  };
}

function plan({ id, folder, problems, torn, leftovers }: RunCheck): Repair {
  const steps = leftovers.map(removal);
  const checkpoint = problems.length ? goodCheckpoint(folder, id) : undefined;
  if (checkpoint) return { id, steps: [...steps, back(folder, id, checkpoint)], lost: [] };
  return { id, steps: [...steps, ...torn.map(cut)], lost: problems };
}

/**
 * What can be done about a local run, or all of them; those in need of nothing, or in use, are left out. Only reads.
 * Throws UserError where there is no such run of one's own, or a process is at it.
 */
export function planRepairs(id?: string, options: StoreOptions = {}): Repair[] {
  const { root } = storeFolders(options);
  const local = { name: 'local', root };
  if (id !== undefined) {
    const holder = lockHolder(runFiles(localRunFolder(id, options)).lock);
    if (holder) throw new UserError(`run ${id} is in use by process ${holder.pid}: stop it first`);
  }
  const names = id === undefined ? listFolder(root) : [id];
  const removed = names.filter((name) =>
    [removedPrefix, takenPrefix].some((prefix) => name.startsWith(prefix)),
  );
  const repairs = names
    .filter((name) => isRunId(name) && fs.statSync(path.join(root, name)).isDirectory())
    .filter((name) => !lockHolder(runFiles(runFolder(root, name)).lock))
    .map((name) => plan(checkRun(local, name)));
  return [
    ...removed.map((name) => ({ id: name, steps: [removal(path.join(root, name))], lost: [] })),
    ...repairs.filter(({ steps, lost }) => steps.length || lost.length),
  ];
}

/** Does what a plan says. Throws UserError where a process is at the run by now, or the system refuses. */
export function repair({ id, steps }: Repair, options: StoreOptions = {}): void {
  if (!isRunId(id)) return steps.forEach((step) => step.apply());
  const folder = runFolder(storeFolders(options).root, id);
  // Taking the lock takes over a dead one: it is gone when this ends.
  const release = takeLock(runFiles(folder).lock, `run ${id}`);
  try {
    // Planned anew: since the plan was shown, another process may have gone on with the run.
    const now = plan(checkRun({ name: 'local', root: path.dirname(folder) }, id));
    for (const step of now.steps) step.apply();
  } finally {
    release();
  }
}
