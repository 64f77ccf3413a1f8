/** Exercises of notebook fig05: lp normalisations. */
import { mean } from '../../measures/statistics';
import { exercise } from './exercise';

const norm = (y: number[], p: number): number => mean(y.map((v) => Math.abs(v) ** p)) ** (1 / p);
/** gamma (y - centre) / divisor + beta. */
const normalised = (
  y: number[],
  { centre = mean(y), divisor = 1, gamma = 1, beta = 0 },
): number[] => y.map((v) => (gamma * (v - centre)) / divisor + beta);

export const figure05 = {
  /** Of the values of a channel: their infinity norm. */
  'fig05-1': exercise<(y: number[]) => number>(
    [
      [[[1, -4, 2]], 4],
      [[[3, 0.5, -1]], 3],
    ],
    [
      [(y) => Math.max(...y), 'a negative value counts by its size'],
      [(y) => mean(y.map(Math.abs)), 'this is the l1 norm'],
      [(y) => Math.max(...y) - Math.min(...y), 'this is the width of the range'],
    ],
  ),
  /** Of values, p, gamma and beta: the normalised values. */
  'fig05-2': exercise<(y: number[], p: number, gamma: number, beta: number) => number[]>(
    [
      [
        [[2, -1, 5], 1, 2, 0.5],
        [0.5, -1.75, 2.75],
      ],
      [
        [[1, 7], 2, 1, 1],
        [0.4, 1.6],
      ],
    ],
    [
      [
        (y, p, gamma, beta) => {
          const divisor = norm(normalised(y, {}), p);
          return normalised(y, { divisor, gamma, beta });
        },
        'the norm is of the values as they are, before their mean is taken away',
      ],
      [
        (y, p, gamma, beta) => {
          const divisor = norm(y, p) * y.length ** (1 / p);
          return normalised(y, { divisor, gamma, beta });
        },
        'this norm is a mean over the values, not their sum',
      ],
      [
        (y, p, gamma, beta) => normalised(y, { centre: 0, divisor: norm(y, p), gamma, beta }),
        'the mean is to be taken away',
      ],
      [(y, p) => normalised(y, { divisor: norm(y, p) }), 'gamma and beta are missing'],
    ],
  ),
  /** Of mu / sigma of a channel: the standard deviation that l2 normalisation gives it. */
  'fig05-3': exercise<(ratio: number) => number>(
    [
      [[0.75], 0.8],
      [[-2], 1 / Math.sqrt(5)],
    ],
    [
      [(ratio) => 1 / (1 + ratio ** 2), 'this is the variance'],
      [(ratio) => Math.sqrt(1 + ratio ** 2), 'a channel with a mean is divided by more, not less'],
      [(ratio) => 1 / (1 + Math.abs(ratio)), 'the squares of mu and sigma add up, under one root'],
    ],
  ),
};
