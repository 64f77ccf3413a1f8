/** What the started Python gets, and what a user is told who may not write where Jupyter's files go. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { hub, spawnPython } from '../../src/jupyter/environment';
import { ensureVenv, type VenvOptions } from '../../src/jupyter/venv';
import { openFolder, refusalOf } from '../support/readOnly';
import { fakePython } from './fakePython';

describe.skipIf(process.platform === 'win32')('the environment of Jupyter', () => {
  let folder: string;
  let home: string;
  let options: VenvOptions;

  beforeEach(async () => {
    folder = openFolder();
    home = path.join(folder, 'home');
    mkdirSync(home);
    const python = path.join(folder, 'python');
    writeFileSync(python, fakePython('3.12.1', path.join(folder, 'calls.txt')));
    chmodSync(python, 0o755);
    options = { directory: path.join(folder, 'venv'), pythons: [python], log: () => {} };
    await ensureVenv(options);
    vi.stubEnv('BN_HOME', home);
    vi.stubEnv('BN_PYTHON', python);
  });
  afterEach(() => vi.unstubAllEnvs());

  it('needs a folder of your own', async () => {
    expect(await refusalOf(home, () => spawnPython([], options))).toBe(
      `UserError: cannot write ${home}/.jupyter: no permission; set BN_HOME to a folder of your own`,
    );
  });

  it('has the same folders as this process, wherever it starts', async () => {
    const names = ['SHARED', 'ENGINE_DIR', 'DATA_DIR', 'RUNS_DIR', 'CIFAR10_SOURCE', 'BROWSER'];
    for (const name of names) vi.stubEnv(`BN_${name}`, `some/${name}`);
    vi.stubEnv('BN_HOME', path.relative('', home));
    vi.stubEnv('BN_PYTHON', 'python3');
    const variables = async (): Promise<Record<string, string>> => {
      const child = await spawnPython([], {
        ...options,
        cwd: folder,
        stdio: ['ignore', 'pipe', 2],
      });
      const lines = (await text(child.stdout!)).split('\n').map((line) => line.split('='));
      return Object.fromEntries(lines) as Record<string, string>;
    };
    const found = await variables();
    for (const name of names) expect(found[`BN_${name}`]).toBe(path.resolve('some', name));
    expect(found).toMatchObject({ BN_HOME: home, BN_PYTHON: 'python3' });
    vi.stubEnv('BN_BROWSER', 'none');
    expect(await variables()).toMatchObject({ BN_BROWSER: 'none' });
  });

  it("asks the owner to install a hub's server beforehand", async () => {
    const shared = path.join(folder, 'shared');
    mkdirSync(shared);
    vi.stubEnv('BN_SHARED', shared);
    vi.stubEnv('BN_HOME', undefined);
    expect(await refusalOf(shared, () => hub([]))).toBe(
      `UserError: cannot install JupyterHub into ${shared}/.local/hub: no permission; ` +
        `ask whoever looks after ${shared} to run npx bn-lab hub --version there`,
    );
  });
});
