/** A small config, facts and folders for tests of the store. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { onTestFinished } from 'vitest';

import type { OpenRunOptions } from '../../src/runs/writer';
import type { VggConfig } from '../../src/training/config';
import { vggRun } from '../../src/training/presets';

/** A valid config with some of its values replaced. */
export const sampleConfig = (changes: Partial<VggConfig> = {}): VggConfig =>
  vggRun('smoke', { normalisation: 'batch', width: 1 / 8, steps: 10, ...changes });

export const sampleFacts: OpenRunOptions['facts'] = {
  versions: { 'bn-lab': '0.1.0' },
  device: { type: 'cpu', threads: 2 },
};

/** A new empty folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bn-lab-test-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
