/** Logarithmic axes. */
import type { LayoutAxis } from 'plotly.js';

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

/** Ticks of `powers` for these values: whole powers only, unless there would be one at most. */
export function logTicks(values: readonly number[]): Partial<LayoutAxis> {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (logs.length === 0) return {};
  const decades = Math.max(...logs) - Math.min(...logs);
  // D2: also at 2 and 5 times each power.
  return { dtick: decades < 1.5 ? 'D2' : Math.ceil(decades / labelCount) };
}
