/** Panels of ridges in a grid, each one network's layer, as in Figures 1(c), 2, 6 and 9. */
import { normalisations } from '../layers/normalisation';
import { type Condition, layerRows, type NamedLayer, runsOf } from '../measures/select';
import type { Run } from '../runs/run';
import type { Series } from './bands';
import { drawRidges } from './ridges';
import { axesOf, normalisationColours, type Panel, type Span } from './style';

/** One panel: which ridges, where, and what is written around them. */
export interface RidgeCell {
  network: Condition;
  layer: number;
  /** The `panel` of the plotted points. */
  name: string;
  title: string;
  x: Span;
  y: Span;
  xTitle?: string;
  yTitle?: string;
}

export interface RidgeCellOptions {
  /** The number of the first panel's axes: how many panels come before. */
  firstAxes: number;
}

/** A panel for each cell, of the network's first seed. */
export function drawRidgeCells(
  runs: readonly Run[],
  cells: readonly RidgeCell[],
  { firstAxes }: RidgeCellOptions,
): (Series & { panel: Panel })[] {
  return cells.map(({ network, layer, name, title, x, y, xTitle, yTitle }, i) => {
    const run = runsOf(runs, network)[0];
    const { data, points, xaxis, yaxis } = drawRidges(layerRows(run?.tables.histograms, layer), {
      panel: name,
      seed: run?.config.seed ?? NaN,
      axes: axesOf(firstAxes + i),
      colour: normalisationColours[network.normalisation],
    });
    const titled = (text?: string) => (text === undefined ? {} : { title: { text } });
    const panel = {
      ...{ title, x, y },
      xaxis: { ...xaxis, ...titled(xTitle) },
      yaxis: { ...yaxis, ...titled(yTitle) },
    };
    return { data, points, panel };
  });
}

export interface RidgeGridOptions {
  /** From top to bottom. */
  layers: readonly NamedLayer[];
  rows: readonly Span[];
  /** From left to right. */
  networks: readonly Condition[];
  columns: readonly Span[];
  /** What stands below the lowest panels. */
  xTitle: string;
}

/** The cells of a grid whose rows are layers and whose columns are networks, named at its left and upper edge. */
export const ridgeGrid = (options: RidgeGridOptions): RidgeCell[] =>
  options.layers.flatMap(({ layer, name }, row) =>
    options.networks.map((network, column): RidgeCell => {
      const { label } = normalisations[network.normalisation];
      return {
        network,
        layer,
        name: `${name}, ${label}`,
        title: row === 0 ? label : '',
        x: options.columns[column]!,
        y: options.rows[row]!,
        ...(row === options.layers.length - 1 ? { xTitle: options.xTitle } : {}),
        ...(column === 0 ? { yTitle: `<b>${name}</b><br>Step` } : {}),
      };
    }),
  );

/** What a reader must know of ridges; `runs` are those that are shown. */
export function ridgeNote(runs: readonly Run[], networks: readonly Condition[]): string {
  const seeds = networks.flatMap((network) => runsOf(runs, network)[0]?.config.seed ?? []);
  const of = seeds.length > 0 ? ` (seed ${[...new Set(seeds)].join(' and ')})` : '';
  return (
    `Ridges show one unit or channel of the layer${of} over the minibatch and, of an image, its pixels; they have equal ` +
    'area and, within a panel, one scale; the highest peaks are cut.'
  );
}
