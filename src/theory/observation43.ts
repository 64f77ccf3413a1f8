/** Observation 4.3 (section 4.2): normalisation loses no activations, hence no minima. */
import { normalise, normalisedOutput } from './facts';
import { checkFinite, checkLength, dot, type Matrix, type Vector } from './vectors';

/** A layer: inputs X [m][d] and one weight vector per unit, W [units][d]. */
export interface LinearLayer {
  x: Matrix;
  w: Matrix;
}

export interface Observation43 {
  /** sigma and mu of each unit: the gamma and beta to choose. */
  gamma: number[];
  beta: number[];
  /** The outputs of each unit without normalisation and with it, [units][m]. */
  y: Float64Array[];
  z: Float64Array[];
}

/** The outputs of one unit, y = X w, [m]. Throws UserError where lengths differ. */
export function outputsOf(x: Matrix, w: Vector): Float64Array {
  checkFinite(w, 'w');
  return Float64Array.from(x, (row, b) => {
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
  const y = w.map((weights) => outputsOf(x, weights));
  const units = y.map((outputs) => normalise(outputs));
  const gamma = units.map(({ sigma }) => sigma);
  const beta = units.map(({ mean }) => mean);
  const z = y.map((outputs, j) => normalisedOutput(outputs, gamma[j]!, beta[j]!));
  return { gamma, beta, y, z };
}
