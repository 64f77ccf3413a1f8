import { describe, expect, it } from 'vitest';

import { median, sixDigits, tInterval } from '../../src/measures/statistics';

describe('tInterval', () => {
  it('is null with fewer than two values', () => {
    expect(tInterval([])).toBeNull();
    expect(tInterval([3])).toBeNull();
  });

  // scipy.stats.t.interval(0.95, n - 1, mean, sem)
  it.each([
    [
      [1, 2],
      [-4.853102, 7.853102],
    ],
    [
      [1, 2, 3, 4, 5],
      [1.036757, 4.963243],
    ],
    [Array.from({ length: 12 }, (_, i) => i), [3.209142, 7.790858]],
    [Array.from({ length: 31 }, (_, i) => i), [11.664983, 18.335017]],
  ])('of %j is %j', (values, expected) => {
    const [low, high] = tInterval(values)!;
    expect(low).toBeCloseTo(expected[0]!, 3);
    expect(high).toBeCloseTo(expected[1]!, 3);
  });
});

describe('median', () => {
  it('is the middle, or the mean of the two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(median([])).toBeNaN();
  });

  it('stays infinite where most values are', () => {
    expect(median([Infinity, 3, Infinity])).toBe(Infinity);
  });
});

it('sixDigits rounds to six significant digits', () => {
  expect(sixDigits(1234.56789)).toBe(1234.57);
  expect(sixDigits(-0.000123456789)).toBe(-0.000123457);
});
