/** Curves over seeds: the median as a line, least to greatest as a band, one seed as a line alone. */
import type { Data } from 'plotly.js';

import type { Curve, Envelope } from '../measures/select';
import { median, sixDigits } from '../measures/statistics';
import type { PlottedPoint } from './figure';
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

/** One run's envelope. */
export interface SeedEnvelope extends Envelope {
  seed: number;
  /** As in `SeedCurve`; the mark is at its upper edge. */
  diverged?: boolean;
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
  /** Opacity of an envelope; default .35. */
  shade?: number;
  /** The y axis is logarithmic: what is not above 0 is a gap. */
  log?: boolean;
}

/** Traces and a list of exactly what they show. */
export interface Series {
  data: Data[];
  points: PlottedPoint[];
}

/** Whether an axis can show a value. */
const drawable = (value: number, log = false): boolean =>
  Number.isFinite(value) && (!log || value > 0);

/** A line as Plotly takes it: null, a gap, where the axis cannot show a value. */
const gapped = (values: readonly number[], log?: boolean): (number | null)[] =>
  values.map((value) => (drawable(value, log) ? value : null));

/** The closed outline of an envelope: one piece for each stretch without a gap, null between pieces. */
function outlineOf({ x, lo, hi }: Envelope, log?: boolean): Record<'x' | 'y', (number | null)[]> {
  const pieces: number[][] = [];
  x.forEach((_, i) => {
    if (!drawable(lo[i]!, log) || !drawable(hi[i]!)) return;
    const last = pieces.at(-1);
    if (last?.at(-1) === i - 1) last.push(i);
    else pieces.push([i]);
  });
  const around = (forth: number[], back: number[]): (number | null)[] =>
    pieces.flatMap((piece, k) => [
      ...(k === 0 ? [] : [null]),
      ...piece.map((i) => forth[i]!),
      ...[...piece].reverse().map((i) => back[i]!),
    ]);
  return { x: around(x, x), y: around(hi, lo) };
}

interface Cross {
  seed: number;
  x: number;
  y: number;
}

/** Where the curves of runs that diverged end: at the last value that the axis can show. */
const crossesOf = (curves: readonly SeedCurve[], log?: boolean): Cross[] =>
  curves
    .filter(({ diverged }) => diverged)
    .flatMap(({ seed, x, y }) => {
      const at = y.findLastIndex((value) => drawable(value, log));
      return at < 0 ? [] : [{ seed, x: sixDigits(x[at]!), y: sixDigits(y[at]!) }];
    });

/** The crosses as a trace and as points; no crosses, no trace. */
function drawCrosses(crosses: readonly Cross[], { panel, axes, style }: SeriesOptions): Series {
  const { name, colour } = style;
  const trace: Data = {
    ...axes,
    name,
    legendgroup: name,
    type: 'scatter',
    mode: 'markers',
    x: crosses.map((cross) => cross.x),
    y: crosses.map((cross) => cross.y),
    marker: { symbol: 'x', size: 8, color: colour },
    hovertemplate: `diverged after step %{x:,}<extra>${name}</extra>`,
    showlegend: false,
  };
  return {
    data: crosses.length > 0 ? [trace] : [],
    points: crosses.map((cross) => ({ panel, series: `${name} (diverged)`, ...cross })),
  };
}

/** One series of a panel over its seeds: band, line, and a cross where a run diverged. No curves, no traces. */
export function drawSeries(curves: readonly SeedCurve[], options: SeriesOptions): Series {
  const { panel, axes, style, legend, hover = '}', markers = false, log } = options;
  const filled = curves.filter(({ x }) => x.length > 0);
  const single = filled.length === 1 ? filled[0] : undefined;
  const band = bandOver(filled);
  const rounded = (values: number[]): number[] => values.map(sixDigits);
  const x = rounded(band.x);
  const [line, lo, hi] = [rounded(band.median), rounded(band.lo), rounded(band.hi)];
  const shared = { ...axes, name: style.name, legendgroup: style.name };
  const template = `%{y${hover}<br>step %{x:,}<extra>${style.name}</extra>`;
  const crosses = drawCrosses(crossesOf(filled, log), options);
  const data: Data[] = [];
  if (filled.length > 1) {
    data.push({
      ...shared,
      type: 'scatter',
      mode: 'lines',
      ...outlineOf({ x, lo, hi }, log),
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
      y: gapped(line, log),
      line: { color: style.colour, dash: style.dash, width: style.width ?? 2 },
      ...(markers ? { marker: { size: 5, color: style.colour } } : {}),
      hovertemplate: template,
      showlegend: legend,
    });
  }
  return {
    data: [...data, ...crosses.data],
    points: [
      ...x.flatMap((at, i): PlottedPoint[] => {
        if (!drawable(line[i]!, log)) return [];
        const point = { panel, series: style.name, x: at, y: line[i]! };
        if (single !== undefined) return [{ ...point, seed: single.seed }];
        return [{ ...point, seed: 'median', lo: lo[i], hi: hi[i] }];
      }),
      ...crosses.points,
    ],
  };
}

/**
 * Envelopes of a panel over their seeds, as one: the median over seeds of the lower edges and that of the upper ones,
 * with a cross where a run diverged. A point's y is the upper edge. No envelopes, no traces.
 */
export function drawEnvelopes(envelopes: readonly SeedEnvelope[], options: SeriesOptions): Series {
  const { panel, axes, style, legend, hover = '}', shade = 0.35, log } = options;
  const filled = envelopes.filter(({ x }) => x.length > 0);
  const uppers = filled.map(({ hi, ...rest }) => ({ ...rest, y: hi }));
  const upper = bandOver(uppers);
  const x = upper.x.map(sixDigits);
  const hi = upper.median.map(sixDigits);
  const lo = bandOver(filled.map((envelope) => ({ ...envelope, y: envelope.lo }))).median.map(
    sixDigits,
  );
  const crosses = drawCrosses(crossesOf(uppers, log), options);
  const trace: Data = {
    ...axes,
    name: style.name,
    legendgroup: style.name,
    type: 'scatter',
    mode: 'lines',
    ...outlineOf({ x, lo, hi }, log),
    fill: 'toself',
    fillcolor: transparent(style.colour, shade),
    line: { color: style.colour, width: 0.8 },
    hoveron: 'points',
    hovertemplate: `%{y${hover}<br>step %{x:,}<extra>${style.name}</extra>`,
    showlegend: legend,
  };
  const seed = filled.length === 1 ? filled[0]!.seed : 'median';
  return {
    data: [...(filled.length > 0 ? [trace] : []), ...crosses.data],
    points: [
      ...x.flatMap((at, i): PlottedPoint[] =>
        drawable(lo[i]!, log) && drawable(hi[i]!)
          ? [{ panel, series: style.name, seed, x: at, y: hi[i]!, lo: lo[i]!, hi: hi[i]! }]
          : [],
      ),
      ...crosses.points,
    ],
  };
}
