/** Exercises of notebook fig07: the two networks of the theory. */
import { mean, variance } from '../../measures/statistics';
import { dot } from '../../theory/vectors';
import { exercise } from './exercise';

/** Of a gradient: what is left of it without its mean, and without its part along yhat. */
const withoutMean = (g: number[]): number[] => g.map((v) => v - mean(g));
const without = (g: number[], yhat: number[]): number[] =>
  g.map((v, b) => v - (dot(g, yhat) / dot(yhat, yhat)) * yhat[b]!);
const times = (factor: number, v: number[]): number[] => v.map((each) => factor * each);

const cubes = (y: number[]): number => y.reduce((sum, v) => sum + v ** 3, 0);
const product = (y: number[]): number => y.reduce((a, b) => a * b) ** 2;
/** `y` with `h` more at `b`. */
const moved = (y: number[], b: number, h: number): number[] =>
  y.map((v, i) => (i === b ? v + h : v));

export const figure07 = {
  /** Of the outputs of a unit: gamma and beta with which network (b) computes what (a) does. */
  'fig07-1': exercise<(y: number[]) => number[]>(
    [
      [[[1, 5, 1, 5]], [2, 3]],
      [[[0, 0, 6]], [Math.sqrt(8), 2]],
    ],
    [
      [(y) => [mean(y), Math.sqrt(variance(y))], 'gamma comes first'],
      [(y) => [variance(y), mean(y)], 'the outputs were divided by the root of the variance'],
      [
        (y) => [Math.sqrt((variance(y) * y.length) / (y.length - 1)), mean(y)],
        'sigma is over the batch as it is: 1/m',
      ],
    ],
  ),
  /** Of ghat, yhat, gamma and sigma: the gradient by y, as in Fact C.1. */
  'fig07-2': exercise<(ghat: number[], yhat: number[], gamma: number, sigma: number) => number[]>(
    [
      [
        [[1, 2, 4, 1], [-1, 1, -1, 1], 3, 2],
        [-2.25, 0.75, 2.25, -0.75],
      ],
      [
        [[3, 0, 0, 1], [1, 1, -1, -1], 1, 4],
        [0.375, -0.375, -0.125, 0.125],
      ],
    ],
    [
      [
        (g, yhat, gamma, sigma) => times(gamma / sigma, without(g, yhat)),
        'the gradient is still allowed its mean',
      ],
      [
        (g, _, gamma, sigma) => times(gamma / sigma, withoutMean(g)),
        'the gradient is still allowed its part along yhat',
      ],
      [
        (g, yhat, gamma, sigma) => times(sigma / gamma, without(withoutMean(g), yhat)),
        'a wide unit gets a short gradient: sigma divides',
      ],
      [(g, yhat) => without(withoutMean(g), yhat), 'the direction is right; how is it scaled?'],
    ],
  ),
  /** Of a loss, a point, an index and h: the central difference. */
  'fig07-3': exercise<(loss: (y: number[]) => number, y: number[], b: number, h: number) => number>(
    [
      [[cubes, [1, 2, 3], 1, 0.5], 12.25],
      [[product, [1, 2, 3], 2, 0.1], 24],
    ],
    [
      [
        (loss, y, b, h) => (loss(moved(y, b, h)) - loss(y)) / h,
        'step to both sides: this difference is of one side only',
      ],
      [
        (loss, y, b, h) => (loss(moved(y, b, h)) - loss(moved(y, b, -h))) / h,
        'how far apart are the two points?',
      ],
      [
        (loss, y, b, h) => loss(moved(y, b, h)) - loss(moved(y, b, -h)),
        'a slope is a difference over a distance',
      ],
    ],
  ),
};
