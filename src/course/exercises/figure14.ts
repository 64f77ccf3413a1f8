/** Exercises of notebook fig14: curvature, and the loss along random directions. */
import { mean } from '../../measures/statistics';
import { dot } from '../../theory/vectors';
import { exercise } from './exercise';

const times = (matrix: number[][], v: number[]): number[] => matrix.map((row) => dot(row, v));
const power = (matrix: number[][], v: number[], n: number): number[] =>
  Array.from({ length: n }).reduce<number[]>((at) => times(matrix, at), v);
const rayleigh = (matrix: number[][], v: number[]): number => dot(v, times(matrix, v)) / dot(v, v);

const down = [
  [-4, 1],
  [1, -2],
];
const across = [
  [2, 1],
  [1, 3],
];
const eigenvalues = [1, 4, 25];

export const figure14 = {
  /** Of a matrix, a start and a number of steps: the Rayleigh quotient after the power iteration. */
  'fig14-1': exercise<(matrix: number[][], v: number[], n: number) => number>(
    [
      [[down, [1, 2], 3], rayleigh(down, power(down, [1, 2], 3))],
      [[across, [1, 0], 1], 3],
    ],
    [
      [
        (matrix, v, n) => {
          const last = power(matrix, v, n);
          return Math.hypot(...times(matrix, last)) / Math.hypot(...last);
        },
        'a quotient of two lengths has no sign; eigenvalues may be negative',
      ],
      [(matrix, v) => rayleigh(matrix, v), 'this is the quotient of the start'],
      [(matrix, v, n) => rayleigh(matrix, power(matrix, v, n - 1)), 'one step is missing'],
      [
        (matrix, v, n) => {
          const last = power(matrix, v, n);
          return dot(last, times(matrix, last));
        },
        'divide by the squared length of the vector',
      ],
    ],
  ),
  /** Of eigenvalues, learning rate and steps: the factors by which gradient descent scales what lies along each eigenvector. */
  'fig14-2': exercise<(eigenvalues: number[], rate: number, steps: number) => number[]>(
    [
      [
        [eigenvalues, 0.1, 3],
        [0.729, 0.216, -3.375],
      ],
      [
        [[2, -1], 0.5, 2],
        [0, 2.25],
      ],
    ],
    [
      [
        (eigenvalues, rate) => eigenvalues.map((e) => 1 - rate * e),
        'these are the factors of a single step',
      ],
      [
        (eigenvalues, rate, steps) => eigenvalues.map((e) => 1 - steps * rate * e),
        'each step multiplies; the gradient changes on the way',
      ],
      [
        (eigenvalues, rate, steps) => eigenvalues.map((e) => Math.abs(1 - rate * e) ** steps),
        'a step that goes too far lands on the other side: keep the sign',
      ],
      [
        (eigenvalues, rate, steps) => eigenvalues.map((e) => (1 + rate * e) ** steps),
        'gradient descent goes against the gradient',
      ],
    ],
  ),
  /** Of eigenvalues and a length: the mean of half d'Hd over random directions d of that length. */
  'fig14-3': exercise<(eigenvalues: number[], length: number) => number>(
    [
      [[eigenvalues, 0.2], 0.2],
      [[[6, -2, 0, 0], 3], 4.5],
    ],
    [
      [(e, length) => (length ** 2 / 2) * Math.max(...e), 'that is along one eigenvector'],
      [(e, length) => (length ** 2 / 2) * e.length * mean(e), 'all directions share the length'],
      [(e, length) => length ** 2 * mean(e), 'a half is missing'],
      [(e, length) => (length / 2) * mean(e), 'the length enters squared'],
    ],
  ),
};
