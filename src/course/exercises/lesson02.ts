/** Exercises of lesson 2: internal covariate shift. */
import { mean, median } from '../../measures/statistics';
import { dot } from '../../theory/vectors';
import { exercise } from './exercise';

const changes = (values: number[]): number[] => values.slice(1).map((v, i) => v - values[i]!);
const sizes = (values: number[]): number[] => changes(values).map(Math.abs);

type Shift = (a: number, b: number, x: number, t: number, eta: number) => number;
/** The gradients of (b a x - t)^2 / 2. */
const byA = (a: number, b: number, x: number, t: number): number => (b * a * x - t) * b * x;
const byB = (a: number, b: number, x: number, t: number): number => (b * a * x - t) * a * x;

const length = (v: number[]): number => Math.sqrt(dot(v, v));
const ratios = (distances: number[], norms: number[]): number[] =>
  distances.flatMap((distance, i) => (norms[i]! > 0 ? [distance / norms[i]!] : []));

export const lesson02 = {
  /** Of the values of a curve: the median size of their changes. */
  'lesson02-1': exercise<(values: number[]) => number>(
    [
      [[[1, 4, 3, 13, 12]], 2],
      [[[0, 10, 9, 6]], 3],
    ],
    [
      [(values) => mean(sizes(values)), 'this is the mean of the sizes; the median is asked for'],
      [(values) => median(changes(values)), 'sizes are not negative: take the absolute value'],
      [
        (values) => sizes(values).sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!,
        'of an even number of values, the median is the mean of those in the middle',
      ],
      [
        (values) => {
          const sorted = sizes(values).map(String).sort().map(Number);
          const half = (sorted.length - 1) / 2;
          return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2;
        },
        'sort() without a function sorts as text',
      ],
      [(values) => median(values), 'this is the median of the values, not of their changes'],
    ],
  ),
  /** Of a, b, x, t and eta: the shift of the second layer. */
  'lesson02-2': exercise<Shift>(
    [
      [[1.5, 0.5, 2, 1, 0.1], 0.195],
      [[1, 2, 1, 1, 0.25], 1],
    ],
    [
      [
        (a, b, x, t, eta) =>
          Math.abs(
            byB(a, b, x, t) - byB(a - eta * byA(a, b, x, t), b - eta * byB(a, b, x, t), x, t),
          ),
        'only the layer below is updated; b stays',
      ],
      [
        (a, b, x, t, eta) => Math.abs(byB(a, b, x, t) - byB(a + eta * byA(a, b, x, t), b, x, t)),
        'a step of gradient descent goes against the gradient',
      ],
      [
        (a, b, x, t, eta) => Math.abs(byB(a, b, x, t) - byB(a, b - eta * byB(a, b, x, t), x, t)),
        'it is a that is updated, the layer below',
      ],
      [
        (a, b, x, t, eta) => Math.abs(byA(a, b, x, t) - byA(a - eta * byA(a, b, x, t), b, x, t)),
        'G is the gradient by b, the layer that is looked at',
      ],
    ],
  ),
  /** Of two gradients: the cosine of their angle. */
  'lesson02-3': exercise<(before: number[], after: number[]) => number>(
    [
      [
        [
          [1, 2, -2],
          [2, 0, -1],
        ],
        4 / Math.sqrt(45),
      ],
      [
        [
          [3, 4],
          [-4, 3],
        ],
        0,
      ],
    ],
    [
      [(u, v) => dot(u, v), 'divide by both lengths'],
      [(u, v) => dot(u, v) / dot(u, u) / dot(v, v), 'divide by the lengths, not by their squares'],
      [(u, v) => dot(u, v) / dot(u, u), 'divide by the length of each of the two gradients'],
      [
        (u, v) => Math.acos(dot(u, v) / length(u) / length(v)),
        'this is the angle; its cosine is asked for',
      ],
    ],
  ),
  /** Of the distances and the norms at all measured steps: the mean relative shift. */
  'lesson02-4': exercise<(distances: number[], norms: number[]) => number>(
    [
      [
        [
          [2, 3, 5, 8],
          [4, 1, 0, 2],
        ],
        2.5,
      ],
      [
        [
          [1, 6],
          [2, 4],
        ],
        1,
      ],
    ],
    [
      [
        (distances, norms) => mean(distances.map((d, i) => d / norms[i]!)),
        'leave out the steps at which the norm is 0',
      ],
      [
        (distances, norms) =>
          ratios(distances, norms).reduce((sum, r) => sum + r, 0) / distances.length,
        'a step that is left out does not count in the mean either',
      ],
      [
        (distances, norms) => mean(distances) / mean(norms),
        'the quotient at each step first, then the mean',
      ],
      [
        (distances, norms) => median(ratios(distances, norms)),
        'the mean is asked for, not the median',
      ],
    ],
  ),
};
