/**
 * The theorems on a trained network: activations and gradients of a normalised layer, as TensorFlow gives them. In a
 * convolution the batch of a unit is all examples and positions of a channel.
 */
import { column, type Table } from '../runs/table';
import { UserError } from '../system/errors';
import { tableOf } from './experiments';
import { factC1, type Unit } from './facts';
import { columnsOf } from './sides';
import { theorem41 } from './theorem41';
import { checkLength, combine, squaredNorm, type Vector } from './vectors';

/** A unit of a network; `backpropagated` is the gradient by y that the network itself computed, [m]. */
export interface MeasuredUnit extends Unit {
  backpropagated?: Vector;
}

/** One normalised layer. All but gamma are flat with the unit running fastest: [m, units] or [n, h, w, units]. */
export interface MeasuredLayer {
  /** Before normalisation. */
  y: Vector;
  /** dL/dz, after gamma and beta and before the non-linearity. */
  gradient: Vector;
  /** dL/dy. */
  backpropagated?: Vector;
  /** [units] */
  gamma: Vector;
  /** Default 1e-5, that of the networks here. */
  epsilon?: number;
}

/** One unit of a flat array, [m]. */
export const columnOf = (all: Vector, unit: number, units: number): Float64Array =>
  Float64Array.from({ length: all.length / units }, (_, b) => all[b * units + unit]!);

/** The units of a layer. Throws UserError where the lengths do not fit together. */
export function unitsOf(layer: MeasuredLayer): MeasuredUnit[] {
  const { y, gradient, backpropagated, gamma, epsilon = 1e-5 } = layer;
  const units = gamma.length;
  if (units === 0 || y.length % units !== 0) {
    throw new UserError(
      `y has length ${y.length}, gamma ${units}: y is [m, units] with one gamma per unit`,
    );
  }
  checkLength(gradient, 'gradient', y.length, 'y');
  if (backpropagated) checkLength(backpropagated, 'backpropagated', y.length, 'y');
  return Array.from(gamma, (own, j) => ({
    y: columnOf(y, j, units),
    gradient: columnOf(gradient, j, units),
    gamma: own,
    epsilon,
    ...(backpropagated && { backpropagated: columnOf(backpropagated, j, units) }),
  }));
}

/**
 * Theorem 4.1 on every unit, a row each: its sides as in `experiment('theorem41')`, gamma / sigma, `inner` =
 * <yhat, ghat> and `alignment`, its cosine; `backpropagated`, the left side from the network's own gradient, and
 * `gradientError`, how far that gradient is from Fact C.1's relative to its length (both NaN where there is none).
 * Throws UserError as `normaliseUnit`.
 */
export function measuredTable(units: readonly MeasuredUnit[]): Table {
  return tableOf(
    units.map((unit, j) => {
      const result = theorem41(unit);
      const { sigma, gammaOverSigma, inner, ratio } = result;
      const m = unit.y.length;
      const length = Math.sqrt(m * squaredNorm(unit.gradient));
      return {
        ...{ unit: j, m, gamma: unit.gamma, sigma, gammaOverSigma, inner },
        alignment: length === 0 ? 0 : inner / length,
        ...columnsOf(result),
        ratio,
        ...comparedWithNetwork(unit),
      };
    }),
  );
}

function comparedWithNetwork(unit: MeasuredUnit) {
  if (unit.backpropagated === undefined) return { backpropagated: NaN, gradientError: NaN };
  const backpropagated = squaredNorm(unit.backpropagated);
  const difference = squaredNorm(combine(1, unit.backpropagated, -1, factC1(unit)));
  return {
    backpropagated,
    gradientError: backpropagated === 0 ? 0 : Math.sqrt(difference / backpropagated),
  };
}

/** How many units of a network meet the conditions that the paper calls mild, and how many get smaller gradients. */
export interface MeasuredCounts {
  units: number;
  /** |gamma| / sigma > 1: the first factor of the theorems enlarges. */
  aboveOne: number;
  /** <yhat, ghat> > 0, a condition of Theorem 4.2. */
  positive: number;
  /** ||dLhat/dy|| < ||ghat||. */
  smaller: number;
}

/** Counts over a table of `measuredTable`. */
export function measuredCounts(table: Table): MeasuredCounts {
  const count = (name: string, test: (value: number) => boolean): number =>
    column(table, name).filter(test).length;
  return {
    units: table.rows.length,
    aboveOne: count('gammaOverSigma', (value) => Math.abs(value) > 1),
    positive: count('inner', (value) => value > 0),
    smaller: count('ratio', (value) => value < 1),
  };
}
