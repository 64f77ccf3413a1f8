/** Theorem 4.4 (section 4.2): the gradient by the weights, for the worst input of bounded size. */
import { UserError } from '../system/errors';
import { factC1, normaliseUnit, type Unit } from './facts';
import { compare, type Sides } from './sides';
import { dot, squaredNorm, sumOf } from './vectors';

/** A unit whose layer has inputs X with spectral norm up to `lambda`. */
export interface BoundedUnit extends Unit {
  lambda: number;
}

/** Both forms of the theorem on one unit. */
export interface Theorem44 extends Sides {
  printed: Sides;
  /** max ||dL/dW||^2 of the standard net, g. */
  standard: number;
  /** The size of the terms. */
  scale: number;
}

/** Throws UserError unless the bound on the inputs is a positive number. */
export function checkLambda(lambda: number): void {
  if (!(lambda > 0 && lambda < Infinity)) {
    throw new UserError(`lambda is ${lambda}: the bound on the inputs is a positive number`);
  }
}

/**
 * Theorem 4.4: with g = max ||dL/dW||^2 and ghat_W = max ||dLhat/dW||^2 over inputs X, ||X|| <= lambda, and
 * mu = <1, ghat> / m,
 *   ghat_W <= gamma^2/sigma^2 ( g - lambda^2 m mu^2 - lambda^2 <ghat, yhat>^2 / m ).
 * As dL/dW = X^T dL/dy, both maxima are lambda^2 times the squared gradient by y, so this is Theorem 4.1 times lambda^2
 * and an equality like it. Version 3 prints g^2 for g, no lambda^2 at mu and no 1/m at the last term: quantities of
 * different units, and false on some batches.
 * In the maxima the gradients by y stay as they are while X varies, although y = X W: see `worstInputs`.
 * Throws UserError as `normaliseUnit`, and for a lambda that is not positive.
 */
export function theorem44(unit: BoundedUnit): Theorem44 {
  const { sigma, yhat } = normaliseUnit(unit);
  const { gradient, gamma, lambda } = unit;
  checkLambda(lambda);
  const m = yhat.length;
  const ratio = (gamma / sigma) ** 2;
  const left = lambda ** 2 * squaredNorm(factC1(unit));
  const standard = lambda ** 2 * squaredNorm(gradient);
  const meanPart = m * (sumOf(gradient) / m) ** 2;
  const innerPart = lambda ** 2 * dot(gradient, yhat) ** 2;
  const scale = ratio * standard;
  return {
    ...compare(left, ratio * (standard - lambda ** 2 * meanPart - innerPart / m), scale),
    printed: compare(left, ratio * (standard ** 2 - meanPart - innerPart), scale),
    standard,
    scale,
  };
}
