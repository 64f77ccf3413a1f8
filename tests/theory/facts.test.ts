import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '../../src/system/errors';
import { numericGradient, numericJacobian } from '../../src/theory/differences';
import { factC1, factC2, normalise, normalisedHessian, type Unit } from '../../src/theory/facts';
import { theorem41 } from '../../src/theory/theorem41';
import { theorem42 } from '../../src/theory/theorem42';
import { theorem44 } from '../../src/theory/theorem44';
import { theoremC1 } from '../../src/theory/theoremC1';
import {
  combine,
  dot,
  matrixOf,
  operatorOf,
  squaredNorm,
  sumOf,
  type Vector,
} from '../../src/theory/vectors';
import { fixed, net, type NetCase, outputs } from './arbitraries';

const few = { ...fixed, numRuns: 60 };
const epsilons = fc.constantFrom(0, 1e-5, 0.5);

/** The output of the layer with an epsilon, written out once more. */
const outputOf = ({ gamma, beta }: NetCase, y: Vector, epsilon: number): Float64Array => {
  const values = Array.from(y);
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return Float64Array.from(
    values,
    (value) => (gamma * (value - mean)) / Math.sqrt(variance + epsilon) + beta,
  );
};

const unitOf = (one: NetCase, y: Vector, epsilon: number): Unit => ({
  y,
  gradient: one.loss.gradient(outputOf(one, y, epsilon)),
  gamma: one.gamma,
  epsilon,
});

/** || a - b || relative to || b || and `size`. */
const apart = (a: Vector, b: Vector, size: number): number =>
  Math.sqrt(squaredNorm(combine(1, a, -1, b))) / (Math.sqrt(squaredNorm(b)) + size);

describe('normalise', () => {
  it('is what one computes by hand', () => {
    const { mean, sigma, yhat } = normalise([1, 5, 3, 3]);
    expect([mean, sigma]).toEqual([3, Math.SQRT2]);
    [-Math.SQRT2, Math.SQRT2, 0, 0].forEach((value, b) => expect(yhat[b]).toBeCloseTo(value, 14));
  });

  it('has mean 0 and squared length m, and does not see shift and positive scale', () => {
    fc.assert(
      fc.property(outputs(6), fc.constantFrom(-3, -1, 0.2, 7), (y, k) => {
        const { yhat } = normalise(y);
        expect(sumOf(yhat)).toBeCloseTo(0, 10);
        expect(squaredNorm(yhat)).toBeCloseTo(6, 10);
        const moved = normalise(y.map((value) => k * value + 5)).yhat;
        moved.forEach((value, b) => expect(value).toBeCloseTo(Math.sign(k) * yhat[b]!, 9));
      }),
      fixed,
    );
  });
});

describe('Fact C.1', () => {
  it('is the derivative of the loss, with and without an epsilon', () => {
    fc.assert(
      fc.property(net, epsilons, (one, epsilon) => {
        const { sigma } = normalise(one.y, epsilon);
        const numeric = numericGradient(
          (y) => one.loss.value(outputOf(one, y, epsilon)),
          one.y,
          sigma,
        );
        expect(apart(numeric, factC1(unitOf(one, one.y, epsilon)), 1 / sigma)).toBeLessThan(1e-8);
      }),
      few,
    );
  });

  it('would not be without either of its sums', () => {
    const y = [1, 2, 4, -1];
    const gradient = [1, 0, 2, 1];
    const right = factC1({ y, gradient, gamma: 1 });
    const { sigma, yhat } = normalise(y);
    const withoutMean = gradient.map((g, b) => (g - (yhat[b]! * dot(gradient, yhat)) / 4) / sigma);
    const withoutYhat = gradient.map((g) => (g - sumOf(gradient) / 4) / sigma);
    for (const wrong of [withoutMean, withoutYhat])
      expect(apart(wrong, right, 0)).toBeGreaterThan(0.1);
  });

  it('takes out what beta and gamma could have done: the two sums are their gradients', () => {
    fc.assert(
      fc.property(net, (one) => {
        const { gradient } = unitOf(one, one.y, 0);
        const at = ([gamma, beta]: Float64Array): number =>
          one.loss.value(outputOf({ ...one, gamma: gamma!, beta: beta! }, one.y, 0));
        const [byGamma, byBeta] = numericGradient(at, [one.gamma, one.beta], 1);
        expect(byBeta).toBeCloseTo(sumOf(gradient), 8);
        expect(byGamma).toBeCloseTo(dot(gradient, normalise(one.y).yhat), 8);
      }),
      few,
    );
  });
});

