/** Exercises of notebook fig12: VGG with five normalisations. */
import { dot } from '../../theory/vectors';
import { exercise } from './exercise';

/** g without `part` times w. */
const less = (g: number[], w: number[], part: number): number[] =>
  g.map((v, i) => v - part * w[i]!);

export const figure12 = {
  /** Of a gradient and a learning rate: the decrease that a straight line promises. */
  'fig12-1': exercise<(g: number[], rate: number) => number>(
    [
      [[[3, 4], 0.1], 2.5],
      [[[2, -1, 2], 0.5], 4.5],
    ],
    [
      [(g, rate) => rate * Math.hypot(...g), 'this is the length of the step'],
      [(g) => dot(g, g), 'the learning rate is missing'],
      [
        (g, rate) => rate ** 2 * dot(g, g),
        'slope times distance: only one of them has the learning rate',
      ],
    ],
  ),
  /** Of weights and a gradient: the part of the gradient at right angles to the weights. */
  'fig12-2': exercise<(w: number[], g: number[]) => number[]>(
    [
      [
        [
          [3, 4],
          [1, 2],
        ],
        [-0.32, 0.24],
      ],
      [
        [
          [2, 0, 0],
          [5, 3, -2],
        ],
        [0, 3, -2],
      ],
    ],
    [
      [(w, g) => less(g, w, dot(g, w)), 'the weights need not have length 1'],
      [
        (w, g) => less(g, w, dot(g, w) / Math.hypot(...w)),
        'the length of the weights enters twice: in the dot product and in the direction',
      ],
      [(w, g) => w.map((v) => (dot(g, w) / dot(w, w)) * v), 'this is the part along the weights'],
    ],
  ),
  /** Of the lengths of the weights and of a gradient at right angles to them: the length after a step. */
  'fig12-3': exercise<(weights: number, gradient: number, rate: number) => number>(
    [
      [[4, 6, 0.5], 5],
      [[2, 3, 0.1], Math.sqrt(4.09)],
    ],
    [
      [(weights, gradient, rate) => weights + rate * gradient, 'they stand at right angles'],
      [(weights, gradient, rate) => weights - rate * gradient, 'they stand at right angles'],
      [
        (weights, gradient, rate) => Math.sqrt(weights ** 2 + rate * gradient ** 2),
        'the step is the learning rate times the gradient; its square is which?',
      ],
    ],
  ),
};
