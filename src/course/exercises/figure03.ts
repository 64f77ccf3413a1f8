/** Exercises of notebook fig03: internal covariate shift. */
import { dot } from '../../theory/vectors';
import { exercise } from './exercise';

const before = [1.5, 2.5, 3.5, 4.5, 5.5];
const after = [10, 20, 30, 40, 50];
const apart = (a: number[], b: number[]): number => Math.hypot(...a.map((v, i) => v - b[i]!));
const cosine = (a: number[], b: number[]): number =>
  dot(a, b) / Math.hypot(...a) / Math.hypot(...b);

export const figure03 = {
  /** Of the cosines at the measured steps: the share that is at least 0.95. */
  'fig03-1': exercise<(cosines: number[]) => number>(
    [
      [[[0.99, 0.95, 0.2, -0.96, 0.5, 1, 0.94, -0.2]], 3 / 8],
      [[[0.97, 0.1, 0.98]], 2 / 3],
    ],
    [
      [(cosines) => cosines.filter((c) => c >= 0.95).length, 'a share is asked for, not a count'],
      [
        (cosines) => cosines.filter((c) => c > 0.95).length / cosines.length,
        'at least 0.95 means 0.95 itself too',
      ],
      [
        (cosines) => cosines.filter((c) => Math.abs(c) >= 0.95).length / cosines.length,
        'near -1 the gradient has turned round: that is not "no shift"',
      ],
      [
        (cosines) => cosines.filter((c) => c < 0.95).length / cosines.length,
        'these are the steps with a shift',
      ],
    ],
  ),
  /** Of G and G': their distance and the cosine of their angle. */
  'fig03-2': exercise<(G: number[], shifted: number[]) => number[]>(
    [
      [
        [
          [3, 0, 4],
          [1, 2, 2],
        ],
        [Math.sqrt(12), 11 / 15],
      ],
      [
        [
          [2, -1, 2],
          [-2, 1, 2],
        ],
        [Math.sqrt(20), -1 / 9],
      ],
    ],
    [
      [(a, b) => [cosine(a, b), apart(a, b)], 'the distance comes first'],
      [(a, b) => [apart(a, b) ** 2, cosine(a, b)], 'the distance is the root of that sum'],
      [(a, b) => [apart(a, b), dot(a, b)], 'a cosine does not change with the lengths'],
      [(a, b) => [apart(a, b), dot(a, b) / dot(a, a)], 'both lengths belong into the cosine'],
    ],
  ),
  /** Of the weights before and after the step and a layer: those at which its G' is taken. */
  'fig03-3': exercise<(before: number[], after: number[], layer: number) => number[]>(
    [
      [
        [before, after, 3],
        [10, 20, 3.5, 4.5, 5.5],
      ],
      [[before, after, 1], before],
    ],
    [
      [
        (w, next, layer) => w.map((v, i) => (i < layer ? next[i]! : v)),
        'layer 1 is entry 0, and the layer itself has not moved',
      ],
      [
        (w, next, layer) => w.map((v, i) => (i + 1 === layer ? v : next[i]!)),
        'the layers above have not taken their step yet',
      ],
      [
        (w, next, layer) => w.map((v, i) => (i + 1 < layer ? v : next[i]!)),
        'it is the other way round: who is below?',
      ],
    ],
  ),
};
