/** Exercises of notebook fig06: activations with lp normalisations. */
import { mean, variance } from '../../measures/statistics';
import { exercise } from './exercise';

/** The mean of the powers of (value - mean) / divisor. */
const moment = (values: number[], power: number, divisor = Math.sqrt(variance(values))): number =>
  mean(values.map((v) => ((v - mean(values)) / divisor) ** power));
/** The mean of a histogram whose bins stand for the place `at` in them, 0 to 1. */
const binned = (low: number, high: number, counts: number[], at: number): number => {
  const sum = counts.reduce((a, count, i) => a + count * (i + at), 0);
  return low + (sum / counts.reduce((a, b) => a + b) / counts.length) * (high - low);
};

export const figure06 = {
  /** Of a value, the ends of a histogram and its number of bins: the bin. */
  'fig06-1': exercise<(value: number, low: number, high: number, bins: number) => number>(
    [
      [[3.3, 0, 4, 48], 39],
      [[0.3, -1, 3, 48], 15],
      [[3, -1, 3, 48], 47],
    ],
    [
      [
        (value, low, high, bins) => Math.floor((value / (high - low)) * bins),
        'count from the lower end of the histogram',
      ],
      [
        (value, low, high, bins) => Math.floor(((value - low) / (high - low)) * bins),
        'the greatest value belongs into the last bin',
      ],
      [
        (value, low, high, bins) => Math.round(((value - low) / (high - low)) * bins),
        'a bin holds all values from its lower end on: do not round up',
      ],
    ],
  ),
  /** Of a histogram: the mean, with each value in the middle of its bin. */
  'fig06-2': exercise<(low: number, high: number, counts: number[]) => number>(
    [
      [[0, 4, [1, 0, 0, 4]], 2.9],
      [[-1, 2, [2, 1, 0]], -0.5 + 1 / 3],
    ],
    [
      [(low, high, counts) => binned(low, high, counts, 0), 'take the middle of a bin'],
      [
        (low, high, counts) =>
          (binned(low, high, counts, 0.5) * counts.reduce((a, b) => a + b)) / counts.length,
        'divide by the number of values, not of bins',
      ],
      [(low, high) => (low + high) / 2, 'the bins weigh as many values as they hold'],
    ],
  ),
  /** Of values: their skewness and kurtosis. */
  'fig06-3': exercise<(values: number[]) => number[]>(
    [
      [[[-1, -1, -1, 3]], [2 / Math.sqrt(3), 7 / 3]],
      [[[0, 0, 6]], [Math.SQRT1_2, 1.5]],
    ],
    [
      [
        (values) => [moment(values, 3), moment(values, 4) - 3],
        'this is the excess; here a normal distribution has kurtosis 3',
      ],
      [
        (values) => [3, 4].map((power) => moment(values, power, 1)),
        'divide by the standard deviation, so that the scale does not count',
      ],
      [
        (values) => [3, 4].map((power) => moment(values, power, variance(values))),
        'this divides by the variance; its root belongs there',
      ],
      [(values) => [moment(values, 4), moment(values, 3)], 'the skewness comes first'],
    ],
  ),
};
