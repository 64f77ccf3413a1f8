/** Numbers that stop being finite: in the loss the end of that run alone, in what is measured a row like any other. */
import { describe, expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import { deepLinearRun, vggRun } from '../../src/config/presets';
import type { RunConfig } from '../../src/config/schema';
import { figures } from '../../src/figures/index';
import { readRun } from '../../src/runs/store';
import { column, type Table } from '../../src/runs/table';
import { trainRuns } from '../../src/training/trainer';
import { only, temporaryFolder } from '../runs/sample';

/** A learning rate at which the first step throws the weights out of float32's range. */
const wild = 1e30;
const always = {
  activations: { every: 1, layers: [1, 3] },
  landscape: { every: 1, lengths: [0.5, 1e9] },
  covariateShift: { every: 1, layers: [2] },
};

const isFinite = (table: Table): boolean => table.rows.every((row) => row.every(Number.isFinite));

describe('a run whose loss stops being finite', () => {
  it.each<[string, (learningRate: number) => RunConfig]>([
    ['VGG', (learningRate) => vggRun('smoke', { learningRate, steps: 6, probes: always })],
    [
      'the deep linear network',
      (learningRate) => deepLinearRun('smoke', { learningRate, steps: 6, probes: always }),
    ],
  ])('is diverged with its step, and the next one goes on: %s', async (_, make) => {
    const root = temporaryFolder();
    const configs = [make(wild), make(1e-4)];
    const [diverged, other] = await trainRuns(configs, { root });
    const { status, divergedAt, step } = diverged!.manifest;
    expect(status).toBe('diverged');
    expect(divergedAt).toBe(step);
    expect(divergedAt).toBeLessThan(6);
    const losses = column(diverged!.tables.steps, 'loss');
    expect(losses.map(Number.isFinite)).toEqual([
      ...Array<boolean>(losses.length - 1).fill(true),
      false,
    ]);
    expect(column(diverged!.tables.steps, 'step').at(-1)).toBe(divergedAt);
    // The probes measured beyond the range of float32 on the way: rows, read back as they are.
    const { landscape, covariateShift } = diverged!.tables;
    expect([landscape!, covariateShift!].map(isFinite)).toEqual([false, false]);
    expect(landscape!.rows.length).toBeGreaterThan(0);
    expect(readRun(runId(configs[0]!), only(root))).toEqual(diverged);
    expect(other!.manifest).toMatchObject({ status: 'done', step: 6 });
  });

  it('is drawn up to there, and judged, in every figure', async () => {
    // Two real runs of each network stand for all that figures ask for: the first of each figure's runs diverges.
    const models = { vgg: vggRun, deepLinear: deepLinearRun };
    const make = (model: keyof typeof models) =>
      trainRuns(
        [wild, 1e-4].map((learningRate) => models[model]('smoke', { learningRate })),
        { root: temporaryFolder() },
      );
    const runs = { vgg: await make('vgg'), deepLinear: await make('deepLinear') };
    const verdicts = new Set<string>();
    for (const figure of figures) {
      const own = figure.runs('smoke', [0]).map((config, i) => ({
        ...runs[config.model][i === 0 ? 0 : 1]!,
        config,
        id: runId(config),
      }));
      const { plot } = figure.draw(own, { preset: 'smoke' });
      expect(JSON.stringify(plot)).toContain('"data"');
      for (const { verdict } of figure.claims(own)) verdicts.add(verdict);
    }
    // One seed gives no verdict; what it says counts, also where it diverged.
    expect(verdicts).toEqual(new Set(['agrees', 'disagrees', 'not measured']));
  });
});
