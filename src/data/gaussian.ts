/** The data of the deep linear network (App. A.1): Gaussian inputs x and targets A x of one random linear map A. */
import { normalNumbers } from '../random/philox';

export interface GaussianDataOptions {
  /** Number of inputs and of outputs of the map. */
  size: number;
  samples: number;
}

export interface GaussianData extends GaussianDataOptions {
  /** [size, samples], row by row: a column is a sample. */
  x: Float64Array;
  /** The map whose outputs A x are the targets, [size, size]. */
  A: Float64Array;
}

/** Draws a data set, standard normal numbers; `keyOf` gives the random key of x (0) and of A (1). */
export const gaussianData = (
  { size, samples }: GaussianDataOptions,
  keyOf: (place: number) => Int32Array,
): GaussianData => ({
  size,
  samples,
  x: normalNumbers(size * samples, keyOf(0)),
  A: normalNumbers(size * size, keyOf(1)),
});
