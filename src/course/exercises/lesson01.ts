/** Exercises of lesson 1: batch normalisation from scratch. */
import { factC1, normaliseUnit } from '../../theory/facts';
import { type HintOf, listHint, numberHint } from '../exercise';

const y = [2, -1, 4, 7];
const g = [1, 0, -2, 3];
const gamma = 0.5;
const m = y.length;
const { sigma, yhat: unit } = normaliseUnit({ y, gradient: g, gamma });
const yhat = [...unit];
const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** Of these values, with an epsilon that counts. */
function normalised(epsilon: number): number[] {
  const mu = sum(y) / m;
  return y.map((v) => (v - mu) / Math.sqrt(sigma ** 2 + epsilon));
}

const lengthAfter = (start: number, growth: (length: number) => number, steps: number): number =>
  Array.from({ length: steps }).reduce<number>(
    (length) => Math.hypot(length, growth(length)),
    start,
  );

export const lesson01 = {
  'lesson01-1': (answer: (y: number[], epsilon: number) => number[]) =>
    listHint(answer([...y], 3), normalised(3), {
      mistakes: [
        [y.map((v) => v - sum(y) / m), 'divide by the root of variance plus epsilon'],
        [
          normalised(sigma ** 2 / (m - 1) + 3),
          'the variance here is the mean of the squares, with 1 / m and not 1 / (m - 1)',
        ],
        [normalised(0), 'epsilon is added to the variance, in the root'],
        [yhat.map((v) => (v * sigma) / (sigma + 3)), 'epsilon is added in the root, not to sigma'],
        [
          yhat.map((v) => (v * sigma) / (sigma ** 2 + 3)),
          'divide by the root, not by the variance',
        ],
      ],
    }),
  'lesson01-2': (answer: (yhat: number[], a: number) => number[]) =>
    listHint(answer([...yhat], 7), yhat, {
      mistakes: [[yhat.map((v) => 7 * v), 'sigma grows by the same factor as y']],
    }) ??
    listHint(
      answer([...yhat], -2),
      yhat.map((v) => -v),
      {
        mistakes: [[yhat, 'a factor above 0 is right; think of a = -1']],
      },
    ),
  'lesson01-3': (answer: (y: number[], g: number[], gamma: number) => number[]) => {
    const byGamma = sum(g.map((v, k) => v * yhat[k]!));
    const terms = g.map((v, b) => ({ v, mean: sum(g) / m, along: (yhat[b]! * byGamma) / m }));
    return listHint(answer([...y], [...g], gamma), [...factC1({ y, gradient: g, gamma })], {
      mistakes: [
        [terms.map(({ v }) => (gamma / sigma) * v), 'mu and sigma move too: two terms are missing'],
        [
          terms.map(({ v, mean }) => (gamma / sigma) * (v - mean)),
          'the path through sigma is missing: the last term',
        ],
        [
          terms.map(({ v, along }) => (gamma / sigma) * (v - along)),
          'the path through mu is missing: the mean of the gradient',
        ],
        [
          terms.map(({ v, mean, along }) => v - mean - along),
          'the factor gamma / sigma in front is missing',
        ],
        [
          terms.map(({ v, mean, along }) => (v - mean - along) / sigma),
          'gamma is missing: it stands between y and the output',
        ],
      ],
    });
  },
  'lesson01-4': (answer: (length: number, s: number, eta: number, steps: number) => number) =>
    numberHint(
      answer(2, 3, 0.5, 4),
      lengthAfter(2, (length) => 1.5 / length, 4),
      {
        mistakes: [
          [lengthAfter(2, () => 1.5, 4), 'the gradient is s divided by the length that w has now'],
          [
            lengthAfter(2, () => 0.75, 4),
            'the length of w changes at every step, and s / ||w|| with it',
          ],
          [2 - 4 * 0.75, 'the step is at a right angle to w: Pythagoras'],
          [lengthAfter(2, (length) => 1.5 / length, 1), 'this is the length after one step'],
        ],
      },
    ),
  'lesson01-5': (answer: (means: number[], momentum: number) => number) =>
    numberHint(answer([4, 2, 10], 0.25), 0.75 * (0.75 * 1 + 0.5) + 2.5, {
      mistakes: [
        [
          0.25 * (0.25 * 3 + 1.5) + 7.5,
          'momentum is the weight of the new mean here, not of the old average',
        ],
        [16 / 3, 'this is the plain mean; older minibatches count less'],
      ],
    }),
} satisfies Record<string, HintOf<never>>;
