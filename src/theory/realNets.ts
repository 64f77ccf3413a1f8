/**
 * What the theorems compare, and what they do not. They let both nets have one gradient ghat at the layer's output. Of
 * two real nets with the same weights, one reads y and the other z = gamma yhat + beta: other outputs, other gradients,
 * unless gamma = sigma and beta = mu (Observation 4.3).
 */
import { UserError } from '../system/errors';
import { factC1, normalisedHessian, normalisedOutput } from './facts';
import type { Loss } from './losses';
import { outputsOf } from './observation43';
import { eigen } from './quadratic';
import { checkLambda } from './theorem44';
import {
  checkLength,
  dot,
  type Matrix,
  operatorOf,
  scaled,
  squaredNorm,
  transposeTimes,
  type Vector,
} from './vectors';

/** One quantity in the normalised net and in the standard net, the latter in two ways. */
export interface Compared {
  batchNorm: number;
  /** The standard net with the layer output z, as the theorems have it. */
  equalOutput: number;
  /** The standard net with the same weights and inputs, hence the layer output y. */
  sameWeights: number;
}

/** One unit's outputs and the rest of the net, with and without normalisation between. */
export interface NetPair {
  loss: Loss;
  /** [m] */
  y: Vector;
  gamma: number;
  beta: number;
}

/**
 * Squared gradient by y (Theorem 4.1) and curvature along it, gradient^T Hessian gradient (Theorem 4.2), in both nets.
 * Throws UserError as `normaliseUnit`.
 */
export function compareNets({ loss, y, gamma, beta }: NetPair): {
  gradient: Compared;
  curvature: Compared;
} {
  const z = normalisedOutput(y, gamma, beta);
  const unit = { y, gradient: loss.gradient(z), gamma };
  const v = factC1(unit);
  const hessian = operatorOf(loss.hessian(z));
  const atY = loss.gradient(y);
  const along = (g: Vector, at: Vector): number => dot(g, operatorOf(loss.hessian(at))(g));
  return {
    gradient: {
      batchNorm: squaredNorm(v),
      equalOutput: squaredNorm(unit.gradient),
      sameWeights: squaredNorm(atY),
    },
    curvature: {
      batchNorm: dot(v, normalisedHessian(unit, hessian)(v)),
      equalOutput: along(unit.gradient, z),
      sameWeights: along(atY, y),
    },
  };
}

/** A layer of one unit whose input varies. */
export interface VaryingInput {
  loss: Loss;
  /** [d] */
  w: Vector;
  gamma: number;
  beta: number;
  /** Each is scaled to spectral norm lambda. */
  inputs: readonly Matrix[];
  lambda: number;
}

/** The greatest squared gradient by the weights over some inputs. */
export interface WorstGradient {
  batchNorm: number;
  standard: number;
}

/**
 * max ||dL/dw||^2 over the given inputs, scaled to spectral norm lambda, with the outputs y = X w and everything behind
 * them moving along: what Theorem 4.4 bounds with these held fixed. The normalised net does not see the scale of X, so
 * its maximum is the same for every lambda, while the standard net's gradient goes to 0 with lambda.
 * Throws UserError as `normalise`, for lengths that differ, no inputs, an input of 0 and a lambda that is not positive.
 */
export function worstInputs(options: VaryingInput): WorstGradient {
  const { loss, w, gamma, beta, inputs, lambda } = options;
  checkLambda(lambda);
  if (inputs.length === 0) throw new UserError('no inputs: give at least one matrix [m][d]');
  const norms = inputs.map((input) => {
    const x = withSpectralNorm(input, lambda);
    const y = outputsOf(x, w);
    const gradient = loss.gradient(normalisedOutput(y, gamma, beta));
    return {
      batchNorm: squaredNorm(transposeTimes(x, factC1({ y, gradient, gamma }))),
      standard: squaredNorm(transposeTimes(x, loss.gradient(y))),
    };
  });
  return {
    batchNorm: Math.max(...norms.map(({ batchNorm }) => batchNorm)),
    standard: Math.max(...norms.map(({ standard }) => standard)),
  };
}

/** X [m][d] times the number that makes its spectral norm `lambda`. Throws UserError where X is 0. */
export function withSpectralNorm(x: Matrix, lambda: number): Float64Array[] {
  x.forEach((row, b) => checkLength(row, `x[${b}]`, x[0]!.length, 'x[0]'));
  const columns = x[0]!.length;
  const transposed = Array.from({ length: columns }, (_, i) => x.map((row) => row[i]!));
  const shorter = columns < x.length ? transposed : x;
  const gram = shorter.map((row) => shorter.map((other) => dot(row, other)));
  const norm = Math.sqrt(Math.max(0, ...eigen(gram).values));
  if (norm === 0) throw new UserError('an input is 0: it cannot be scaled; give another');
  return x.map((row) => scaled(lambda / norm, row));
}
