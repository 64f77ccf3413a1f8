/** Exercises of lesson 6: what the critics say. */
import { mean } from '../../measures/statistics';
import { exercise } from './exercise';

const quotients = (lengths: number[]): number[] =>
  lengths.slice(1).map((length, i) => lengths[i]! / length);
const whole = (lengths: number[]): number => lengths[0]! / lengths.at(-1)!;

export const lesson06 = {
  /** Of the lengths of the gradients of all layers: the factor a layer towards the input. */
  'lesson06-1': exercise<(lengths: number[]) => number>(
    [
      [[[24, 10, 6, 3]], 2],
      [[[4, 36]], 1 / 9],
    ],
    [
      [
        (lengths) => mean(quotients(lengths)),
        'this is the arithmetic mean of the quotients; factors multiply',
      ],
      [
        (lengths) => whole(lengths) ** (-1 / (lengths.length - 1)),
        'towards the input: the lower layer over the upper one',
      ],
      [
        (lengths) => whole(lengths) ** (1 / lengths.length),
        'there is one factor less than there are layers',
      ],
      [(lengths) => whole(lengths), 'this is the factor over all layers together'],
    ],
  ),
  /** Of eta: the largest curvature at which gradient descent does not diverge. */
  'lesson06-2': exercise<(eta: number) => number>(
    [
      [[0.1], 20],
      [[0.5], 4],
    ],
    [
      [(eta) => 1 / eta, 'at this curvature one step goes right to the minimum; it can be larger'],
      [(eta) => 2 * eta, 'the larger the learning rate, the smaller the curvature that it bears'],
    ],
  ),
  /** Of p and n: the probabilities of the verdicts. */
  'lesson06-3': exercise<(p: number, n: number) => number[]>(
    [
      [
        [0.8, 3],
        [0.512, 0.008, 0.48],
      ],
      [
        [0.3, 1],
        [0.3, 0.7, 0],
      ],
    ],
    [
      [(p) => [p, 1 - p, 0], 'every one of the n seeds must say yes, for "holds"'],
      [(p, n) => [n * p, n * (1 - p), 1 - n], 'probabilities of independent seeds multiply'],
      [(p, n) => [p ** n, 1 - p ** n, 0], '"fails" is only where none of the seeds says yes'],
      [(p, n) => [p ** n, (1 - p) ** n, 1 - p ** n], 'the three probabilities add up to one'],
    ],
  ),
};
