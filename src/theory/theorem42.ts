/** Theorem 4.2 (section 4.2): batch normalisation and the curvature along the gradient. */
import { factC1, normalisedHessian, normaliseUnit, type Unit } from './facts';
import { compare, type Sides } from './sides';
import { dot, type Operator, squaredNorm } from './vectors';

/** A unit together with the second derivative of the loss by the layer's output. */
export interface CurvedUnit extends Unit {
  /** H, as a map of R^m; `operatorOf` makes one of a matrix. */
  hessian: Operator;
}

/** Both forms of the theorem on one unit; the first form's sides at the top. */
export interface Theorem42 extends Sides {
  second: Sides;
  /** What the second form needs. */
  premise: {
    /** H keeps the order of the two norms: the longer of ghat and dLhat/dy has the larger v^T H v. */
    orderKept: boolean;
    /** ||dLhat/dy|| <= ||ghat||; so it is where gamma <= sigma. */
    shrinks: boolean;
  };
  /** <yhat, ghat>: positive, by the paper's second mild condition. */
  inner: number;
  /** The separation <yhat, ghat> ||dLhat/dy||^2 / (m gamma), kappa in Theorem C.1. */
  separation: number;
  /** The size of the terms. */
  scale: number;
  /** ghat^T H ghat: what the standard net has in place of `left`, at equal layer output. */
  standard: number;
  /** v^T H v with v = dLhat/dy. */
  along: number;
}

/**
 * Theorem 4.2, first form, with v = dLhat/dy and Hhat the second derivative by y:
 *   v^T Hhat v <= gamma^2/sigma^2 v^T H v - gamma / (m sigma^2) <yhat, ghat> ||v||^2.
 * It is an equality for every batch, every H and every sign, since v has no part along yhat, so that the cross terms
 * of Hhat vanish. Along other directions they do not, and along the gradient with an epsilon they do not either.
 *
 * Second form, "if H preserves the relative norms of ghat and v":
 *   v^T Hhat v <= gamma^2/sigma^2 ( ghat^T H ghat - <yhat, ghat> ||v||^2 / (m gamma) ).
 * By the first form this says v^T H v <= ghat^T H ghat, neither more nor less. If H keeps the order of the norms, that
 * is ||v|| <= ||ghat||, which the paper does not state: a gamma far above sigma breaks it.
 * Throws UserError as `normaliseUnit`.
 */
export function theorem42(unit: CurvedUnit): Theorem42 {
  const { sigma, yhat } = normaliseUnit(unit);
  const { gradient, gamma, hessian } = unit;
  const m = yhat.length;
  const v = factC1(unit);
  const [Hv, Hg] = [hessian(v), hessian(gradient)];
  const inner = dot(yhat, gradient);
  const separation = (inner * squaredNorm(v)) / (m * gamma);
  const [along, standard] = [dot(v, Hv), dot(gradient, Hg)];
  const [normV, normG] = [squaredNorm(v), squaredNorm(gradient)];
  const ratio = (gamma / sigma) ** 2;
  const left = dot(v, normalisedHessian(unit, hessian)(v));
  const sizes = [normV * squaredNorm(Hv), normG * squaredNorm(Hg)].map(Math.sqrt);
  const scale = ratio * (sizes[0]! + sizes[1]! + Math.abs(separation));
  return {
    ...compare(left, ratio * (along - separation), scale),
    second: compare(left, ratio * (standard - separation), scale),
    premise: {
      orderKept: normV <= normG ? along <= standard : along >= standard,
      shrinks: normV <= normG,
    },
    inner,
    separation,
    scale,
    standard,
    along,
  };
}
