import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { engineEnvironment } from '../../src/engine/environment';
import { deviceReport } from '../../src/engine/report';
import { restoreUtil } from '../../src/engine/tf';
import { temporaryFolder, writeEngine } from './fakeEngine';

describe('tf', () => {
  let folder: string;
  /** `tf` of a fresh module, with another engine folder. */
  async function loadTf(): Promise<unknown> {
    vi.resetModules();
    const { tf } = await import('../../src/engine/tf');
    return tf.version;
  }
  beforeEach(() => {
    folder = temporaryFolder();
    vi.stubEnv('BN_ENGINE_DIR', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is not loaded by an import', async () => {
    vi.resetModules();
    expect(await import('../../src/engine/tf')).toHaveProperty('tf');
  });

  it.each<[string, RegExp, () => unknown]>([
    ['no engine', /no TensorFlow engine in/, () => {}],
    [
      'a broken engine.json',
      /is broken \(.*JSON/,
      () => writeFileSync(path.join(folder, 'engine.json'), 'x'),
    ],
    ['no binding', /lacks .*gone\.node/, () => writeEngine(folder, { binding: 'gone.node' })],
    [
      'a binding that does not load',
      /does not load \(.*bad ELF/,
      () => writeEngine(folder, { program: 'throw new Error("bad ELF")' }),
    ],
  ])('gives the remedy: %s', async (_, message, prepare) => {
    await prepare();
    const failing = loadTf();
    await expect(failing).rejects.toMatchObject({ name: 'UserError' });
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toThrow('run `npx bn-lab doctor --fix`');
  });

  it('loads from any working directory', async () => {
    vi.unstubAllEnvs();
    const before = process.cwd();
    mkdirSync(path.join(folder, 'elsewhere'));
    process.chdir(path.join(folder, 'elsewhere'));
    try {
      vi.resetModules();
      const { tf } = await import('../../src/engine/tf');
      expect(tf.getBackend()).toBe('tensorflow');
      const product = tf.matMul([[1, 2]], [[3], [4]]);
      expect(Array.from(product.dataSync())).toEqual([11]);
      product.dispose();
    } finally {
      process.chdir(before);
    }
  });
});

describe('restoreUtil', () => {
  it('puts back what Node 23 dropped and tfjs-node calls', () => {
    const util: Record<string, (value: unknown) => boolean> = {};
    restoreUtil(util);
    expect([null, undefined, 0, ''].map((value) => util.isNullOrUndefined?.(value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(util.isArray?.([])).toBe(true);
  });

  it('leaves what is there', () => {
    const isArray = (): boolean => false;
    const util = { isArray };
    restoreUtil(util);
    expect(util.isArray).toBe(isArray);
  });
});

describe('engineEnvironment', () => {
  const oneDnn = process.arch === 'x64' ? { TF_ENABLE_ONEDNN_OPTS: '1' } : {};

  it('is quiet on the CPU', () => {
    expect(engineEnvironment({ cuda: false }, '/engine', {})).toEqual({
      TF_CPP_MIN_LOG_LEVEL: '2',
      ...oneDnn,
    });
  });

  it('shares the GPU and shows XLA its tools', () => {
    const { TF_FORCE_GPU_ALLOW_GROWTH, XLA_FLAGS, CUDA_VISIBLE_DEVICES } = engineEnvironment(
      { cuda: true },
      '/my engine',
      {},
    );
    expect(TF_FORCE_GPU_ALLOW_GROWTH).toBe('true');
    const tools = path.join('/my engine', 'nvidia/cuda_nvcc');
    expect(XLA_FLAGS).toContain(`--xla_gpu_cuda_data_dir="${tools}"`);
    expect(XLA_FLAGS).toContain('--xla_disable_hlo_passes=cudnn-fused-convolution-rewriter');
    expect(XLA_FLAGS).not.toContain('cache_dir');
    expect(CUDA_VISIBLE_DEVICES).toBeUndefined();
  });

  it('keeps the choice of kernels where there is a folder for it', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'xla'));
    expect(engineEnvironment({ cuda: true }, folder, {}).XLA_FLAGS).toContain(
      `--xla_gpu_per_fusion_autotune_cache_dir=${path.join(folder, 'xla')}`,
    );
  });

  it('hides the GPU where the CPU is asked for, and keeps what the user has set', () => {
    const env = { BN_ENGINE: 'cpu', TF_CPP_MIN_LOG_LEVEL: '0', XLA_FLAGS: '--mine' };
    expect(engineEnvironment({ cuda: true }, '/engine', env)).toEqual({
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      CUDA_VISIBLE_DEVICES: '-1',
      ...oneDnn,
    });
  });
});

describe('deviceReport', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('tells machine, threads and engine', async () => {
    const folder = temporaryFolder();
    await writeEngine(folder, { tensorflow: '2.99.0' });
    vi.stubEnv('BN_ENGINE_DIR', folder);
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', '3');
    expect(deviceReport()).toMatchObject({
      platform: `${process.platform}-${process.arch}`,
      intraOpThreads: 3,
      interOpThreads: 0,
      tensorflow: '2.99.0',
      engine: 'wheel',
      cuda: false,
      gpu: '',
    });
    expect(deviceReport().memoryGB).toBeGreaterThan(0);
    expect(deviceReport().instructions).not.toBe('');
  });

  it('says why the state of the engine cannot be told, and tells what is known', async () => {
    const folder = temporaryFolder();
    await writeEngine(folder, { tensorflow: '2.99.0', bindingSource: 'of another source' });
    vi.stubEnv('BN_ENGINE_DIR', folder);
    expect(deviceReport()).toMatchObject({
      tensorflow: '2.99.0',
      engineProblem: 'the binding is older than its C++ source',
    });
  });

  it('works without an engine', () => {
    vi.stubEnv('BN_ENGINE_DIR', path.join(temporaryFolder(), 'none'));
    expect(deviceReport()).toMatchObject({ tensorflow: 'none', engine: 'none', compiler: '' });
  });
});
