/** The probes of the deep linear network against naive ones, on the network sample by sample. */
import { describe, expect, it } from 'vitest';

import { deepLinearRun } from '../../src/config/presets';
import { linearNormalisations } from '../../src/models/deepLinear/divisors';
import { covariateShiftColumns } from '../../src/probes/covariateShift';
import { displaced, linearCovariateShift, linearLandscape } from '../../src/probes/deepLinear';
import { landscapeColumns } from '../../src/probes/landscape';
import { deepLinearStart } from '../../src/training/deepLinearTrainer';
import {
  problemOf,
  referenceGradient,
  referenceStep,
  stateOf,
  valuesOf,
} from '../models/deepLinearReference';

const learningRate = 3e-4;
const lengths = [1e-2, 1, 30];
const layers = [1, 3, 4];

const norm = (values: readonly number[]): number => Math.hypot(...values);
const minus = (a: readonly number[], b: readonly number[]) => a.map((v, i) => v - b[i]!);
const close = (actual: number | undefined, expected: number, scale = Math.abs(expected)) =>
  expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(1e-9 * scale);
const named = (columns: readonly string[], row: readonly number[]): Record<string, number> => {
  expect(row).toHaveLength(columns.length);
  return Object.fromEntries(columns.map((name, i) => [name, row[i]!]));
};

describe.each(linearNormalisations)('probes of a deep linear network, %s', (normalisation) => {
  const config = deepLinearRun('smoke', {
    ...{ depth: 4, size: 5, samples: 60, normalisation, normaliseLast: false },
  });
  const { network, parameters, data } = deepLinearStart(config);
  parameters.beta?.forEach((_, i, beta) => (beta[i] = 0.3 * Math.cos(i)));
  const { gradients } = network.gradient(parameters);
  const next = displaced(parameters, gradients, learningRate);
  const problem = problemOf(config, data);
  const [state, after] = [parameters, next].map((one) => stateOf(one, config));
  const { gradient } = referenceGradient(state!, problem);

  it('measures the landscape', () => {
    const columns = landscapeColumns(Object.keys(parameters), ['loss']);
    const etas = lengths.map((length) => length * learningRate);
    const rows = linearLandscape(network, 7, { parameters, gradients }, etas);
    expect(rows).toHaveLength(etas.length);
    etas.forEach((eta, k) => {
      const there = referenceGradient(referenceStep(state!, gradient, eta), problem);
      const row = named(columns, rows[k]!);
      expect([row.step, row.eta]).toEqual([7, eta]);
      close(row.loss, there.loss);
      const size = norm(valuesOf(gradient));
      close(row.gradientNorm, size);
      close(row.distance, eta * size);
      const change = minus(valuesOf(there.gradient), valuesOf(gradient));
      close(row.gradientChange, norm(change), norm(change) + 1e-3 * size);
      for (const kind of ['weights', 'gamma', 'beta'] as const) {
        if (!parameters[kind]) continue;
        const flat = (of: typeof gradient) => of[kind].flat(2);
        const own = norm(minus(flat(there.gradient), flat(gradient)));
        close(row[`change.${kind}`], own, own + 1e-3 * size);
      }
    });
  });

  it('measures covariate shift by its definition', () => {
    const step = { parameters, gradients, next };
    const rows = linearCovariateShift(network, 7, step, layers);
    layers.forEach((layer, k) => {
      const mix = <T>(before: T[], below: T[]) =>
        before.map((v, l) => (l < layer - 1 ? below[l]! : v));
      const mixed = {
        weights: mix(state!.weights, after!.weights),
        gamma: mix(state!.gamma, after!.gamma),
        beta: mix(state!.beta, after!.beta),
      };
      const [G, shifted] = [state!, mixed].map((one) =>
        referenceGradient(one, problem).gradient.weights[layer - 1]!.flat(),
      ) as [number[], number[]];
      const dot = G.reduce((sum, v, j) => sum + v * shifted[j]!, 0);
      const row = named(covariateShiftColumns, rows[k]!);
      expect([row.step, row.layer]).toEqual([7, layer]);
      close(row.l2, norm(minus(G, shifted)), norm(minus(G, shifted)) + 1e-3 * norm(G));
      close(row.cosine, dot / norm(G) / norm(shifted));
      close(row.norm, norm(G));
      close(row.normAfter, norm(shifted));
    });
    expect(rows[0]![2]).toBe(0); // nothing below the first layer
    expect(rows[1]![2]! / rows[1]![4]!).toBeGreaterThan(1e-3);
  });

  it('leaves the network as it was', () => {
    const before = structuredClone({ parameters, gradients, next });
    linearLandscape(network, 0, { parameters, gradients }, [1e-4]);
    linearCovariateShift(network, 0, { parameters, gradients, next }, layers);
    expect({ parameters, gradients, next }).toEqual(before);
    expect(network.gradient(parameters).gradients).toEqual(gradients);
  });

  it('writes rows, not errors, where the loss overflows', () => {
    const [row] = linearLandscape(network, 0, { parameters, gradients }, [1e300]);
    const [, , loss, gradientNorm] = row!;
    if (normalisation === 'none') expect(Number.isFinite(loss)).toBe(false);
    expect(gradientNorm).toBeGreaterThan(0);
  });
});
