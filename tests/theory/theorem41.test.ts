import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { tolerance } from '../../src/theory/sides';
import { theorem41 } from '../../src/theory/theorem41';
import { squaredNorm, sumOf } from '../../src/theory/vectors';
import { fixed, unit } from './arbitraries';

describe('Theorem 4.1', () => {
  it('is what one computes by hand', () => {
    // yhat = (-s, s, 0, 0) with s = sqrt(2) = sigma; <1, g> = 2, <g, yhat> = s
    const { left, right, printed, inner, gammaOverSigma } = theorem41({
      y: [1, 5, 3, 3],
      gradient: [0, 1, 1, 0],
      gamma: 2,
    });
    expect(gammaOverSigma).toBeCloseTo(Math.SQRT2, 14);
    expect(inner).toBeCloseTo(Math.SQRT2, 14);
    expect(left).toBeCloseTo(2 * (2 - 1 - 0.5), 14);
    expect(right).toBeCloseTo(1, 14);
    expect(printed.right).toBeCloseTo(2 * (2 - 1 - 1), 14); // 1/sqrt(4): below the left side
    expect(printed.holds).toBe(false);
  });

  it('with 1/m is an equality for every batch', () => {
    fc.assert(
      fc.property(unit, (one) => {
        expect(theorem41(one)).toMatchObject({ equality: true, holds: true });
      }),
      fixed,
    );
  });

  it('as printed is violated wherever <ghat, yhat> is not 0, and an equality where it is', () => {
    fc.assert(
      fc.property(unit, (one) => {
        const m = one.y.length;
        const { inner, printed } = theorem41(one);
        const size = squaredNorm(one.gradient);
        const gap = size === 0 ? 0 : ((1 / Math.sqrt(m) - 1 / m) * inner ** 2) / size;
        expect(printed.slack).toBeCloseTo(-gap, 9);
        expect(printed.holds).toBe(gap <= tolerance);
      }),
      fixed,
    );
    const orthogonal = theorem41({ y: [-1, 1, 0], gradient: [1, 1, 5], gamma: 1 });
    expect(orthogonal.printed.equality).toBe(true);
  });

  it('becomes an inequality with an epsilon', () => {
    const one = { y: [1, 5, 3, 3], gradient: [0, 1, 1, 0], gamma: 2 };
    const { holds, equality, left, right } = theorem41({ ...one, epsilon: 0.1 });
    expect([holds, equality]).toEqual([true, false]);
    expect(left).toBeLessThan(right);
    fc.assert(
      fc.property(unit, (any) => {
        expect(theorem41({ ...any, epsilon: 0.1 }).holds).toBe(true);
      }),
      fixed,
    );
  });

  it('makes the gradient smaller where gamma <= sigma, and larger where the scale wins', () => {
    fc.assert(
      fc.property(unit, (one) => {
        const { gammaOverSigma, ratio } = theorem41(one);
        fc.pre(Math.abs(gammaOverSigma) <= 1);
        expect(ratio).toBeLessThanOrEqual(1 + tolerance);
      }),
      fixed,
    );
    const large = theorem41({ y: [-1, 1, 0, 0], gradient: [0, 0, 1, -1], gamma: 10 });
    expect(large.ratio).toBeCloseTo(200, 10);
  });

  it('is not one with other factors: without the mean it is no equality, with 2/m it is violated', () => {
    fc.assert(
      fc.property(unit, (one) => {
        const m = one.y.length;
        const { left, right, scale, gammaOverSigma, inner } = theorem41(one);
        const ratio = gammaOverSigma ** 2;
        const mean = (ratio * sumOf(one.gradient) ** 2) / m;
        fc.pre(mean > 1e-6 * scale && ratio * inner ** 2 > 1e-6 * scale * m);
        expect((right + mean - left) / scale).toBeGreaterThan(tolerance);
        expect((right - (ratio * inner ** 2) / m - left) / scale).toBeLessThan(-tolerance);
      }),
      fixed,
    );
  });
});
