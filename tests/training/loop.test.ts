/** How often checkpoints are kept, and what is measured of a run that diverges between two rows of its steps table. */
import { expect, it } from 'vitest';

import { vggRun } from '../../src/config/presets';
import { column } from '../../src/runs/table';
import { checkpointInterval } from '../../src/training/loop';
import { trainRun } from '../../src/training/trainer';
import { temporaryFolder } from '../runs/sample';

it.each([
  [0, 20],
  [0.1, 20],
  [0.8, 40],
  [5, 60],
])('keeps checkpoints that take %f s every %i s', (cost, seconds) => {
  expect(checkpointInterval(cost)).toBeCloseTo(seconds, 9);
});

it('measures nothing of a network that has diverged, however rarely its steps are logged', async () => {
  const base = vggRun('smoke', { normalisation: 'none', learningRate: 1e6, logEvery: 20 });
  const probes = { ...base.probes, landscape: { every: 3, lengths: [1] } };
  const run = await trainRun({ ...base, probes, evaluateEvery: 3 }, { root: temporaryFolder() });
  const { divergedAt, status } = run.manifest;
  expect(status).toBe('diverged');
  expect(divergedAt).toBeGreaterThan(0);
  expect(divergedAt).toBeLessThan(20);
  for (const table of [run.tables.landscape!, run.tables.evals!])
    expect(Math.max(...column(table, 'step'))).toBeLessThanOrEqual(divergedAt!);
});

it('says in the manifest where the time went, all sessions together', async () => {
  const root = temporaryFolder();
  const config = vggRun('smoke', { normalisation: 'batch' });
  const stop = new AbortController();
  const onProgress = ({ step }: { step: number }) => step >= 12 && stop.abort();
  await trainRun(config, { root, signal: stop.signal, onProgress }).catch(() => {});
  const { manifest } = await trainRun(config, { root });
  const { phases, seconds } = manifest;
  expect(Object.keys(phases!)).toEqual(
    expect.arrayContaining(['start', 'step', 'landscape', 'evaluation', 'checkpoints']),
  );
  const sum = Object.values(phases!).reduce((all, each) => all + each, 0);
  expect(Math.abs(sum - seconds) / seconds).toBeLessThan(0.1);
});
