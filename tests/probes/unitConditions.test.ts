/** Section 4's conditions by hand, and on a network: as the theory's own functions have them. */
import { expect, it } from 'vitest';

import { conditionsOf, unitConditionRow } from '../../src/probes/unitConditions';
import { column } from '../../src/runs/table';
import { measuredTable, unitsOf } from '../../src/theory/measured';

// Two channels: y = (1, 5, 3, 3) as in the theory notebook, and y = (0, 2, 0, 2).
const layer = {
  y: Float32Array.from([1, 0, 5, 2, 3, 0, 3, 2]),
  gradient: Float32Array.from([0, 1, 1, -1, 1, 1, 0, -1]),
  gamma: Float32Array.from([2, -1.5]),
};

it('has the two sums and sigma of each channel', () => {
  const [first, second] = conditionsOf(layer);
  // sigma = sqrt 2; <1, g> = 2; <yhat, g> = sqrt 2; so (4 + 2) / (4 x 2) is taken away.
  expect(first!.factor).toBeCloseTo(2 / Math.SQRT2, 12);
  expect(first!.inner).toBeCloseTo(Math.SQRT2, 12);
  expect(first!.subtracted).toBeCloseTo(0.75, 12);
  expect(first!.ratio).toBeCloseTo(2 * 0.25, 12);
  // The second gradient is along -yhat: all of it goes.
  expect(second).toMatchObject({ factor: 1.5, inner: -4, subtracted: 1, ratio: 0 });
});

it('is what the theory measures', () => {
  const table = measuredTable(unitsOf({ ...layer, epsilon: 0 }));
  const conditions = conditionsOf(layer);
  expect(conditions.map(({ inner }) => inner)).toEqual(
    column(table, 'inner').map((value) => expect.closeTo(value, 9) as number),
  );
  expect(conditions.map(({ ratio }) => ratio)).toEqual(
    column(table, 'ratio').map((value) => expect.closeTo(value, 9) as number),
  );
});

it('counts units, and leaves those without a gradient out of the median', () => {
  const still = { factor: Infinity, inner: NaN, ratio: NaN, subtracted: NaN };
  const row = unitConditionRow(200, 3, [...conditionsOf(layer), still]);
  expect(row).toEqual([200, 3, 3, 0, 1, 2, expect.closeTo(0.75, 9)]);
});
