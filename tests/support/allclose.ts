/** Comparison of floating-point arrays with a relative and an absolute tolerance. */
import { expect } from 'vitest';

export interface Tolerance {
  /** Relative to the expected value. */
  rtol?: number;
  /** Added to the relative tolerance. */
  atol?: number;
}

/**
 * Asserts |actual - expected| <= atol + rtol |expected| element by element; NaN equals NaN, infinities themselves.
 * The message names the worst element.
 */
export function toBeAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 1e-5, atol = 1e-6 }: Tolerance = {},
): void {
  expect(actual.length, 'number of elements').toBe(expected.length);
  let worst = { excess: 0, message: '' };
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (Object.is(a, b)) continue;
    const allowed = atol + rtol * Math.abs(b);
    const difference = Math.abs(a - b);
    const excess = difference <= allowed ? 0 : difference / allowed || Infinity;
    if (excess > worst.excess)
      worst = { excess, message: `element ${i}: ${a} is not within ${allowed} of ${b}` };
  }
  expect(worst.message, worst.message).toBe('');
}
