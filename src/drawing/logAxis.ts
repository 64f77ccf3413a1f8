/** Logarithmic axes. */
import type { LayoutAxis } from 'plotly.js';

import type { PlottedPoint } from './figure';

/** A logarithmic axis over powers of ten; see `logTicks`. */
export const powers: Partial<LayoutAxis> = {
  type: 'log',
  exponentformat: 'power',
  tickfont: { size: 11 }, // Plotly writes powers larger by a quarter
};

/** A logarithmic axis from about 0.1 to 100. */
export const aroundOne: Partial<LayoutAxis> = {
  type: 'log',
  tickvals: [0.01, 0.1, 1, 10, 100, 1000].flatMap((power) => [power, 2 * power, 5 * power]),
};

/** Labels on `powers`, about. */
const labelCount = 7;

/** Ticks of `powers` for these values: whole powers, or round multiples of them where there would be one at most. */
export function logTicks(values: readonly number[]): Partial<LayoutAxis> {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (logs.length === 0) return {};
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const decades = high - low;
  if (decades >= 1.5) return { dtick: Math.ceil(decades / labelCount) };
  const multiples = decades < 0.7 ? [1, 1.5, 2, 3, 4, 6, 8] : [1, 2, 5];
  const exponents = Array.from(
    { length: Math.ceil(high) - Math.floor(low) + 1 },
    (_, i) => Math.floor(low) + i,
  );
  const ticks = exponents.flatMap((exponent) =>
    multiples.map((multiple) => ({ value: multiple * 10 ** exponent, multiple, exponent })),
  );
  // Plotly itself would write 5, 2, 10^4, 5: a multiple without its power.
  return {
    tickvals: ticks.map(({ value }) => value),
    ticktext: ticks.map(({ multiple, exponent }) => label(multiple, exponent)),
  };
}

/** `0.2`, `50`, `3 × 10⁴`. */
function label(multiple: number, exponent: number): string {
  if (Math.abs(exponent) < 3) return String(Number((multiple * 10 ** exponent).toPrecision(2)));
  const power = `10<sup>${exponent}</sup>`.replace('-', '−');
  return multiple === 1 ? power : `${multiple} × ${power}`;
}

/** The axis of a panel with `logTicks` for what the panel shows, where it is one of `powers` without ticks of its own. */
export function withLogTicks(
  axis: Partial<LayoutAxis>,
  shown: readonly { points: readonly PlottedPoint[] }[],
): Partial<LayoutAxis> {
  if (axis.exponentformat !== 'power' || axis.nticks !== undefined) return axis;
  const values = shown.flatMap(({ points }) =>
    points.flatMap(({ y, lo = y, hi = y }) => [y, lo, hi]),
  );
  return { ...logTicks(values), ...axis };
}
