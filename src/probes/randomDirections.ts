/**
 * The landscape along a random direction (App. A.2.2: "the loss behaves in a similar way when we examine other (random)
 * directions too", without a figure). At parameters x with gradient g of the minibatch's loss f, and a direction d that
 * is normally distributed and as long as g:
 *   f(x + eta d)   and   || grad f(x + eta d) - g ||_2
 * for the step lengths of the landscape along the gradient: the same distances, the same minibatch and noise. Nothing of
 * the training state changes.
 */
import { compile } from '../engine/compile';
import { numbered, readTogether } from '../engine/read';
import { type Tensor, tf } from '../engine/tf';
import { disposeTree, type Tensors } from '../engine/tree';
import type { AtBatch, GradientResult } from '../step/step';
import { differences, moved, normOf, randomDirection, scaled } from './directions';

/** Columns of the table, those of the landscape without its single tensors. */
export const randomDirectionColumns = [
  ...['step', 'eta', 'loss', 'penalty', 'accuracy'],
  ...['gradientNorm', 'distance', 'gradientChange'],
];

type Input = AtBatch & {
  /** The training step's own gradient at `parameters`. */
  gradients: Tensors;
  /** Of the direction, int32 [2]. */
  key: Tensor;
};

/** Compiles the probe for the gradient function of a network. */
export function makeRandomDirections(gradient: (input: AtBatch) => GradientResult) {
  const compiled = compile(
    (input: Input & { eta: Tensor }) => {
      const { parameters, gradients, key, eta } = input;
      const normals = randomDirection(parameters, key);
      const gradientNorm = normOf(gradients);
      const direction = scaled(normals, tf.div(gradientNorm, normOf(normals)));
      const at = gradient({ ...input, parameters: moved(parameters, direction, eta) });
      const change = normOf(differences(at.gradients, gradients));
      const { loss, penalty, accuracy } = at;
      return { loss, penalty, accuracy, gradientNorm, change };
    },
    { name: 'randomDirection' },
  );

  /** The table's rows for one step: one for each eta, in order, all along the one direction of `key`. */
  return function measure(step: number, input: Input, etas: readonly number[]): number[][] {
    const points = numbered(
      etas.map((eta) => {
        const length: Tensor = tf.scalar(eta);
        const point = compiled({ ...input, eta: length });
        length.dispose();
        return point;
      }),
    );
    const read = readTogether(points);
    disposeTree(points);
    return etas.map((eta, k) => {
      const { loss, penalty, accuracy, gradientNorm, change } = read[k]!;
      const distance = Math.fround(eta * gradientNorm);
      return [step, eta, loss, penalty, accuracy, gradientNorm, distance, change];
    });
  };
}
