/** Small runs, facts and folders for tests of the store. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { onTestFinished } from 'vitest';

import { vggRun } from '../../src/config/presets';
import type { VggConfig } from '../../src/config/schema';
import { openRun, type OpenRunOptions, type RunWriter } from '../../src/runs/writer';
import type { NamedArray } from '../../src/system/namedArray';

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

/** Options without the recorded results that come with the project. */
export const only = (root: string) => ({ root, recorded: path.join(root, 'none') });

/** Opens the run of a config, with a table of losses. */
export function open(
  root: string,
  options: Partial<OpenRunOptions> = {},
  config: VggConfig = sampleConfig(),
): RunWriter {
  const writer = openRun(config, { root, facts: sampleFacts, ...options });
  writer.table('steps', ['step', 'loss']);
  return writer;
}

/** What a checkpoint holds at a step. */
export const weights = (step: number): NamedArray[] => [
  { name: 'w', shape: [2], dtype: 'float32', values: Float32Array.of(step, -step) },
];

/** Adds the rows of some steps. */
export function steps(writer: RunWriter, from: number, to: number): void {
  for (let step = from; step < to; step++) writer.append('steps', [step, 1 / (step + 1)]);
}

/** A finished run of 10 steps. */
export function finished(root: string, config?: VggConfig): RunWriter {
  const writer = open(root, {}, config);
  steps(writer, 0, 10);
  writer.finish('done');
  return writer;
}

/** Leaves a run as a kill does: nothing more is written, and its lock names a dead process. */
export function abandon(writer: RunWriter): void {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const holder = { pid, host: os.hostname(), time: 'then', birth: '' };
  fs.writeFileSync(path.join(writer.folder, 'lock'), JSON.stringify(holder));
}
