/** Exercises of notebook fig10: the landscape of the deep linear network. */
import { exercise } from './exercise';

/** H v for a Hessian with these eigenvalues on its diagonal. */
const times = (eigenvalues: number[], v: number[]): number[] =>
  v.map((each, i) => eigenvalues[i]! * each);

export const figure10 = {
  /** Of the curvature of a parabola: the learning rate above which gradient descent diverges. */
  'fig10-1': exercise<(a: number) => number>(
    [
      [[20], 0.1],
      [[0.5], 4],
    ],
    [
      [(a) => 1 / a, 'at this rate one step leads to the minimum'],
      [(a) => a / 2, 'the steeper the parabola, the shorter the step must be'],
      [(a) => 2 * a, 'the steeper the parabola, the shorter the step must be'],
    ],
  ),
  /** Of curvature, learning rate, start and number of steps: where gradient descent ends. */
  'fig10-2': exercise<(a: number, rate: number, w: number, steps: number) => number>(
    [
      [[19, 0.1, 2, 3], 2 * (-0.9) ** 3],
      [[21, 0.1, 1, 10], 1.1 ** 10],
      [[5, 0.1, 3, 0], 3],
    ],
    [
      [(a, rate, w, steps) => w * (1 + rate * a) ** steps, 'descent goes against the gradient'],
      [
        (a, rate, w, steps) => w * (1 - rate * a) ** (steps - 1),
        'count the steps: this is one too few',
      ],
      [
        (a, rate, w, steps) => w * (1 - (rate * a) / 2) ** steps,
        'differentiate again: the 1/2 cancels',
      ],
    ],
  ),
  /** Of the eigenvalues of a diagonal Hessian and a point: the quotient of panel (c) there. */
  'fig10-3': exercise<(eigenvalues: number[], w: number[]) => number>(
    [
      [
        [
          [1, 2],
          [4, 1],
        ],
        Math.hypot(4, 4) / Math.hypot(4, 2),
      ],
      [
        [
          [10, 1],
          [1, 1],
        ],
        Math.hypot(100, 1) / Math.hypot(10, 1),
      ],
    ],
    [
      [
        (eigenvalues) => Math.max(...eigenvalues),
        'this is the sharpness; the quotient lies below it unless the gradient is the sharpest direction',
      ],
      [
        (eigenvalues, w) => Math.hypot(...times(eigenvalues, w)) / Math.hypot(...w),
        'walk along the gradient, which is not w',
      ],
      [
        (eigenvalues, w) => {
          const g = times(eigenvalues, w);
          const along = g.reduce((sum, v, i) => sum + eigenvalues[i]! * v * v, 0);
          return along / Math.hypot(...g) ** 2;
        },
        'the whole change of the gradient counts, not its part along the way alone',
      ],
    ],
  ),
};
