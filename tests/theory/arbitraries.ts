/** Inputs for the property-based tests of the theory: numbers of moderate size, so that rounding stays far below. */
import fc from 'fast-check';

import type { Unit } from '../../src/theory/facts';
import { logCoshLoss, type Loss } from '../../src/theory/losses';
import type { BoundedCurvedUnit } from '../../src/theory/theoremC1';
import { dot, type Matrix } from '../../src/theory/vectors';

/** Every property runs on the same cases each time. */
export const fixed = { seed: 20181027, numRuns: 100 };

const between = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: low * 1000, max: high * 1000 }).map((thousandths) => thousandths / 1000);

export const numbers = (length: number): fc.Arbitrary<number[]> =>
  fc.array(between(-10, 10), { minLength: length, maxLength: length });

export const positive = between(0.05, 20);

/** Outputs of a unit that are not nearly constant. */
export const outputs = (m: number): fc.Arbitrary<number[]> =>
  numbers(m).filter((y) => Math.max(...y) - Math.min(...y) > 0.1);

export const matrix = (rows: number, columns: number): fc.Arbitrary<number[][]> =>
  fc.array(numbers(columns), { minLength: rows, maxLength: rows });

const symmetric = (m: number): fc.Arbitrary<Matrix> =>
  matrix(m, m).map((rows) => rows.map((row, i) => row.map((a, j) => (a + rows[j]![i]!) / 2)));

export const semidefinite = (m: number): fc.Arbitrary<Matrix> =>
  matrix(m, m).map((rows) => rows.map((a) => rows.map((b) => dot(a, b))));

const batch = fc.integer({ min: 2, max: 8 });
const gamma = fc.tuple(positive, fc.boolean()).map(([size, negative]) => (negative ? -size : size));

export const unit: fc.Arbitrary<Unit> = batch.chain((m) =>
  fc.record({ y: outputs(m), gradient: numbers(m), gamma }),
);

/** Any sign of gamma, any symmetric H or a semidefinite one. */
export const curvedUnit: fc.Arbitrary<BoundedCurvedUnit> = batch.chain((m) =>
  fc.record({
    y: outputs(m),
    gradient: numbers(m),
    gamma,
    lambda: positive,
    hessian: fc.oneof(symmetric(m), semidefinite(m)),
  }),
);

/** A net above one unit, smooth enough for differences: arguments of log cosh stay of the size of 1. */
export interface NetCase {
  y: number[];
  gamma: number;
  beta: number;
  loss: Loss;
}

export const net: fc.Arbitrary<NetCase> = batch.chain((m) =>
  fc.record({
    y: outputs(m),
    gamma: fc.constantFrom(-2, -0.5, 0.3, 1, 2),
    beta: between(-1, 1),
    loss: fc.tuple(matrix(m + 1, m), numbers(m + 1)).map(([a, b]) =>
      logCoshLoss(
        a.map((row) => row.map((value) => value / (10 * m))),
        b,
      ),
    ),
  }),
);
