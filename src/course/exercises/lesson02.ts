/** Exercises of lesson 2: internal covariate shift. */
import { type HintOf, numberHint } from '../exercise';

/** Changes: 3, 1, 10, 2 in size. */
const values = [1, 4, 3, 13, 11];

/** The gradient by b of (b a x - t)^2 / 2; and by a. */
const byB = (a: number, b: number): number => (b * a * 2 - 1) * a * 2;
const byA = (a: number, b: number): number => (b * a * 2 - 1) * b * 2;
const [a, b, eta] = [1.5, 0.5, 0.1];
const step = eta * byA(a, b);

const [before, after] = [
  [1, 2, -2],
  [2, 0, -1],
];

export const lesson02 = {
  'lesson02-1': (answer: (values: number[]) => number) =>
    numberHint(answer([...values]), 2.5, {
      mistakes: [
        [4, 'this is the mean of the sizes; the median is asked for'],
        [2, 'sizes are not negative: take the absolute value of each change'],
        [-0.5, 'take the absolute value of each change'],
        [3, 'of an even number of values, the median is the mean of the middle two'],
        [1, 'the changes must be sorted by size, as numbers'],
        [4.5, 'this is of the values themselves, not of their changes'],
      ],
    }) ??
    numberHint(answer([0, 10, 9, 7]), 2, {
      mistakes: [[1.5, 'sort() without a function sorts as text: 10 comes before 2']],
    }),
  'lesson02-2': (answer: (a: number, b: number, x: number, t: number, eta: number) => number) =>
    numberHint(answer(a, b, 2, 1, eta), Math.abs(byB(a, b) - byB(a - step, b)), {
      mistakes: [
        [
          Math.abs(byB(a, b) - byB(a - step, b - eta * byB(a, b))),
          'only the layer below is updated; b stays',
        ],
        [
          Math.abs(byB(a, b) - byB(a + step, b)),
          'a step of gradient descent goes against the gradient',
        ],
        [
          Math.abs(byB(a, b) - byB(a, b - eta * byB(a, b))),
          'it is a that is updated, the layer below',
        ],
        [byB(a, b) - byB(a - step, b), 'a distance is not negative'],
        [
          Math.abs(byA(a, b) - byA(a - step, b)),
          'G is the gradient by b, the layer that is looked at',
        ],
      ],
    }),
  'lesson02-3': (answer: (before: number[], after: number[]) => number) =>
    numberHint(answer([...before], [...after]), 4 / Math.sqrt(45), {
      mistakes: [
        [4, 'divide by both lengths'],
        [4 / 45, 'divide by the lengths, not by their squares'],
        [4 / 9, 'divide by the length of each of the two'],
        [Math.acos(4 / Math.sqrt(45)), 'this is the angle; its cosine is asked for'],
      ],
    }),
  'lesson02-4': (answer: (distances: number[], norms: number[]) => number) =>
    numberHint(answer([2, 3, 5, 8], [4, 1, 0, 2]), 2.5, {
      mistakes: [
        [Infinity, 'leave out the steps at which the norm is 0'],
        [7.5 / 4, 'a step that is left out does not count in the mean either'],
        [13 / 7, 'the quotient at each step first, then the mean'],
        [18 / 7, 'the quotient at each step first, then the mean'],
        [3, 'the mean is asked for, not the median'],
      ],
    }),
} satisfies Record<string, HintOf<never>>;
