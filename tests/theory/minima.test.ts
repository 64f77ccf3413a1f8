/** Observation 4.3 and Lemma 4.5. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '../../src/system/errors';
import { normalise } from '../../src/theory/facts';
import { lemma45 } from '../../src/theory/lemma45';
import { observation43, outputsOf } from '../../src/theory/observation43';
import { combine, dot, scaled, squaredNorm } from '../../src/theory/vectors';
import { fixed, matrix, numbers } from './arbitraries';

describe('Observation 4.3', () => {
  it('gives the same activations for any inputs and weights', () => {
    fc.assert(
      fc.property(matrix(6, 3), matrix(2, 3), (x, w) => {
        const varied = w.every((weights) => {
          const y = outputsOf(x, weights);
          return Math.max(...y) - Math.min(...y) > 0.01;
        });
        fc.pre(varied);
        const { y, z, gamma, beta } = observation43({ x, w });
        y.forEach((outputs, j) => {
          expect([gamma[j], beta[j]]).toEqual([normalise(outputs).sigma, normalise(outputs).mean]);
          outputs.forEach((value, b) => expect(z[j]![b]).toBeCloseTo(value, 10));
        });
      }),
      fixed,
    );
  });

  it('is about units that vary, and says so of one that does not', () => {
    const x = [[1, 2], [1, 3]]; // prettier-ignore
    expect(() => observation43({ x, w: [[1, 0]] })).toThrow('zero variance');
    expect(() => observation43({ x: [[1, 2]], w: [[1, 0]] })).toThrow('batch of size 1');
  });

  it('refuses lengths that do not fit', () => {
    const of = () => observation43({ x: [[1, 2], [1]], w: [[1, 0]] });
    expect(of).toThrow(UserError);
    expect(of).toThrow('x[1] has length 1, w 2');
  });
});

const pair = fc
  .record({ initial: numbers(6), optimum: numbers(6) })
  .filter(({ optimum }) => squaredNorm(optimum) > 0.01);

describe('Lemma 4.5', () => {
  it('is an equality at the nearest optimum of the ray, which no other factor beats', () => {
    fc.assert(
      fc.property(pair, fc.double({ min: 0, max: 5, noNaN: true }), (weights, k) => {
        const { initial, optimum } = weights;
        const { left, inner, equality, factor } = lemma45(weights);
        const at = (by: number): number => squaredNorm(combine(1, initial, -by, optimum));
        expect(at(factor)).toBeCloseTo(left, 10);
        expect(at(k)).toBeGreaterThanOrEqual(left - 1e-9 * (1 + at(k)));
        fc.pre(inner > 0);
        expect(equality).toBe(true);
      }),
      fixed,
    );
  });

  it('is violated without its premise, by <W*, W0>^2 / ||W*||^2', () => {
    fc.assert(
      fc.property(pair, (weights) => {
        const { inner, holds, left, right, factor } = lemma45(weights);
        fc.pre(inner < -0.1);
        expect(factor).toBe(0);
        expect(holds).toBe(false);
        const gap = inner ** 2 / squaredNorm(weights.optimum);
        expect((left - right) / gap).toBeCloseTo(1, 6);
      }),
      fixed,
    );
  });

  it('rests on what normalisation does not see: k w for k > 0; for k < 0 it turns', () => {
    fc.assert(
      fc.property(matrix(5, 3), numbers(3), fc.constantFrom(-2, 0.1, 30), (x, w, k) => {
        const y = outputsOf(x, w);
        fc.pre(Math.max(...y) - Math.min(...y) > 0.1);
        const scaledOutputs = normalise(outputsOf(x, scaled(k, w))).yhat;
        const { yhat } = normalise(y);
        yhat.forEach((value, b) => expect(scaledOutputs[b]).toBeCloseTo(Math.sign(k) * value, 9));
      }),
      fixed,
    );
  });

  it('is surpassed where every unit is scaled by itself', () => {
    fc.assert(
      fc.property(pair, (weights) => {
        const { left, perUnit } = lemma45({ ...weights, units: [2, 3, 1] });
        expect(perUnit).toBeLessThanOrEqual(left + 1e-9 * (1 + left));
      }),
      fixed,
    );
    // one unit twice as long as its optimum, the other half as long: no one factor fits both
    const weights = { initial: [2, 0, 0.5, 0], optimum: [1, 0, 1, 0], units: [2, 2] };
    const { left, perUnit, standard } = lemma45(weights);
    expect(perUnit).toBe(0);
    expect(left).toBeCloseTo(4.25 - 2.5 ** 2 / 2, 12);
    expect(standard).toBe(1.25);
  });

  it('with <W0, W*> = 0 has nothing to gain', () => {
    const { left, right, factor } = lemma45({ initial: [1, 0], optimum: [0, 2] });
    expect([left, right, factor]).toEqual([1, 1, 0]);
    expect(dot([1, 0], [0, 2])).toBe(0);
  });

  it.each([
    [{ initial: [1, 2], optimum: [1] }, 'optimum has length 1, initial 2'],
    [{ initial: [1, 2], optimum: [0, 0] }, 'optimum is 0'],
    [{ initial: [1, NaN], optimum: [1, 0] }, 'initial[1] is NaN'],
    [{ initial: [1, 2], optimum: [1, 0], units: [1] }, 'units add up to 1, initial has 2'],
  ])('refuses %j', (weights, message) => {
    expect(() => lemma45(weights)).toThrow(UserError);
    expect(() => lemma45(weights)).toThrow(message);
  });
});
