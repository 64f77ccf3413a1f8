/** Exercises of notebook fig02: "noisy" BatchNorm. */
import { mean, variance } from '../../measures/statistics';
import { exercise } from './exercise';

/** Draws of two channels each. */
const wide = [
  [1, 3],
  [2, 8],
];
const narrow = [
  [0, 2],
  [4, 6],
];

/** Of noise by channel: the variance of the channels' means. */
const between = (noise: number[][]): number => variance(noise.map(mean));

export const figure02 = {
  /** Of the ends of an interval: the variance of the uniform distribution on it. */
  'fig02-1': exercise<(low: number, high: number) => number>(
    [
      [[-1, 1], 1 / 3],
      [[1, 1.25], 1 / 192],
    ],
    [
      [(low, high) => (high - low) / Math.sqrt(12), 'this is the standard deviation'],
      [(low, high) => (high - low) ** 2 / 3, 'the formula with a 3 is for half the width'],
      [(low, high) => (high - low) / 12, 'a variance goes with the square of the width'],
    ],
  ),
  /** Of mu and sigma of a channel: mean and variance of what leaves the noise. */
  'fig02-2': exercise<(mu: number, sigma: number) => number[]>(
    [
      [
        [0.3, 1.1],
        [0.3, 1.21 + 0.01 + 0.01 / 3],
      ],
      [
        [-0.5, 1.25],
        [-0.5, 1.5625 + 0.01 + 0.01 / 3],
      ],
    ],
    [
      [(mu, sigma) => [mu, sigma], 'the second entry is to be a variance'],
      [(mu, sigma) => [mu, sigma ** 2], 's and m are random within the channel as well'],
      [
        (mu, sigma) => [mu, sigma ** 2 + 0.01],
        'the shifts m are spread about mu: what variance do they add?',
      ],
      [
        (mu, sigma) => [mu, sigma ** 2 + 0.01 / 3],
        'the factors s are spread about sigma: what is the mean of their square?',
      ],
    ],
  ),
  /** Of the noise of some channels: the part of its variance that whole channels share. */
  'fig02-3': exercise<(noise: number[][]) => number>(
    [
      [[wide], 9 / 29],
      [[narrow], 0.8],
    ],
    [
      [
        (noise) => 1 - between(noise) / variance(noise.flat()),
        'this is the part that belongs to the single activation',
      ],
      [
        (noise) => between(noise) / mean(noise.map(variance)),
        'divide by the variance of all values, not by that within channels',
      ],
      [between, 'this is the variance between channels; it is a part of which whole?'],
    ],
  ),
};
