/** Curves over seeds: the median as a line, least to greatest as a band, one seed as a line alone. */
import type { Data } from 'plotly.js';

import type { PlottedPoint } from './figure';
import type { Curve } from './select';
import { median, sixDigits } from './statistics';
import { type SeriesStyle, transparent } from './style';

/** One run's curve. */
export interface SeedCurve extends Curve {
  seed: number;
  /** The run ended early because it diverged: its last point gets a mark. */
  diverged?: boolean;
}

/** Median, least and greatest value over seeds at each x. */
export interface Band {
  x: number[];
  median: number[];
  lo: number[];
  hi: number[];
}

/**
 * The band over seeds. An x that fewer than half of the curves reach is left out: the median of the few that
 * survive is not the median of all.
 */
export function bandOver(curves: readonly Curve[]): Band {
  const values = new Map<number, number[]>();
  for (const { x, y } of curves) {
    x.forEach((at, i) => values.set(at, [...(values.get(at) ?? []), y[i]!]));
  }
  const kept = [...values.entries()]
    .filter(([, of]) => of.length >= curves.length / 2)
    .sort(([a], [b]) => a - b);
  return {
    x: kept.map(([at]) => at),
    median: kept.map(([, of]) => median(of)),
    lo: kept.map(([, of]) => Math.min(...of)),
    hi: kept.map(([, of]) => Math.max(...of)),
  };
}

export interface SeriesOptions {
  /** The `panel` of the plotted points. */
  panel: string;
  /** See `axesOf`. */
  axes: { xaxis: string; yaxis: string };
  style: SeriesStyle;
  /** One panel of a figure carries the legend for all. */
  legend: boolean;
  /** Digits and unit of y under the pointer, as Plotly writes it, e.g. ':.1f} %'; default '}'. */
  hover?: string;
  /** A mark at every point, where points are few. */
  markers?: boolean;
}

/** Traces and a list of exactly what they show. */
export interface Series {
  data: Data[];
  points: PlottedPoint[];
}

/** One series of a panel over its seeds: band, line, and a cross where a run diverged. No curves, no traces. */
export function drawSeries(curves: readonly SeedCurve[], options: SeriesOptions): Series {
  const { panel, axes, style, legend, hover = '}', markers = false } = options;
  const filled = curves.filter(({ x }) => x.length > 0);
  const single = filled.length === 1 ? filled[0] : undefined;
  const band = bandOver(filled);
  const rounded = (values: number[]): number[] => values.map(sixDigits);
  const x = rounded(band.x);
  const [line, lo, hi] = [rounded(band.median), rounded(band.lo), rounded(band.hi)];
  const shared = { ...axes, name: style.name, legendgroup: style.name };
  const template = `%{y${hover}<br>step %{x:,}<extra>${style.name}</extra>`;
  const crosses = filled
    .filter(({ diverged }) => diverged)
    .map((curve) => ({
      seed: curve.seed,
      x: sixDigits(curve.x.at(-1)!),
      y: sixDigits(curve.y.at(-1)!),
    }));
  const data: Data[] = [];
  if (filled.length > 1) {
    data.push({
      ...shared,
      type: 'scatter',
      mode: 'lines',
      x: [...x, ...[...x].reverse()],
      y: [...hi, ...[...lo].reverse()],
      fill: 'toself',
      fillcolor: transparent(style.colour, 0.2),
      line: { width: 0 },
      hoverinfo: 'skip',
      showlegend: false,
    });
  }
  if (filled.length > 0) {
    data.push({
      ...shared,
      type: 'scatter',
      mode: markers ? 'lines+markers' : 'lines',
      x,
      y: line,
      line: { color: style.colour, dash: style.dash, width: 2 },
      ...(markers ? { marker: { size: 5, color: style.colour } } : {}),
      hovertemplate: template,
      showlegend: legend,
    });
  }
  if (crosses.length > 0) {
    data.push({
      ...shared,
      type: 'scatter',
      mode: 'markers',
      x: crosses.map((cross) => cross.x),
      y: crosses.map((cross) => cross.y),
      marker: { symbol: 'x', size: 8, color: style.colour },
      hovertemplate: `diverged after step %{x:,}<extra>${style.name}</extra>`,
      showlegend: false,
    });
  }
  return {
    data,
    points: [
      ...x.map((at, i): PlottedPoint => {
        const point = { panel, series: style.name, x: at, y: line[i]! };
        if (single !== undefined) return { ...point, seed: single.seed };
        return { ...point, seed: 'median', lo: lo[i], hi: hi[i] };
      }),
      ...crosses.map((cross) => ({ panel, series: `${style.name} (diverged)`, ...cross })),
    ],
  };
}
