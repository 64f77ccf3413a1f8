/** The little linear algebra that the theorems need, in float64. */
import { UserError } from '../system/errors';

export type Vector = ArrayLike<number>;
/** Rows. */
export type Matrix = readonly Vector[];
/** A symmetric linear map given by what it does, so that a Hessian too large to write down can take part. */
export type Operator = (v: Vector) => Float64Array;

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export const squaredNorm = (v: Vector): number => dot(v, v);

export function sumOf(v: Vector): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]!;
  return sum;
}

/** a x + b y. */
export const combine = (a: number, x: Vector, b: number, y: Vector): Float64Array =>
  Float64Array.from(x, (value, i) => a * value + b * y[i]!);

export const scaled = (factor: number, v: Vector): Float64Array =>
  Float64Array.from(v, (value) => factor * value);

/** The matrix as a map: v -> A v. */
export const operatorOf =
  (matrix: Matrix): Operator =>
  (v) =>
    Float64Array.from(matrix, (row) => dot(row, v));

/** X^T v for X [m][d]. */
export function transposeTimes(x: Matrix, v: Vector): Float64Array {
  const result = new Float64Array(x[0]!.length);
  x.forEach((row, b) => result.forEach((_, i) => (result[i]! += row[i]! * v[b]!)));
  return result;
}

/** A map written down as its matrix, by what it does to each of the `size` unit vectors. */
export function matrixOf(operator: Operator, size: number): Float64Array[] {
  return Array.from({ length: size }, (_, i) => {
    const unit = new Float64Array(size);
    unit[i] = 1;
    return operator(unit); // column i, which is row i
  });
}

/** Throws UserError unless all numbers of `v`, called `name`, are finite. */
export function checkFinite(v: Vector, name: string): void {
  for (let i = 0; i < v.length; i++) {
    if (!Number.isFinite(v[i])) {
      throw new UserError(`${name}[${i}] is ${v[i]}: the theorems are about finite numbers`);
    }
  }
}

function checkSize(length: number, name: string, expected: number, like: string): void {
  if (length !== expected) {
    throw new UserError(`${name} has length ${length}, ${like} ${expected}: give both one length`);
  }
}

/** Throws UserError unless `v`, called `name`, has `length` finite numbers, as many as `like` has. */
export function checkLength(v: Vector, name: string, length: number, like: string): void {
  checkSize(v.length, name, length, like);
  checkFinite(v, name);
}

/** Throws UserError unless the matrix, called `name`, is `size` by `size`, finite and symmetric. */
export function checkSymmetric(matrix: Matrix, name: string, size: number, like: string): void {
  checkSize(matrix.length, name, size, like);
  matrix.forEach((row, i) => checkLength(row, `${name}[${i}]`, size, like));
  const largest = Math.max(...matrix.map((row) => Math.max(...Array.from(row, Math.abs))));
  matrix.forEach((row, i) =>
    matrix.slice(0, i).forEach((other, j) => {
      if (Math.abs(row[j]! - other[i]!) > 1e-9 * largest) {
        throw new UserError(
          `${name} is not symmetric at [${i}][${j}], as a Hessian is: use (A + A^T) / 2`,
        );
      }
    }),
  );
}
