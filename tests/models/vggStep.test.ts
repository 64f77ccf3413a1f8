/** One training step of our networks equals PyTorch's, tensor by tensor, to the accuracy of float32. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tf } from '../../src/engine/tf';
import { uint8Tensor } from '../../src/engine/transfer';
import { disposeTree, type Tensors } from '../../src/engine/tree';
import { type Initial, vgg } from '../../src/models/vgg';
import { type Batch, makeSteps } from '../../src/step/step';
import {
  deterministicPixels,
  type Expected,
  readVggSteps,
  type Recipe,
  recipeValues,
  summary,
  type VggStep,
} from '../fixtures/weights';

/** How much farther from float64 than PyTorch's own float32 kernels a result may be. */
const slack = 10;
/** Below this relative size a difference is rounding of a handful of operations. */
const rounding = 5e-7;

function expectClose(actual: ArrayLike<number>, expected: Expected): void {
  const { norm, sum, projection, samples } = summary(actual);
  const size = actual.length;
  const distance = slack * Math.max(expected.difference.norm, rounding) * expected.norm;
  const entry =
    (slack * Math.max(expected.difference.entry, rounding) * expected.norm) / Math.sqrt(size);
  expect(Math.abs(norm - expected.norm)).toBeLessThanOrEqual(distance);
  // By Cauchy and Schwarz a distance of d moves the sum by at most d sqrt(n), and a projection less.
  expect(Math.abs(sum - expected.sum)).toBeLessThanOrEqual(distance * Math.sqrt(size));
  expect(Math.abs(projection - expected.projection)).toBeLessThanOrEqual(
    distance * Math.sqrt(size),
  );
  samples.forEach((sample, i) =>
    expect(Math.abs(sample - expected.samples[i]!)).toBeLessThanOrEqual(entry),
  );
}

function tensorsOf(
  initials: Record<string, Initial>,
  recipes: VggStep['parameters' | 'statistics'],
) {
  const byName = new Map<string, Recipe>(recipes.map(({ name, initial }) => [name, initial]));
  const result: Tensors = {};
  for (const [name, { shape }] of Object.entries(initials)) {
    const size = shape.reduce((a, b) => a * b, 1);
    result[name] = tf.tensor(recipeValues(byName.get(name)!, size), shape);
  }
  return result;
}

describe.each(Object.entries(readVggSteps().cases))('%s', (_, step) => {
  const network = vgg(step);
  const { mean, std, number } = step.images;
  const channels = (value: number) => [value, value, value];
  const steps = makeSteps(network, { l2: step.l2, mean: channels(mean), std: channels(std) });
  let result: ReturnType<typeof steps.trainWithGradients>;
  let batch: Batch;

  beforeAll(() => {
    const shape = [step.batchSize, 32, 32, 3];
    const pixels = deterministicPixels(number, step.batchSize * 32 * 32 * 3);
    batch = {
      data: { images: uint8Tensor(pixels, shape), labels: tf.tensor1d(step.labels, 'int32') },
      indices: tf.range(0, step.batchSize, 1, 'int32'),
      noiseKey: tf.tensor1d([0, 0], 'int32'),
    };
    const state = {
      parameters: tensorsOf(network.parameters, step.parameters),
      statistics: tensorsOf(network.statistics, step.statistics),
    };
    const learningRate = tf.scalar(step.learningRate);
    result = steps.trainWithGradients({ ...state, batch, learningRate });
    disposeTree({ ...state, learningRate });
  });
  afterAll(() => {
    disposeTree(result);
    disposeTree(batch);
    expect(tf.memory().numTensors).toBe(0);
  });

  it('has the loss, penalty and accuracy', () => {
    const value = (name: 'loss' | 'penalty' | 'accuracy') => result[name].dataSync()[0]!;
    const within = (relative: number) => slack * Math.max(relative, rounding);
    expect(Math.abs(value('loss') / step.loss - 1)).toBeLessThan(within(step.difference.loss));
    expect(Math.abs(value('penalty') - step.penalty)).toBeLessThan(
      within(step.difference.penalty) * Math.max(step.penalty, 1),
    );
    expect(value('accuracy')).toBeCloseTo(step.accuracy, 6);
  });

  it.each(step.parameters)('has the gradient and the update of $name', (expected) => {
    expectClose(result.gradients[expected.name]!.dataSync(), expected.gradient);
    expectClose(result.parameters[expected.name]!.dataSync(), expected.updated);
  });

  it.each(step.statistics)('has the running $name', ({ name, updated }) => {
    expectClose(result.statistics[name]!.dataSync(), updated);
  });

  it.runIf(step.evaluation)('evaluates as PyTorch does after the step', () => {
    const { parameters, statistics } = result;
    const evaluated = steps.evaluate({ parameters, statistics, batch });
    const { loss, accuracy, difference } = step.evaluation!;
    const tolerance = slack * Math.max(difference.entry, rounding);
    expect(Math.abs(evaluated.running.loss.dataSync()[0]! / loss - 1)).toBeLessThan(tolerance);
    expect(evaluated.running.accuracy.dataSync()[0]).toBeCloseTo(accuracy, 6);
    disposeTree(evaluated);
  });
});
