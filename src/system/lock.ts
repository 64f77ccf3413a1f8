/**
 * One writer at a time: a lock is a file that only one process can create, and says which.
 * The lock of a process that died is taken over under a second lock beside it, so that two processes that find
 * it at the same time cannot remove each other's.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { UserError } from './errors';
import { errorCode, makeFolder, onFile, readIfThere, writeAll } from './files';
import { birthOf, isAlive } from './processes';

/** Another process has what was asked for, or had it and is done with it: no fault, only too late. */
export class Taken extends UserError {}

interface Holder {
  pid: number;
  host: string;
  /** Since when, ISO 8601. */
  time: string;
  birth: string;
}

/** A lock file without its text is being written, or its writer was killed just then: dead after this long. */
const emptyLockMs = 2_000;
/** Longer than that, so that such a lock is waited for. */
const patienceMs = 4_000;
const pauseMs = 5;

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs * (0.5 + Math.random()));
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, time, birth } = JSON.parse(text) as Partial<Holder>;
    const complete = Number.isSafeInteger(pid) && typeof host === 'string' && !!time;
    return complete ? { pid: pid as number, host, time, birth: birth ?? '' } : undefined;
  } catch {
    return undefined;
  }
}

type LockState = 'free' | 'starting' | 'dead' | Holder;

function lockState(file: string): LockState {
  const text = readIfThere(file);
  if (text === undefined) return 'free';
  const holder = parseHolder(text);
  if (holder === undefined) {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return 'free';
    return Math.abs(Date.now() - stat.mtimeMs) > emptyLockMs ? 'dead' : 'starting';
  }
  // A process of another machine cannot be asked: it counts as alive.
  return holder.host === os.hostname() && !isAlive(holder.pid, holder.birth) ? 'dead' : holder;
}

/** Creates the lock file; false where there is one. */
function create(file: string, text: string): boolean {
  makeFolder(path.dirname(file));
  try {
    const fd = fs.openSync(file, 'wx');
    try {
      writeAll(fd, Buffer.from(text));
    } catch (error) {
      fs.rmSync(file, { force: true }); // a full disk
      throw error;
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    // ENOENT: the folder was removed in between.
    if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') return false;
    throw error;
  }
  return readIfThere(file) === text; // not where this process slept so long that it was taken for dead
}

/** Takes the lock; returns undefined, or who has it. */
function tryLock(file: string, text: string, deadline: number): Holder | 'unknown' | undefined {
  do {
    if (create(file, text)) return undefined;
    const state = lockState(file);
    if (typeof state === 'object') return state;
    if (state === 'dead') {
      const guard = `${file}.takeover`;
      if (tryLock(guard, text, deadline) === undefined) {
        // Only the guard's holder removes a dead lock, so what is dead now is dead until it is gone.
        if (lockState(file) === 'dead') fs.rmSync(file, { force: true });
        fs.rmSync(guard, { force: true });
        continue;
      }
    }
    if (state !== 'free') pause();
  } while (performance.now() < deadline);
  return 'unknown';
}

/** The live (or unknowable) holder of a lock, if any. */
export function lockHolder(file: string): { pid: number; host: string; time: string } | undefined {
  const state = lockState(file);
  return typeof state === 'object' ? state : undefined;
}

function describe({ pid, host, time }: Holder, file: string): string {
  if (host !== os.hostname()) {
    const remedy = `wait for it, or delete ${file} if that process is gone`;
    return `process ${pid} on ${host} since ${time}: ${remedy}`;
  }
  return pid === process.pid
    ? `this very process (${pid}) since ${time}: let it end first, or restart the kernel`
    : `process ${pid} since ${time}: wait for it, or stop it`;
}

/**
 * Takes a lock and returns the function that releases it. `what` names the thing locked, for the error; `remedy` is what
 * to do where this user may not write beside it. Throws `Taken` naming the other process that holds it, UserError where
 * it is this one, or where the lock cannot be written.
 */
export function takeLock(file: string, what: string, remedy?: string): () => void {
  const holder: Holder = {
    pid: process.pid,
    host: os.hostname(),
    time: new Date().toISOString(),
    birth: birthOf(process.pid),
  };
  const text = JSON.stringify(holder) + '\n';
  const take = (): ReturnType<typeof tryLock> =>
    tryLock(file, text, performance.now() + patienceMs);
  const other = onFile('lock', file, take, remedy);
  if (other === 'unknown') {
    throw new UserError(`${what}: its lock cannot be taken; delete ${file} if nothing else runs`);
  }
  if (other !== undefined) {
    const kind = other.host === os.hostname() && other.pid === process.pid ? UserError : Taken;
    throw new kind(`${what} is in use by ${describe(other, file)}`);
  }
  return () => {
    if (readIfThere(file) === text) fs.rmSync(file, { force: true });
  };
}

export interface LockOptions {
  /** Called once, with who has the lock, if there is someone to wait for. */
  onWait?: (holder: { pid: number; host: string }) => void;
  /** What to do where this user may not write the lock. */
  remedy?: string;
}

const POLL_MS = 250;

/**
 * Does `work` while holding the lock file; waits for another holder, takes over from a dead one. Throws UserError where
 * the lock cannot be written.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { onWait, remedy }: LockOptions = {},
): Promise<T> {
  let release: (() => void) | undefined;
  for (let told = false; !release;) {
    const holder = lockHolder(file);
    if (holder) {
      if (!told) onWait?.(holder);
      told = true;
      await sleep(POLL_MS);
      continue;
    }
    try {
      release = takeLock(file, 'the installation', remedy);
    } catch (error) {
      // Another process was faster; anything else is an error.
      if (!lockHolder(file)) throw error;
    }
  }
  try {
    return await work();
  } finally {
    release();
  }
}
