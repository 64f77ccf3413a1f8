import { describe, expect, it } from 'vitest';

import { runId } from '../../src/config/hash';
import {
  deepLinearRun,
  equivalentLayer,
  type PresetName,
  presets,
  vggRun,
} from '../../src/config/presets';
import { validateConfig } from '../../src/config/schema';
import { UserError } from '../../src/system/errors';

const change = (changes: object) => () => validateConfig({ ...deepLinearRun('smoke'), ...changes });

describe('configs of deep linear networks', () => {
  it.each(Object.keys(presets) as PresetName[])('exist at preset %s', (preset) => {
    const config = deepLinearRun(preset, { normalisation: 'linf', learningRate: 1e-7 });
    expect(validateConfig(config)).toEqual(config);
    expect(config.steps).toBeGreaterThan(config.probes.landscape.every);
  });

  it("follow the paper's protocol at preset paper", () => {
    const { depth, size, samples, steps, learningRate, probes } = deepLinearRun('paper');
    expect([depth, size, samples, steps, learningRate]).toEqual([25, 10, 1000, 10_000, 1e-6]);
    expect(probes).toEqual({
      activations: { every: 50, layers: [1, 11, 24] },
      landscape: { every: 50, lengths: [0.01, 0.1, 1, 10, 30] },
      covariateShift: { every: 50, layers: [9, 17] },
    });
  });

  it.each([
    ['size', [10, 12], /size is \[10,12\]; it must be one whole number .*square and of one size/],
    ['size', 0, /size is 0/],
    ['depth', 0, /depth is 0; it must be a whole number from 1 to 200/],
    ['samples', 1, /samples is 1/],
    ['normalisation', 'noisyBatch', /normalisation is "noisyBatch"; .*none, batch, l1, l2, linf/],
    ['normaliseLast', 1, /normaliseLast is 1; it must be true or false/],
    ['lossFactor', 2, /lossFactor is 2; it must be 0.5 or 1/],
    ['learningRate', Infinity, /learningRate is null; it must be a number above 0/],
    ['batchSize', 128, /unknown key batchSize; known keys: model, depth/],
    ['model', 'linear', /model is "linear"; it must be one of vgg, deepLinear/],
  ])('refuse %s = %j', (key, value, message) => {
    expect(change({ [key]: value })).toThrow(UserError);
    expect(change({ [key]: value })).toThrow(message);
  });

  it('refuse layers beyond their depth', () => {
    const { probes } = deepLinearRun('smoke');
    const covariateShift = { every: 5, layers: [2, 6] };
    expect(change({ probes: { ...probes, covariateShift } })).toThrow(
      /no layer 6; .*layers 1 to 5/,
    );
  });

  it('have ids of their own', () => {
    const id = runId(deepLinearRun('quick', { normalisation: 'l2', seed: 3 }));
    expect(id).toMatch(/^[a-z0-9][a-z0-9.-]*25x10-l2-lr0\.000001-seed3-[0-9a-f]{10}$/);
    expect(runId(vggRun('quick'))).toMatch(/^vgg11-w0\.125-none-lr0\.1-seed0-[0-9a-f]{10}$/);
  });

  it("map the paper's layers to their place in shallower networks", () => {
    expect([1, 9, 11, 17, 24].map((layer) => equivalentLayer({ depth: 5 }, layer))).toEqual([
      1, 2, 2, 3, 5,
    ]);
  });
});
