import { expect, it } from 'vitest';

import { logTicks, powers, withLogTicks } from '../../src/drawing/logAxis';

it.each([
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

it.each([
  ['2 and 5 times each power over less', [3e3, 6e4], 1000, '2 × 10<sup>3</sup>'],
  ['finer multiples over half a power', [4e-4, 9e-4], 1e-4, '1.5 × 10<sup>−4</sup>'],
  ['plain numbers near one', [0.3, 2], 0.1, '0.2'],
])('logTicks labels %s', (_, values, first, second) => {
  const { tickvals, ticktext } = logTicks(values);
  expect(tickvals![0]).toBeCloseTo(first, 12);
  expect(ticktext![1]).toBe(second);
  expect(tickvals!.length).toBe(ticktext!.length);
  const shown = tickvals!.filter((tick) => tick >= values[0]! && tick <= values[1]!);
  expect(shown.length).toBeGreaterThanOrEqual(2);
});

it('withLogTicks leaves axes alone that are not logarithmic or have ticks of their own', () => {
  const points = [{ panel: '', series: '', seed: 0, x: 0, y: 10, hi: 1e6 }];
  expect(withLogTicks({ ...powers, nticks: 4 }, [{ points }])).toEqual({ ...powers, nticks: 4 });
  expect(withLogTicks({ dtick: 20 }, [{ points }])).toEqual({ dtick: 20 });
  expect(withLogTicks(powers, [{ points }])).toEqual({ ...powers, dtick: 1 });
});
