import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hessianByDifferences } from '../../src/theory/differences';
import { factC1, normalise, normalisedHessian, normalisedOutput } from '../../src/theory/facts';
import { tolerance } from '../../src/theory/sides';
import { type CurvedUnit, theorem42 } from '../../src/theory/theorem42';
import type { BoundedCurvedUnit } from '../../src/theory/theoremC1';
import { combine, dot, operatorOf, scaled, squaredNorm } from '../../src/theory/vectors';
import { curvedUnit, fixed, net } from './arbitraries';

const withOperator = (unit: BoundedCurvedUnit): CurvedUnit => ({
  ...unit,
  hessian: operatorOf(unit.hessian),
});
const identity = (v: ArrayLike<number>): Float64Array => Float64Array.from(v);

describe('Theorem 4.2, first form', () => {
  it('is an equality for every H, whatever the signs', () => {
    fc.assert(
      fc.property(curvedUnit, (unit) => {
        expect(theorem42(withOperator(unit))).toMatchObject({ equality: true, holds: true });
      }),
      fixed,
    );
  });

  it('is none along another direction than the gradient, nor with an epsilon', () => {
    const unit = { y: [1, 2, 4, -1], gradient: [1, 0, 2, 1], gamma: 1.5, hessian: identity };
    const { sigma, yhat } = normalise(unit.y);
    const d = combine(1, factC1(unit), 1, yhat);
    const ratio = (unit.gamma / sigma) ** 2;
    const inner = dot(unit.gradient, yhat);
    const left = dot(d, normalisedHessian(unit, identity)(d));
    const right = ratio * squaredNorm(d) - (unit.gamma / (4 * sigma ** 2)) * inner * squaredNorm(d);
    expect(Math.abs(left - right)).toBeGreaterThan(0.1);
    expect(theorem42({ ...unit, epsilon: 0.5 }).equality).toBe(false);
  });

  it('has the curvature of the loss along its own gradient on the left', () => {
    fc.assert(
      fc.property(net, ({ y, gamma, beta, loss }) => {
        const gradientAt = (at: ArrayLike<number>): Float64Array =>
          factC1({ y: at, gradient: loss.gradient(normalisedOutput(at, gamma, beta)), gamma });
        const z = normalisedOutput(y, gamma, beta);
        const unit = { y, gradient: loss.gradient(z), gamma };
        const v = gradientAt(y);
        const numeric = dot(v, hessianByDifferences(gradientAt, Float64Array.from(y), 1e-4)(v));
        const { left } = theorem42({ ...unit, hessian: operatorOf(loss.hessian(z)) });
        const { sigma } = normalise(y);
        fc.pre(sigma > 0.3);
        expect(Math.abs(numeric - left)).toBeLessThan(1e-5 * (squaredNorm(v) / sigma ** 2 + 1e-3));
      }),
      { ...fixed, numRuns: 60 },
    );
  });
});

describe('Theorem 4.2, second form', () => {
  it('says v^T H v <= ghat^T H ghat, neither more nor less', () => {
    fc.assert(
      fc.property(curvedUnit, (unit) => {
        const H = operatorOf(unit.hessian);
        const v = factC1(unit);
        const { second, scale, standard } = theorem42(withOperator(unit));
        const ratio = (unit.gamma / normalise(unit.y).sigma) ** 2;
        const gap = scale === 0 ? 0 : (ratio * (standard - dot(v, H(v)))) / scale;
        expect(second.slack).toBeCloseTo(gap, 9);
      }),
      fixed,
    );
  });

  it('holds exactly where H keeps the order and the gradient shrinks, or neither', () => {
    fc.assert(
      fc.property(curvedUnit, (unit) => {
        const { premise, second } = theorem42(withOperator(unit));
        if (premise.orderKept && premise.shrinks) expect(second.holds).toBe(true);
        fc.pre(!second.equality);
        expect(second.holds).toBe(premise.orderKept === premise.shrinks);
      }),
      fixed,
    );
  });

  it('needs both: a gamma above sigma breaks it with H = I, which keeps every order', () => {
    const unit = { y: [-1, 1, 0, 0], gradient: [0, 0, 1, -1], gamma: 10, hessian: identity };
    const { premise, second } = theorem42(unit);
    expect(premise).toEqual({ orderKept: true, shrinks: false });
    expect(second.holds).toBe(false);
    expect(theorem42({ ...unit, gamma: 0.1 }).second.holds).toBe(true);
  });

  it('is not saved by the mild conditions: convex, <yhat, ghat> > 0, gamma < sigma', () => {
    // H = w w^T is blind to ghat as a whole and sees the part of it that normalisation leaves, (0, 0, 1, -1).
    const w = [-0.1, -0.1, 0.9, -1.1];
    const unit = {
      y: [-1, 1, 0, 0],
      gradient: [4.9, 5.1, 6, 4],
      gamma: 0.5,
      hessian: (v: ArrayLike<number>) => scaled(dot(w, v), w),
    };
    const { premise, second, inner } = theorem42(unit);
    expect(inner).toBeGreaterThan(0);
    expect(unit.gamma / normalise(unit.y).sigma).toBeLessThan(1);
    expect(premise.shrinks).toBe(true);
    expect(premise.orderKept).toBe(false);
    expect(second.slack).toBeLessThan(-tolerance);
  });
});
