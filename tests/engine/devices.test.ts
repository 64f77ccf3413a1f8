/**
 * Training on the GPU is training on the CPU, to the rounding of its arithmetic: two processes train the same run, one of
 * them with the GPU hidden. Where there is none both use the CPU, and every number is the same.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { deviceReport } from '../../src/engine/report';
import type { Run, TableName } from '../../src/runs/run';
import { listRuns, readRun } from '../../src/runs/store';
import { column } from '../../src/runs/table';
import { projectRoot } from '../../src/system/paths';
import { temporaryFolder } from '../runs/sample';

const gpu = deviceReport().cuda === true;
const settings = ['normalisation=batch', 'steps=6'].flatMap((setting) => ['--set', setting]);
const hidden = { CUDA_VISIBLE_DEVICES: '-1' };

function trained(env: NodeJS.ProcessEnv): Run {
  const root = temporaryFolder();
  const launch = path.join(projectRoot, 'src', 'launch.cjs');
  const args = [launch, 'train', '--preset', 'smoke', ...settings];
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, BN_RUNS_DIR: root, ...env },
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const [summary] = listRuns({ root, recorded: path.join(root, '-') });
  return readRun(summary!.id, { root })!;
}

/** Before differences have grown: the first steps, and what the probes find at the very first. */
const compared: [TableName, string, rows: number][] = [
  ['steps', 'loss', 3],
  ['landscape', 'loss', 3],
  ['landscape', 'gradientNorm', 3],
  ['landscape', 'gradientChange', 3],
  ['covariateShift', 'l2', 2],
];

/** The greatest relative difference of what is compared. */
const distance = (one: Run, other: Run): number =>
  Math.max(
    ...compared.flatMap(([table, name, rows]) => {
      const [a, b] = [one, other].map((run) => column(run.tables[table], name).slice(0, rows));
      return a!.map((value, i) => Math.abs(value / b![i]! - 1));
    }),
  );

describe('VGG', () => {
  it(
    gpu ? 'is the same on the GPU and the CPU in float32' : 'is the same in every process',
    () => {
      const [here, onCpu] = [trained({ NVIDIA_TF32_OVERRIDE: '0' }), trained(hidden)];
      expect(here.manifest.device.cuda).toBe(gpu);
      expect(distance(here, onCpu)).toBeLessThanOrEqual(gpu ? 1e-3 : 0);
    },
    240_000,
  );

  it.runIf(gpu)(
    'is near it with the tensor cores’ shorter numbers (TF32)',
    () => {
      expect(distance(trained({}), trained(hidden))).toBeLessThan(0.05);
    },
    240_000,
  );
});
