/**
 * The network against PyTorch's numbers (tests/fixtures/make_deep_linear.py), against the same network sample by sample
 * (deepLinearReference.ts), and against finite differences.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { deepLinearRun } from '../../src/config/presets';
import type { GaussianData } from '../../src/data/gaussian';
import { fillDivisors, linearNormalisations } from '../../src/models/deepLinear/divisors';
import {
  deepLinear,
  type DeepLinearOptions,
  type LinearParameters,
  linearShapes,
} from '../../src/models/deepLinear/network';
import { matrix, multiply, transposed } from '../../src/models/deepLinear/product';
import { displaced } from '../../src/probes/deepLinear';
import { UserError } from '../../src/system/errors';
import { deepLinearStart } from '../../src/training/deepLinearTrainer';
import { type Recipe, recipeValues, type Summary, summary } from '../fixtures/weights';
import { toBeAllClose } from '../support/allclose';
import {
  problemOf,
  referenceGradient,
  referenceStep,
  stateOf,
  valuesOf,
} from './deepLinearReference';

interface FixtureCase extends DeepLinearOptions {
  samples: number;
  tensors: Record<string, { shape: number[]; recipe: Recipe }>;
  loss: number;
  gradients: Record<string, Summary>;
}

const { cases } = JSON.parse(
  readFileSync(path.join(__dirname, '..', 'fixtures', 'deep-linear.json'), 'utf8'),
) as { cases: FixtureCase[] };

/** || a - b || / || b || */
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((v, i) => v - b[i]!)) / Math.hypot(...b);

describe.each(cases)('$depth layers of $size, $normalisation', (fixture) => {
  it('has the loss and the gradient that PyTorch computes in float64', () => {
    const given = Object.fromEntries(
      Object.entries(fixture.tensors).map(([name, { shape, recipe }]) => {
        const size = shape.reduce((a, b) => a * b);
        return [name, Float64Array.from(recipeValues(recipe, size))];
      }),
    );
    const { x, A, ...parameters } = given;
    const { size, samples } = fixture;
    const data: GaussianData = { size, samples, x: x!, A: A! };
    const { loss, gradients } = deepLinear(fixture, data).gradient(parameters);
    expect(Math.abs(loss / fixture.loss - 1)).toBeLessThan(1e-12);
    expect(Object.keys(gradients)).toEqual(Object.keys(fixture.gradients));
    for (const [name, expected] of Object.entries(fixture.gradients)) {
      const own = summary(gradients[name]!);
      const rootMeanSquare = expected.norm / Math.sqrt(gradients[name]!.length);
      expect(Math.abs(own.norm / expected.norm - 1)).toBeLessThan(1e-12);
      expect(Math.abs(own.projection - expected.projection)).toBeLessThan(1e-11 * expected.norm);
      toBeAllClose(own.samples, expected.samples, { rtol: 0, atol: 1e-10 * rootMeanSquare });
    }
  });
});

/** A network that leaves no term out: beta that is not 0, gamma that is not 1. */
function start(changes: Partial<Parameters<typeof deepLinearRun>[1]> = {}) {
  const config = deepLinearRun('smoke', { depth: 8, size: 5, samples: 200, ...changes });
  const started = deepLinearStart(config);
  const { gamma, beta } = started.parameters;
  gamma?.forEach((_, i) => (gamma[i]! += 0.3 * Math.sin(i)));
  beta?.forEach((_, i) => (beta[i] = 0.4 * Math.cos(3 * i)));
  return {
    ...started,
    config,
    problem: problemOf(config, started.data),
    state: stateOf(started.parameters, config),
  };
}

