/**
 * Batch normalisation of one unit and its derivatives (section 4.1; Appendix C, Facts C.1 and C.2).
 *
 * The unit's outputs over a batch are y in R^m, with mean mu and standard deviation sigma (1/m). Then
 *   yhat = (y - mu) / sigma,   <1, yhat> = 0,   ||yhat||^2 = m,   z = gamma yhat + beta.
 * Everything in section 4 follows from one matrix, the derivative of yhat by y times sigma:
 *   P = I - 1 1^T / m - yhat yhat^T / m,
 * the orthogonal projection that removes a vector's mean and its part along yhat.
 */
import { UserError } from '../system/errors';
import { checkFinite, checkLength, dot, type Operator, sumOf, type Vector } from './vectors';

/** One unit of a layer over a batch of m examples (in a convolution: examples and positions). */
export interface Unit {
  /** What the unit gives before normalisation, [m]. */
  y: Vector;
  /** ghat = dL/dz, the gradient by the layer's output, [m]. */
  gradient: Vector;
  gamma: number;
  /** Added to the variance. The paper has none, a real layer 1e-5; default 0. */
  epsilon?: number;
}

/** A unit's normalised outputs. */
export interface Normalised {
  mean: number;
  /** sqrt(variance + epsilon). */
  sigma: number;
  /** [m] */
  yhat: Float64Array;
}

/**
 * Normalises the outputs of one unit over its batch.
 * Throws UserError for a batch of fewer than two values, and for one without variance where epsilon is 0.
 */
export function normalise(y: Vector, epsilon = 0): Normalised {
  const m = y.length;
  if (m < 2) {
    throw new UserError(`batch of size ${m}: normalisation needs a variance; give at least 2`);
  }
  if (!(epsilon >= 0)) throw new UserError(`epsilon is ${epsilon}: give 0 or a positive number`);
  checkFinite(y, 'y');
  const mean = sumOf(y) / m;
  let squares = 0;
  let largest = 0;
  for (let b = 0; b < m; b++) {
    squares += (y[b]! - mean) ** 2;
    largest = Math.max(largest, Math.abs(y[b]!));
  }
  const sigma = Math.sqrt(squares / m + epsilon);
  // The mean of m equal numbers is itself rounded, so their variance need not come out as exactly 0.
  if (sigma <= m * Number.EPSILON * largest || sigma === 0) {
    throw new UserError(
      `zero variance: all ${m} values of y are ${y[0]}; leave this unit out, or give an epsilon`,
    );
  }
  return { mean, sigma, yhat: Float64Array.from(y, (value) => (value - mean) / sigma) };
}

/** z = gamma yhat + beta, [m]. Throws UserError as `normalise`. */
export const normalisedOutput = (y: Vector, gamma: number, beta: number): Float64Array =>
  normalise(y).yhat.map((value) => gamma * value + beta);

/** `normalise` of a unit, once its gradient and gamma are seen to be usable; throws UserError where they are not. */
export function normaliseUnit({ y, gradient, gamma, epsilon }: Unit): Normalised {
  checkLength(gradient, 'gradient', y.length, 'y');
  if (!Number.isFinite(gamma) || gamma === 0) {
    throw new UserError(`gamma is ${gamma}: the theorems need a finite gamma other than 0`);
  }
  return normalise(y, epsilon);
}

/**
 * Fact C.1 (Appendix C): the gradient of the loss by the unit's outputs before normalisation, [m],
 *   dLhat/dy_b = gamma / (m sigma) ( m ghat_b - sum_k ghat_k - yhat_b sum_k ghat_k yhat_k ),
 * in short gamma / sigma P ghat. The two sums are the gradients by beta and gamma: what normalisation takes out of a
 * gradient is what its own two parameters could have done.
 */
export function factC1(unit: Unit): Float64Array {
  const { sigma, yhat } = normaliseUnit(unit);
  const { gradient, gamma } = unit;
  const m = yhat.length;
  const byBeta = sumOf(gradient);
  const byGamma = dot(gradient, yhat);
  return Float64Array.from(
    gradient,
    (g, b) => (gamma / (m * sigma)) * (m * g - byBeta - yhat[b]! * byGamma),
  );
}

/**
 * Fact C.2 (Appendix C): the derivative of the normalised outputs by the outputs, [m][m],
 *   dyhat_b / dy_k = 1 / sigma ( [b = k] - 1/m - yhat_b yhat_k / m ) = P / sigma,
 * symmetric; dz/dy is gamma times that.
 */
export function factC2({ y, epsilon }: Pick<Unit, 'y' | 'epsilon'>): Float64Array[] {
  const { sigma, yhat } = normalise(y, epsilon);
  const m = yhat.length;
  return Array.from(yhat, (yb, b) =>
    yhat.map((yk, k) => (Number(b === k) - 1 / m - (yb * yk) / m) / sigma),
  );
}

/**
 * The second derivative of the loss by the unit's outputs before normalisation, from that by the layer's output, H
 * (in the proof of Theorem 4.2):
 *   Hhat = gamma^2 / sigma^2 P H P - gamma / (m sigma^2) ( u yhat^T + yhat u^T + <yhat, ghat> P ),   u = P ghat.
 */
export function normalisedHessian(unit: Unit, hessian: Operator): Operator {
  const { sigma, yhat } = normaliseUnit(unit);
  const { gamma, gradient } = unit;
  const m = yhat.length;
  const project = (v: Vector): Float64Array => {
    const [mean, along] = [sumOf(v) / m, dot(v, yhat) / m];
    return Float64Array.from(v, (value, b) => value - mean - along * yhat[b]!);
  };
  const u = project(gradient);
  const inner = dot(yhat, gradient);
  return (v) => {
    const Pv = project(v);
    const PHPv = project(hessian(Pv));
    const [alongYhat, alongU] = [dot(yhat, v), dot(u, v)];
    return PHPv.map(
      (value, b) =>
        (gamma / sigma) ** 2 * value -
        (gamma / (m * sigma ** 2)) * (u[b]! * alongYhat + yhat[b]! * alongU + inner * Pv[b]!),
    );
  };
}
