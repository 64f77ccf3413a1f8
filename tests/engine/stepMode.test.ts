/** Which way steps run: asked for, by default, and without the native part. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { backend } from '../../src/engine/backend';
import { compile, stepMode } from '../../src/engine/compile';
import { relu } from '../../src/engine/ops';
import { type Tensor, tf } from '../../src/engine/tf';
import { UserError } from '../../src/system/errors';
import { hasFunctions } from './counts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe.skipIf(!hasFunctions())('the mode', () => {
  it('is what BN_ENGINE_STEP says', () => {
    for (const mode of ['eager', 'function', 'xla']) {
      vi.stubEnv('BN_ENGINE_STEP', mode);
      expect(stepMode({ manySmallOps: true })).toBe(mode);
    }
    vi.stubEnv('BN_ENGINE_STEP', 'fast');
    expect(() => stepMode()).toThrow(UserError);
    const step = compile(({ x }: { x: Tensor }) => ({ y: relu(x) }), { name: 'step' });
    expect(() => step({ x: tf.scalar(1) })).toThrow(
      'BN_ENGINE_STEP=fast: use eager, function or xla',
    );
  });

  it('is chosen by the device and the kind of step', () => {
    vi.stubEnv('BN_ENGINE_STEP', undefined);
    const gpu = vi.spyOn(backend().binding, 'isUsingGpuDevice');
    gpu.mockReturnValue(false);
    expect([stepMode(), stepMode({ manySmallOps: true })]).toEqual(['function', 'xla']);
    gpu.mockReturnValue(true);
    expect([stepMode(), stepMode({ manySmallOps: true })]).toEqual(['xla', 'xla']);
  });

  it('falls back to eager, with one printed line, without the native functions', () => {
    vi.stubEnv('BN_ENGINE_STEP', undefined);
    const { binding } = backend();
    const whole = { ...binding };
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      delete binding.executeFunction;
      expect([stepMode(), stepMode()]).toEqual(['eager', 'eager']);
    } finally {
      Object.assign(binding, whole);
    }
    expect(print).toHaveBeenCalledTimes(1);
  });
});
