/** Losses to try the theorems on: everything above the layer, as a function of one unit's outputs over a batch. */
import {
  checkLength,
  checkSymmetric,
  combine,
  dot,
  type Matrix,
  operatorOf,
  transposeTimes,
  type Vector,
} from './vectors';

/** A loss with its derivatives by the layer's output z, [m]. */
export interface Loss {
  value(z: Vector): number;
  /** [m] */
  gradient(z: Vector): Float64Array;
  /** [m][m] */
  hessian(z: Vector): Matrix;
}

/**
 * L(z) = z^T A z / 2 + b^T z: A [m][m] symmetric, b [m]; the second derivative is A everywhere.
 * Throws UserError where A is not symmetric or lengths differ.
 */
export function quadraticLoss(a: Matrix, b: Vector): Loss {
  checkSymmetric(a, 'a', b.length, 'b');
  const times = operatorOf(a);
  return {
    value: (z) => dot(z, times(z)) / 2 + dot(b, z),
    gradient: (z) => combine(1, times(z), 1, b),
    hessian: () => a,
  };
}

/**
 * L(z) = sum_i log cosh( a_i . z + b_i ) with a_i the rows of A [n][m] and b [n]: convex, and its second derivative is
 * another one at every z, unlike a quadratic's.
 * Throws UserError where lengths differ.
 */
export function logCoshLoss(a: Matrix, b: Vector): Loss {
  checkLength(b, 'b', a.length, 'a');
  a.forEach((row, i) => checkLength(row, `a[${i}]`, a[0]!.length, 'a[0]'));
  const inside = (z: Vector): Float64Array => combine(1, operatorOf(a)(z), 1, b);
  return {
    value: (z) => inside(z).reduce((sum, x) => sum + logCosh(x), 0),
    gradient: (z) => transposeTimes(a, inside(z).map(Math.tanh)),
    hessian: (z) => {
      const bend = inside(z).map((x) => 1 - Math.tanh(x) ** 2);
      return Array.from(z, (_, j) =>
        transposeTimes(
          a,
          bend.map((value, i) => value * a[i]![j]!),
        ),
      );
    },
  };
}

/** log cosh x without overflow. */
const logCosh = (x: number): number =>
  Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2;
