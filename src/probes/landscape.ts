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
import { compile } from '../engine/compile';
import { numbered, readTogether, type Values } from '../engine/read';
import { type Tensor, tf } from '../engine/tf';
import { disposeTree, type Tensors } from '../engine/tree';
import type { AtBatch, GradientResult } from '../step/step';
import { differences } from './directions';
import { halfSquares, norms } from './norms';

/**
 * Columns of the table: after the fixed ones, the gradient's change in each tensor of parameters. `metrics` are the
 * scalars that are known of each point.
 */
export const landscapeColumns = (
  parameters: readonly string[],
  metrics: readonly string[] = ['loss', 'penalty', 'accuracy'],
): string[] => [
  ...['step', 'eta', ...metrics, 'gradientNorm', 'distance', 'gradientChange'],
  ...parameters.map((name) => `change.${name.replace('/', '.')}`),
];

type Along = { parameters: Tensors; gradients: Tensors; eta: Tensor };

/** x - eta g */
function displaced({ parameters, gradients, eta }: Along): Tensors {
  const result: Tensors = {};
  for (const name in parameters)
    result[name] = tf.sub(parameters[name]!, tf.mul(eta, gradients[name]!));
  return result;
}

/** One point of the landscape. */
type Point = {
  /** In the order of the table's columns. */
  metrics: Tensors;
  /** `halfSquares` of the gradient's change. */
  change: Tensors;
};

/** A point's row. `halves` are the `halfSquares` of the gradient at x. */
function rowOf(
  step: number,
  eta: number,
  halves: Record<string, number>,
  point: Values<Point>,
): number[] {
  const gradientNorm = norms(halves).all;
  const change = norms(point.change);
  return [
    ...[step, eta],
    ...Object.values(point.metrics),
    ...[gradientNorm, Math.fround(eta * gradientNorm), change.all],
    ...Object.values(change.each),
  ];
}

/** Compiles the probe for the gradient function of a network. */
export function makeLandscape(gradient: (input: AtBatch) => GradientResult) {
  const compiled = compile(
    (input: AtBatch & Along): Point => {
      const at = gradient({ ...input, parameters: displaced(input) });
      const { loss, penalty, accuracy } = at;
      const change = halfSquares(differences(at.gradients, input.gradients));
      return { metrics: { loss, penalty, accuracy }, change };
    },
    { name: 'landscape' },
  );
  const size = compile((gradients: Tensors) => halfSquares(gradients), { name: 'gradientNorm' });

  /**
   * The table's rows for one step: one for each eta, in order. `gradients` is the training step's own gradient at
   * `parameters`. A loss or gradient that overflows is a row with infinite or undefined numbers.
   */
  return function measure(
    step: number,
    input: AtBatch & { gradients: Tensors },
    etas: readonly number[],
  ): number[][] {
    const points = etas.map((eta) => {
      const length: Tensor = tf.scalar(eta);
      const point = compiled({ ...input, eta: length });
      length.dispose();
      return point;
    });
    const all = { halves: size(input.gradients), points: numbered(points) };
    const read = readTogether(all);
    disposeTree(all);
    return etas.map((eta, k) => rowOf(step, eta, read.halves, read.points[k]!));
  };
}
