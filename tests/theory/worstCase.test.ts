/** Theorems 4.4 and C.1: maxima over inputs, against inputs written down. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '../../src/system/errors';
import { factC1, normalise, normalisedHessian } from '../../src/theory/facts';
import { eigen, maximumOverBall } from '../../src/theory/quadratic';
import { withSpectralNorm } from '../../src/theory/realNets';
import { tolerance } from '../../src/theory/sides';
import { theorem42 } from '../../src/theory/theorem42';
import { theorem44 } from '../../src/theory/theorem44';
import { theoremC1 } from '../../src/theory/theoremC1';
import {
  combine,
  dot,
  type Matrix,
  matrixOf,
  operatorOf,
  scaled,
  squaredNorm,
  transposeTimes,
  type Vector,
} from '../../src/theory/vectors';
import { curvedUnit, fixed, matrix, numbers, semidefinite } from './arbitraries';

const identityMatrix = (m: number): Matrix => matrixOf((v) => Float64Array.from(v), m);

/** A unit with any input of spectral norm lambda, [m][d]. */
const withInput = curvedUnit.chain((unit) =>
  fc
    .integer({ min: 1, max: 4 })
    .chain((d) => matrix(unit.y.length, d))
    .filter((x) => x.some((row) => squaredNorm(row) > 0.01))
    .map((x) => ({ unit, x: withSpectralNorm(x, unit.lambda) })),
);

describe('withSpectralNorm', () => {
  it('scales by the greatest singular value', () => {
    const x = withSpectralNorm([[3, 0, 0], [0, -4, 0]], 2); // prettier-ignore
    expect(x.map((row) => [...row])).toEqual([[1.5, 0, 0], [0, -2, 0]]); // prettier-ignore
    const tall = withSpectralNorm([[1], [1], [1], [1]], 1);
    tall.forEach((row) => expect(row[0]).toBeCloseTo(0.5, 14));
  });
});

describe('Theorem 4.4', () => {
  it('corrected is an equality', () => {
    fc.assert(
      fc.property(curvedUnit, (unit) => {
        expect(theorem44(unit)).toMatchObject({ equality: true, holds: true });
      }),
      fixed,
    );
  });

  it('has maxima that no input exceeds and one reaches', () => {
    fc.assert(
      fc.property(withInput, ({ unit, x }) => {
        const { left, standard } = theorem44(unit);
        const v = factC1(unit);
        expect(squaredNorm(transposeTimes(x, v))).toBeLessThanOrEqual(left * (1 + 1e-9) + 1e-12);
        const g = squaredNorm(transposeTimes(x, unit.gradient));
        expect(g).toBeLessThanOrEqual(standard * (1 + 1e-9) + 1e-12);
        fc.pre(squaredNorm(v) > 1e-6);
        // one input, along v
        const best = withSpectralNorm(
          Array.from(v, (value) => [value]),
          unit.lambda,
        );
        expect(squaredNorm(transposeTimes(best, v)) / left).toBeCloseTo(1, 9);
      }),
      fixed,
    );
  });

  it('as printed is violated on small gradients and loose on large ones', () => {
    const unit = { y: [-1, 1, 0, 0], gradient: [0.1, 0.1, 0.1, 0], gamma: 1, lambda: 1 };
    const small = theorem44(unit);
    // g = .03, its square far below the left side
    expect(small.printed.right).toBeCloseTo(2 * (0.03 ** 2 - 4 * 0.075 ** 2), 12);
    expect(small.printed.holds).toBe(false);
    const large = theorem44({ ...unit, gradient: scaled(100, unit.gradient) });
    expect(large.printed.holds).toBe(true);
    expect(large.printed.slack).toBeGreaterThan(100);
  });

  it('as printed is violated on large inputs even where g^2 is not the cause', () => {
    // missing 1/m: with g = 1, only the last term tells the forms apart
    const printed = theorem44({ y: [-1, 1, -1, 1], gradient: [0, 1, 0, 0], gamma: 1, lambda: 1 });
    expect(printed.standard).toBe(1);
    expect(printed.right).toBeCloseTo(1 - 1 / 4 - 1 / 4, 14);
    expect(printed.printed.right).toBeCloseTo(1 - 1 / 4 - 1, 14);
    expect(printed.printed.holds).toBe(false);
  });

  it.each([0, -1, NaN, Infinity])('refuses lambda %f', (lambda) => {
    const unit = { y: [1, 2], gradient: [1, 1], gamma: 1, lambda };
    expect(() => theorem44(unit)).toThrow(UserError);
    expect(() => theoremC1({ ...unit, hessian: identityMatrix(2) })).toThrow(`lambda is ${lambda}`);
  });
});

