/** Random cases for the theorems: a case is addressed by seed and number, so any one can be made again alone. */
import { streamBytes } from '../random/streams';
import type { Unit } from './facts';
import { logCoshLoss, type Loss, quadraticLoss } from './losses';
import type { BoundedCurvedUnit } from './theoremC1';
import { dot, type Matrix, scaled } from './vectors';

/** Random numbers of one case, in order. */
export interface Source {
  /** In [low, high). */
  uniform(low: number, high: number): number;
  /** Spread evenly over orders of magnitude, from `low` to `high`. */
  magnitude(low: number, high: number): number;
  /** From `low` to `high`, both included. */
  whole(low: number, high: number): number;
  /** `length` standard normal numbers. */
  normals(length: number): Float64Array;
}

const bytesEach = 6; // 48 bits
const blockBytes = 128 * bytesEach;

/** The random numbers at a place of the stream: the same place, the same numbers. */
export function randomSource(seed: number, ...place: number[]): Source {
  let block: Buffer = Buffer.alloc(0);
  let blocks = 0;
  let at = 0;
  const uniform = (low: number, high: number): number => {
    if (at === block.length) {
      block = streamBytes(seed, 'direction', [...place, blocks++], blockBytes);
      at = 0;
    }
    const share = block.readUIntLE(at, bytesEach) / 2 ** 48;
    at += bytesEach;
    return low + share * (high - low);
  };
  // Box and Muller; 1 - share is never 0.
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - uniform(0, 1))) * Math.cos(uniform(0, 2 * Math.PI));
  return {
    uniform,
    magnitude: (low, high) => Math.exp(uniform(Math.log(low), Math.log(high))),
    whole: (low, high) => Math.floor(uniform(low, high + 1)),
    normals: (length) => Float64Array.from({ length }, normal),
  };
}

/**
 * A random unit with inputs bounded by a random lambda and a random second derivative. The batch has 2 to 10 examples;
 * scales (of y, ghat, gamma and lambda) run over two orders of magnitude each, gamma is positive; the mean of y and ghat
 * is of the size of their spread. One in three H is any symmetric matrix, one is positive semidefinite, one a multiple
 * of the identity.
 */
export function randomUnit(source: Source): BoundedCurvedUnit & { kind: HessianKind } {
  const m = source.whole(2, 10);
  const kind = hessianKinds[source.whole(0, 2)]!;
  return {
    y: spread(source, m),
    gradient: spread(source, m),
    gamma: source.magnitude(0.1, 10),
    lambda: source.magnitude(0.1, 10),
    hessian: randomHessian(source, m, kind),
    kind,
  };
}

/** Normal numbers times a scale, about a mean. */
function spread(source: Source, m: number): Float64Array {
  const scale = source.magnitude(0.1, 10);
  const [mean] = source.normals(1);
  return source.normals(m).map((value) => scale * (value + mean!));
}

const hessianKinds = ['symmetric', 'semidefinite', 'identity'] as const;
export type HessianKind = (typeof hessianKinds)[number];

/** A random symmetric matrix [m][m] of the kind. */
export function randomHessian(source: Source, m: number, kind: HessianKind): Matrix {
  const rows = randomMatrix(source, m, m);
  if (kind === 'semidefinite') return rows.map((a) => rows.map((b) => dot(a, b) / m));
  if (kind === 'symmetric') return rows.map((row, i) => row.map((a, j) => (a + rows[j]![i]!) / 2));
  const factor = source.magnitude(0.1, 10);
  return rows.map((row, i) => row.map((_, j) => (i === j ? factor : 0)));
}

/** Standard normal numbers, [rows][columns]. */
export const randomMatrix = (source: Source, rows: number, columns: number): Float64Array[] =>
  Array.from({ length: rows }, () => source.normals(columns));

/** A random loss of z in R^m, quadratic and convex or log cosh by turns of the coin. */
export function randomLoss(source: Source, m: number): Loss {
  if (source.whole(0, 1) === 0) {
    return quadraticLoss(randomHessian(source, m, 'semidefinite'), source.normals(m));
  }
  const rows = randomMatrix(source, m + 1, m).map((row) => scaled(1 / Math.sqrt(m), row));
  return logCoshLoss(rows, source.normals(m + 1));
}

/** A random unit's outputs before normalisation and its two parameters, for a net with a loss of its own. */
export function randomOutputs(source: Source): Pick<Unit, 'y' | 'gamma'> & { beta: number } {
  const y = spread(source, source.whole(2, 10));
  return { y, gamma: source.magnitude(0.1, 10), beta: source.normals(1)[0]! };
}
