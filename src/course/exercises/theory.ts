/** Exercises of notebook theory: section 4 of the paper. */
import { mean } from '../../measures/statistics';
import { messageOf } from '../../system/errors';
import { theorem41 } from '../../theory/theorem41';
import { dot } from '../../theory/vectors';
import { type Exercise, exercise } from './exercise';

interface Batch {
  y: number[];
  gradient: number[];
}

/** What is wrong with a batch that should keep the printed form of Theorem 4.1, and not only because all is 0. */
function batchHint(batch: Partial<Batch> | undefined, m: number): string | undefined {
  const { y, gradient } = batch ?? {};
  if (!Array.isArray(y) || !Array.isArray(gradient)) return 'return both, { y, gradient }';
  if (y.length !== m || gradient.length !== m) return 'y and gradient have m entries each';
  try {
    const { left, scale, printed } = theorem41({ y, gradient, gamma: 1 });
    if (!printed.holds)
      return 'the printed form is violated here: which term has the wrong factor?';
    return left > 1e-6 * scale ? undefined : 'BatchNorm lets nothing of this gradient through';
  } catch (error) {
    return messageOf(error);
  }
}

const batches: Exercise = {
  hintOf: (answer) => {
    const hints = [4, 7].map((m) => batchHint(answer(m) as Partial<Batch> | undefined, m));
    return hints.find((hint) => hint !== undefined);
  },
  mistakes: [
    [() => [1, 2, 3, 4], 'return both, { y, gradient }'],
    [() => ({ y: [-1, 1, 0, 0], gradient: [0, 0, 1, 0] }), 'y and gradient have m entries each'],
    [
      (m: number) => ({ y: rising(m), gradient: rising(m).map((v) => v ** 2) }),
      'the printed form is violated here: which term has the wrong factor?',
    ],
    [
      (m: number) => ({ y: rising(m), gradient: rising(m).map(() => 1) }),
      'BatchNorm lets nothing of this gradient through',
    ],
  ],
};
const rising = (m: number): number[] => Array.from({ length: m }, (_, b) => b);

/** The right side of Theorem 4.1, with these factors at its two sums. */
const side = (g: number[], yhat: number[], ratio: number, byMean: number, byInner: number) =>
  ratio * (dot(g, g) - byMean * (mean(g) * g.length) ** 2 - byInner * dot(g, yhat) ** 2);

export const theory = {
  /** Of gamma and sigma of some units: the share of them in which BatchNorm's factor enlarges. */
  'theory-1': exercise<(gammas: number[], sigmas: number[]) => number>(
    [
      [
        [
          [1, 1, 1, 1, 2],
          [0.5, 2, 1, 0.9, 3],
        ],
        0.4,
      ],
      [
        [
          [0.2, 0.5, 1, 3],
          [0.1, 2, 0.3, 2],
        ],
        0.75,
      ],
    ],
    [
      [
        (gammas, sigmas) => gammas.filter((gamma, j) => gamma > sigmas[j]!).length,
        'a share is asked for, not a count',
      ],
      [
        (gammas, sigmas) => gammas.filter((gamma, j) => gamma < sigmas[j]!).length / gammas.length,
        'these are the units whose gradient the factor makes smaller',
      ],
      [
        (gammas, sigmas) => gammas.filter((gamma, j) => gamma >= sigmas[j]!).length / gammas.length,
        'a factor of 1 enlarges nothing',
      ],
    ],
  ),
  /** Of ghat, yhat, gamma and sigma: the right side of Theorem 4.1, corrected. */
  'theory-2': exercise<(ghat: number[], yhat: number[], gamma: number, sigma: number) => number>(
    [
      [[[1, 2, 4, 1], [-1, 1, -1, 1], 3, 2], 2.25 * 5],
      [[[3, 0, 0, 1], [1, 1, -1, -1], 1, 4], 5 / 16],
    ],
    [
      [
        (g, yhat, gamma, sigma) =>
          side(g, yhat, (gamma / sigma) ** 2, 1 / g.length, 1 / Math.sqrt(g.length)),
        'this is the form that is printed',
      ],
      [
        (g, yhat, gamma, sigma) => side(g, yhat, gamma / sigma, 1 / g.length, 1 / g.length),
        'the factor in front is squared, as the norm is',
      ],
      [
        (g, yhat, gamma, sigma) => side(g, yhat, (gamma / sigma) ** 2, 0, 1 / g.length),
        'the gradient loses its mean as well',
      ],
      [
        (g, yhat, gamma, sigma) => side(g, yhat, (gamma / sigma) ** 2, 1, 1),
        'both sums need a factor',
      ],
    ],
  ),
  /** Of m: a batch of m examples that keeps the printed form of Theorem 4.1. */
  'theory-3': batches,
};
