/**
 * Writes one run: tables that only grow, checkpoints, the manifest, all under the run's lock.
 * A checkpoint knows how long each table was, so that a run that was killed goes on from there and ends with the
 * same bytes as one that was not.
 */
import fs from 'node:fs';

import { runId } from '../config/hash';
import type { RunConfig } from '../config/schema';
import { UserError } from '../system/errors';
import { onFile, prepareFolder } from '../system/files';
import { takeLock, Taken } from '../system/lock';
import { type NamedArray } from '../system/namedArray';
import {
  type Checkpoint,
  readCheckpoint,
  type StoredCheckpoint,
  writeCheckpoint,
} from './checkpoint';
import { damaged, runFiles, runFolder, storeFolders, tableFile } from './folders';
import {
  isFinished,
  isOutdated,
  readConfig,
  readManifest,
  writeConfig,
  writeManifest,
} from './manifest';
import { addPhases, type PhaseSeconds } from './phases';
import type { Manifest, TableName } from './run';
import { tablesIn } from './store';
import { openTableFile, type TableFile } from './tableFile';

export interface OpenRunOptions {
  /** The store's folder (default: BN_RUNS_DIR, else data/runs). */
  root?: string;
  /** What the manifest says about the machine and the program. */
  facts: Pick<Manifest, 'versions' | 'device' | 'commit'>;
  /** Start from nothing, also where there is a finished, unfinished or damaged run (default: false). */
  fresh?: boolean;
  /** Seconds of this session by phase, so far. */
  phases?: () => PhaseSeconds;
}

export interface FinishOptions {
  /** The step at which the run diverged. */
  divergedAt?: number;
  /** Leave the last checkpoint in the folder (default: false). */
  keepCheckpoint?: boolean;
}

/** A run that is being written. Every function throws UserError where the disk refuses. */
export interface RunWriter {
  id: string;
  folder: string;
  /** Where to go on, or null for a start from nothing. */
  resume: Checkpoint | null;
  /** Declares a table; each must be declared once per session, before the first row. */
  table(name: TableName, columns: string[]): void;
  /** Adds a row. It is on the disk after two seconds at the latest if rows keep coming, or at a checkpoint. */
  append(name: TableName, row: ArrayLike<number>): void;
  /** Keeps the state after `step` steps, and with it all rows so far. */
  checkpoint(step: number, tensors: NamedArray[]): void;
  /** Ends the run for good: tables get their checksums, the checkpoint goes, the lock is released. */
  finish(status: 'done' | 'diverged', options?: FinishOptions): void;
  /** Leaves the run as interrupted and releases the lock; after `finish` or `close` it does nothing. */
  close(): void;
}

const flushMs = 2_000;

function removeTables(folder: string, keep: readonly string[]): void {
  for (const name of tablesIn(folder).filter((table) => !keep.includes(table))) {
    const file = tableFile(folder, name);
    onFile('remove', file, () => fs.rmSync(file, { force: true }));
  }
}

/** What an earlier session left: manifest and checkpoint, as far as there are any; an outdated run is nothing. */
function readRemains(folder: string, id: string): [Manifest?, StoredCheckpoint?] {
  const config = readConfig(folder, id); // throws where it is damaged; one that is missing is written again
  const manifest = readManifest(folder, id);
  if (config && manifest && isOutdated(config, manifest)) return [];
  if (manifest && isFinished(manifest)) {
    throw new Taken(
      `run ${id} is ${manifest.status} already: use it, or train it anew with --retrain`,
    );
  }
  const checkpoint = readCheckpoint(runFiles(folder).checkpoint) ?? undefined;
  if (!manifest && !checkpoint && tablesIn(folder).length) {
    throw damaged(runFiles(folder).manifest, 'it is gone, but there are tables');
  }
  return [manifest, checkpoint];
}

