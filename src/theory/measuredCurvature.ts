/**
 * Theorem 4.2 on a trained network: second derivatives along two directions, by differences of gradients that the
 * network computes while one unit's outputs are moved.
 */
import { UserError } from '../errors';
import type { Table } from '../runs/table';
import { hessianByDifferences } from './differences';
import { tableOf } from './experiments';
import { factC1 } from './facts';
import { columnOf, type MeasuredLayer, unitsOf } from './measured';
import { flags } from './statements';
import { theorem42 } from './theorem42';
import { checkLength, dot, type Operator, squaredNorm, type Vector } from './vectors';

/** A layer that can be asked again: flat arrays as in `MeasuredLayer`. */
export interface LiveLayer extends MeasuredLayer {
  /** After normalisation, gamma and beta. */
  z: Vector;
  /** dL/dz where the layer's output is z. */
  gradientAt(z: Float32Array): Vector;
  /** dL/dy where the layer's output before normalisation is y. */
  backpropagatedAt(y: Float32Array): Vector;
}

export interface CurvatureOptions {
  /** Which units; default: the first 8. */
  units?: readonly number[];
  /**
   * How far outputs are moved, relative to their length; default 0.001. A network of ReLUs has kinks, and curvature
   * over a longer step is mostly that of the kinks in between; over a shorter one, float32's rounding.
   */
  step?: number;
}

/** The second derivative of the loss by one unit's outputs, from a gradient by all units' outputs. */
function unitHessian(
  gradientAt: (all: Float32Array) => Vector,
  all: Vector,
  { unit, units, step }: { unit: number; units: number; step: number },
): Operator {
  const own = columnOf(all, unit, units);
  const gradientOf = (outputs: Float64Array): Vector => {
    const moved = Float32Array.from(all);
    outputs.forEach((value, b) => (moved[b * units + unit] = value));
    return columnOf(gradientAt(moved), unit, units);
  };
  return hessianByDifferences(gradientOf, own, step * Math.sqrt(squaredNorm(own)));
}

/**
 * Theorem 4.2 on some units, a row each: its sides as in `experiment('theorem42')`, and `measured`, the left side by
 * differences of the network's own gradient by y. Eight gradients a unit. `convex` is 1 where both directions have
 * curvature of at least 0: more is not known of H.
 * Throws UserError as `unitsOf`, and for units that the layer does not have.
 */
export function curvatureTable(layer: LiveLayer, options: CurvatureOptions = {}): Table {
  const all = unitsOf(layer);
  checkLength(layer.z, 'z', layer.y.length, 'y');
  const { units = [...all.keys()].slice(0, 8), step = 0.001 } = options;
  return tableOf(
    units.map((unit) => {
      const own = all[unit];
      if (own === undefined) {
        throw new UserError(`no unit ${unit}: the layer has units 0 to ${all.length - 1}`);
      }
      const at = { unit, units: all.length, step };
      const hessian = unitHessian((z) => layer.gradientAt(z), layer.z, at);
      const normalised = unitHessian((y) => layer.backpropagatedAt(y), layer.y, at);
      const v = factC1(own);
      const result = theorem42({ ...own, hessian });
      const { left, right, slack, scale, second, premise, inner, standard, along } = result;
      return {
        unit,
        inner,
        left,
        right,
        second: second.right,
        measured: dot(v, normalised(v)),
        standard,
        scale,
        slack,
        secondSlack: second.slack,
        ...flags({ convex: standard >= 0 && along >= 0, positive: inner > 0, ...premise }),
      };
    }),
  );
}
