/** Theorem C.1 (Appendix C): the curvature by the weights, for the worst input of bounded size. */
import { factC1, normalisedHessian, normaliseUnit } from './facts';
import { maximumOverBall } from './quadratic';
import { compare, type Sides } from './sides';
import { theorem42 } from './theorem42';
import { type BoundedUnit, checkLambda } from './theorem44';
import {
  checkSymmetric,
  type Matrix,
  matrixOf,
  operatorOf,
  scaled,
  squaredNorm,
  type Vector,
} from './vectors';

/** A unit with bounded inputs and the second derivative of the loss by the layer's output, H, [m][m]. */
export interface BoundedCurvedUnit extends BoundedUnit {
  hessian: Matrix;
}

/** The theorem on one unit; at the top with both maxima taken over all inputs. */
export interface TheoremC1 extends Sides {
  /** With X X^T = lambda^2 I on both sides instead of two maxima. */
  fixedInput: Sides;
  /** The size of the terms. */
  scale: number;
  /** The second form of Theorem 4.2 holds on this unit: what the proof builds on. */
  secondForm: boolean;
  inner: number;
}

/**
 * max over ||X|| <= lambda of d^T (X^T A X) d with d = X^T g. As X X^T runs through all matrices between 0 and
 * lambda^2 I, v = X X^T g runs through the ball around lambda^2 g / 2 on whose surface lie 0 and lambda^2 g.
 */
function worstCurvature(matrix: Matrix, g: Vector, lambda: number): number {
  const centre = scaled(lambda ** 2 / 2, g);
  return maximumOverBall(matrix, centre, Math.sqrt(squaredNorm(centre)));
}

/**
 * Theorem C.1: with the maxima over inputs X, ||X|| <= lambda, and kappa the separation of Theorem 4.2,
 *   max (dLhat/dW)^T (d2Lhat/dW dW) (dLhat/dW)
 *     < gamma^2/sigma^2 ( max (dL/dW)^T (d2L/dW dW) (dL/dW) - lambda^4 kappa ).
 * With one X for both sides, X X^T = lambda^2 I, this is lambda^4 times the second form of Theorem 4.2: it needs that
 * form's premise, and `<=`, since both sides may be equal (gamma = sigma, no mean, no part along yhat).
 * The maxima themselves are taken at another X on either side, and Hhat is not definite even where H is. Computed
 * exactly, the statement is false on some batches on which all premises hold: already since the left side is at least 0
 * (X = 0), while the right is negative where kappa is large.
 * The derivatives by y stay as they are while X varies, as in Theorem 4.4.
 * Throws UserError as `normaliseUnit`, for a lambda that is not positive and an H that is not symmetric [m][m].
 */
export function theoremC1(unit: BoundedCurvedUnit): TheoremC1 {
  const { sigma, yhat } = normaliseUnit(unit);
  const { gradient, gamma, lambda } = unit;
  checkLambda(lambda);
  checkSymmetric(unit.hessian, 'hessian', yhat.length, 'y');
  const hessian = operatorOf(unit.hessian);
  const { left, second, inner, separation, scale: along } = theorem42({ ...unit, hessian });
  const normalised = matrixOf(normalisedHessian(unit, hessian), yhat.length);
  const worst = worstCurvature(normalised, factC1(unit), lambda);
  const standard = worstCurvature(unit.hessian, gradient, lambda);
  const ratio = (gamma / sigma) ** 2;
  const fourth = lambda ** 4;
  const scale = fourth * along + Math.abs(worst) + ratio * Math.abs(standard);
  return {
    ...compare(worst, ratio * (standard - fourth * separation), scale),
    fixedInput: compare(fourth * left, fourth * second.right, scale),
    scale,
    secondForm: second.holds,
    inner,
  };
}
