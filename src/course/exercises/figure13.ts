/** Exercises of notebook fig13: the deep linear network with five normalisations. */
import { mean, median, variance } from '../../measures/statistics';
import { exercise } from './exercise';

const greatest = (y: number[]): number => Math.max(...y.map(Math.abs));
const losses = Array.from({ length: 20 }, (_, i) => 100 / (i + 1));

export const figure13 = {
  /** Of the outputs of a unit: how many times smaller L-infinity makes it than BatchNorm does. */
  'fig13-1': exercise<(y: number[]) => number>(
    [
      [[[1, -7, 1, -7]], 7 / 4],
      [[[0, 0, 6]], 6 / Math.sqrt(8)],
    ],
    [
      [(y) => Math.sqrt(variance(y)) / greatest(y), 'upside down: the greater divisor wins'],
      [(y) => Math.max(...y) / Math.sqrt(variance(y)), 'a negative output counts by its size'],
      [
        (y) => greatest(y) / Math.sqrt(mean(y.map((v) => v * v))),
        'BatchNorm divides by the standard deviation, which knows no mean',
      ],
    ],
  ),
  /** Of beta at the measured steps and a learning rate: how far the run is from the edge of stability, 2. */
  'fig13-2': exercise<(beta: number[], rate: number) => number>(
    [
      [[[3e6, 1e6, 2.5e6], 1e-6], 2.5],
      [[[8, 1, 2, 4], 0.5], 1.5],
    ],
    [
      [(beta, rate) => mean(beta) * rate, 'this is the mean, not the median'],
      [(beta, rate) => median(beta) / rate, 'the edge of stability is 2 over the learning rate'],
      [(beta, rate) => (median(beta) * rate) / 2, 'the edge is to be 2, not 1'],
    ],
  ),
  /** Of the losses of a run: their mean over its last tenth. */
  'fig13-3': exercise<(losses: number[]) => number>(
    [
      [[losses], (100 / 19 + 100 / 20) / 2],
      [[[9, 8, 7, 6, 5, 4, 3, 2, 1, 0.5]], 0.5],
    ],
    [
      [mean, 'this is the mean over all of training'],
      [(all) => all.at(-1)!, 'a tenth of the run may be more than its last loss'],
      [(all) => mean(all.slice(0, all.length / 10)), 'this is the first tenth'],
      [(all) => mean(all.slice(-10)), 'a tenth of the losses, not ten of them'],
    ],
  ),
};
