/**
 * Theorem 4.2 on a trained network: second derivatives along two directions, by differences of gradients that the
 * network computes while one unit's outputs are moved.
 */
import type { Table } from '../runs/table';
import { UserError } from '../system/errors';
import { hessianByDifferences } from './differences';
import { tableOf } from './experiments';
import { factC1 } from './facts';
import { columnOf, type MeasuredLayer, unitsOf } from './measured';
import { eigen } from './quadratic';
import { flags } from './statements';
import { theorem42 } from './theorem42';
import {
  checkLength,
  dot,
  type Matrix,
  matrixOf,
  type Operator,
  squaredNorm,
  type Vector,
} from './vectors';

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

const defaultStep = 0.001;

function checkUnit(unit: number, units: number): void {
  if (!Number.isInteger(unit) || unit < 0 || unit >= units) {
    throw new UserError(`no unit ${unit}: the layer has units 0 to ${units - 1}`);
  }
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

/** H of one unit, [m][m], and whether it is positive semidefinite. */
export interface UnitHessian {
  hessian: Matrix;
  /** Its least eigenvalue is not below 0, but for what float32 leaves. */
  convex: boolean;
}

/** Negative eigenvalues up to this share of the greatest are rounding. */
const rounding = 1e-2;

/**
 * The second derivative of the loss by one unit's outputs after normalisation, written down, by differences of
 * gradients: two a value of the unit, so take a batch of a few dozen. Throws UserError for a unit that is not there.
 */
export function hessianOf(
  layer: LiveLayer,
  unit: number,
  { step = defaultStep }: Pick<CurvatureOptions, 'step'> = {},
): UnitHessian {
  const units = layer.gamma.length;
  checkUnit(unit, units);
  const operator = unitHessian((z) => layer.gradientAt(z), layer.z, { unit, units, step });
  const rows = matrixOf(operator, layer.z.length / units);
  const hessian = rows.map((row, i) => row.map((value, j) => (value + rows[j]![i]!) / 2));
  const { values } = eigen(hessian);
  return { hessian, convex: Math.min(...values) >= -rounding * Math.max(...values) };
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
  const { units = [...all.keys()].slice(0, 8), step = defaultStep } = options;
  return tableOf(
    units.map((unit) => {
      checkUnit(unit, all.length);
      const own = all[unit]!;
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
