/** An installation that belongs to somebody else: a student may only read it, and everything goes to the own folder. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { projectRoot } from '../../src/system/paths';

/** Another user, who may write nowhere but where this test lets her. */
const nobody = 65534;

const asNobody = (args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = '/') =>
  spawnSync(process.execPath, args, {
    ...{ uid: nobody, gid: nobody, cwd, encoding: 'utf8' },
    env: { PATH: process.env.PATH, ...env },
  });

const launcher = path.join(projectRoot, 'src', 'launch.cjs');
/** Only root may become somebody else, who must be able to read the checkout. */
const isPossible =
  process.getuid?.() === 0 &&
  asNobody(['-e', `require('fs').readFileSync('${launcher}')`]).status === 0;
if (!isPossible)
  console.log(
    'a shared installation is not tested: this process is not root, or its checkout is private',
  );

describe.runIf(isPossible)('an installation of somebody else', () => {
  it('trains and draws for a student, into the own folder', () => {
    // Not among this process's own temporary files: nobody else may look into those.
    const home = mkdtempSync('/var/tmp/bn-lab-student-');
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    chownSync(home, nobody, nobody);
    const env = {
      BN_HOME: path.join(home, 'bn-lab'),
      HOME: home,
      TMPDIR: home,
      BN_BROWSER: 'none',
    };
    const run = asNobody([launcher, 'figure', '4', '--preset', 'smoke'], env, home);
    expect(run.stderr).not.toMatch(/EACCES|permission/);
    expect(run.status).toBe(0);
    expect(readdirSync(path.join(home, 'bn-lab', 'data', 'runs'))).toHaveLength(2);
    expect(existsSync(path.join(home, 'bn-lab', 'figures', 'smoke', 'figure-04.json'))).toBe(true);
  }, 120_000);
});
