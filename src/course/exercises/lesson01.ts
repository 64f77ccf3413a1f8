/** Exercises of lesson 1: batch normalisation from scratch. */
import { mean } from '../../measures/statistics';
import { factC1, normaliseUnit } from '../../theory/facts';
import { dot, sumOf } from '../../theory/vectors';
import { exercise } from './exercise';

const y = [2, -1, 4, 7];
const g = [1, 0, -2, 3];
const yhat = [...normaliseUnit({ y, gradient: g, gamma: 1 }).yhat];

const variance = (y: number[]): number => mean(y.map((v) => (v - mean(y)) ** 2));
const normalised = (y: number[], divisor: number): number[] =>
  y.map((v) => (v - mean(y)) / divisor);

/** Fact C.1 with some of its terms. */
function backward(
  { y, g, gamma }: { y: number[]; g: number[]; gamma: number },
  { scale = gamma, byMean = true, bySigma = true, divided = true },
): number[] {
  const m = y.length;
  const { sigma, yhat } = normaliseUnit({ y, gradient: g, gamma });
  const along = bySigma ? dot(g, yhat) / m : 0;
  const centre = byMean ? sumOf(g) / m : 0;
  return g.map((v, b) => (scale * (v - centre - along * yhat[b]!)) / (divided ? sigma : 1));
}

/** The length of w after some steps whose own lengths `lengthOf` gives. */
const walked = (start: number, steps: number, lengthOf: (length: number) => number): number =>
  Array.from({ length: steps }).reduce<number>(
    (length) => Math.hypot(length, lengthOf(length)),
    start,
  );

export const lesson01 = {
  /** Of y and epsilon: all yhat. */
  'lesson01-1': exercise<(y: number[], epsilon: number) => number[]>(
    [
      [[y, 3], normalised(y, Math.sqrt(variance(y) + 3))],
      [[g, 0.5], normalised(g, Math.sqrt(variance(g) + 0.5))],
    ],
    [
      [(y) => normalised(y, 1), 'divide by the root of variance plus epsilon'],
      [
        (y, epsilon) =>
          normalised(y, Math.sqrt((variance(y) * y.length) / (y.length - 1) + epsilon)),
        'the variance here is the mean of the squares, divided by m and not by one less',
      ],
      [
        (y) => normalised(y, Math.sqrt(variance(y))),
        'epsilon is added to the variance, in the root',
      ],
      [
        (y, epsilon) => normalised(y, Math.sqrt(variance(y)) + epsilon),
        'epsilon is added in the root, not to sigma',
      ],
      [(y, epsilon) => normalised(y, variance(y) + epsilon), 'the root is missing'],
    ],
  ),
  /** Of yhat and a: the yhat that belongs to a y + b. */
  'lesson01-2': exercise<(yhat: number[], a: number) => number[]>(
    [
      [[yhat, 7], yhat],
      [[yhat, -2], yhat.map((v) => -v)],
    ],
    [
      [(yhat, a) => yhat.map((v) => a * v), 'sigma grows by the same factor as y'],
      [(yhat) => yhat, 'for a factor above 0 this is right; which one is left?'],
    ],
  ),
  /** Of y, the gradient at the output and gamma: the gradient at the input. */
  'lesson01-3': exercise<(y: number[], g: number[], gamma: number) => number[]>(
    [
      [[y, g, 0.5], [...factC1({ y, gradient: g, gamma: 0.5 })]],
      [[g, y, 2], [...factC1({ y: g, gradient: y, gamma: 2 })]],
    ],
    [
      [
        (y, g, gamma) => backward({ y, g, gamma }, { byMean: false, bySigma: false }),
        'mu and sigma move too: two terms are missing',
      ],
      [
        (y, g, gamma) => backward({ y, g, gamma }, { bySigma: false }),
        'the path through sigma is missing: the last term',
      ],
      [
        (y, g, gamma) => backward({ y, g, gamma }, { byMean: false }),
        'the path through mu is missing: the mean of the gradient',
      ],
      [
        (y, g, gamma) => backward({ y, g, gamma }, { scale: 1 }),
        'gamma is missing: it stands between yhat and the output',
      ],
      [
        (y, g, gamma) => backward({ y, g, gamma }, { divided: false }),
        'sigma is missing in the factor in front',
      ],
    ],
  ),
  /** Of the length of w, s, eta and steps: the length of w after them. */
  'lesson01-4': exercise<(length: number, s: number, eta: number, steps: number) => number>(
    [
      [[2, 3, 0.5, 4], walked(2, 4, (length) => 1.5 / length)],
      [[1, 1, 2, 3], walked(1, 3, (length) => 2 / length)],
    ],
    [
      [
        (length, s, eta, steps) => walked(length, steps, () => eta * s),
        'the gradient is s divided by the length that w has',
      ],
      [
        (length, s, eta, steps) => walked(length, steps, () => (eta * s) / length),
        'the length of w changes at every step, and that of the gradient with it',
      ],
      [
        (length, s, eta, steps) =>
          Array.from({ length: steps }).reduce<number>((now) => now + (eta * s) / now, length),
        'the step is at a right angle to w: Pythagoras',
      ],
      [
        (length, s, eta) => walked(length, 1, (now) => (eta * s) / now),
        'this is the length after the first step',
      ],
    ],
  ),
  /** Of the means of all minibatches and the momentum: the running average. */
  'lesson01-5': exercise<(means: number[], momentum: number) => number>(
    [
      [[[4, 2, 10], 0.25], 3.4375],
      [[[1, 1], 0.5], 0.75],
    ],
    [
      [
        (means, momentum) =>
          means.reduce((average, mu) => momentum * average + (1 - momentum) * mu, 0),
        'momentum is the weight of the new mean here, not of the old average',
      ],
      [(means) => mean(means), 'this is the plain mean; older minibatches count less'],
      [
        (means, momentum) =>
          means
            .slice(1)
            .reduce((average, mu) => (1 - momentum) * average + momentum * mu, means[0]!),
        'the average begins at 0, not at the first mean',
      ],
    ],
  ),
};
