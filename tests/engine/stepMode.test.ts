/** Which way steps run: asked for, by default, and without the native part. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { backend } from '../../src/engine/backend';
import { avoidXla, compile, onXlaCompilation, stepMode } from '../../src/engine/compile';
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
      expect(stepMode({ trainingStep: true })).toBe(mode);
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
    expect([stepMode(), stepMode({ trainingStep: true })]).toEqual(['function', 'function']);
    gpu.mockReturnValue(true);
    expect([stepMode(), stepMode({ trainingStep: true })]).toEqual(['function', 'xla']);
  });

  it('is a function for a step that XLA is to leave alone, and XLA says when it compiles', () => {
    vi.stubEnv('BN_ENGINE_STEP', 'xla');
    const said: string[] = [];
    onXlaCompilation(({ name, state }) => said.push(`${name} ${state}`));
    const run = (name: string) => {
      const step = compile(({ x }: { x: Tensor }) => ({ y: relu(x) }), { name });
      for (const x of [
        [1, -1],
        [2, -2],
        [1, 2, 3],
      ])
        step({ x: tf.tensor1d(x) }).y.dispose();
      step.dispose();
    };
    try {
      avoidXla(['stubborn']);
      run('stubborn');
      expect(said).toEqual([]);
      run('willing'); // two shapes: two compilations
      const once = ['willing begins', 'willing ends'];
      expect(said).toEqual([...once, ...once]);
    } finally {
      avoidXla([]);
      onXlaCompilation(() => {});
    }
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
