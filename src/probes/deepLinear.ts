/**
 * The probes of src/probes/landscape.ts and covariateShift.ts for the deep linear network, in float64: the same
 * definitions, the same tables. Pure functions of plain arrays.
 */
import { type DeepLinear, type LinearParameters, zerosLike } from '../models/deepLinear/network';

/** x - eta g, written into `into` where that is given. */
export function displaced(
  x: LinearParameters,
  g: LinearParameters,
  eta: number,
  into: LinearParameters = zerosLike(x),
): LinearParameters {
  for (const name in x) {
    const [from, slope, to] = [x[name]!, g[name]!, into[name]!];
    for (let i = 0; i < from.length; i++) to[i] = from[i]! - eta * slope[i]!;
  }
  return into;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));
const minus = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((value, i) => value - b[i]!);

/** Where a step begins: the parameters and the gradient there. */
export interface LinearStep {
  parameters: LinearParameters;
  gradients: LinearParameters;
}

/**
 * The landscape along the gradient (section 3.2, App. A.2.2): a row of the table for each eta, in order. A loss or a
 * gradient that overflows is a row with infinite or undefined numbers.
 */
export function linearLandscape(
  network: DeepLinear,
  step: number,
  { parameters, gradients: g }: LinearStep,
  etas: readonly number[],
): number[][] {
  const names = Object.keys(parameters);
  const gradientNorm = Math.hypot(...names.map((name) => norm(g[name]!)));
  return etas.map((eta) => {
    const there = network.gradient(displaced(parameters, g, eta));
    const changes = names.map((name) => norm(minus(there.gradients[name]!, g[name]!)));
    return [
      ...[step, eta, there.loss, gradientNorm, eta * gradientNorm],
      ...[Math.hypot(...changes), ...changes],
    ];
  });
}

/** Internal covariate shift (Definition 2.1): a row of the table for each of some layers, numbered from 1. */
export function linearCovariateShift(
  network: DeepLinear,
  step: number,
  { parameters, gradients, next }: LinearStep & { next: LinearParameters },
  layers: readonly number[],
): number[][] {
  const { size } = network.options;
  const countOf = (name: string): number => (name === 'weights' ? size * size : size);

  /** The layers below `layer` with all they train as after the step, the others as before it. */
  function mixed(layer: number): LinearParameters {
    const result: LinearParameters = {};
    for (const name in parameters) {
      result[name] = parameters[name]!.slice();
      result[name].set(next[name]!.subarray(0, (layer - 1) * countOf(name)));
    }
    return result;
  }

  return layers.map((layer) => {
    const own = ({ weights }: LinearParameters): Float64Array =>
      weights!.subarray((layer - 1) * size * size, layer * size * size);
    const [G, shifted] = [own(gradients), own(network.gradient(mixed(layer)).gradients)];
    const [before, after] = [norm(G), norm(shifted)];
    const cosine = dot(G, shifted) / (before * after);
    return [step, layer, norm(minus(G, shifted)), cosine, before, after];
  });
}
