import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { jupyterStatus } from '../../src/jupyter/environment';
import { ensureVenv, type VenvOptions, venvState } from '../../src/jupyter/venv';
import { openFolder, refusalOf } from '../support/readOnly';
import { fakePython } from './fakePython';

describe.skipIf(process.platform === 'win32')('ensureVenv', () => {
  let folder: string;
  let options: VenvOptions & Required<Pick<VenvOptions, 'directory' | 'requirements'>>;
  let log: string[];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bn-lab-'));
    log = [];
    options = {
      title: 'JupyterLab',
      directory: path.join(folder, 'venv'),
      requirements: path.join(folder, 'requirements.txt'),
      pythons: [path.join(folder, 'missing'), python('3.12.1')],
      log: (line) => log.push(line),
    };
    writeFileSync(options.requirements, '# pinned\njupyterlab==4.6.6\nplotly==7.1.0\n');
  });
  afterEach(() => {
    delete process.env.NO_ENSUREPIP;
    delete process.env.PIP_ERROR;
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const callsFile = (): string => path.join(folder, 'calls.txt');
  const calls = (): string[] =>
    existsSync(callsFile()) ? readFileSync(callsFile(), 'utf8').trim().split('\n') : [];
  const inVenv = (name: string): string => path.join(options.directory, name);
  function python(version: string): string {
    const file = path.join(folder, `python-${version}`);
    writeFileSync(file, fakePython(version, callsFile()));
    chmodSync(file, 0o755);
    return file;
  }

  it('makes it once, with the pinned packages', async () => {
    expect(venvState(options)).toBe('missing');
    expect(await ensureVenv(options)).toBe(inVenv('bin/python'));
    expect(venvState(options)).toBe('ready');
    expect(calls()).toHaveLength(2);
    expect(calls()[1]).toContain(`install -r ${options.requirements}`);
    expect(log).toHaveLength(1);
    await ensureVenv(options);
    expect(calls()).toHaveLength(2);
    expect(jupyterStatus(options)).toEqual({
      ready: true,
      detail: 'JupyterLab 4.6.6',
      remedy: '',
    });
  });

  it('is made once by two at a time', async () => {
    await Promise.all([ensureVenv(options), ensureVenv(options)]);
    expect(calls()).toHaveLength(2);
  });

  it('makes a half-made one anew', async () => {
    process.env.PIP_ERROR = 'ERROR: no space left';
    await expect(ensureVenv(options)).rejects.toThrow(/JupyterLab: ERROR: no space left.*log: /);
    delete process.env.PIP_ERROR;
    expect(venvState(options)).toBe('incomplete');
    expect(jupyterStatus(options)).toMatchObject({ ready: false });
    writeFileSync(inVenv('half-installed'), '');
    await ensureVenv(options);
    expect(venvState(options)).toBe('ready');
    expect(existsSync(inVenv('half-installed'))).toBe(false);
  });

  it('installs changed requirements in place', async () => {
    await ensureVenv(options);
    writeFileSync(inVenv('kept'), '');
    writeFileSync(options.requirements, 'jupyterlab==4.6.7\n');
    expect(venvState(options)).toBe('outdated');
    await ensureVenv(options);
    expect(venvState(options)).toBe('ready');
    expect(calls()).toHaveLength(4);
    expect(existsSync(inVenv('kept'))).toBe(true);
  });

  it('installs anew where a file that the requirements include has changed', async () => {
    mkdirSync(path.join(folder, 'more'));
    const included = path.join(folder, 'more', 'base.txt');
    writeFileSync(options.requirements, '-r more/base.txt\njupyterhub==5.5.4\n');
    // Each of the other: no end without a memory of what was read.
    writeFileSync(included, '--requirement=../requirements.txt\njupyterlab==4.6.6\n');
    await ensureVenv(options);
    expect(venvState(options)).toBe('ready');
    writeFileSync(included, 'jupyterlab==4.6.7\n');
    expect(venvState(options)).toBe('outdated');
    await ensureVenv(options);
    expect(venvState(options)).toBe('ready');
  });

  it('makes it anew for another minor version of Python', async () => {
    await ensureVenv(options);
    writeFileSync(inVenv('old'), '');
    writeFileSync(inVenv('bin/python'), fakePython('3.13.0', callsFile()));
    expect(venvState(options)).toBe('incomplete');
    await ensureVenv(options);
    expect(existsSync(inVenv('old'))).toBe(false);
  });

  it('completes an environment of someone else and removes nothing', async () => {
    mkdirSync(inVenv('bin'), { recursive: true });
    writeFileSync(inVenv('bin/python'), fakePython('3.12.1', callsFile()), { mode: 0o755 });
    writeFileSync(inVenv('theirs'), '');
    expect(venvState(options)).toBe('foreign');
    await ensureVenv(options);
    expect(venvState(options)).toBe('ready');
    expect(existsSync(inVenv('theirs'))).toBe(true);
  });

  it("uses the system's pip where venv cannot bring one", async () => {
    process.env.NO_ENSUREPIP = '1';
    await ensureVenv(options);
    expect(calls()).toHaveLength(3);
    expect(calls()[1]).toContain('--without-pip');
    expect(calls()[2]).toContain(`--python ${inVenv('bin/python')} install`);
  });

  it('asks the owner of a shared installation for what is not there', async () => {
    const shared = openFolder();
    options.pythons = ['python3'];
    vi.stubEnv('BN_SHARED', shared);
    const install = (): Promise<string> => ensureVenv({ ...options, directory: undefined });
    const remedy =
      `no permission; ask whoever looks after ${shared} to run ` +
      'npx bn-lab doctor --course --fix there';
    const venv = path.join(shared, '.venv');
    expect(await refusalOf(shared, install)).toBe(
      `UserError: cannot install JupyterLab into ${venv}: ${remedy}`,
    );
    mkdirSync(venv);
    expect(await refusalOf(shared, install)).toBe(`UserError: cannot lock ${venv}.lock: ${remedy}`);
  });

  it('names the package to install where there is no pip at all', async () => {
    process.env.NO_ENSUREPIP = '1';
    process.env.PIP_ERROR = 'No module named pip';
    await expect(ensureVenv(options)).rejects.toThrow(/lacks venv or pip.*python3-venv/);
  });

  it('says which Python is needed', async () => {
    options.pythons = [path.join(folder, 'missing')];
    await expect(ensureVenv(options)).rejects.toThrow(/Python 3.10 or newer \(no .*BN_PYTHON/);
    options.pythons = [python('3.9.2')];
    await expect(ensureVenv(options)).rejects.toThrow(/python-3.9.2 is 3.9.2/);
    expect(jupyterStatus(options)).toMatchObject({ ready: false });
    expect(existsSync(options.directory)).toBe(false);
  });
});
