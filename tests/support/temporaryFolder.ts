/** Temporary folders of all tests lie in one, which goes with the run: a test that forgets its own leaves nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export default function setup(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'bn-lab-tests-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder; // read by os.tmpdir(), Python and browsers, in the workers too
  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  };
}
