/** The deep linear network before its first step. */
import { type InitialisationName, initialValues } from '../../random/initialValues';
import { type DeepLinearOptions, type LinearParameters, linearShapes } from './network';

/**
 * Initial parameters; `keyOf` gives the random key of a layer, from 0. Networks that differ in their normalisation only
 * start from the same weights; gamma is 1 and beta 0.
 */
export function initialParameters(
  options: DeepLinearOptions,
  initialisation: InitialisationName,
  keyOf: (layer: number) => Int32Array,
): LinearParameters {
  const { depth, size } = options;
  const result: LinearParameters = {};
  for (const [name, shape] of Object.entries(linearShapes(options)))
    result[name] = new Float64Array(shape.reduce((a, b) => a * b)).fill(name === 'gamma' ? 1 : 0);
  for (let l = 0; l < depth; l++)
    result.weights!.set(
      initialValues(initialisation, { fanIn: size, fanOut: size }, keyOf(l)),
      l * size * size,
    );
  return result;
}
