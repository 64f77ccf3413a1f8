import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { deepLinearRun } from '../../src/config/presets';
import type { DeepLinearConfig } from '../../src/config/schema';
import { linearNormalisations } from '../../src/models/deepLinear/divisors';
import type { Run } from '../../src/runs/run';
import { column } from '../../src/runs/table';
import { projectRoot } from '../../src/system/paths';
import { deepLinearStart } from '../../src/training/deepLinearTrainer';
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
  reference = await trainRuns(bySeed, { root });
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
    expect(column(tables.moments, 'mean')[0]).toBeCloseTo(0, 12);
    expect(column(tables.moments, 'variance')[0]).toBeCloseTo(1, 3);
    expect(Object.keys(tables)).not.toContain('evals');
  });

  it('writes every digit of what it computed', () => {
    const { network, parameters } = deepLinearStart(config);
    expect(losses(reference[0]!)[0]).toBe(network.gradient(parameters).loss);
  });

  it('has the landscape of the next step at one learning rate', () => {
    const { landscape, steps } = reference[0]!.tables;
    const row = landscape!.rows.find(([step, eta]) => step === 5 && eta === config.learningRate)!;
    expect(row[2]).toBe(steps!.rows[6]![1]);
  });

  it('says that it computed in float64, without an engine', () => {
    const { device, versions } = reference[0]!.manifest;
    expect(device).toMatchObject({ arithmetic: 'float64', engine: 'none' });
    expect(Object.keys(versions)).toEqual(['bn-lab', 'node']);
  });

  it('loads no TensorFlow', () => {
    const script = `
      const { trainRun } = require('./training/trainer');
      trainRun(${JSON.stringify(config)}, { root: ${JSON.stringify(fresh())} }).then(({ manifest }) => {
        const loaded = Object.keys(require.cache).filter((file) => file.includes('tfjs'));
        const mapped = require('node:fs').readFileSync('/proc/self/maps', 'utf8').includes('tensorflow');
        console.log(JSON.stringify([manifest.status, loaded, mapped]));
      });`;
    const out = execFileSync(process.execPath, ['-e', script], {
      cwd: path.join(projectRoot, 'dist'),
      encoding: 'utf8',
      env: { ...process.env, BN_ENGINE_DIR: fresh() },
    });
    expect(JSON.parse(out)).toEqual(['done', [], false]);
  });

  it('returns stored runs without training, in the order asked for', async () => {
    let trained = false;
    const order = [bySeed[2]!, bySeed[0]!, bySeed[2]!];
    const again = await trainRuns(order, { root, onProgress: () => (trained = true) });
    expect(trained).toBe(false);
    expect(again.map(({ config: { seed } }) => seed)).toEqual([2, 0, 2]);
    expect(again[1]!.tables).toEqual(reference[0]!.tables);
  });

  it.each(linearNormalisations)('writes the same bytes for the same seed: %s', async (name) => {
    const own = { ...config, normalisation: name };
    const [first, second] = [fresh(), fresh()];
    await trainRun(own, { root: first });
    await trainRun(own, { root: second });
    expect(files(first, own)).toEqual(files(second, own));
    expect(files(first, own)).not.toEqual(files(root, bySeed[1]!));
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

  it('records the divergence of one run while the others go on', async () => {
    const good = { ...wild, learningRate: 1e-5 };
    const [diverged, done] = await trainRuns([wild, good], { root: fresh() });
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

  it('ends a run that diverges between two logged steps there, and finds it again', async () => {
    const store = fresh();
    const rare = { ...wild, logEvery: 7 };
    const run = await trainRun(rare, { root: store });
    expect(run.manifest.divergedAt! % 7).toBeGreaterThan(0);
    expect(column(run.tables.steps, 'step').at(-1)).toBe(run.manifest.divergedAt);
    expect(await trainRun(rare, { root: store })).toEqual(run);
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
});
