/** Plain charts for the lessons, in the visual language of the figures: lines over one pair of axes, with or without a slider. */
import type { Dash, Data, PlotData } from 'plotly.js';

import type { Plot } from '../drawing/figure';
import { axesOf, normalisationColours, plotOf } from '../drawing/style';
import { type NormalisationName, normalisations } from '../layers/normalisation';

/** One curve, or a set of points. */
export interface ChartSeries {
  x: readonly number[];
  y: readonly number[];
  /** The network that it belongs to: gives name and colour, the same as in the figures. */
  normalisation?: NormalisationName;
  /** Default: the network's label. */
  name?: string;
  /** Default `lines`. */
  mode?: 'lines' | 'markers' | 'lines+markers';
  /** Default: that of the network, else by the place in the list. */
  colour?: string;
  dash?: Dash;
  /** The second of two series between which a band is filled. */
  fillToPrevious?: boolean;
}

export interface ChartAxis {
  /** With symbol and unit. */
  title: string;
  log?: boolean;
  range?: [number, number];
}

export interface ChartOptions {
  title: string;
  /** What is shown, in one line below the title. */
  label: string;
  x: ChartAxis;
  y: ChartAxis;
  /** What does not move. */
  series?: readonly ChartSeries[];
  /** What moves: the series of each position. */
  slider?: {
    title: string;
    positions: readonly { name: string; series: readonly ChartSeries[] }[];
  };
  /** Pixels. */
  height?: number;
}

/** Colours that belong to no network. */
const plain = ['#222222', '#8C8C8C', '#882255', '#999933'];

function traceOf(series: ChartSeries, place: number): Data {
  const { normalisation, mode = 'lines', dash = 'solid', fillToPrevious = false } = series;
  const label = normalisation && normalisations[normalisation].label;
  const name = series.name ?? label ?? '';
  const own = normalisation && normalisationColours[normalisation];
  const colour = series.colour ?? own ?? plain[place % plain.length]!;
  const trace: Partial<PlotData> = {
    ...axesOf(0),
    type: 'scatter',
    ...{ mode, name },
    x: [...series.x],
    y: [...series.y],
    showlegend: name !== '',
    line: { color: colour, width: 2, dash },
    ...(mode === 'lines' ? {} : { marker: { color: colour, size: 8 } }),
    ...(fillToPrevious ? { fill: 'tonexty', fillcolor: `${colour}33` } : {}),
  };
  return trace;
}

/** Below the axis' title. */
const sliderHeight = 90;

/** A chart of one pair of axes. Pure; `showFigure` shows it. */
export function chart(options: ChartOptions): Plot {
  const { title, label, x, y, series = [], slider, height = 460 } = options;
  const axis = ({ title, log, range }: ChartAxis) => ({
    title: { text: title },
    ...(log ? { type: 'log' as const, exponentformat: 'power' as const } : {}),
    ...(range ? { range } : {}),
  });
  const positions = slider?.positions ?? [];
  const moving = positions.flatMap((position, at) =>
    position.series.map((each, i) => ({
      at,
      trace: { ...traceOf(each, series.length + i), visible: at === 0 },
    })),
  );
  const panel = {
    title: '',
    x: [0, 1] as [number, number],
    y: [0, 1] as [number, number],
    xaxis: axis(x),
    yaxis: axis(y),
  };
  const data = [...series.map(traceOf), ...moving.map(({ trace }) => trace)];
  const plot = plotOf([panel], data, { title, label, width: 760, height });
  if (!slider) return plot;
  const steps = positions.map(({ name }, shown) => ({
    label: name,
    method: 'restyle' as const,
    args: [{ visible: [...series.map(() => true), ...moving.map(({ at }) => at === shown)] }],
  }));
  const { margin } = plot.layout;
  return {
    ...plot,
    layout: {
      ...plot.layout,
      height: height + sliderHeight,
      margin: { ...margin, b: 56 + sliderHeight },
      sliders: [
        {
          active: 0,
          steps,
          currentvalue: { prefix: `${slider.title} ` },
          pad: { t: 60 },
          ticklen: 4,
        },
      ],
    },
  };
}
