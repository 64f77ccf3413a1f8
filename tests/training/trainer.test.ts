import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { vggRun } from '../../src/config/presets';
import type { RunConfig, VggConfig } from '../../src/config/schema';
import { tf } from '../../src/engine/tf';
import type { Run } from '../../src/runs/run';
import { column } from '../../src/runs/table';
import { Interrupted, trainRun } from '../../src/training/trainer';

const config = vggRun('smoke', { normalisation: 'batch' });
let root: string;
let reference: Run;

const files = (folder: string, of: RunConfig = config): Record<string, string> => {
  const dir = path.join(folder, runId(of));
  const tables = readdirSync(dir).filter((name) => name.endsWith('.csv'));
  return Object.fromEntries(
    tables.map((name) => [name, readFileSync(path.join(dir, name), 'utf8')]),
  );
};
const fresh = (): string => mkdtempSync(path.join(root, 'store-'));

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'bn-lab-trainer-'));
  reference = await trainRun(config, { root });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('trainRun', () => {
  it('fills the tables at the steps of the config', () => {
    const { steps, evals, moments, histograms } = reference.tables;
    expect(reference.manifest.status).toBe('done');
    expect(column(steps, 'step')).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(column(evals, 'step')).toEqual([0, 15, 30]);
    const { every, layers } = config.probes.activations;
    expect(moments!.rows).toHaveLength((config.steps / every) * layers.length);
    // A row's counts are all values of the channel: 16 images of 32 x 32 in layer 1.
    const first = histograms!.rows.find(([step, layer]) => step === 0 && layer === 1)!;
    expect(first.slice(4).reduce((a, b) => a + b)).toBe(16 * 32 * 32);
  });

  it('measures how all channels move, from each step to the next and from the first on', async () => {
    // Of a layer with one channel the example channel is all there is.
    const { tables } = await trainRun(
      {
        ...config,
        normalisation: 'none', // BatchNorm keeps them
        width: 1 / 64,
        steps: 6,
        probes: { ...config.probes, activations: { every: 1, layers: [1] } },
      },
      { root: fresh() },
    );
    const shown = (name: string) => column(tables.moments, name);
    const found = (name: string) => column(tables.channelMoments, name);
    expect(found('step')).toEqual([0, 1, 2, 3, 4]); // step 5 has no next
    expect(found('channels')).toEqual([1, 1, 1, 1, 1]);
    for (const name of ['mean', 'variance']) {
      const values = shown(name);
      values.slice(0, 5).forEach((value, t) => {
        expect(found(`${name}Step`)[t]).toBeCloseTo(Math.abs(values[t + 1]! - value), 5);
        expect(found(`${name}Drift`)[t]).toBeCloseTo(Math.abs(value - values[0]!), 5);
      });
      expect(Math.max(...found(`${name}Step`))).toBeGreaterThan(1e-3);
    }
    expect(found('absoluteMean')[3]).toBeCloseTo(Math.abs(shown('mean')[3]!), 5);
    expect(found('deviation90')[3]).toBeCloseTo(Math.sqrt(shown('variance')[3]!), 5);
  });

  it('learns the synthetic images', () => {
    const accuracy = column(reference.tables.evals, 'accuracy');
    expect(accuracy.at(-1)).toBeGreaterThan(accuracy[0]! + 0.2);
  });

  it('returns the stored run without training where there is one', async () => {
    let trained = false;
    const again = await trainRun(config, { root, onProgress: () => (trained = true) });
    expect(trained).toBe(false);
    expect(again.tables).toEqual(reference.tables);
  });

  // A step's metrics are read when the next one is under way, but for those before a measurement, here every fifth step.
  it.each([
    [1, 2],
    [10, 10],
    [28, 29],
  ])('writes the same bytes when stopped after step %i and resumed at %i', async (at, from) => {
    const store = fresh();
    const stop = new AbortController();
    const stopped = trainRun(config, {
      root: store,
      signal: stop.signal,
      onProgress: ({ step }) => step >= at && stop.abort(),
    });
    await expect(stopped).rejects.toThrow(Interrupted);
    const steps: number[] = [];
    await trainRun(config, { root: store, onProgress: ({ step }) => steps.push(step) });
    expect(steps[0]).toBe(from + 1);
    expect(files(store)).toEqual(files(root));
  });

  it.each([
    { normalisation: 'none' },
    { normalisation: 'noise' },
    { normalisation: 'noisyBatch' },
    { normalisation: 'linf' },
    { augmentation: true },
  ] satisfies Partial<VggConfig>[])(
    'writes the same bytes with %j when stopped and resumed',
    async (changes) => {
      const [whole, parts] = [fresh(), fresh()];
      const other = { ...config, ...changes, steps: 8 };
      await trainRun(other, { root: whole }); // its first step is recorded, that of the others is not
      const stop = new AbortController();
      const onProgress = ({ step }: { step: number }) => step >= 4 && stop.abort();
      const stopped = trainRun(other, { root: parts, signal: stop.signal, onProgress });
      await expect(stopped).rejects.toThrow(Interrupted);
      await trainRun(other, { root: parts });
      expect(files(parts, other)).toEqual(files(whole, other));
    },
  );

  it('writes the same bytes op by op as compiled', async () => {
    const store = fresh();
    const mode = process.env.BN_ENGINE_STEP;
    process.env.BN_ENGINE_STEP = 'eager';
    try {
      await trainRun(config, { root: store });
    } finally {
      if (mode === undefined) delete process.env.BN_ENGINE_STEP;
      else process.env.BN_ENGINE_STEP = mode;
    }
    expect(files(store)).toEqual(files(root));
  });

  it('follows the same path with fewer probes and tests', async () => {
    const store = fresh();
    const other = {
      ...config,
      evaluateEvery: 30,
      probes: {
        activations: { every: 30, layers: [1] },
        landscape: { every: 30, lengths: [1] },
        covariateShift: { every: 30, layers: [2] },
      },
    };
    await trainRun(other, { root: store });
    expect(files(store, other)['steps.csv']).toBe(files(root)['steps.csv']);
  });

  it('follows the same path with the probes of what the paper leaves open', async () => {
    const store = fresh();
    const every = 10;
    const other = {
      ...config,
      probes: {
        ...config.probes,
        randomDirections: { every },
        curvature: { every, iterations: 4 },
      },
    };
    const { tables } = await trainRun(other, { root: store });
    expect(files(store, other)['steps.csv']).toBe(files(root)['steps.csv']);
    expect(files(store, other)['landscape.csv']).toBe(files(root)['landscape.csv']);
    const lengths = config.probes.landscape.lengths.length;
    const measured = [0, 10, 20];
    expect(column(tables.curvature, 'step')).toEqual(measured);
    expect(column(tables.randomDirections, 'step')).toEqual(
      measured.flatMap((step) => Array<number>(lengths).fill(step)),
    );
    const distances = (name: 'landscape' | 'randomDirections') =>
      column(tables[name], 'distance').slice(0, lengths);
    distances('randomDirections').forEach((distance, i) =>
      expect(distance / distances('landscape')[i]!).toBeCloseTo(1, 4),
    );
  });

  it('differs with the seed', async () => {
    const other = await trainRun({ ...config, seed: 1, steps: 5 }, { root: fresh() });
    expect(column(other.tables.steps, 'loss')).not.toEqual(
      column(reference.tables.steps, 'loss').slice(0, 5),
    );
  });

  it('records divergence as a result, with its step', async () => {
    const store = fresh();
    const wild = { ...config, normalisation: 'none' as const, learningRate: 1e6 };
    const run = await trainRun(wild, { root: store });
    expect(run.manifest.status).toBe('diverged');
    const steps = column(run.tables.steps, 'step');
    expect(run.manifest.divergedAt).toBe(steps.at(-1));
    expect(Number.isFinite(column(run.tables.steps, 'loss').at(-1))).toBe(false);
    expect(await trainRun(wild, { root: store })).toEqual(run);
  });

  it('keeps the penalty apart from the loss', async () => {
    const run = await trainRun({ ...config, l2: 0.01, steps: 5 }, { root: fresh() });
    const [loss, penalty] = ['loss', 'penalty'].map((name) => column(run.tables.steps, name));
    expect(loss![0]).toBe(column(reference.tables.steps, 'loss')[0]);
    expect(penalty![0]).toBeGreaterThan(0);
    expect(penalty![4]).toBeLessThan(penalty![0]!);
  });

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await trainRun({ ...config, seed: 2, steps: 6 }, { root: fresh() });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a config that makes no sense before anything is written', async () => {
    const store = fresh();
    await expect(trainRun({ ...config, learningRate: -1 }, { root: store })).rejects.toThrow(
      /learningRate is -1; it must be a number above 0/,
    );
    expect(readdirSync(store)).toEqual([]);
  });
});
