/** Ridge plots: histograms over training, one behind the other, later ones in front (as in Figures 1, 2, 6 and 9). */
import type { Data, LayoutAxis } from 'plotly.js';

import { type Density, densityOf, type Histogram, histograms } from '../measures/histograms';
import { sixDigits } from '../measures/statistics';
import type { Table } from '../runs/table';
import { grouped } from '../system/numberText';
import type { PlottedPoint } from './figure';
import { mix } from './style';

export interface RidgeOptions {
  /** The `panel` and the `seed` of the plotted points: ridges show one run. */
  panel: string;
  seed: number;
  /** See `axesOf`. */
  axes: { xaxis: string; yaxis: string };
  /** The colour of the last ridge; earlier ones are paler. */
  colour: string;
  /** Ridges at most; default 15. */
  count?: number;
}

/** Traces, what they show, and the axes they want: the vertical one is the step, downwards. */
export interface Ridges {
  data: Data[];
  points: PlottedPoint[];
  xaxis: Partial<LayoutAxis>;
  yaxis: Partial<LayoutAxis>;
}

/**
 * Heights in distances between ridges: that of the lower quartile of the peaks, and that at which peaks are cut. A
 * network that has not begun to train has peaks many times as high as later; by their median, the later would be flat.
 */
const quartileHeight = 1.8;
const greatestHeight = 4;

/** At most `count` of the histograms, evenly spaced in time from the first on. */
function spread(all: Histogram[], count: number): Histogram[] {
  const stride = Math.ceil(all.length / count);
  return all.filter((_, i) => i % stride === 0);
}

/**
 * The range in which nearly all ridges have nearly all of their area: from the outermost bin higher than a hundredth
 * of its peak, the widest tenth of the ridges left out, since one step's outliers would squeeze all others.
 */
function rangeOf(ridges: readonly Density[]): [number, number] {
  const ends = ridges.map(({ x, y }) => {
    const peak = Math.max(...y);
    const inside = x.filter((_, i) => y[i]! > peak / 100);
    return [inside[0]!, inside.at(-1)!] as const;
  });
  const dropped = Math.floor(ridges.length / 10);
  const low = ends.map(([start]) => start).sort((a, b) => a - b)[dropped]!;
  const high = ends.map(([, end]) => end).sort((a, b) => b - a)[dropped]!;
  const margin = 0.03 * (high - low);
  return [sixDigits(low - margin), sixDigits(high + margin)];
}

/** About four round steps; Plotly's own ticks would go on above the first ridge, to steps below 0. */
function roundSteps(first: number, last: number): number[] {
  const rough = Math.max(1, (last - first) / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = power * [1, 2, 5, 10].find((times) => times * power >= rough)!;
  const start = Math.ceil(first / unit);
  return Array.from({ length: Math.floor(last / unit) - start + 1 }, (_, i) => (start + i) * unit);
}

/**
 * One panel of ridges from the rows of one layer in a `histograms` table. Ridges of a panel have equal area and
 * one common scale (see the heights above). A point's y is `step - height`, its `hi` the ridge's step. No rows, no
 * traces.
 */
export function drawRidges(table: Table | undefined, options: RidgeOptions): Ridges {
  const { panel, seed, axes, colour, count = 15 } = options;
  const ridges = spread(histograms(table), count).map(densityOf);
  if (ridges.length === 0) return { data: [], points: [], xaxis: {}, yaxis: {} };
  const [first, last] = [ridges[0]!.step, ridges.at(-1)!.step];
  const distance = (last - first) / (ridges.length - 1) || 1;
  const peaks = ridges.map(({ y }) => Math.max(...y)).sort((a, b) => a - b);
  const scale = quartileHeight / peaks[Math.floor((peaks.length - 1) / 4)]!;
  const data: Data[] = [];
  const points: PlottedPoint[] = [];
  ridges.forEach((ridge, k) => {
    const { step } = ridge;
    const series = `step ${grouped(step)}`;
    const x = ridge.x.map(sixDigits);
    const y = ridge.y.map((density) =>
      sixDigits(step - Math.min(density * scale, greatestHeight) * distance),
    );
    points.push(
      ...x.map((at, i) => ({ panel, series, seed, x: at, y: y[i]!, lo: y[i]!, hi: step })),
    );
    data.push({
      ...axes,
      type: 'scatter',
      mode: 'lines',
      name: series,
      // Closed along the baseline, so that a ridge hides what is behind it.
      x: [x[0]!, ...x, x.at(-1)!],
      y: [step, ...y, step],
      fill: 'toself',
      fillcolor: mix('#FFFFFF', colour, 0.25 + (0.6 * (k + 1)) / ridges.length),
      line: { color: mix(colour, '#222222', 0.4), width: 0.8 },
      hoveron: 'fills',
      hoverinfo: 'name',
      showlegend: false,
    });
  });
  return {
    data,
    points,
    xaxis: { range: rangeOf(ridges) },
    yaxis: {
      range: [last + 0.6 * distance, first - (greatestHeight + 0.3) * distance],
      showgrid: false,
      tickvals: roundSteps(first, last),
      tickformat: ',d',
    },
  };
}
