/** Theorem 4.1 (section 4.2): batch normalisation and the size of the gradient. */
import { factC1, normaliseUnit, type Unit } from './facts';
import { compare, type Sides } from './sides';
import { dot, squaredNorm, sumOf } from './vectors';

/** Both forms of the theorem on one unit. */
export interface Theorem41 extends Sides {
  /** With the printed 1/sqrt(m). */
  printed: Sides;
  sigma: number;
  /** gamma / sigma: above 1 the first factor of the right side enlarges the gradient. */
  gammaOverSigma: number;
  /** <yhat, ghat>, the gradient by gamma. Its sign is a premise of Theorem 4.2. */
  inner: number;
  /** The size of the terms, gamma^2/sigma^2 ||ghat||^2. */
  scale: number;
  /** left / ||ghat||^2: below 1 the normalised net has the smaller gradient, at equal layer output. */
  ratio: number;
}

/**
 * Theorem 4.1: where the rest of the net has the gradient ghat at the layer's output, in both nets,
 *   ||dLhat/dy||^2 <= gamma^2/sigma^2 ( ||ghat||^2 - <1, ghat>^2 / m - <ghat, yhat>^2 / m ).
 * This is Pythagoras for the projection of Fact C.1, hence an equality for every batch (an inequality only with an
 * epsilon). Version 3 prints 1/sqrt(m) at the last term, which is false wherever <ghat, yhat> is not 0.
 * Throws UserError as `normaliseUnit`.
 */
export function theorem41(unit: Unit): Theorem41 {
  const { sigma, yhat } = normaliseUnit(unit);
  const { gradient, gamma } = unit;
  const m = yhat.length;
  const left = squaredNorm(factC1(unit));
  const inner = dot(gradient, yhat);
  const ratio = (gamma / sigma) ** 2;
  const scale = ratio * squaredNorm(gradient);
  const common = squaredNorm(gradient) - sumOf(gradient) ** 2 / m;
  return {
    ...compare(left, ratio * (common - inner ** 2 / m), scale),
    printed: compare(left, ratio * (common - inner ** 2 / Math.sqrt(m)), scale),
    sigma,
    gammaOverSigma: gamma / sigma,
    inner,
    scale,
    ratio: scale === 0 ? 0 : (ratio * left) / scale,
  };
}
