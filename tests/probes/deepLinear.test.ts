/** The probes of deep linear networks, several at once, against naive ones in float64 on copies of each. */
import { describe, expect, it } from 'vitest';

import { gaussianData } from '../../src/data/gaussian';
import { tf } from '../../src/engine/tf';
import type { Tensors } from '../../src/engine/tree';
import { deepLinear, initialiseDeepLinear } from '../../src/models/deepLinear';
import { covariateShiftColumns, makeCovariateShifts } from '../../src/probes/covariateShift';
import { landscapeColumns, makeLandscapes } from '../../src/probes/landscape';
import { makeDeepLinearStep } from '../../src/step/deepLinearStep';
import {
  type Matrix,
  referenceGradient,
  type ReferenceProblem,
  referenceStep,
  stateOf,
  valuesOf,
} from '../models/deepLinearReference';

const seeds = [2, 6];
const rates = [1e-4, 3e-4];
const lengths = [0.1, 1, 30];
const layers = [1, 3, 4];

const norm = (values: readonly number[]): number => Math.hypot(...values);
const minus = (a: readonly number[], b: readonly number[]) => a.map((v, i) => v - b[i]!);
const close = (actual: number, expected: number, scale = Math.abs(expected)) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2e-4 * scale);

describe.each(['none', 'batch', 'l1'] as const)('probes of a deep linear network, %s', (name) => {
  const size = 5;
  const network = deepLinear({ depth: 4, size, normalisation: name, normaliseLast: false });
  const step = makeDeepLinearStep(network, { lossFactor: 0.5 });
  const parameters = initialiseDeepLinear(network, 'glorotUniform', seeds);
  const data = gaussianData({ seeds, size, samples: 60 });
  const at = (given: Tensors) =>
    step({ parameters: given, data, units: {}, learningRate: tf.tensor4d(rates, [2, 1, 1, 1]) });
  at(parameters); // recorded op by op, which rounds otherwise
  const { gradients, parameters: next } = at(parameters);

  const problemOf = (i: number): ReferenceProblem => ({
    normalisation: name,
    lossFactor: 0.5,
    x: (data.x.arraySync() as Matrix[])[i]!,
    target: (data.target.arraySync() as Matrix[])[i]!,
  });

  it('measures the landscape', () => {
    const columns = landscapeColumns(Object.keys(parameters), ['loss']);
    const etas = lengths.map((length) => rates.map((rate) => length * rate));
    const rows = makeLandscapes(at)(7, { parameters, gradients }, etas);
    seeds.forEach((_, i) => {
      const [state, problem] = [stateOf(parameters, i), problemOf(i)];
      const { gradient } = referenceGradient(state, problem);
      lengths.forEach((length, k) => {
        const eta = length * rates[i]!;
        const there = referenceGradient(referenceStep(state, gradient, eta), problem);
        const row = Object.fromEntries(columns.map((key, c) => [key, rows[i]![k]![c]!]));
        expect(Object.values(row)).not.toContain(undefined);
        expect([row.step, row.eta]).toEqual([7, eta]);
        close(row.loss!, there.loss);
        close(row.gradientNorm!, norm(valuesOf(gradient)));
        close(row.distance!, eta * norm(valuesOf(gradient)));
        const change = minus(valuesOf(there.gradient), valuesOf(gradient));
        // Float32 loses digits where the change is small beside the gradient.
        close(row.gradientChange!, norm(change), norm(change) + 0.05 * norm(valuesOf(gradient)));
        const byWeights = minus(there.gradient.weights.flat(2), gradient.weights.flat(2));
        close(
          row['change.weights']!,
          norm(byWeights),
          norm(change) + 0.05 * norm(valuesOf(gradient)),
        );
      });
    });
  });

  it('measures covariate shift by its definition', () => {
    const rows = makeCovariateShifts(at, { layers })(7, { parameters, next, gradients });
    seeds.forEach((_, i) => {
      const [state, after, problem] = [stateOf(parameters, i), stateOf(next, i), problemOf(i)];
      layers.forEach((layer, k) => {
        const mix = <T>(above: T[], below: T[]) =>
          above.map((v, l) => (l < layer - 1 ? below[l]! : v));
        const mixed = {
          weights: mix(state.weights, after.weights),
          gamma: mix(state.gamma, after.gamma),
          beta: mix(state.beta, after.beta),
        };
        const [G, shifted] = [state, mixed].map((s) =>
          referenceGradient(s, problem).gradient.weights[layer - 1]!.flat(),
        ) as [number[], number[]];
        const dot = G.reduce((sum, v, j) => sum + v * shifted[j]!, 0);
        const row = Object.fromEntries(covariateShiftColumns.map((c, j) => [c, rows[i]![k]![j]!]));
        expect([row.step, row.layer]).toEqual([7, layer]);
        close(row.l2!, norm(minus(G, shifted)), norm(minus(G, shifted)) + 0.05 * norm(G));
        close(row.cosine!, dot / norm(G) / norm(shifted), 1);
        close(row.norm!, norm(G));
        close(row.normAfter!, norm(shifted));
      });
      expect(rows[i]![0]![2]).toBe(0); // nothing below the first layer
      expect(rows[i]![1]![2]! / rows[i]![1]![4]!).toBeGreaterThan(1e-3);
    });
  });

  it('leaves the networks and no tensors behind', () => {
    const values = () =>
      [parameters, gradients].flatMap((tensors) =>
        Object.values(tensors).map((tensor) => [...tensor.dataSync()]),
      );
    const before = values();
    const probes = [
      () => makeLandscapes(at)(0, { parameters, gradients }, [rates]),
      () => makeCovariateShifts(at, { layers })(0, { parameters, next, gradients }),
    ];
    const rate = tf.tensor4d(rates, [2, 1, 1, 1]);
    const count = tf.memory().numTensors;
    probes.forEach((probe) => probe());
    expect(tf.memory().numTensors).toBe(count);
    expect(values()).toEqual(before);
    rate.dispose();
  });

  it('writes rows, not errors, where the loss overflows', () => {
    const [first] = makeLandscapes(at)(0, { parameters, gradients }, [[1e30, 1e30]]);
    const [, , loss, gradientNorm] = first![0]!;
    if (name === 'none') expect(Number.isFinite(loss)).toBe(false);
    expect(gradientNorm).toBeGreaterThan(0);
  });
});