describe.each(linearNormalisations)('deep linear network, %s', (normalisation) => {
  it('is its own slope', () => {
    const { network, parameters } = start({ depth: 4, samples: 31, normalisation });
    const { gradients } = network.gradient(parameters);
    for (const name in parameters) {
      const slopes = Array.from(parameters[name]!, (_, i) => {
        const at = (by: number): number => {
          const moved = { ...parameters, [name]: parameters[name]!.slice() };
          moved[name]![i]! += by;
          return network.gradient(moved).loss;
        };
        return (at(1e-5) - at(-1e-5)) / 2e-5;
      });
      const own = [...gradients[name]!];
      // BatchNorm takes every beta but the last away: what is 0 has no direction.
      toBeAllClose(own, slopes, { rtol: 1e-6, atol: 1e-6 * Math.hypot(...own) });
    }
  });

  it.each([
    ['as small as a test', {}],
    ['of the paper', { depth: 25, size: 10, samples: 1000 }],
    ['plain at its end', { normaliseLast: false, lossFactor: 1 as const }],
    ['of one layer', { depth: 1 }],
    ['of one unit', { size: 1 }],
  ])('computes what each sample gives: %s', (_, changes) => {
    const { network, parameters, problem, state, config } = start({ ...changes, normalisation });
    const { loss, gradients } = network.gradient(parameters);
    const reference = referenceGradient(state, problem);
    expect(Math.abs(loss / reference.loss - 1)).toBeLessThan(1e-11);
    const own = valuesOf(stateOf(gradients, config));
    expect(distance(own, valuesOf(reference.gradient))).toBeLessThan(1e-11);
  });

  it('trains as the network of samples does', () => {
    const started = start({ normalisation, learningRate: 1e-4 });
    let { parameters, state } = started;
    const first = started.network.gradient(parameters).loss;
    for (let i = 0; i < 50; i++) {
      const own = started.network.gradient(parameters);
      const reference = referenceGradient(state, started.problem);
      expect(Math.abs(own.loss / reference.loss - 1)).toBeLessThan(1e-9);
      parameters = displaced(parameters, own.gradients, 1e-4);
      state = referenceStep(state, reference.gradient, 1e-4);
    }
    expect(started.network.gradient(parameters).loss).toBeLessThan(0.95 * first);
  });

  it('has the activations that each sample gives', () => {
    const { network, parameters, data, problem, state } = start({ depth: 3, normalisation });
    for (const layer of [1, 2, 3]) {
      // What layer `layer` puts out, as the output of a network that ends there.
      const cut = { weights: state.weights.slice(0, layer), gamma: state.gamma.slice(0, layer) };
      const { loss } = referenceGradient(
        { ...cut, beta: state.beta.slice(0, layer) },
        { ...problem, target: problem.x.map((row) => row.map(() => 0)) },
      );
      const sizes = problem.x.map((_, unit) => {
        const values = network.activations(parameters, layer, unit);
        expect(values).toHaveLength(data.samples);
        return values.reduce((sum, value) => sum + value * value, 0);
      });
      const sum = problem.lossFactor * sizes.reduce((a, b) => a + b);
      expect(Math.abs(sum / loss - 1)).toBeLessThan(1e-11);
    }
  });

  it('changes nothing that it is given, and remembers nothing', () => {
    const { network, parameters } = start({ normalisation });
    const before = structuredClone(parameters);
    const first = network.gradient(parameters);
    network.gradient(displaced(parameters, first.gradients, 1e-3));
    network.activations(parameters, 2, 1);
    expect(parameters).toEqual(before);
    expect(network.gradient(parameters)).toEqual(first);
  });
});

describe.each(['batch', 'l1', 'l2', 'linf'] as const)('normalisation %s', (normalisation) => {
  it('stays finite where a unit has no variance', () => {
    const { network, parameters, config, data } = start({ depth: 3, normalisation });
    const { size } = config;
    network.gradient(parameters); // of which nothing may be left
    for (let l = 0; l < 3; l++) parameters.weights!.fill(0, l * size * size, (l * size + 1) * size);
    const { loss, gradients } = network.gradient(parameters);
    for (const values of [[loss], ...Object.values(gradients)])
      expect(values.every(Number.isFinite)).toBe(true);
    expect({ loss, gradients }).toEqual(deepLinear(config, data).gradient(parameters));
  });
});

/** The divisor of one unit y = x over given samples, and its derivatives. */
function divisorOf(normalisation: 'l1' | 'linf', x: readonly number[]): number[] {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const centred = matrix(
    Float64Array.from(x, (value) => value - mean),
    1,
    x.length,
  );
  const one = matrix(Float64Array.of(1), 1, 1);
  const statistics = { mean: Float64Array.of(mean), centred, covariance: one };
  const out = { values: one.values.slice(), byP: new Float64Array(1), byQ: new Float64Array(1) };
  fillDivisors[normalisation]!(statistics)({ P: one, q: Float64Array.of(mean) }, out);
  return [out.values[0]! - 1e-5, out.byP[0]!, out.byQ[0]!];
}

