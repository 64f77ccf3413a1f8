import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '../../src/system/errors';
import {
  hessianByDifferences,
  numericGradient,
  numericJacobian,
} from '../../src/theory/differences';
import { normalise } from '../../src/theory/facts';
import { logCoshLoss, quadraticLoss } from '../../src/theory/losses';
import { compareNets, worstInputs } from '../../src/theory/realNets';
import { theorem41 } from '../../src/theory/theorem41';
import { operatorOf, squaredNorm } from '../../src/theory/vectors';
import { fixed, matrix, net, numbers, semidefinite } from './arbitraries';

describe('losses', () => {
  it('have the derivatives that they give', () => {
    const losses = fc.oneof(
      net.map(({ loss, y }) => ({ loss, z: y })),
      fc.tuple(semidefinite(4), numbers(4), numbers(4)).map(([a, b, z]) => ({
        loss: quadraticLoss(a, b),
        z,
      })),
    );
    fc.assert(
      fc.property(losses, ({ loss, z }) => {
        const size = Math.sqrt(squaredNorm(loss.gradient(z))) + 1;
        numericGradient((at) => loss.value(at), z, 1).forEach((value, i) =>
          expect(Math.abs(value - loss.gradient(z)[i]!) / size).toBeLessThan(1e-8),
        );
        numericJacobian((at) => loss.gradient(at), z, 1).forEach((row, i) =>
          row.forEach((value, j) =>
            expect(Math.abs(value - loss.hessian(z)[i]![j]!) / size).toBeLessThan(1e-7),
          ),
        );
      }),
      { ...fixed, numRuns: 60 },
    );
  });

  it('log cosh does not overflow', () => {
    const loss = logCoshLoss([[1000]], [0]);
    expect(loss.value([-5])).toBeCloseTo(5000 - Math.LN2, 9);
    expect([...loss.gradient([-5])]).toEqual([-1000]);
  });

  it('refuse sizes that do not fit', () => {
    expect(() => quadraticLoss([[1, 0], [2, 1]], [1, 1])).toThrow('a is not symmetric'); // prettier-ignore
    expect(() => logCoshLoss([[1, 0], [2]], [1, 1])).toThrow('a[1] has length 1, a[0] 2'); // prettier-ignore
    expect(() => logCoshLoss([[1, 0]], [1, 1])).toThrow(UserError);
  });
});

it('a second derivative by differences is the map that the matrix is', () => {
  const loss = logCoshLoss([[1, 0.5, 0], [0, 1, -1]], [0.2, 0.1]); // prettier-ignore
  const z = Float64Array.of(0.3, -0.2, 0.5);
  const map = hessianByDifferences((at) => loss.gradient(at), z, 1e-3);
  const exact = operatorOf(loss.hessian(z))([1, 2, 3]);
  map([1, 2, 3]).forEach((value, i) => expect(value).toBeCloseTo(exact[i]!, 5));
  expect([...map([0, 0, 0])]).toEqual([0, 0, 0]);
});

describe('two nets', () => {
  it('are one at gamma = sigma, beta = mu: there the theorem compares real nets', () => {
    fc.assert(
      fc.property(net, ({ y, loss }) => {
        const { sigma, mean } = normalise(y);
        const { gradient, curvature } = compareNets({ loss, y, gamma: sigma, beta: mean });
        for (const { equalOutput, sameWeights } of [gradient, curvature]) {
          expect(Math.abs(equalOutput - sameWeights)).toBeLessThan(1e-9 * (1 + sameWeights));
        }
        expect(gradient.batchNorm).toBeLessThanOrEqual(gradient.sameWeights * (1 + 1e-9));
      }),
      fixed,
    );
  });

  it('are measured as the theorem has them, and as they are', () => {
    const loss = quadraticLoss(
      [
        [2, 0],
        [0, 2],
      ],
      [-4, -4],
    ); // |z - 2|^2 // prettier-ignore
    // y is the minimum of the standard net; z = 3 yhat is not one of the other
    const { gradient, curvature } = compareNets({ loss, y: [2, 2.5], gamma: 3, beta: 0 });
    expect(gradient.sameWeights).toBeCloseTo(1, 12);
    expect(gradient.equalOutput).toBeCloseTo(4 * (25 + 1), 12);
    expect(gradient.batchNorm).toBeCloseTo(0, 9); // m = 2 leaves nothing of any gradient
    expect(curvature.sameWeights).toBeCloseTo(2, 12);
    expect(curvature.equalOutput).toBeCloseTo(8 * 26, 10);
    expect(curvature.batchNorm).toBeCloseTo(0, 9);
  });

  it('agree with Theorem 4.1 on the normalised net', () => {
    fc.assert(
      fc.property(net, ({ y, gamma, beta, loss }) => {
        const gradientAtOutput = loss.gradient(
          normalise(y).yhat.map((value) => gamma * value + beta),
        );
        const { left, right } = theorem41({ y, gradient: gradientAtOutput, gamma });
        const { gradient } = compareNets({ loss, y, gamma, beta });
        expect(gradient.batchNorm).toBeCloseTo(left, 9);
        expect(gradient.batchNorm).toBeCloseTo(right, 9);
      }),
      fixed,
    );
  });
});

