/**
 * The curvature of the minibatch's loss f at parameters x: the eigenvalue of its Hessian H that is greatest in size (the
 * "sharpness" of Cohen et al. 2021, the top eigenvalue of PyHessian, Yao et al. 2020), and the curvature along the
 * gradient, g'Hg / g'g. The paper measures neither; its effective beta-smoothness stands in for them.
 *
 * Power iteration: v <- Hv / ||Hv||, from a random v, until v'Hv settles. A product with H is exact: the gradient of g'v,
 * in which g is differentiated once more. It is the Hessian between the kinks of ReLU and max-pool, as everywhere in the
 * literature. Normalisation uses the batch's own statistics. Nothing of the training state changes.
 */
import { compile } from '../engine/compile';
import { constant } from '../engine/constant';
import { valueAndGradients } from '../engine/gradients';
import { readTogether } from '../engine/read';
import { type Tensor, tf } from '../engine/tf';
import { disposeTree, type Tensors } from '../engine/tree';
import type { AtBatch, GradientResult } from '../step/step';
import { dotOf, normOf, randomDirection, scaled } from './directions';

/** Columns of the table `curvature`. */
export const curvatureColumns = [
  ...['step', 'eigenvalue', 'alongGradient'],
  // || Hv - lambda v || / |lambda| for the last v, and how many products it took.
  ...['residual', 'products', 'weightNorm'],
];

/** v'Hv has settled where it changes by no more than this part of itself. */
const settled = 1e-3;

type Input = AtBatch & {
  /** The training step's own gradient at `parameters`. */
  gradients: Tensors;
  /** Of the random start, int32 [2]. */
  key: Tensor;
};

export interface CurvatureOptions {
  /** The most products with H in a measurement. */
  iterations: number;
}

/** H times a direction v of length 1: Hv, v'Hv and ||Hv||. */
export interface HessianTimes {
  product: Tensors;
  rayleigh: number;
  norm: number;
}

/**
 * Compiles products with the Hessian for the gradient function of a network, whose operations must be twice differentiable
 * (src/engine/ops.ts). The result takes parameters and minibatch, and a direction of any length, which is brought to
 * length 1; the caller disposes of `product`.
 */
export function makeHessianTimes(gradient: (input: AtBatch) => GradientResult) {
  const times = compile(
    (input: AtBatch & { direction: Tensors }) => {
      const unit = scaled(input.direction, tf.div(constant(1), normOf(input.direction)));
      const { gradients: product } = valueAndGradients(
        () => ({ loss: dotOf(gradient(input).gradients, unit), aux: {} }),
        input.parameters,
      );
      return { product, numbers: { rayleigh: dotOf(unit, product), norm: normOf(product) } };
    },
    { name: 'hessianTimes' },
  );
  return function multiply(input: AtBatch, direction: Tensors): HessianTimes {
    const { product, numbers } = times({ ...input, direction });
    const { rayleigh, norm } = readTogether(numbers);
    disposeTree(numbers);
    return { product, rayleigh, norm };
  };
}

/** Compiles the probe for the gradient function of a network, whose operations must be twice differentiable. */
export function makeCurvature(gradient: (input: AtBatch) => GradientResult) {
  const multiply = makeHessianTimes(gradient);
  const start = compile(
    ({ gradients, key }: { gradients: Tensors; key: Tensor }) => randomDirection(gradients, key),
    { name: 'startOfCurvature' },
  );
  const length = compile((parameters: Tensors) => normOf(parameters), { name: 'weightNorm' });

  /** The table's row for one step. Numbers that overflow are in the row as they are. */
  return function measure(step: number, input: Input, { iterations }: CurvatureOptions): number[] {
    const along = multiply(input, input.gradients);
    disposeTree(along.product);
    let direction: Tensors = start({ gradients: input.gradients, key: input.key });
    let [eigenvalue, residual, products] = [NaN, NaN, 0];
    for (let last = NaN; products < iterations; last = eigenvalue) {
      const { product, rayleigh, norm } = multiply(input, direction);
      disposeTree(direction);
      direction = product;
      products++;
      eigenvalue = rayleigh;
      residual = Math.sqrt(Math.max(0, norm ** 2 - rayleigh ** 2)) / Math.abs(rayleigh);
      // A product of length 0 has no direction to go on in.
      if (norm === 0 || !Number.isFinite(norm)) break;
      if (Math.abs(eigenvalue - last) <= settled * Math.abs(eigenvalue)) break;
    }
    disposeTree(direction);
    const weights = length(input.parameters);
    const weightNorm = weights.dataSync()[0]!;
    weights.dispose();
    return [step, eigenvalue, along.rayleigh, residual, products, weightNorm].map(Math.fround);
  };
}
