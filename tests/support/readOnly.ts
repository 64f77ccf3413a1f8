/** Folders of somebody else: all may read them, and the one who asks may not write there. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';

import { onTestFinished } from 'vitest';

/** Another user, where this one is root and may do everything. */
const nobody = 65534;

/** A new folder that is removed after the test. Not among the other temporary ones: nobody else may look into those. */
export function openFolder(): string {
  const folder = mkdtempSync('/var/tmp/bn-lab-open-');
  chmodSync(folder, 0o755);
  onTestFinished(() => {
    chmodSync(folder, 0o755);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Runs `work` as somebody who may not write into `folder`, and gives the message of its error, or ''. */
export async function refusalOf(folder: string, work: () => Promise<unknown>): Promise<string> {
  const isRoot = process.getuid!() === 0;
  chmodSync(folder, 0o555);
  if (isRoot) process.seteuid!(nobody);
  try {
    await work();
    return '';
  } catch (error) {
    return String(error);
  } finally {
    if (isRoot) process.seteuid!(0);
    chmodSync(folder, 0o755);
  }
}
