/** Exercises of lesson 5: other norms. */
import { mean, tInterval } from '../../measures/statistics';
import { exercise } from './exercise';

const y = [3, -1, 5, -7, 2];
const norm = (values: number[], p: number): number =>
  p === Infinity
    ? Math.max(...values.map(Math.abs))
    : mean(values.map((v) => Math.abs(v) ** p)) ** (1 / p);
const centred = (values: number[]): number[] => values.map((v) => v - mean(values));
const divided = (values: number[], by: number): number[] => values.map((v) => v / by);
const normalised = (y: number[], p: number): number[] => divided(centred(y), norm(y, p));

const first = [0.5, 0.52, 0.49, 0.53, 0.51];
const second = [0.48, 0.52, 0.46, 0.5, 0.5];
const t = 2.77645;
/** The interval of a - b with some parts of its formula replaced. */
function interval(
  a: number[],
  b: number[],
  { point = t, lost = 1, root = Math.sqrt(a.length) } = {},
): number[] {
  const d = a.map((value, i) => value - b[i]!);
  const squares = d.reduce((sum, v) => sum + (v - mean(d)) ** 2, 0);
  const half = (point * Math.sqrt(squares / (d.length - lost))) / root;
  return [mean(d) - half, mean(d) + half];
}

export const lesson05 = {
  /** Of values and p: the normalised values. */
  'lesson05-1': exercise<(y: number[], p: number) => number[]>(
    [1, 2, Infinity].map((p) => [[y, p], normalised(y, p)] as const),
    [
      [(y, p) => divided(y, norm(y, p)), 'the mean is subtracted, too'],
      [
        (y, p) => divided(centred(y), norm(centred(y), p)),
        'the norm is that of the values before the mean is subtracted',
      ],
      [
        (y, p) => divided(centred(y), norm(y, p) * y.length ** (1 / p)),
        'the norm is an average over the values, not a sum',
      ],
      [(y) => normalised(y, 1), 'p decides which norm it is'],
    ],
  ),
  /** Of sigma: the average size of normal values with mean 0. */
  'lesson05-2': exercise<(sigma: number) => number>(
    [
      [[1], Math.sqrt(2 / Math.PI)],
      [[3], 3 * Math.sqrt(2 / Math.PI)],
    ],
    [
      [
        (sigma) => sigma / Math.sqrt(2 * Math.PI),
        'negative values count as well: this is half of the integral',
      ],
      [(sigma) => sigma * Math.sqrt(Math.PI / 2), 'the quotient is upside down'],
      [(sigma) => sigma, 'this is the root of the mean square; the mean of the sizes is asked for'],
      [() => 0, 'the sizes are averaged, not the values'],
    ],
  ),
  /** Of two lists of five numbers: the interval of a - b. */
  'lesson05-3': exercise<(a: number[], b: number[], t: number) => number[]>(
    [
      [[first, second, t], tInterval(first.map((v, i) => v - second[i]!))!],
      [[[1, 2, 6], [0, 0, 0], 4.30265], tInterval([1, 2, 6])!],
    ],
    [
      [(a, b) => interval(a, b).reverse(), 'the lower end comes first'],
      [
        (a, b) => interval(a, b, { lost: 0 }),
        'the variance of the differences is divided by their number less one',
      ],
      [(a, b) => interval(a, b, { root: 1 }), 'the standard deviation is divided by the root of n'],
      [(a, b) => interval(b, a), 'the differences are a - b'],
      [(a, b) => interval(a, b, { point: 1 }), 't is missing'],
    ],
  ),
};