describe('Fact C.2', () => {
  it('is the derivative of the normalised outputs', () => {
    fc.assert(
      fc.property(outputs(5), epsilons, (y, epsilon) => {
        const { sigma } = normalise(y, epsilon);
        const numeric = numericJacobian((at) => normalise(at, epsilon).yhat, y, sigma);
        factC2({ y, epsilon }).forEach((row, b) =>
          row.forEach((value, k) =>
            // the numeric one is transposed
            expect(Math.abs(numeric[k]![b]! - value) * sigma).toBeLessThan(1e-8),
          ),
        );
      }),
      few,
    );
  });

  it('is a projection over sigma, which is what Fact C.1 applies', () => {
    const y = [0.3, -2, 1, 5, 5];
    const gradient = [1, -1, 0.5, 2, 0];
    const { sigma } = normalise(y);
    const project = operatorOf(factC2({ y }).map((row) => row.map((value) => value * sigma)));
    expect(apart(project(project(gradient)), project(gradient), 0)).toBeLessThan(1e-14);
    const viaC2 = project(gradient).map((value) => (3 * value) / sigma);
    expect(apart(viaC2, factC1({ y, gradient, gamma: 3 }), 0)).toBeLessThan(1e-14);
  });
});

describe('the second derivative through normalisation', () => {
  it('is the derivative of the gradient, with and without an epsilon', () => {
    fc.assert(
      fc.property(net, epsilons, (one, epsilon) => {
        const { sigma } = normalise(one.y, epsilon);
        const m = one.y.length;
        const numeric = numericJacobian((y) => factC1(unitOf(one, y, epsilon)), one.y, sigma);
        const hessian = operatorOf(one.loss.hessian(outputOf(one, one.y, epsilon)));
        const formula = matrixOf(normalisedHessian(unitOf(one, one.y, epsilon), hessian), m);
        const size = 1 / sigma ** 2;
        numeric.forEach((row, b) => expect(apart(row, formula[b]!, size)).toBeLessThan(1e-7));
      }),
      few,
    );
  });

  it('would not be gamma^2 / sigma^2 P H P alone', () => {
    const unit = { y: [1, 2, 4, -1], gradient: [1, 0, 2, 1], gamma: 1 };
    const none = normalisedHessian(unit, (v) => new Float64Array(v.length));
    expect(Math.sqrt(squaredNorm(none([1, 0, 0, 0])))).toBeGreaterThan(0.05);
  });
});

describe('what cannot be normalised gives one clear error', () => {
  const good = { y: [1, 2, 3], gradient: [1, 0, 0], gamma: 1 };
  const bad: [string, Unit, string][] = [
    ['an empty batch', { ...good, y: [], gradient: [] }, 'batch of size 0'],
    ['a batch of one', { ...good, y: [1], gradient: [1] }, 'batch of size 1'],
    [
      'a constant unit',
      { ...good, y: [0.1, 0.1, 0.1] },
      'zero variance: all 3 values of y are 0.1',
    ],
    ['zeros', { ...good, y: [0, 0, 0] }, 'zero variance'],
    ['a gradient too short', { ...good, gradient: [1] }, 'gradient has length 1, y 3'],
    ['a gamma of 0', { ...good, gamma: 0 }, 'gamma is 0'],
    ['a gamma that is no number', { ...good, gamma: NaN }, 'gamma is NaN'],
    ['an infinite output', { ...good, y: [1, Infinity, 3] }, 'y[1] is Infinity'],
    ['a gradient with NaN', { ...good, gradient: [1, 0, NaN] }, 'gradient[2] is NaN'],
    ['a negative epsilon', { ...good, epsilon: -1 }, 'epsilon is -1'],
  ];
  const identity = operatorOf([]);
  const functions = {
    factC1,
    theorem41,
    theorem42: (unit: Unit) => theorem42({ ...unit, hessian: identity }),
    theorem44: (unit: Unit) => theorem44({ ...unit, lambda: 1 }),
    theoremC1: (unit: Unit) => theoremC1({ ...unit, lambda: 1, hessian: [] }),
  };

  it.each(bad)('%s', (_, unit, message) => {
    for (const of of Object.values(functions)) {
      expect(() => of(unit)).toThrow(UserError);
      expect(() => of(unit)).toThrow(message);
      expect(() => of(unit)).not.toThrow('\n');
    }
  });

  it('a constant unit is fine with an epsilon: nothing comes through but the gradient', () => {
    const gradient = factC1({ y: [2, 2], gradient: [1, 3], gamma: 1, epsilon: 0.25 });
    expect([...gradient]).toEqual([-2, 2]);
  });
});
