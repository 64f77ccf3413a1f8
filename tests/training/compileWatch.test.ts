/** A compilation by XLA that does not end: the run goes on without it, and the next of the same network at once. */
import path from 'node:path';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { deepLinearRun, vggRun } from '../../src/config/presets';
import { projectRoot } from '../../src/system/paths';
import { compileLimit, networkKey } from '../../src/training/compileWatch';
import { trainRuns } from '../../src/training/trainer';
import { hasFunctions } from '../engine/counts';
import { temporaryFolder } from '../runs/sample';

afterEach(() => void vi.unstubAllEnvs());

describe('a compilation', () => {
  it('may take as long as BN_COMPILE_SECONDS says', () => {
    expect(compileLimit(undefined)).toBe(120);
    expect(compileLimit('2.5')).toBe(2.5);
    for (const wrong of ['0', '-1', 'long', 'NaN', '1e9'])
      expect(() => compileLimit(wrong)).toThrow(`BN_COMPILE_SECONDS is "${wrong}"; give`);
  });

  it('is shared by runs that differ in seed and learning rate, not by networks', () => {
    const key = networkKey(vggRun('smoke'));
    expect(networkKey(vggRun('smoke', { seed: 3, learningRate: 0.5, steps: 7 }))).toBe(key);
    expect(networkKey(vggRun('smoke', { normalisation: 'batch' }))).not.toBe(key);
    expect(networkKey(vggRun('smoke', { batchSize: 8 }))).not.toBe(key);
    expect(networkKey(deepLinearRun('smoke'))).not.toBe(key);
  });

  it.skipIf(!hasFunctions())(
    'that does not end is ended, and the run goes on without it',
    async () => {
      vi.stubEnv('BN_ENGINE_STEP', 'xla');
      vi.stubEnv('BN_COMPILE_SECONDS', '4');
      vi.stubEnv('BN_TEST_DIST', path.join(projectRoot, 'dist'));
      vi.stubEnv('NODE_OPTIONS', `--require ${path.join(__dirname, 'hangingXla.cjs')}`);
      vi.stubEnv('BN_WORKERS', '2');
      const root = temporaryFolder();
      const lines: string[] = [];
      // Two networks, so that there are two workers; the second run of the first must not wait again.
      const configs = [
        vggRun('smoke', { normalisation: 'batch' }),
        vggRun('smoke', { normalisation: 'batch', seed: 1 }),
        deepLinearRun('smoke'),
      ];
      const runs = await trainRuns(configs, { root, log: (line) => lines.push(line) });
      expect(runs.map(({ manifest }) => manifest.status)).toEqual(['done', 'done', 'done']);
      // The manifest says how each run's steps ran.
      expect(runs.slice(0, 2).map(({ manifest }) => manifest.device)).toMatchObject(
        [0, 1].map(() => ({ step: 'function', otherSteps: 'xla' })),
      );
      expect(lines).toContain('compiling the training step (about 40 s on a GPU) ...');
      const said = lines.filter((line) => line.includes('did not compile in 4 s'));
      expect(said[0]).toBe(
        'the training step did not compile in 4 s: it runs as a TensorFlow function from here on',
      );
      expect(said.length).toBeLessThanOrEqual(2); // both workers may have begun at once
    },
  );
});
