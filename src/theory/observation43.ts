/** Observation 4.3 (section 4.2): normalisation loses no activations, hence no minima. */
import { UserError } from '../errors';
import { normalise } from './facts';
import { checkLength, dot, type Matrix } from './vectors';

/** A layer: inputs X [m][d] and one weight vector per unit, W [units][d]. */
export interface LinearLayer {
  x: Matrix;
  w: Matrix;
}

export interface Observation43 {
  /** sigma and mu of each unit: the gamma and beta to choose. */
  gamma: number[];
  beta: number[];
  /** The greatest | z - y | over batch and units, in units of the greatest | y |. */
  difference: number;
}

/** The outputs of one unit, y = X w, [m]. Throws UserError where lengths differ. */
export function outputsOf(x: Matrix, w: ArrayLike<number>): number[] {
  if (w.length === 0) throw new UserError('w is empty: give one weight per input');
  return x.map((row, b) => {
    checkLength(row, `x[${b}]`, w.length, 'w');
    return dot(row, w);
  });
}

/**
 * Observation 4.3: for any X and W there are gamma and beta with which the normalised layer gives the same activations,
 * z = gamma yhat + beta = y: gamma = sigma, beta = mu. So whatever the standard net can represent, its minima among it,
 * the normalised net can, and there gamma / sigma = 1: Theorem 4.1 then compares two real nets.
 * "Any" leaves out units that are constant over the batch: for these it throws UserError, as for wrong lengths.
 */
export function observation43({ x, w }: LinearLayer): Observation43 {
  const units = w.map((weights) => {
    const y = outputsOf(x, weights);
    const { mean, sigma, yhat } = normalise(y);
    const z = yhat.map((value) => sigma * value + mean);
    return { mean, sigma, y, z };
  });
  const largest = Math.max(...units.flatMap(({ y }) => y.map(Math.abs)));
  return {
    gamma: units.map(({ sigma }) => sigma),
    beta: units.map(({ mean }) => mean),
    difference:
      Math.max(...units.flatMap(({ y, z }) => y.map((value, b) => Math.abs(z[b]! - value)))) /
      largest,
  };
}