describe('the worst of some inputs', () => {
  const loss = logCoshLoss([[1, 0, 1], [0, 1, 0.5], [0.2, 0, -1]], [0.3, -0.2, 1]); // prettier-ignore
  const options = { loss, w: [1, -1], gamma: 1.5, beta: 0.2 };

  it('does not depend on their scale with batch normalisation; without, it vanishes with it', () => {
    fc.assert(
      fc.property(matrix(3, 2), (x) => {
        const y = x.map(([a, b]) => a! - b!);
        fc.pre(Math.max(...y) - Math.min(...y) > 0.5);
        const at = (lambda: number) => worstInputs({ ...options, inputs: [x], lambda });
        expect(at(100).batchNorm).toBeCloseTo(at(0.01).batchNorm, 9);
        // a bounded gradient by the outputs, times lambda
        expect(at(0.01).standard).toBeLessThan(0.01);
      }),
      fixed,
    );
  });

  it('is the greatest over the inputs of the gradient by the weights', () => {
    const inputs = [[[1, 0], [0, 1], [1, 1]], [[0, 2], [1, 0], [0, 0]]]; // prettier-ignore
    const each = inputs.map((x) => worstInputs({ ...options, inputs: [x], lambda: 2 }));
    const all = worstInputs({ ...options, inputs, lambda: 2 });
    expect(all.batchNorm).toBe(Math.max(...each.map(({ batchNorm }) => batchNorm)));
    expect(all.standard).toBe(Math.max(...each.map(({ standard }) => standard)));
  });

  it('is the derivative by the weights', () => {
    const x = [
      [0.5, 0],
      [0, 2],
      [0, 0],
    ]; // spectral norm 2 // prettier-ignore
    const outputs = (w: ArrayLike<number>): Float64Array => operatorOf(x)(w);
    const through = (w: ArrayLike<number>): number =>
      loss.value(normalise(outputs(w)).yhat.map((value) => 1.5 * value + 0.2));
    const numeric = numericGradient(through, options.w, 1);
    const { batchNorm, standard } = worstInputs({ ...options, inputs: [x], lambda: 2 });
    expect(batchNorm).toBeCloseTo(squaredNorm(numeric), 8);
    const plain = numericGradient((w) => loss.value(outputs(w)), options.w, 1);
    expect(standard).toBeCloseTo(squaredNorm(plain), 8);
  });

  it.each([
    [{ inputs: [] }, 'no inputs'],
    [{ inputs: [[[0, 0], [0, 0], [0, 0]]] }, 'an input is 0'], // prettier-ignore
    [{ lambda: 0 }, 'lambda is 0'],
    [{ w: [1, 2, 3] }, 'x[0] has length 2, w 3'],
    [{ inputs: [[[1, 2], [1]]] }, 'x[1] has length 1, x[0] 2'], // prettier-ignore
  ])('refuses %j', (change, message) => {
    const good = { ...options, inputs: [[[1, 0], [0, 1], [1, 1]]], lambda: 1 }; // prettier-ignore
    expect(() => worstInputs({ ...good, ...change })).toThrow(UserError);
    expect(() => worstInputs({ ...good, ...change })).toThrow(message);
  });
});