function openLocked(
  folder: string,
  config: RunConfig,
  options: OpenRunOptions,
  release: () => void,
): RunWriter {
  const id = runId(config);
  const files = runFiles(folder);
  const [before, checkpoint] = options.fresh ? [] : readRemains(folder, id);
  const { versions, device, commit } = options.facts;
  const secondsBefore = (checkpoint && before?.seconds) ?? 0;
  const phasesBefore = (checkpoint && before?.phases) ?? {};
  const opened = performance.now();
  let manifest: Omit<Manifest, 'format'> = {
    id,
    status: 'running',
    step: checkpoint?.step ?? 0,
    started: (checkpoint && before?.started) ?? new Date().toISOString(),
    seconds: secondsBefore,
    versions,
    device,
    commit,
  };
  const tables = new Map<string, TableFile>();
  const columnsOf = new Map(checkpoint?.tables.map(({ name, columns }) => [name, columns]));
  let flushed = opened;
  let open = true;

  function save(changes: Partial<Manifest>): void {
    const seconds = secondsBefore + (performance.now() - opened) / 1000;
    const phases = options.phases && addPhases(phasesBefore, options.phases());
    manifest = { ...manifest, ...changes, seconds: Math.round(seconds * 1000) / 1000, phases };
    writeManifest(folder, manifest);
  }

  function flush(): void {
    for (const table of tables.values()) table.flush();
    flushed = performance.now();
  }

  function leave(): void {
    open = false;
    for (const table of tables.values()) table.close();
    release();
  }

  function get(name: string): TableFile {
    const table = tables.get(name);
    if (!open || !table) throw new Error(`run ${id}: table ${name} is not open`);
    return table;
  }

  function removeCheckpoint(): void {
    onFile('remove', files.checkpoint, () => fs.rmSync(files.checkpoint, { force: true }));
  }

  // The manifest first: from here on nobody takes the folder for a finished run.
  writeConfig(folder, config);
  save({});
  if (!checkpoint) removeCheckpoint();
  removeTables(folder, [...columnsOf.keys()]);
  for (const state of checkpoint?.tables ?? []) {
    tables.set(state.name, openTableFile(tableFile(folder, state.name), state.name, state));
  }

  return {
    id,
    folder,
    resume: checkpoint ? { step: checkpoint.step, tensors: checkpoint.tensors } : null,
    table(name, columns) {
      const known = columnsOf.get(name);
      if (known ? known.join() !== columns.join() : checkpoint) {
        throw new UserError(
          `run ${id} was begun by a version with another table ${name}: remove it (npx bn-lab runs remove ${id})`,
        );
      }
      if (known) return;
      columnsOf.set(name, columns);
      tables.set(name, openTableFile(tableFile(folder, name), name, { columns }));
    },
    append(name, row) {
      get(name).append(row);
      if (performance.now() - flushed > flushMs) flush();
    },
    checkpoint(step, tensors) {
      const states = [...tables.values()].map((table) => table.sync());
      writeCheckpoint(files.checkpoint, { step, tensors, tables: states });
      flushed = performance.now();
      save({ step });
    },
    finish(status, { divergedAt, keepCheckpoint = false } = {}) {
      const states = [...tables.values()].map((table) => table.sync());
      save({
        status,
        step: divergedAt ?? config.steps,
        divergedAt,
        finished: new Date().toISOString(),
        checksums: Object.fromEntries(
          states.map(({ name, bytes, sha256 }) => [name, { bytes, sha256 }]),
        ),
      });
      if (!keepCheckpoint) removeCheckpoint();
      leave();
    },
    close() {
      if (!open) return;
      try {
        flush();
        save({ status: 'interrupted' });
      } finally {
        leave();
      }
    },
  };
}

/**
 * Opens a run for writing: a new one, or one that was interrupted, which goes on at `resume`.
 * Throws UserError where another process is at it, it is finished already, or something is damaged or not writable.
 */
export function openRun(config: RunConfig, options: OpenRunOptions): RunWriter {
  const id = runId(config);
  const folder = runFolder(storeFolders(options).root, id);
  const release = takeLock(runFiles(folder).lock, `run ${id}`);
  try {
    prepareFolder(folder);
    return openLocked(folder, config, options, release);
  } catch (error) {
    release();
    throw error;
  }
}
