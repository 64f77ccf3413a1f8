/**
 * The optimisation landscape along the gradient (section 3.2, App. A.2.2; Figures 4, 10, 11, 12, 13).
 *
 * At parameters x with gradient g of the minibatch's loss f, for step lengths eta:
 *   loss landscape           f(x - eta g)
 *   gradient predictiveness  || grad f(x - eta g) - g ||_2
 *   effective beta-smoothness  max over eta of || grad f(x - eta g) - g ||_2 / (eta || g ||_2)
 * The displaced loss and gradient are of the same minibatch (and noise), all trained parameters move, and normalisation
 * uses the batch's own statistics and leaves the running averages alone. Nothing of the training state changes.
 */
import { execute1 } from '../engine/backend';
import { compile } from '../engine/compile';
import { type Tensor, tf } from '../engine/tf';
import { disposeTree, type Tensors } from '../engine/tree';
import type { AtBatch, GradientResult } from '../training/step';

/** Half the sum of squares of each tensor, []. */
export const halfSquares = (tensors: Tensors): Tensors => {
  const result: Tensors = {};
  for (const name in tensors)
    result[name] = execute1('L2Loss', [tensors[name]!], { T: { type: 'float32' } });
  return result;
};

/** The l2 norm of each tensor and of all of them together, from `halfSquares`; float32, as the device computes. */
export function norms(halves: Tensors): { each: Record<string, number>; all: number } {
  const each: Record<string, number> = {};
  let squares = 0;
  for (const name in halves) {
    const square = 2 * halves[name]!.dataSync()[0]!;
    each[name] = Math.fround(Math.sqrt(square));
    squares += square;
  }
  return { each, all: Math.fround(Math.sqrt(squares)) };
}

/** Columns of the table: after the fixed ones, the gradient's change in each tensor of parameters. */
export const landscapeColumns = (parameters: readonly string[]): string[] => [
  ...['step', 'eta', 'loss', 'penalty', 'accuracy', 'gradientNorm', 'distance', 'gradientChange'],
  ...parameters.map((name) => `change.${name.replace('/', '.')}`),
];

/** Compiles the probe for the gradient function of a network. */
export function makeLandscape(gradient: (input: AtBatch) => GradientResult) {
  const point = compile(
    (input: AtBatch & { gradients: Tensors; eta: Tensor }) => {
      const moved: Tensors = {};
      for (const name in input.parameters)
        moved[name] = tf.sub(input.parameters[name]!, tf.mul(input.eta, input.gradients[name]!));
      const at = gradient({ ...input, parameters: moved });
      const change: Tensors = {};
      for (const name in moved) change[name] = tf.sub(at.gradients[name]!, input.gradients[name]!);
      return {
        loss: at.loss,
        penalty: at.penalty,
        accuracy: at.accuracy,
        change: halfSquares(change),
      };
    },
    { name: 'landscape' },
  );
  const size = compile(halfSquares, { name: 'gradientNorm' });

  /**
   * The table's rows for one step: one for each eta, in order. `gradients` is the training step's own gradient at
   * `parameters`. A loss or gradient that overflows is a row with infinite or undefined numbers.
   */
  return function measure(
    step: number,
    input: AtBatch & { gradients: Tensors },
    etas: readonly number[],
  ): number[][] {
    const halves = size(input.gradients);
    const gradientNorm = norms(halves).all;
    disposeTree(halves);
    return etas.map((eta) => {
      const length: Tensor = tf.scalar(eta);
      const result = point({ ...input, eta: length });
      const [loss, penalty, accuracy] = [result.loss, result.penalty, result.accuracy].map(
        (value) => value.dataSync()[0]!,
      ) as [number, number, number];
      const change = norms(result.change);
      disposeTree(result);
      length.dispose();
      return [
        ...[
          step,
          eta,
          loss,
          penalty,
          accuracy,
          gradientNorm,
          Math.fround(eta * gradientNorm),
          change.all,
        ],
        ...Object.keys(input.parameters).map((name) => change.each[name]!),
      ];
    });
  };
}
