/** Exercises of notebook fig11: change of the gradient against step length. */
import { exercise } from './exercise';

const etas = [0.05, 0.1, 0.2, 0.4];
/** The gradient by one of k equal weights w of f = (w^k - a)^2 / 2. */
const slope = (k: number, a: number, w: number): number => (w ** k - a) * w ** (k - 1);

export const figure11 = {
  /** Of two points of a line: its slope in logarithmic axes. */
  'fig11-1': exercise<(etas: number[], changes: number[]) => number>(
    [
      [
        [
          [0.1, 0.4],
          [3, 48],
        ],
        2,
      ],
      [
        [
          [1e-6, 1e-5],
          [10, 1000 ** 0.5],
        ],
        0.5,
      ],
    ],
    [
      [
        ([e, f], [c, d]) => (d! - c!) / (f! - e!),
        'this is the slope in plain axes: take logarithms',
      ],
      [([e, f], [c, d]) => Math.log(f! / e!) / Math.log(d! / c!), 'upside down'],
      [
        ([e, f], [c, d]) => d! / c! / (f! / e!),
        'take the logarithm of each ratio before you divide',
      ],
    ],
  ),
  /** Of the step lengths and the changes without and with BatchNorm: the lengths where the first is twice the second. */
  'fig11-2': exercise<(etas: number[], without: number[], batchNorm: number[]) => number[]>(
    [
      [
        [etas, [1, 4, 5, 9], [2, 2, 4, 4]],
        [0.1, 0.4],
      ],
      [[etas, [6, 1, 1, 1], [1, 2, 1, 3]], [0.05]],
    ],
    [
      [
        (_, without, batch) => [...etas.keys()].filter((i) => without[i]! >= 2 * batch[i]!),
        'these are the places of the lengths, not the lengths',
      ],
      [
        (lengths, without, batch) => lengths.filter((_, i) => without[i]! > batch[i]!),
        'greater is not enough: at least twice as great',
      ],
      [
        (lengths, without, batch) => lengths.filter((_, i) => without[i]! > 2 * batch[i]!),
        'at least twice: equal to it counts',
      ],
      [
        (lengths, without, batch) => lengths.filter((_, i) => batch[i]! >= 2 * without[i]!),
        'here the network with BatchNorm is the rougher one',
      ],
    ],
  ),
  /** Of depth k, weight w, target a and eta: the change of the gradient of the product of k equal weights. */
  'fig11-3': exercise<(k: number, w: number, a: number, eta: number) => number>(
    [
      [[4, 1, 2, 0.5], 2 * Math.abs(slope(4, 2, 1.5) - slope(4, 2, 1))],
      [[2, 2, 1, 0.1], Math.SQRT2 * Math.abs(slope(2, 1, 1.4) - slope(2, 1, 2))],
    ],
    [
      [
        (k, w, a, eta) => Math.abs(slope(k, a, w - eta * slope(k, a, w)) - slope(k, a, w)),
        'this is the change by one weight: there are k of them',
      ],
      [
        (k, w, a, eta) => k * Math.abs(slope(k, a, w - eta * slope(k, a, w)) - slope(k, a, w)),
        'squares add up under the root, so that k equal numbers give less than their sum',
      ],
      [
        (k, w, a, eta) =>
          Math.sqrt(k) * Math.abs(slope(k, a, w + eta * slope(k, a, w)) - slope(k, a, w)),
        'walk against the gradient',
      ],
    ],
  ),
};
