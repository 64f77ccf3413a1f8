/** Exercises of lesson 7: one seed each, and what a class knows together. */
import { mean } from '../../measures/statistics';
import { sumOf } from '../../theory/vectors';
import { exercise } from './exercise';

const ascending = (values: number[]): number[] => [...values].sort((a, b) => a - b);
const picked = (values: number[], picks: number[][]): number[][] =>
  picks.map((pick) => pick.map((i) => values[i]!));
const gains = [4, -2, 9, 13];
const picks = [
  [3, 3, 2, 3],
  [1, 1, 0, 1],
  [0, 2, 0, 2],
];

export const lesson07 = {
  /** Of the values of all seeds and lists of indices: the means of the values at each list, ascending. */
  'lesson07-1': exercise<(values: number[], picks: number[][]) => number[]>(
    [
      [[gains, picks], ascending(picked(gains, picks).map(mean))],
      [[[0.5, 10], [[0, 0], [1, 0], [1, 1]]], [0.5, 5.25, 10]], // prettier-ignore
    ],
    [
      [
        (values, picks) => picked(values, picks).map(mean),
        'the means are to be in ascending order',
      ],
      [
        (values, picks) => picked(values, picks).map(mean).sort(),
        'sort() without a function sorts numbers as if they were words',
      ],
      [(values, picks) => ascending(picked(values, picks).map(sumOf)), 'these are sums, not means'],
      [(values, picks) => picks.map(() => mean(values)), 'take the values at the picked places'],
      [(_, picks) => ascending(picks.map(mean)), 'these are the means of the indices'],
    ],
  ),
  /** Of the standard deviation over seeds and a half-width: how many seeds are needed. */
  'lesson07-2': exercise<(s: number, halfWidth: number) => number>(
    [
      [[3, 1], 36],
      [[5, 3], 12],
      [[0.25, 4], 2],
    ],
    [
      [
        (s, halfWidth) => Math.ceil(((2 * s) / halfWidth) ** 2),
        'of a single seed there is no standard deviation',
      ],
      [(s, halfWidth) => Math.ceil((2 * s) / halfWidth), 'the root of n: square both sides'],
      [(s, halfWidth) => Math.ceil((s / halfWidth) ** 2), 'the factor before s is missing'],
      [(s, halfWidth) => ((2 * s) / halfWidth) ** 2, 'seeds are counted in whole numbers'],
      [(s, halfWidth) => Math.floor(((2 * s) / halfWidth) ** 2), 'round so that it is enough'],
    ],
  ),
  /** Of the number of seeds: how probable it is that a coin in place of each falls on one side always. */
  'lesson07-3': exercise<(n: number) => number>(
    [
      [[5], 0.0625],
      [[3], 0.25],
    ],
    [
      [(n) => 0.5 ** n, 'all heads is one way; all tails says as much about the two networks'],
      [(n) => 1 - 0.5 ** (n - 1), 'this is the probability that they do not agree'],
      [(n) => 1 / n, 'multiply the probabilities of independent throws'],
    ],
  ),
};
