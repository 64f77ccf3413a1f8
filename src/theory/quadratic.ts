/** Quadratic forms of small symmetric matrices: their eigenvalues, and their greatest value over a ball. */
import { dot, type Matrix, squaredNorm, type Vector } from './vectors';

/** A = sum of value_i vector_i vector_i^T, the vectors of length 1 and at right angles. */
export interface Eigen {
  values: number[];
  vectors: Float64Array[];
}

/** Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations; made for sizes up to a few dozen. */
export function eigen(matrix: Matrix): Eigen {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const vectors = a.map((_, i) => new Float64Array(n).fill(1, i, i + 1)); // rows
  const total = a.reduce((sum, row) => sum + squaredNorm(row), 0);
  // The diagonal is left out, not subtracted: the difference would be lost in rounding long before the end.
  const offDiagonal = (): number =>
    a.reduce(
      (sum, row, i) => sum + squaredNorm(row.slice(0, i)) + squaredNorm(row.slice(i + 1)),
      0,
    );
  for (let sweep = 0; sweep < 30 && offDiagonal() > 1e-30 * total; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  }
  return { values: a.map((row, i) => row[i]!), vectors };
}

/** The rotation in the plane of p and q that makes a[p][q] zero: of the two, the one by at most 45 degrees. */
function rotate(a: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const [rowP, rowQ] = [a[p]!, a[q]!];
  if (rowP[q] === 0) return;
  const angle = 0.5 * Math.atan((2 * rowP[q]!) / (rowQ[q]! - rowP[p]!)); // x / 0 is a right angle
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const turn = (x: Float64Array, y: Float64Array): void => {
    x.forEach((xi, i) => {
      const yi = y[i]!;
      x[i] = cosine * xi - sine * yi;
      y[i] = sine * xi + cosine * yi;
    });
  };
  turn(rowP, rowQ);
  turn(vectors[p]!, vectors[q]!);
  for (const row of a) {
    const [atP, atQ] = [row[p]!, row[q]!];
    row[p] = cosine * atP - sine * atQ;
    row[q] = sine * atP + cosine * atQ;
  }
}

/**
 * max v^T A v over || v - centre || <= radius, for any symmetric A. Not a convex problem, yet its dual has no gap:
 *   min over mu >= max(0, greatest eigenvalue) of  mu radius^2 + sum_i b_i^2 / (mu - a_i) + centre^T A centre,
 * a_i the eigenvalues, b_i = a_i times the centre's part along eigenvector i. The sum falls as mu grows, and its slope
 * is bisected.
 */
export function maximumOverBall(matrix: Matrix, centre: Vector, radius: number): number {
  const { values, vectors } = eigen(matrix);
  const parts = vectors.map((vector) => dot(vector, centre));
  const atCentre = values.reduce((sum, value, i) => sum + value * parts[i]! ** 2, 0);
  if (radius === 0) return atCentre;
  const lowest = Math.max(0, ...values);
  // b_i^2 and how far the lowest mu is from a_i; exact zeros must not meet an exact zero distance.
  const terms = values
    .map((value, i) => ({ square: (value * parts[i]!) ** 2, distance: lowest - value }))
    .filter(({ square }) => square > 0);
  const overAll = (power: number, above: number): number =>
    terms.reduce((sum, { square, distance }) => sum + square / (distance + above) ** power, 0);
  let low = 0;
  let high = Math.sqrt(overAll(0, 0)) / radius; // there the slope is positive for certain
  for (let i = 0; i < 200 && high > 0; i++) {
    const middle = (low + high) / 2;
    if (overAll(2, middle) > radius ** 2) low = middle;
    else high = middle;
  }
  return atCentre + (lowest + high) * radius ** 2 + overAll(1, high);
}
