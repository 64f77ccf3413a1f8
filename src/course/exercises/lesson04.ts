/** Exercises of lesson 4: the theory and its misprints. */
import { normaliseUnit } from '../../theory/facts';
import { theorem41 } from '../../theory/theorem41';
import { theorem42 } from '../../theory/theorem42';
import { dot, operatorOf, squaredNorm, sumOf } from '../../theory/vectors';
import { type Exercise, exercise } from './exercise';

type RightSide = (g: number[], yhat: number[], gamma: number, sigma: number) => number;

const unit = { y: [2, -1, 4, 7, 3], gradient: [1, 0, -2, 3, 2], gamma: 1.5 };
const { sigma, yhat } = normaliseUnit(unit);

const alongOne = (g: number[]): number => sumOf(g) ** 2 / g.length;
const alongYhat = (g: number[], yhat: number[]): number => dot(g, yhat) ** 2 / g.length;

interface Case {
  y: number[];
  gradient: number[];
  gamma: number;
  hessian: number[][];
}

/** Whether Gauss's elimination meets no negative pivot, up to rounding. */
function isSemidefinite(matrix: readonly (readonly number[])[]): boolean {
  const rows = matrix.map((row) => [...row]);
  const size = Math.max(...rows.flat().map(Math.abs), 1);
  return rows.every((pivot, k) => {
    const d = pivot[k]!;
    if (Math.abs(d) <= 1e-9 * size) return pivot.slice(k).every((v) => Math.abs(v) <= 1e-6 * size);
    for (const row of rows.slice(k + 1)) {
      const share = row[k]! / d;
      for (let j = k; j < row.length; j++) row[j]! -= share * pivot[j]!;
    }
    return d > 0;
  });
}

function counterexampleHint({ y, gradient, gamma, hessian }: Case, m: number): string | undefined {
  if (y.length !== m) return 'y has not as many values as asked for';
  if (!(gamma > 0)) return 'gamma has to be positive';
  if (!isSemidefinite(hessian)) return 'the matrix is not positive semidefinite';
  const { second, premise } = theorem42({ y, gradient, gamma, hessian: operatorOf(hessian) });
  if (!premise.orderKept) {
    return 'the premise is false for these: the longer of the two gradients has the smaller v^T H v';
  }
  if (!second.holds) return undefined;
  return premise.shrinks
    ? 'the statement is true for these: the gradient with BatchNorm is not longer than the one without'
    : 'the statement is true for these, though the gradient with BatchNorm is the longer one: look at the last term';
}

const identity = (m: number): number[][] =>
  Array.from({ length: m }, (_, i) => Array.from({ length: m }, (_, j) => (i === j ? 1 : 0)));
/** A batch of m values and a gradient that no part of the normalisation removes wholly. */
const batch = (m: number) => ({
  y: Array.from({ length: m }, (_, i) => i),
  gradient: Array.from({ length: m }, (_, i) => (-1) ** i * (i + 1)),
});

const counterexample: Exercise = {
  hintOf(answer) {
    const hints = [3, 6].map((m) => {
      const found = (answer as (m: number) => unknown)(m);
      const isCase =
        typeof found === 'object' && found !== null && 'y' in found && 'hessian' in found;
      return isCase
        ? counterexampleHint(found as Case, m)
        : 'return an object with y, gradient, gamma and hessian';
    });
    return hints.find((hint) => hint !== undefined);
  },
  mistakes: [
    [
      () => ({ ...batch(4), gamma: 20, hessian: identity(4) }),
      'y has not as many values as asked for',
    ],
    [(m: number) => ({ ...batch(m), gamma: -1, hessian: identity(m) }), 'gamma has to be positive'],
    [
      (m: number) => ({
        ...batch(m),
        gamma: 20,
        hessian: identity(m).map((row) => row.map((v) => -v)),
      }),
      'the matrix is not positive semidefinite',
    ],
    [
      (m: number) => ({ ...batch(m), gamma: 0.1, hessian: identity(m) }),
      'the statement is true for these: the gradient with BatchNorm is not longer than the one without',
    ],
  ],
};

export const lesson04 = {
  /** Of ghat, yhat, gamma and sigma: the right side of Theorem 4.1, corrected. */
  'lesson04-1': exercise<RightSide>(
    [
      [[unit.gradient, [...yhat], unit.gamma, sigma], theorem41(unit).right],
      [[unit.gradient, [...yhat], 0.5, 2], theorem41(unit).right * (sigma / 6) ** 2],
    ],
    [
      [
        (g, yhat, gamma, sigma) =>
          (gamma / sigma) ** 2 *
          (squaredNorm(g) - alongOne(g) - Math.sqrt(g.length) * alongYhat(g, yhat)),
        'this is the printed form: its last term is not what Pythagoras gives',
      ],
      [
        (g, _, gamma, sigma) => (gamma / sigma) ** 2 * (squaredNorm(g) - alongOne(g)),
        'the part along yhat is missing',
      ],
      [
        (g, yhat, gamma, sigma) => (gamma / sigma) ** 2 * (squaredNorm(g) - alongYhat(g, yhat)),
        'the part along the vector of ones is missing',
      ],
      [
        (g, yhat) => squaredNorm(g) - alongOne(g) - alongYhat(g, yhat),
        'the factor in front is missing',
      ],
      [
        (g, yhat, gamma, sigma) =>
          (gamma / sigma) * (squaredNorm(g) - alongOne(g) - alongYhat(g, yhat)),
        'the left side is a squared length, so the factor is squared too',
      ],
    ],
  ),
  /** Of c: by which factor each of the three printed terms of Theorem 4.4 grows. */
  'lesson04-2': exercise<(c: number) => number[]>(
    [
      [[3], [81, 9, 9]],
      [[10], [1e4, 100, 100]],
    ],
    [
      [
        (c) => [c ** 2, c ** 2, c ** 2],
        'the first term: g is a squared length already, and here it is squared again',
      ],
      [
        (c) => [c, c, c],
        'these are squares: what does a square do when its root is multiplied by c?',
      ],
      [
        (c) => [c ** 4, c ** 2, c ** 4],
        'lambda is a bound on the inputs and knows nothing of the loss',
      ],
      [(c) => [c ** 2, c, c], 'g is a squared length, and the others are squares as well'],
    ],
  ),
  /** Of m: a batch of m values on which the second form of Theorem 4.2 is false. */
  'lesson04-3': counterexample,
};