describe('at the kinks', () => {
  it('samples that share the maximum share its derivative', () => {
    // Mean .375: the greatest are 2, of slope 1.625 and 1, and -2, of slope 2.375 and -1.
    toBeAllClose(divisorOf('linf', [2, -2, 1, 0.5]), [2, 2, 0], { rtol: 0, atol: 1e-15 });
    toBeAllClose(divisorOf('linf', [3, 3, -1, -1]), [3, 2, 1], { rtol: 0, atol: 1e-15 });
  });

  it('a value of 0 has no sign', () => {
    toBeAllClose(divisorOf('l1', [0, 1, -3, 2]), [1.5, 1.5, 0.25], { rtol: 0, atol: 1e-15 });
  });
});

describe('deep linear networks', () => {
  it('share weights and data where they differ in normalisation only, and nothing with other seeds', () => {
    const [standard, batch] = (['none', 'batch'] as const).map((normalisation) =>
      deepLinearStart(deepLinearRun('quick', { normalisation, seed: 3 })),
    );
    expect(batch!.parameters.weights).toEqual(standard!.parameters.weights);
    expect(batch!.data).toEqual(standard!.data);
    expect(batch!.parameters.gamma!.every((value) => value === 1)).toBe(true);
    expect(batch!.parameters.beta!.every((value) => value === 0)).toBe(true);
    const other = deepLinearStart(deepLinearRun('quick', { seed: 5 }));
    const [a, b] = [other, standard!].map(({ parameters }) => [...parameters.weights!]);
    expect(distance(a!, b!)).toBeGreaterThan(0.5);
  });

  it('have a gamma and a beta for each normalised layer', () => {
    const options = { depth: 8, size: 5, lossFactor: 1, normaliseLast: false };
    expect(linearShapes({ ...options, normalisation: 'l2' })).toEqual({
      weights: [8, 5, 5],
      gamma: [7, 5],
      beta: [7, 5],
    });
    expect(linearShapes({ ...options, normalisation: 'none' })).toEqual({ weights: [8, 5, 5] });
    expect(linearShapes({ ...options, depth: 1, normalisation: 'l1' })).toEqual({
      weights: [1, 5, 5],
    });
  });

  it.each<[string, (p: LinearParameters) => LinearParameters, RegExp]>([
    [
      'a layer too few',
      (p) => ({ ...p, weights: p.weights!.slice(25) }),
      /weights has 175 numbers/,
    ],
    [
      'no beta',
      ({ weights, gamma }) => ({ weights: weights!, gamma: gamma! }),
      /beta has no numbers; it must have 40, \[8, 5\]/,
    ],
  ])('refuse parameters with %s', (_, change, message) => {
    const { network, parameters } = start({ normalisation: 'batch' });
    const call = () => network.gradient(change(parameters));
    expect(call).toThrow(UserError);
    expect(call).toThrow(message);
  });
});

it.each([
  [2, 2, 2],
  [3, 5, 4],
  [1, 7, 3],
  [4, 1, 1],
])('multiplies %i x %i by %i, in every layout', (rows, inner, columns) => {
  const a = Float64Array.from({ length: rows * inner }, (_, i) => Math.sin(i + 1));
  const b = Float64Array.from({ length: inner * columns }, (_, i) => Math.cos(2 * i));
  const expected = Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return Array.from({ length: inner }, (_, k) => a[i * inner + k]! * b[k * columns + j]!).reduce(
      (sum, value) => sum + value,
      0,
    );
  });
  const turned = (values: Float64Array, height: number, width: number) =>
    transposed(
      matrix(
        values.map((_, at) => values[(at % height) * width + Math.floor(at / height)]!),
        width,
        height,
      ),
    );
  const out = new Float64Array(rows * columns);
  for (const left of [matrix(a, rows, inner), turned(a, rows, inner)])
    for (const right of [matrix(b, inner, columns), turned(b, inner, columns)]) {
      multiply(left, right, out.fill(NaN));
      toBeAllClose(out, expected, { rtol: 0, atol: 1e-15 });
    }
});
