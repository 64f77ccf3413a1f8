/** What a figure module is: which runs it needs, how their tables are drawn, which statements are checked. */
import type { Config, Data, Layout } from 'plotly.js';

import type { Claim } from '../claims/claim';
import type { PresetName } from '../config/presets';
import type { RunConfig } from '../config/schema';
import type { Run } from '../runs/run';

/** A Plotly figure: plain data, valid by `Plotly.validate`. */
export interface Plot {
  data: Data[];
  layout: Partial<Layout>;
  config?: Partial<Config>;
}

/** One plotted number in long form; `lo` and `hi` are the band's edges where there is a band. */
export interface PlottedPoint {
  panel: string;
  series: string;
  /** A seed, or 'median' for a statistic over seeds, or 'paper' for the paper's own curve. */
  seed: number | 'median' | 'paper';
  x: number;
  y: number;
  lo?: number;
  hi?: number;
}

/** A figure drawn from tables. */
export interface Drawing {
  plot: Plot;
  points: PlottedPoint[];
  /** Shown under the figure: what is missing or different, e.g. a run that diverged. */
  notes: string[];
}

export interface DrawOptions {
  preset: PresetName;
}

/** One figure of the paper. `draw` and `claims` are pure: tables in, objects out. */
export interface Figure {
  number: number;
  title: string;
  /** What the paper says with it, in one sentence: 'BatchNorm does not reduce internal covariate shift.' */
  claim: string;
  /** Its notebook in notebooks/, without the ending. */
  notebook: string;
  /** Not one of the paper's: made where it is asked for. */
  ours?: true;
  runs(preset: PresetName, seeds: readonly number[]): RunConfig[];
  draw(runs: readonly Run[], options: DrawOptions): Drawing;
  /** The rows of its statements, before the correction for the number of statements (src/claims/judge.ts). */
  claims(runs: readonly Run[]): Claim[];
}

/** What a figure's files begin with: 'figure-04'. */
export const figureName = (number: number): string => `figure-${String(number).padStart(2, '0')}`;
