import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { changedFiles, engineStatus } from '../../src/engine/info';
import { temporaryFolder, writeEngine } from './fakeEngine';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  vi.stubEnv('BN_ENGINE_DIR', folder);
  vi.stubEnv('BN_ENGINE', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);

describe('engineStatus', () => {
  it('is ready with what is installed', async () => {
    const info = await writeEngine(folder);
    expect(engineStatus()).toEqual({
      ready: true,
      info,
      detail: 'TensorFlow 2.21.0 (made by a test)',
      remedy: '',
      needs: 'nothing',
    });
  });

  it.each<[string, RegExp, () => unknown]>([
    ['no folder', /no TensorFlow engine in/, () => {}],
    ['a broken engine.json', /cannot be used: .*JSON/, () => write('engine.json', '{"format": 1')],
    ['another format', /format 0 is not known/, () => writeEngine(folder, { format: 0 })],
    [
      'another platform',
      /made for plan9-x64/,
      () => writeEngine(folder, { platform: 'plan9', arch: 'x64' }),
    ],
    [
      'a truncated library',
      /tensorflow\/library has 4 bytes instead of 9/,
      async () => {
        await writeEngine(folder);
        write('tensorflow/library', 'half');
      },
    ],
    [
      'a missing library',
      /gone is missing/,
      () => writeEngine(folder, { files: { gone: { size: 1, sha256: '' } } }),
    ],
    [
      'no CUDA when asked for',
      /has no CUDA/,
      () => {
        vi.stubEnv('BN_ENGINE', 'cuda');
        return writeEngine(folder);
      },
    ],
    [
      'a wheel when the prebuilt one is asked for',
      /not the prebuilt one/,
      () => {
        vi.stubEnv('BN_ENGINE', 'prebuilt');
        return writeEngine(folder);
      },
    ],
    [
      'an unknown BN_ENGINE',
      /BN_ENGINE=fast/,
      () => {
        vi.stubEnv('BN_ENGINE', 'fast');
        return writeEngine(folder);
      },
    ],
  ])('has to be installed: %s', async (_, detail, prepare) => {
    await prepare();
    const status = engineStatus();
    expect(status).toMatchObject({ ready: false, needs: 'install' });
    expect(status.detail).toMatch(detail);
    expect(status.remedy).toBe('npx bn-lab doctor --fix');
  });

  it('needs a compiler only, where just the C++ source has changed', async () => {
    await writeEngine(folder, { bindingSource: 'older' });
    expect(engineStatus()).toMatchObject({ ready: false, needs: 'compile' });
  });

  it('does not ask for the source of a prebuilt binding', async () => {
    await writeEngine(folder, { source: 'prebuilt', bindingSource: '' });
    expect(engineStatus().ready).toBe(true);
  });

  it('takes a CUDA engine where the CPU is asked for', async () => {
    vi.stubEnv('BN_ENGINE', 'cpu');
    await writeEngine(folder, { cuda: true });
    expect(engineStatus().ready).toBe(true);
  });
});

describe('changedFiles', () => {
  it('finds a change that keeps the size, and a missing file', async () => {
    const info = await writeEngine(folder);
    expect(await changedFiles(info)).toEqual([]);
    write('tensorflow/library', 'A library');
    const gone = { ...info, files: { ...info.files, gone: { size: 0, sha256: '' } } };
    expect(engineStatus().ready).toBe(true);
    expect(await changedFiles(gone)).toEqual(['tensorflow/library', 'gone']);
    appendFileSync(path.join(folder, 'tensorflow/library'), '!');
    expect(engineStatus().ready).toBe(false);
  });
});
