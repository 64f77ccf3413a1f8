/**
 * The one visual language of all figures: colour = normalisation, dash = learning rate, band = seeds.
 * Colours are those of Okabe and Ito (2008), told apart by all common forms of colour blindness.
 */
import type { Annotations, Dash, Data, Layout, LayoutAxis, Legend, PlotData } from 'plotly.js';

import { type PresetName, vggRun } from '../config/presets';
import type { RunConfig } from '../config/schema';
import { dataSets } from '../data/registry';
import { type NormalisationName, normalisations } from '../layers/normalisation';
import type { Run } from '../runs/run';
import { grouped } from '../system/numberText';
import type { Plot } from './figure';

/** The colour of every normalisation, #rrggbb, the same in all figures. */
export const normalisationColours: Readonly<Record<NormalisationName, string>> = {
  none: '#D55E00',
  batch: '#0072B2',
  noisyBatch: '#CC79A7',
  noise: '#000000',
  l1: '#009E73',
  l2: '#E69F00',
  linf: '#56B4E9',
};

/** The larger rate of a figure's usual pair is solid; a rate not listed here is dash-dotted. */
const dashes = new Map<number, Dash>([
  [0.1, 'solid'],
  [0.5, 'dash'],
  [0.01, 'dot'],
  [1e-6, 'solid'],
  [1e-7, 'dot'],
]);

/** What tells one curve from another. */
export interface SeriesStyle {
  name: string;
  colour: string;
  dash: Dash;
  /** Pixels; default 2. */
  width?: number;
}

/** A learning rate as people write it: 0.1, 1e-6. */
export const rateLabel = (rate: number): string =>
  rate < 1e-3 ? rate.toExponential() : String(rate);

/** The curve of one normalisation at one learning rate. */
export function seriesStyle({
  normalisation,
  learningRate,
}: Pick<RunConfig, 'normalisation' | 'learningRate'>): SeriesStyle {
  return {
    name: `${normalisations[normalisation].label}, lr ${rateLabel(learningRate)}`,
    colour: normalisationColours[normalisation],
    dash: dashes.get(learningRate) ?? 'dashdot',
  };
}

