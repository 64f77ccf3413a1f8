import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { deepLinearRun } from '../../src/config/presets';
import type { DeepLinearConfig } from '../../src/config/schema';
import { tf } from '../../src/engine/tf';
import type { Run } from '../../src/runs/run';
import { column } from '../../src/runs/table';
import { trainDeepLinear } from '../../src/training/deepLinearTrainer';
import { Interrupted, trainRun, trainRuns } from '../../src/training/trainer';

const config = deepLinearRun('smoke', { normalisation: 'batch' });
const bySeed = [0, 1, 2].map((seed) => ({ ...config, seed }));
const wild = { ...config, normalisation: 'none' as const, learningRate: 10 };
let root: string;
let reference: Run[];

const fresh = (): string => mkdtempSync(path.join(root, 'store-'));
const files = (store: string, of: DeepLinearConfig): Record<string, string> => {
  const folder = path.join(store, runId(of));
  const tables = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  return Object.fromEntries(
    tables.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
};
const losses = (run: Run): number[] => column(run.tables.steps, 'loss');

/** Stops a training after `at` steps. */
async function stopAfter(
  at: number,
  train: (options: {
    signal: AbortSignal;
    onProgress: (p: { step: number }) => void;
  }) => Promise<unknown>,
): Promise<void> {
  const stop = new AbortController();
  const onProgress = ({ step }: { step: number }) => step >= at && stop.abort();
  await expect(train({ signal: stop.signal, onProgress })).rejects.toThrow(Interrupted);
}

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'bn-lab-linear-'));
  reference = await trainDeepLinear(bySeed, { root });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('training deep linear networks', () => {
  it('fills the tables at the steps of the config', () => {
    const [{ tables, manifest }] = reference as [Run];
    const probed = [0, 5, 10, 15, 20, 25];
    expect(manifest.status).toBe('done');
    expect(column(tables.steps, 'step')).toEqual(Array.from({ length: 30 }, (_, i) => i));
    const [early, late] = [losses(reference[0]!)[0]!, losses(reference[0]!)[29]!];
    expect(late).toBeLessThan(0.9 * early);
    for (const name of ['moments', 'histograms', 'landscape', 'covariateShift'] as const)
      expect([...new Set(column(tables[name], 'step'))]).toEqual(probed);
    expect([...new Set(column(tables.moments, 'layer'))]).toEqual([1, 2, 5]); // of 25: 1, 11, 24
    expect([...new Set(column(tables.covariateShift, 'layer'))]).toEqual([2, 3]); // 9, 17
    expect(tables.histograms!.rows[0]!.slice(4).reduce((a, b) => a + b)).toBe(50);
    // Batch norm's output has mean beta and variance gamma^2.
    expect(column(tables.moments, 'mean')[0]).toBeCloseTo(0, 5);
    expect(column(tables.moments, 'variance')[0]).toBeCloseTo(1, 3);
    expect(Object.keys(tables)).not.toContain('evals');
  });

  it('has the landscape of the next step at one learning rate', () => {
    const { landscape, steps } = reference[0]!.tables;
    const row = landscape!.rows.find(([step, eta]) => step === 5 && eta === config.learningRate)!;
    expect(row[2]).toBe(steps!.rows[6]![1]);
  });

  it('returns stored runs without training, in the order asked for', async () => {
    let trained = false;
    const order = [bySeed[2]!, bySeed[0]!, bySeed[2]!];
    const again = await trainRuns(order, { root, onProgress: () => (trained = true) });
    expect(trained).toBe(false);
    expect(again.map(({ config: { seed } }) => seed)).toEqual([2, 0, 2]);
    expect(again[1]!.tables).toEqual(reference[0]!.tables);
  });

  it('computes several runs at once as each alone, to float32 accuracy', async () => {
    const rates = bySeed.map((one, i) => ({ ...one, learningRate: 1e-5 * (i + 1) }));
    const store = fresh();
    const together = await trainDeepLinear(rates, { root: store, atOnce: 3 });
    const alone = await trainRuns(rates, { root: fresh() });
    together.forEach((run, i) => {
      const expected = losses(alone[i]!);
      losses(run).forEach((loss, k) => expect(loss / expected[k]!).toBeCloseTo(1, 4));
      for (const name of ['landscape', 'covariateShift', 'moments'] as const)
        expect(run.tables[name]!.rows.length).toBe(alone[i]!.tables[name]!.rows.length);
    });
    expect(losses(together[0]!)).not.toEqual(losses(together[1]!));
  });

  it.each([1, 11, 29])(
    'writes the same bytes when stopped after step %i and resumed',
    async (at) => {
      const store = fresh();
      await stopAfter(at, (options) => trainRun(config, { root: store, ...options }));
      const steps: number[] = [];
      await trainRun(config, { root: store, onProgress: ({ step }) => steps.push(step) });
      expect(steps[0]).toBe(at + 1);
      expect(files(store, config)).toEqual(files(root, config));
    },
  );

  it('writes the same bytes when several at once are stopped and resumed', async () => {
    const [whole, parts] = [fresh(), fresh()];
    await trainDeepLinear(bySeed, { root: whole, atOnce: 3 });
    await stopAfter(12, (options) =>
      trainDeepLinear(bySeed, { root: parts, atOnce: 3, ...options }),
    );
    await trainDeepLinear(bySeed, { root: parts, atOnce: 3 });
    for (const one of bySeed) expect(files(parts, one)).toEqual(files(whole, one));
  });

  it('goes on with runs that were stopped at different steps', async () => {
    const store = fresh();
    await stopAfter(4, (options) => trainRun(bySeed[0]!, { root: store, ...options }));
    await stopAfter(9, (options) => trainRun(bySeed[1]!, { root: store, ...options }));
    const runs = await trainDeepLinear(bySeed, { root: store, atOnce: 3 });
    runs.forEach((run, i) => {
      expect(losses(run)).toHaveLength(30);
      expect(losses(run)[29]! / losses(reference[i]!)[29]!).toBeCloseTo(1, 4);
    });
  });

  it('records the divergence of one run while the others go on', async () => {
    const good = { ...wild, learningRate: 1e-5 };
    const [diverged, done] = await trainDeepLinear([wild, good], { root: fresh(), atOnce: 2 });
    expect(done!.manifest.status).toBe('done');
    expect(losses(done!)).toHaveLength(30);
    expect(losses(done!).every(Number.isFinite)).toBe(true);
    const { manifest, tables } = diverged!;
    expect(manifest.status).toBe('diverged');
    expect(manifest.divergedAt).toBeGreaterThan(0);
    expect(manifest.divergedAt).toBe(column(tables.steps, 'step').at(-1));
    expect(Number.isFinite(losses(diverged!).at(-1))).toBe(false);
    for (const name of ['landscape', 'moments'] as const)
      expect(Math.max(...column(tables[name], 'step'))).toBeLessThanOrEqual(manifest.divergedAt!);
  });

  it('ends a run that diverges alone, and finds it again', async () => {
    const store = fresh();
    const run = await trainRun(wild, { root: store });
    expect(run.manifest.status).toBe('diverged');
    expect(await trainRun(wild, { root: store })).toEqual(run);
  });

  it('follows the same path with fewer probes', async () => {
    const store = fresh();
    const probes = {
      activations: { every: 30, layers: [1] },
      landscape: { every: 30, lengths: [1] },
      covariateShift: { every: 30, layers: [] },
    };
    await trainRun({ ...config, probes }, { root: store });
    expect(files(store, { ...config, probes })['steps.csv']).toBe(files(root, config)['steps.csv']);
  });

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await trainDeepLinear([{ ...config, seed: 9 }], { root: fresh() });
    await trainRun({ ...wild, seed: 9 }, { root: fresh() });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses to compute networks of different shapes at once', async () => {
    const store = fresh();
    const others = [config, { ...deepLinearRun('smoke', { depth: 7 }), normalisation: 'batch' }];
    await expect(trainDeepLinear(others as DeepLinearConfig[], { root: store })).rejects.toThrow(
      /differ in seed and learning rate only: depth is 5 in one and 7 in another/,
    );
    expect(readdirSync(store)).toEqual([]);
  });
});
