import { expect, it } from 'vitest';

import { logTicks } from '../../src/figures/logAxis';

it.each([
  ['also 2 and 5 over less than one and a half powers of ten', [3e3, 6e4], 'D2'],
  ['every power', [3e3, 3e5], 1],
  ['every power over seven', [1, 1e7], 1],
  ['every third over seventeen', [1e-1, 1e16], 3],
])('logTicks labels %s', (_, values, dtick) => {
  expect(logTicks(values)).toEqual({ dtick });
});

it('logTicks passes over what a logarithmic axis cannot show', () => {
  expect(logTicks([0, -1, Infinity, NaN, 10, 1000])).toEqual({ dtick: 1 });
  expect(logTicks([0, NaN])).toEqual({});
});