describe('quadratic forms', () => {
  it('eigenvectors are orthonormal and give the matrix back', () => {
    fc.assert(
      fc.property(semidefinite(5), (a) => {
        const { values, vectors } = eigen(a);
        const size = Math.sqrt(a.reduce((sum, row) => sum + squaredNorm(row), 1));
        vectors.forEach((u, i) => {
          vectors.forEach((w, j) => expect(dot(u, w)).toBeCloseTo(Number(i === j), 10));
          const residual = combine(1, operatorOf(a)(u), -values[i]!, u);
          expect(Math.sqrt(squaredNorm(residual)) / size).toBeLessThan(1e-10);
        });
      }),
      fixed,
    );
  });

  it('the maximum over a disc is the best of a fine grid, whatever the signs of the eigenvalues', () => {
    fc.assert(
      fc.property(matrix(2, 2), numbers(2), fc.constantFrom(0.5, 3), (rows, centre, radius) => {
        const a = rows.map((row, i) => row.map((value, j) => (value + rows[j]![i]!) / 2));
        const at = (v: Vector): number => dot(v, operatorOf(a)(v));
        let best = -Infinity;
        for (let i = 0; i < 360; i++) {
          for (let k = 0; k <= 20; k++) {
            const [angle, r] = [(i * Math.PI) / 180, (k * radius) / 20];
            const v = [centre[0]! + r * Math.cos(angle), centre[1]! + r * Math.sin(angle)];
            best = Math.max(best, at(v));
          }
        }
        const maximum = maximumOverBall(a, centre, radius);
        const size = Math.abs(maximum) + Math.abs(at(centre)) + 10 * radius ** 2;
        expect((maximum - best) / size).toBeGreaterThan(-1e-9);
        // negative definite: the best may lie inside, between the grid's circles
        expect((maximum - best) / size).toBeLessThan(2e-2);
      }),
      { ...fixed, numRuns: 30 },
    );
  });

  it('knows the hard case, where the centre has no part along the greatest eigenvalue', () => {
    // v = (x, y): 2 x^2 + y^2 about (0, 1) with radius 1: x^2 = 1 - (y - 1)^2, best at y = 2
    const a = [[2, 0], [0, 1]]; // prettier-ignore
    expect(maximumOverBall(a, [0, 1], 1)).toBeCloseTo(4, 9);
    expect(maximumOverBall(a, [0, 0], 1)).toBeCloseTo(2, 12);
    expect(maximumOverBall([[-1, 0], [0, -2]], [0.5, 0], 1)).toBeCloseTo(0, 12); // prettier-ignore
    expect(maximumOverBall(a, [1, 1], 0)).toBeCloseTo(3, 12);
  });
});

describe('Theorem C.1', () => {
  it('with one input is lambda^4 times the second form of Theorem 4.2', () => {
    fc.assert(
      fc.property(curvedUnit, (unit) => {
        const { fixedInput, secondForm, scale } = theoremC1(unit);
        const of42 = theorem42({ ...unit, hessian: operatorOf(unit.hessian) });
        const fourth = unit.lambda ** 4;
        expect((fixedInput.left - fourth * of42.left) / (scale || 1)).toBeCloseTo(0, 9);
        expect((fixedInput.right - fourth * of42.second.right) / (scale || 1)).toBeCloseTo(0, 9);
        if (secondForm) expect(fixedInput.holds).toBe(true);
      }),
      fixed,
    );
  });

  it('has a left side that no input exceeds, and that of X X^T = lambda^2 I does not either', () => {
    fc.assert(
      fc.property(withInput, ({ unit, x }) => {
        const { left, scale, fixedInput } = theoremC1(unit);
        const normalised = normalisedHessian(unit, operatorOf(unit.hessian));
        const v = operatorOf(x)(transposeTimes(x, factC1(unit))); // X X^T dLhat/dy
        const curvature = dot(v, normalised(v));
        expect((curvature - left) / (scale || 1)).toBeLessThanOrEqual(tolerance);
        expect((fixedInput.left - left) / (scale || 1)).toBeLessThanOrEqual(tolerance);
      }),
      fixed,
    );
  });

  it('is false on a batch with all its premises, even for H = I and gamma < sigma', () => {
    // <yhat, ghat> is large: so is kappa, and the right side is below 0, which X = 0 attains
    const unit = {
      y: [-10, 10, 0, 0],
      gradient: [-20, 20, 3, -3],
      gamma: 0.01,
      lambda: 1,
      hessian: identityMatrix(4).map((row) => scaled(1e-5, row)),
    };
    const c1 = theoremC1(unit);
    expect(unit.gamma).toBeLessThan(normalise(unit.y).sigma);
    expect(c1.inner).toBeGreaterThan(0);
    expect(c1.secondForm).toBe(true);
    expect(c1.left).toBeGreaterThanOrEqual(0);
    expect(c1.right).toBeLessThan(0);
    expect(c1.holds).toBe(false);
  });

  it('cannot have the printed <: both sides are equal for gamma = sigma and a gradient left whole', () => {
    const y = [-1, 1, 0, 0];
    const { sigma } = normalise(y);
    const unit = { y, gradient: [0, 0, 1, -1], gamma: sigma, lambda: 2 };
    const c1 = theoremC1({ ...unit, hessian: identityMatrix(4) });
    expect(c1.fixedInput.equality).toBe(true);
    expect(c1.fixedInput.left).toBeCloseTo(16 * 2, 10);
    // From that input on, a step of X X^T g towards yhat gains in first order on the left and costs in second.
    expect(c1.holds).toBe(false);
  });

  it('refuses an H of another size or without symmetry', () => {
    const unit = { y: [1, 2], gradient: [1, 1], gamma: 1, lambda: 1 };
    const of = (hessian: Matrix) => () => theoremC1({ ...unit, hessian });
    expect(of(identityMatrix(3))).toThrow('hessian has length 3, y 2');
    expect(of([[1, 0], [0]])).toThrow('hessian[1] has length 1, y 2');
    expect(of([[1, 2], [0, 1]])).toThrow('hessian is not symmetric at [1][0]'); // prettier-ignore
    expect(of([[1, NaN], [NaN, 1]])).toThrow(UserError); // prettier-ignore
  });
});
