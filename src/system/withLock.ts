/** Work that only one process may do at a time, such as an installation; the others wait for it. */
import { setTimeout as sleep } from 'node:timers/promises';

import { lockHolder, takeLock } from './lock';

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
