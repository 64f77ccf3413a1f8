/** Exercises of notebook fig08: moments of activations. */
import { mean, median } from '../../measures/statistics';
import { exercise } from './exercise';

const means = [0.1, 0.4, 0.6, 1.9];
const variances = [4, 9, 1, 16];
const changes = (values: number[]): number[] => values.slice(1).map((v, t) => v - values[t]!);
const typical = (values: number[]): number => median(changes(values).map(Math.abs));

export const figure08 = {
  /** Of gamma and beta: mean and variance of what BatchNorm puts out. */
  'fig08-1': exercise<(gamma: number, beta: number) => number[]>(
    [
      [
        [3, 0.5],
        [0.5, 9],
      ],
      [
        [-0.4, -2],
        [-2, 0.16],
      ],
    ],
    [
      [(gamma, beta) => [beta, gamma], 'gamma scales the values; what does that do to a variance?'],
      [(gamma, beta) => [gamma ** 2, beta], 'the mean comes first'],
      [() => [0, 1], 'these are the moments before gamma and beta'],
    ],
  ),
  /** Of a moment at the measured steps: the median size of its change. */
  'fig08-2': exercise<(moments: number[]) => number>(
    [
      [[means], 0.3],
      [[[5, 3, 3.5, 6.5, 6]], 1.25],
    ],
    [
      [(values) => mean(changes(values).map(Math.abs)), 'this is the mean, not the median'],
      [(values) => median(changes(values)), 'steps down count as steps up: the size is asked for'],
      [
        (values) => median(values.slice(1).map((v) => Math.abs(v - values[0]!))),
        'from one measurement to the next, not from the start',
      ],
      [
        (values) =>
          changes(values)
            .map(Math.abs)
            .sort((a, b) => a - b)[(values.length - 1) >> 1]!,
        'between an even number of values there are two in the middle',
      ],
    ],
  ),
  /** Of means and variances at the measured steps: the median change of the mean in units of the median spread. */
  'fig08-3': exercise<(means: number[], variances: number[]) => number>(
    [
      [[means, variances], 0.12],
      [
        [
          [0, 1, 3, 3.5],
          [0.25, 0.25, 0.01, 0.04],
        ],
        1 / 0.35,
      ],
    ],
    [
      [
        (m, v) => typical(m) / median(v),
        'a variance has the square of the unit: divide by the standard deviation',
      ],
      [(m, v) => median(v.map(Math.sqrt)) / typical(m), 'the change is what is to be divided'],
      [
        (m, v) => typical(m) / Math.sqrt(median(v)),
        'the median of the standard deviations: with an even number of them it is not the root of the median',
      ],
    ],
  ),
};
