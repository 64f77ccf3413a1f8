/** The Hessian's greatest eigenvalue against quadratics, where it is known, and PyTorch's exact one of VGG. */
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { constant } from '../../src/engine/constant';
import { differentiable } from '../../src/engine/gradients';
import { type Tensor, tf } from '../../src/engine/tf';
import { uint8Tensor } from '../../src/engine/transfer';
import type { Tensors } from '../../src/engine/tree';
import { type Initial, vgg } from '../../src/models/vgg';
import { curvatureColumns, makeCurvature } from '../../src/probes/curvature';
import { type AtBatch, type GradientResult, makeSteps } from '../../src/step/step';
import { deterministicPixels, readVggSteps, recipeValues, type VggStep } from '../fixtures/weights';
import { sample, stateOf } from './sample';

const key = tf.tensor1d([3, 4], 'int32');
const named = (row: readonly number[]) =>
  Object.fromEntries(curvatureColumns.map((name, i) => [name, row[i]!]));

/** x times a constant diagonal, which may be differentiated again. */
const times = (x: Tensor, d: number[]): Tensor =>
  differentiable(
    { x },
    () => tf.mul(x, constant(d)),
    (dy) => ({ x: () => tf.mul(dy, constant(d)) }),
  );

/** The gradient of half the sum of d_i x_i^2, with the diagonal d over two tensors. */
const quadratic = (d: { a: number[]; b: number[] }) => {
  const gradient = ({ parameters: { a, b } }: AtBatch): GradientResult => {
    const zero = constant(0);
    return {
      ...{ loss: zero, penalty: zero, accuracy: zero, statistics: {} },
      gradients: { a: times(a!, d.a), b: times(b!, d.b) },
    };
  };
  const parameters = { a: tf.tensor1d([1, -2, 0.5]), b: tf.tensor1d([2, 1]) };
  const gradients = {
    a: tf.tensor1d(d.a.map((v, i) => v * [1, -2, 0.5][i]!)),
    b: tf.tensor1d(d.b.map((v, i) => v * [2, 1][i]!)),
  };
  const nothing = { statistics: {}, batch: sample('none').input.batch };
  return { gradient, input: { parameters, gradients, key, ...nothing } };
};

describe('of a quadratic', () => {
  it.each([
    ['the greatest', { a: [1, 5, 2], b: [3, 0.1] }, 5],
    ['the greatest in size, with its sign', { a: [1, -7, 2], b: [3, 0.1] }, -7],
    ['one of several alike', { a: [4, 4, 4], b: [4, 4] }, 4],
  ])('finds %s', (_, d, expected) => {
    const { gradient, input } = quadratic(d);
    const row = named(makeCurvature(gradient)(9, input, { iterations: 60 }));
    expect(row.step).toBe(9);
    expect(row.eigenvalue! / expected).toBeCloseTo(1, 2);
    expect(row.residual).toBeLessThan(0.1);
    expect(row.weightNorm).toBeCloseTo(Math.hypot(1, 2, 0.5, 2, 1), 5);
    const [g, all] = [
      [...input.gradients.a.dataSync(), ...input.gradients.b.dataSync()],
      [...d.a, ...d.b],
    ];
    const squares = g.map((v) => v * v);
    const along = squares.reduce((sum, v, i) => sum + v * all[i]!, 0);
    expect(row.alongGradient).toBeCloseTo(along / squares.reduce((a, b) => a + b), 3);
  });

  it('stops after the products that it may take, and where there is no curvature at all', () => {
    const steep = quadratic({ a: [1, 5, 4.9], b: [3, 0.1] });
    expect(named(makeCurvature(steep.gradient)(0, steep.input, { iterations: 2 })).products).toBe(
      2,
    );
    const flat = quadratic({ a: [0, 0, 0], b: [0, 0] });
    const row = named(makeCurvature(flat.gradient)(0, flat.input, { iterations: 9 }));
    expect([row.eigenvalue, row.products]).toEqual([0, 1]);
  });
});

interface Exact {
  cases: Record<string, { eigenvalues: number[]; alongGradient: number }>;
}
const exact = JSON.parse(
  fs.readFileSync(path.join(__dirname, '..', 'fixtures', 'curvature.json'), 'utf8'),
) as Exact;

describe.each(Object.entries(exact.cases))('of %s', (name, { eigenvalues, alongGradient }) => {
  const step = (readVggSteps().cases as Record<string, VggStep>)[name]!;
  const network = vgg(step);
  const { mean, std, number } = step.images;
  const channels = (value: number) => [value, value, value];
  const steps = makeSteps(network, { l2: 0, mean: channels(mean), std: channels(std) });
  const tensors = (initials: Record<string, Initial>, kind: 'parameters' | 'statistics'): Tensors =>
    Object.fromEntries(
      Object.entries(initials).map(([each, { shape }]) => {
        const { initial } = step[kind].find((recipe) => recipe.name === each)!;
        const size = shape.reduce((a, b) => a * b, 1);
        return [each, tf.tensor(recipeValues(initial, size), shape)];
      }),
    );
  const input: AtBatch = {
    parameters: tensors(network.parameters, 'parameters'),
    statistics: tensors(network.statistics, 'statistics'),
    batch: {
      data: {
        images: uint8Tensor(deterministicPixels(number, step.batchSize * 3072), [
          step.batchSize,
          ...[32, 32, 3],
        ]),
        labels: tf.tensor1d(step.labels, 'int32'),
      },
      indices: tf.range(0, step.batchSize, 1, 'int32'),
      noiseKey: tf.tensor1d([0, 0], 'int32'),
    },
  };
  const { gradients } = steps.gradient(input);

  it('is what PyTorch computes by differentiating twice', () => {
    const row = named(
      makeCurvature(steps.functions.gradient)(0, { ...input, gradients, key }, { iterations: 400 }),
    );
    expect(Math.abs(row.eigenvalue! / eigenvalues[0]! - 1)).toBeLessThan(0.01);
    expect(Math.abs(row.alongGradient! / alongGradient - 1)).toBeLessThan(1e-5);
  });
});

it('leaves the state and no tensors behind, and gives the same numbers again', () => {
  const { steps, input, gradients } = sample('batch');
  const probe = makeCurvature(steps.functions.gradient);
  const before = stateOf(input);
  const row = probe(1, { ...input, gradients, key }, { iterations: 5 });
  const count = tf.memory().numTensors;
  expect(probe(1, { ...input, gradients, key }, { iterations: 5 })).toEqual(row);
  expect(tf.memory().numTensors).toBe(count);
  expect(stateOf(input)).toEqual(before);
});