const channels = (colour: string): number[] =>
  [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** `colour` at the given opacity, as Plotly writes it. */
export const transparent = (colour: string, opacity: number): string =>
  `rgba(${channels(colour).join(',')},${opacity})`;

/** The colour at `share` of the way from `from` to `to`. */
export function mix(from: string, to: string, share: number): string {
  const end = channels(to);
  const mixed = channels(from).map((c, i) => Math.round(c + share * (end[i]! - c)));
  return `rgb(${mixed.join(',')})`;
}

/**
 * Training time, first to last: the darker four fifths of Matplotlib's plasma, which runs from blue to orange and gets
 * lighter throughout, so that every eye sees the order.
 */
const timeStops = '#0d0887 #46039f #7201a8 #9c179e #bd3786 #d8576b #ed7953 #fb9f3a'.split(' ');

/** As Plotly takes it. */
export const timeScale = timeStops.map((colour, i): [number, string] => [
  i / (timeStops.length - 1),
  colour,
]);

/** The colour of a point in time: 0 is the first, 1 the last. */
export function timeColour(share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (timeStops.length - 1);
  const from = Math.min(Math.floor(at), timeStops.length - 2);
  return mix(timeStops[from]!, timeStops[from + 1]!, at - from);
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function widthLabel(width: number): string {
  if (width === 1) return '';
  const denominator = 1 / width;
  return ` at ${Number.isInteger(denominator) ? `1/${denominator}` : width} width`;
}

/** A network and its training, as far as a preset determines them. */
function networkLabel(config: RunConfig): string {
  const of = (...parts: string[]): string =>
    [...parts, `${grouped(config.steps)} steps`].join(', ');
  if (config.model === 'deepLinear') {
    const { depth, size } = config;
    return of(`deep linear network of ${depth} layers, ${size} × ${size} each`);
  }
  return of(
    `${config.architecture.replace('vgg', 'VGG-')}${widthLabel(config.width)}`,
    ...(dataSets[config.data].note ? [dataSets[config.data].note!] : []),
    `batch ${config.batchSize}`,
  );
}

/**
 * What a reader must know about size: 'preset quick: VGG-11 at 1/8 width, batch 64, 1,200 steps, 3 seeds'; of `asked`
 * where there are no runs.
 */
export function presetLabel(
  preset: PresetName,
  runs: readonly Run[],
  asked: RunConfig = vggRun(preset),
): string {
  const configs = runs.length > 0 ? runs.map(({ config }) => config) : [asked];
  const first = configs.filter(
    ({ model }, i) => configs.findIndex((other) => other.model === model) === i,
  );
  const seeds = plural(new Set(runs.map((run) => run.config.seed)).size, 'seed');
  return `preset ${preset}: ${first.map(networkLabel).join('; ')}, ${seeds}`;
}

/** From and to, as shares of the plot area. */
export type Span = [number, number];

/** Equal spans beside each other, with `gap` between them, left to right or bottom to top. */
export function spans(count: number, gap: number, [from, to]: Span = [0, 1]): Span[] {
  const size = (to - from - gap * (count - 1)) / count;
  return Array.from({ length: count }, (_, i) => {
    const start = from + i * (size + gap);
    return [start, Math.min(to, start + size)]; // not beyond by rounding
  });
}

/** One pair of axes. */
export interface Panel {
  /** Drawn in bold above the panel, e.g. '(a) Training accuracy'. */
  title: string;
  x: Span;
  y: Span;
  xaxis: Partial<LayoutAxis>;
  yaxis: Partial<LayoutAxis>;
}

const suffix = (index: number): string => (index === 0 ? '' : String(index + 1));

/** The `xaxis` and `yaxis` of a trace that belongs to panel `index` (from 0). */
export const axesOf = (index: number): { xaxis: string; yaxis: string } => ({
  xaxis: `x${suffix(index)}`,
  yaxis: `y${suffix(index)}`,
});

const ink = '#222222';
const faint = '#555555';

const axisStyle: Partial<LayoutAxis> = {
  showline: true,
  linecolor: ink,
  zeroline: false,
};

const text = (content: string, at: Partial<Annotations>): Partial<Annotations> => ({
  text: content,
  xref: 'paper',
  yref: 'paper',
  xanchor: 'left',
  yanchor: 'bottom',
  align: 'left',
  xshift: -2, // the padding of Plotly's text boxes
  showarrow: false,
  ...at,
});

export interface PlotOptions {
  title: string;
  /** See `presetLabel`. */
  label: string;
  /** Pixels; default 880 by 900. */
  width?: number;
  height?: number;
  /** Leaves room for a legend (default); without one the panels begin higher. */
  legend?: boolean;
}

/** Pixels above the panels that the legend takes. */
const legendHeight = 44;

function styled({ title, ...axis }: Partial<LayoutAxis>): Partial<LayoutAxis> {
  return {
    ...axisStyle,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: ink,
    // Plotly.validate objects to the colour of a grid that is not shown.
    ...(axis.showgrid === false ? {} : { gridcolor: '#E8E8E8' }),
    ...axis,
    ...(title && { title: { font: { size: 13 }, standoff: 8, ...title } }),
  };
}

const legendStyle = (height: number): Partial<Legend> => ({
  orientation: 'h',
  x: 0,
  xanchor: 'left',
  y: 1 - 66 / height,
  yref: 'container',
  yanchor: 'top',
  font: { size: 12 },
});

/** The axis of a panel without traces. */
const bare: Partial<LayoutAxis> = { ...axisStyle, showgrid: false, showticklabels: false };

/**
 * A figure from its panels and traces: title, preset, one legend for all panels, axes. Paper and plot are white and
 * the text dark, so that a dark theme changes nothing. A panel without traces says so.
 */
export function plotOf(
  panels: readonly Panel[],
  data: readonly Data[],
  { title, label, width = 880, height = 900, legend = true }: PlotOptions,
): Plot {
  const used = new Set(data.map((trace) => (trace as Partial<PlotData>).xaxis));
  const empty = [...panels.keys()].filter((i) => !used.has(axesOf(i).xaxis));
  const axes = panels.flatMap(({ x, y, xaxis, yaxis }, i) => {
    const { xaxis: xName, yaxis: yName } = axesOf(i);
    const of = (axis: Partial<LayoutAxis>) => (empty.includes(i) ? bare : styled(axis));
    return [
      [`xaxis${suffix(i)}`, { ...of(xaxis), domain: x, anchor: yName }],
      [`yaxis${suffix(i)}`, { ...of(yaxis), domain: y, anchor: xName }],
    ] as const;
  });
  const above = legend ? legendHeight : 0;
  const layout: Partial<Layout> = {
    title: {
      text: `<b>${title}</b>`,
      font: { size: 18 },
      x: 0,
      xref: 'paper',
      xanchor: 'left',
      y: 1 - 26 / height,
      yref: 'container',
      yanchor: 'middle',
    },
    font: { family: 'Open Sans, Arial, Helvetica, sans-serif', size: 13, color: ink },
    paper_bgcolor: '#FFFFFF',
    plot_bgcolor: '#FFFFFF',
    width,
    height,
    margin: { l: 80, r: 30, t: 88 + above, b: 56 },
    hovermode: 'closest',
    showlegend: legend,
    ...(legend && { legend: legendStyle(height) }),
    annotations: [
      text(label, { x: 0, y: 1, yshift: 28 + above, font: { size: 13, color: faint } }),
      ...panels.map(({ title, x, y }) => text(`<b>${title}</b>`, { x: x[0], y: y[1], yshift: 4 })),
      ...empty.map((i) => {
        const { x, y } = panels[i]!;
        const centre = {
          xanchor: 'center',
          yanchor: 'middle',
          xshift: 0,
          font: { color: faint },
        } as const;
        return text('no data', { x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2, ...centre });
      }),
    ],
    ...Object.fromEntries(axes),
  };
  // Plotly draws the axes of a panel only if a trace uses them.
  const placeholders = empty.map((i): Data => ({
    ...axesOf(i),
    type: 'scatter',
    x: [null],
    y: [null],
    showlegend: false,
  }));
  return { data: [...data, ...placeholders], layout };
}
