/** Files that are never half there: written beside, flushed to the disk, renamed. */
import fs from 'node:fs';
import path from 'node:path';

import { messageOf, UserError } from './errors';
import { isAlive } from './processes';

const noPermission = {
  cause: 'no permission',
  remedy: 'choose a folder you may write to (--out, BN_RUNS_DIR, or BN_HOME for everything)',
};

/** Refusals, in words, with the remedy where the caller knows no better one. */
const refusals: Record<string, { cause: string; remedy: string }> = {
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: {
    cause: 'the file system is read-only',
    remedy: 'choose another folder (--out, BN_RUNS_DIR, or BN_HOME for everything)',
  },
};

/** What else the system says, in words, with the remedy. */
const causes: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space and run the same command again, what is done is kept',
  EDQUOT:
    'the quota is used up; free some space and run the same command again, what is done is kept',
  EFBIG: 'the file is larger than this system allows; raise the limit or choose another folder',
  ENOTDIR: 'a file is where a folder should be; move it away or choose another folder',
  EEXIST: 'a file is where a folder should be; move it away or choose another folder',
  EISDIR: 'a folder is where a file should be; move it away',
  ENOENT: 'it is not there, or no longer; run the same command again',
};

/** The code of a system error, e.g. `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/**
 * A system error as one line for the user; a UserError and a bug stay what they are. `remedy` is what to do where the
 * system does not let this user write.
 */
export function fileError(error: unknown, action: string, file: string, remedy?: string): unknown {
  const code = errorCode(error);
  if (error instanceof UserError || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const refusal = refusals[code];
  const cause = refusal
    ? `${refusal.cause}; ${remedy ?? refusal.remedy}`
    : (causes[code] ?? messageOf(error));
  return new UserError(`cannot ${action} ${file}: ${cause}`, { cause: error });
}

/** Runs `work`; its system errors become one line that says what could not be done to which file: see `fileError`. */
export function onFile<T>(action: string, file: string, work: () => T, remedy?: string): T {
  try {
    return work();
  } catch (error) {
    throw fileError(error, action, file, remedy);
  }
}

/** Writes all bytes at a position (default: the current one). */
export function writeAll(fd: number, bytes: Uint8Array, position?: number): void {
  let done = 0;
  while (done < bytes.byteLength) {
    const at = position === undefined ? null : position + done;
    done += fs.writeSync(fd, bytes, done, bytes.byteLength - done, at);
  }
}

/** The name of a file while it is not whole: with the number of its process. */
const besideName = (file: string): string => `${file}.${process.pid}.bn-lab-tmp`;
const besidePattern = /\.(\d+)\.bn-lab-tmp$/;

/** Makes the folder's own entries durable (a rename, a new file) where the system can. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const fd = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } catch (error) {
    if (errorCode(error) !== 'EINVAL') throw error; // some network file systems
  } finally {
    fs.closeSync(fd);
  }
}

/** Content of a file: whole, or given piece by piece to `write`. */
export type Content = string | Uint8Array | ((write: (chunk: Uint8Array) => void) => void);

/**
 * Writes a file so that its name holds the old content or the new one, never a part, whatever happens.
 * Throws UserError where the system refuses.
 */
export function writeAtomic(file: string, content: Content): void {
  const beside = besideName(file);
  onFile('write', file, () => {
    try {
      const fd = fs.openSync(beside, 'w');
      try {
        if (typeof content === 'function') content((chunk) => writeAll(fd, chunk));
        else writeAll(fd, Buffer.from(content));
        fs.fsyncSync(fd);
      } finally {
        fs.closeSync(fd);
      }
      fs.renameSync(beside, file);
    } catch (error) {
      fs.rmSync(beside, { force: true });
      throw error;
    }
    syncFolder(path.dirname(file));
  });
}

/** The names in a folder, sorted; none where there is no such folder. Throws UserError where it cannot be read. */
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

/** Whether this user may write into a folder that is there. */
export function isWritable(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The files that `writeAtomic` of killed processes left in a folder. */
export function leftoversIn(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((name) => {
      const pid = besidePattern.exec(name)?.[1];
      return pid !== undefined && !isAlive(Number(pid));
    })
    .map((name) => path.join(folder, name));
}

/**
 * Makes a folder and those above it, one by one: what Node does itself (`recursive`) never ends below /proc, and says ENOENT
 * on a read-only file system.
 */
export function makeFolder(folder: string): void {
  const lacking: string[] = [];
  for (let at = path.resolve(folder); !fs.existsSync(at); at = path.dirname(at))
    lacking.unshift(at);
  for (const each of lacking) {
    try {
      fs.mkdirSync(each);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error; // another process was faster
    }
  }
  if (!fs.statSync(folder).isDirectory()) fs.mkdirSync(folder); // the system's own words
}

/** Makes a folder (and those above it), clears leftovers and proves that it can be written to. */
export function prepareFolder(folder: string): void {
  onFile('write to', folder, () => {
    makeFolder(folder);
    for (const file of leftoversIn(folder)) fs.rmSync(file, { force: true });
    const probe = besideName(path.join(folder, 'probe'));
    fs.writeFileSync(probe, 'x');
    fs.rmSync(probe);
  });
}

/**
 * Puts a folder that is whole in the place of an older one, which is gone only then: between two renames it lies beside, as
 * `<folder>.old`, and after a kill there it stays until the next folder has its name.
 */
export function replaceFolder(fresh: string, folder: string): void {
  const old = `${folder}.old`;
  if (fs.existsSync(folder)) {
    fs.rmSync(old, { recursive: true, force: true }); // of a replacement that was killed after both renames
    fs.renameSync(folder, old);
  }
  fs.renameSync(fresh, folder);
  fs.rmSync(old, { recursive: true, force: true });
}

/** The text of a file, or undefined where there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw fileError(error, 'read', file);
  }
}
