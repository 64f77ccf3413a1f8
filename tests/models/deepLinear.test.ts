/** The network and its step against the same in float64 (deepLinearReference.ts), which finite differences check first. */
import { afterEach, describe, expect, it } from 'vitest';

import { gaussianData } from '../../src/data/gaussian';
import { tf } from '../../src/engine/tf';
import { disposeTree } from '../../src/engine/tree';
import {
  deepLinear,
  type DeepLinearOptions,
  initialiseDeepLinear,
  linearNormalisations,
} from '../../src/models/deepLinear';
import { type DeepLinearInput, makeDeepLinearStep } from '../../src/step/deepLinearStep';
import { UserError } from '../../src/system/errors';
import {
  type Matrix,
  referenceGradient,
  type ReferenceProblem,
  type ReferenceState,
  referenceStep,
  stateOf,
  valuesOf,
} from './deepLinearReference';

const paper = { depth: 25, size: 10, samples: 1000, learningRate: 1e-6 };
const small = { depth: 8, size: 5, samples: 200, learningRate: 1e-4 };

interface Setting extends Partial<DeepLinearOptions> {
  depth: number;
  size: number;
  samples: number;
  learningRate: number;
  seeds?: number[];
}

/** A network at its initialisation with its compiled step. */
function start({ samples, learningRate, seeds = [0], ...options }: Setting) {
  const network = deepLinear({ normalisation: 'none', normaliseLast: true, ...options });
  const input: DeepLinearInput = {
    parameters: initialiseDeepLinear(network, 'glorotUniform', seeds),
    data: gaussianData({ seeds, size: options.size, samples }),
    units: {},
    learningRate: tf.fill([seeds.length, 1, 1, 1], learningRate),
  };
  return { network, input, step: makeDeepLinearStep(network, { lossFactor: 0.5 }) };
}

type Start = ReturnType<typeof start>;

const matrixOf = (x: DeepLinearInput['data']['x']): Matrix => (x.arraySync() as Matrix[])[0]!;

function reference({ network, input }: Start): {
  state: ReferenceState;
  problem: ReferenceProblem;
} {
  const { x, target } = input.data;
  const { normalisation } = network.options;
  const problem = { normalisation, lossFactor: 0.5, x: matrixOf(x), target: matrixOf(target) };
  return { state: stateOf(input.parameters), problem };
}

/** Both sides over some steps: the losses before each. */
function follow(started: Start, { learningRate }: Setting, steps: number) {
  let { state } = reference(started);
  const { problem } = reference(started);
  let { parameters } = started.input;
  const losses: { float32: number[]; float64: number[] } = { float32: [], float64: [] };
  for (let i = 0; i < steps; i++) {
    const result = started.step({ ...started.input, parameters });
    disposeTree({ parameters, gradients: result.gradients });
    ({ parameters } = result);
    losses.float32.push(result.loss.dataSync()[0]!);
    result.loss.dispose();
    const { loss, gradient } = referenceGradient(state, problem);
    losses.float64.push(loss);
    state = referenceStep(state, gradient, learningRate);
  }
  started.input.parameters = parameters;
  return losses;
}

const finish = ({ input, step }: Start): void => {
  disposeTree(input);
  step.dispose();
};

/** || a - b || / || b || */
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((v, i) => v - b[i]!)) / Math.hypot(...b);

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

afterEach(() => expect(tf.memory().numTensors).toBe(0));

