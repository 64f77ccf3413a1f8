/** Exercises of notebook fig09: activations of the deep linear network. */
import { mean, variance } from '../../measures/statistics';
import { dot } from '../../theory/vectors';
import { exercise } from './exercise';

const turn = [
  [0, -1],
  [1, 0],
];
const stretch = [
  [2, 0],
  [0, 3],
];
const shear = [
  [1, 1],
  [0, 1],
];

const through = (layers: number[][][], x: number[]): number[] =>
  layers.reduce((h, w) => w.map((row) => dot(row, h)), x);
const transposed = (w: number[][]): number[][] => w[0]!.map((_, i) => w.map((row) => row[i]!));

export const figure09 = {
  /** Of the standard deviations of a unit over training: the greatest over the least. */
  'fig09-1': exercise<(sigmas: number[]) => number>(
    [
      [[[2, 0.5, 3, 1]], 6],
      [[[1, 2.5, 5, 4]], 5],
    ],
    [
      [(sigmas) => Math.max(...sigmas) - Math.min(...sigmas), 'a ratio is asked for'],
      [(sigmas) => sigmas.at(-1)! / sigmas[0]!, 'the extremes may lie anywhere in training'],
      [(sigmas) => Math.min(...sigmas) / Math.max(...sigmas), 'upside down'],
    ],
  ),
  /** Of the outputs of a unit over the samples: their standard deviation. */
  'fig09-2': exercise<(y: number[]) => number>(
    [
      [[[1, 5, 1, 5]], 2],
      [[[0, 0, 6]], Math.sqrt(8)],
    ],
    [
      [variance, 'this is the variance'],
      [
        (y) => Math.sqrt((variance(y) * y.length) / (y.length - 1)),
        'over all m samples, not over one less',
      ],
      [(y) => Math.sqrt(mean(y.map((v) => v * v))), 'the mean is to be taken away first'],
    ],
  ),
  /** Of the weights of all layers, first layer first, and an input: the output of the last layer. */
  'fig09-3': exercise<(layers: number[][][], x: number[]) => number[]>(
    [
      [
        [
          [turn, stretch, shear],
          [1, 2],
        ],
        [-1, 3],
      ],
      [
        [
          [stretch, turn],
          [1, 1],
        ],
        [-3, 2],
      ],
    ],
    [
      [(layers, x) => through(layers.toReversed(), x), 'which layer sees the input first?'],
      [
        (layers, x) => through(layers.map(transposed), x),
        'unit i of a layer has row i of its weights, not column i',
      ],
      [(layers, x) => through(layers.slice(0, 1), x), 'this is the first layer alone'],
    ],
  ),
};
