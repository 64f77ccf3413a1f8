/** Exercises of lesson 4: the theory and its misprints. */
import { factC1, normaliseUnit } from '../../theory/facts';
import { theorem41 } from '../../theory/theorem41';
import { theorem42 } from '../../theory/theorem42';
import { dot, operatorOf, squaredNorm, sumOf } from '../../theory/vectors';
import { type HintOf, listHint, numberHint } from '../exercise';

const unit = { y: [2, -1, 4, 7, 3], gradient: [1, 0, -2, 3, 2], gamma: 1.5 };
const { gradient, gamma } = unit;
const { sigma, yhat } = normaliseUnit(unit);
const m = yhat.length;
const { right, printed } = theorem41(unit);
const factor = (gamma / sigma) ** 2;
const squares = squaredNorm(gradient);
const meanPart = sumOf(gradient) ** 2 / m;
const innerPart = dot(gradient, yhat) ** 2 / m;

interface Case {
  y: number[];
  gradient: number[];
  gamma: number;
  hessian: number[][];
}

/** The least eigenvalue's sign by Cholesky's elimination, with room for rounding. */
function isSemidefinite(matrix: readonly (readonly number[])[]): boolean {
  const rows = matrix.map((row) => [...row]);
  const size = Math.max(...rows.flat().map(Math.abs), 1);
  return rows.every((pivot, k) => {
    const d = pivot[k]!;
    const isZero = Math.abs(d) <= 1e-9 * size;
    if (isZero) return pivot.slice(k).every((v) => Math.abs(v) <= 1e-4 * size);
    for (const row of rows.slice(k + 1)) {
      const share = row[k]! / d;
      for (let j = k; j < row.length; j++) row[j]! -= share * pivot[j]!;
    }
    return d > 0;
  });
}

function counterexampleHint({ y, gradient, gamma, hessian }: Case): string | undefined {
  if (!(gamma > 0)) return 'gamma is above 0';
  if (!isSemidefinite(hessian)) return 'the matrix is not positive semidefinite';
  const { second, premise } = theorem42({ y, gradient, gamma, hessian: operatorOf(hessian) });
  if (!premise.orderKept) {
    return 'the premise is false for these: the longer of the two gradients has the smaller v^T H v';
  }
  if (!second.holds) return undefined;
  const after = Math.sqrt(squaredNorm(factC1({ y, gradient, gamma })) / squaredNorm(gradient));
  return (
    `the statement is true for these: left ${second.left.toPrecision(3)}, right ${second.right.toPrecision(3)}; ` +
    `the gradient with BatchNorm is ${after.toPrecision(3)} times as long as the one without`
  );
}

export const lesson04 = {
  'lesson04-1': (answer: (g: number[], yhat: number[], gamma: number, sigma: number) => number) =>
    numberHint(answer([...gradient], [...yhat], gamma, sigma), right, {
      mistakes: [
        [printed.right, 'this is the printed form: its last term is not what Pythagoras gives'],
        [factor * (squares - meanPart), 'the part along yhat is missing'],
        [factor * (squares - innerPart), 'the part along 1 is missing'],
        [factor * squares, 'what BatchNorm removes is missing'],
        [squares - meanPart - innerPart, 'the factor in front is missing'],
        [
          (gamma / sigma) * (squares - meanPart - innerPart),
          'the left side is a squared length, so the factor is squared too',
        ],
      ],
    }),
  'lesson04-2': (answer: () => number[]) =>
    listHint(answer(), [4, 2, 2], {
      mistakes: [
        [[2, 2, 2], 'g is a squared length already, and here it is squared again'],
        [[1, 1, 1], 'squares grow with the square of c'],
        [[4, 2, 4], 'lambda is a bound on the inputs and does not know the loss'],
        [[2, 1, 1], 'g is a squared length; and the others are squares as well'],
      ],
    }),
  'lesson04-3': (answer: () => Case) => counterexampleHint(answer()),
} satisfies Record<string, HintOf<never>>;