describe.each(linearNormalisations)('deep linear network, %s', (normalisation) => {
  it('has a reference whose gradient is its slope', () => {
    const started = start({ ...small, depth: 3, size: 3, samples: 7, normalisation });
    const { state, problem } = reference(started);
    const gradient = valuesOf(referenceGradient(state, problem).gradient);
    const lossAt = (values: number[]): number => {
      const queue = [...values];
      const take = <T>(like: T): T =>
        (Array.isArray(like) ? like.map((part: unknown) => take(part)) : queue.shift()) as T;
      const { weights, gamma, beta } = state;
      const moved = { weights: take(weights), gamma: take(gamma), beta: take(beta) };
      return referenceGradient(moved, problem).loss;
    };
    const values = valuesOf(state);
    const slopes = values.map((_, i) => {
      const [above, below] = [1e-5, -1e-5].map((by) =>
        lossAt(values.map((v, k) => (k === i ? v + by : v))),
      ) as [number, number];
      return (above - below) / 2e-5;
    });
    expect(distance(gradient, slopes)).toBeLessThan(1e-6);
    finish(started);
  });

  it("takes the reference's step at the paper's size", () => {
    const started = start({ ...paper, normalisation });
    const { state, problem } = reference(started);
    const { loss, gradient } = referenceGradient(state, problem);
    // The first call runs op by op; the second is compiled by XLA, which takes seconds at this size.
    for (let call = 0; call < (normalisation === 'batch' ? 2 : 1); call++) {
      const result = started.step(started.input);
      expect(Math.abs(result.loss.dataSync()[0]! / loss - 1)).toBeLessThan(1e-6);
      expect(distance(valuesOf(stateOf(result.gradients)), valuesOf(gradient))).toBeLessThan(2e-5);
      const next = valuesOf(referenceStep(state, gradient, paper.learningRate));
      expect(distance(valuesOf(stateOf(result.parameters)), next)).toBeLessThan(2e-6);
      disposeTree({ result });
    }
    finish(started);
  });

  it('follows the reference for 50 steps, and has its losses long after their digits parted', () => {
    const long = ['none', 'batch', 'linf'].includes(normalisation);
    const setting = { ...small, normalisation };
    const started = start(setting);
    const { float32, float64 } = follow(started, setting, long ? 800 : 50);
    expect(float64[49]).toBeLessThan(0.9 * float64[0]!);
    float32.slice(0, 50).forEach((loss, i) => {
      expect(Math.abs(loss / float64[i]! - 1)).toBeLessThan(i < 20 ? 1e-5 : 1e-3);
    });
    if (long) {
      const late = (losses: number[]) => median(losses.slice(-200));
      expect(Math.abs(late(float32) / late(float64) - 1)).toBeLessThan(0.05);
    }
    finish(started);
  });

  it('gives several networks what each gives alone, to the last digits', () => {
    const seeds = [4, 1, 7];
    const together = start({ ...small, normalisation, seeds });
    const all = together.step(together.input);
    seeds.forEach((seed, i) => {
      const alone = start({ ...small, normalisation, seeds: [seed] });
      const one = alone.step(alone.input);
      for (const name in one.parameters) {
        for (const kind of ['parameters', 'gradients'] as const) {
          const part = tf.slice(all[kind][name]!, i, 1);
          const values = [...part.dataSync()];
          expect(distance(values, [...one[kind][name]!.dataSync()])).toBeLessThan(1e-5);
          part.dispose();
        }
      }
      expect(all.loss.dataSync()[i]! / one.loss.dataSync()[0]!).toBeCloseTo(1, 6);
      disposeTree({ one });
      finish(alone);
    });
    disposeTree({ all });
    finish(together);
  });
});

describe('deep linear networks', () => {
  it('share weights and data where they differ in normalisation only, and nothing with other seeds', () => {
    const [standard, batch] = (['none', 'batch'] as const).map((normalisation) =>
      start({ ...small, normalisation, seeds: [3, 5] }),
    ) as [Start, Start];
    const values = ({ input: { parameters, data } }: Start) =>
      [parameters.weights!, data.x, data.target].map((tensor) => [...tensor.dataSync()]);
    expect(values(standard)).toEqual(values(batch));
    for (const both of values(batch)) {
      const half = both.length / 2;
      expect(distance(both.slice(0, half), both.slice(half))).toBeGreaterThan(0.5);
    }
    finish(standard);
    finish(batch);
  });

  it('leave the last layer alone where they are told to', () => {
    const { parameters } = deepLinear({ ...small, normalisation: 'l2', normaliseLast: false });
    expect(parameters).toEqual({ weights: [8, 5, 5], gamma: [7, 5, 1], beta: [7, 5, 1] });
    const started = start({ ...small, normalisation: 'l2', normaliseLast: false });
    const { state, problem } = reference(started);
    const result = started.step(started.input);
    const { loss, gradient } = referenceGradient(state, problem);
    expect(result.loss.dataSync()[0]! / loss).toBeCloseTo(1, 5);
    expect(distance(valuesOf(stateOf(result.gradients)), valuesOf(gradient))).toBeLessThan(2e-5);
    disposeTree({ result });
    finish(started);
  });

  it.each(['batch', 'l1', 'l2', 'linf'] as const)(
    'stay finite where a unit has no variance: %s',
    (normalisation) => {
      const started = start({ ...small, depth: 3, normalisation });
      const { weights } = started.input.parameters;
      started.input.parameters.weights = tf.tidy(
        () => tf.mul(weights!, tf.tensor4d([0, 1, 1, 1, 1], [1, 1, 5, 1])), // row 1 of each matrix is 0
      );
      weights!.dispose();
      const result = started.step(started.input);
      for (const tensor of [result.loss, ...Object.values(result.gradients)])
        expect([...tensor.dataSync()].every(Number.isFinite)).toBe(true);
      disposeTree({ result });
      finish(started);
    },
  );

  it.each([
    [[1, 8, 5, 6], /weights has shape \[1, 8, 5, 6\]; it must be \[networks, 8, 5, 5\]/],
    [[1, 7, 5, 5], /all layers square and of one size/],
    [[8, 5, 5], /weights has shape \[8, 5, 5\]/],
  ])('refuse weights of shape %j', (shape, message) => {
    const started = start(small);
    const wrong = { weights: tf.zeros(shape) };
    const call = () => started.step({ ...started.input, parameters: wrong });
    expect(call).toThrow(UserError);
    expect(call).toThrow(message);
    disposeTree(wrong);
    finish(started);
  });
});
