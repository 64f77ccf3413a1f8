/** Left side against right side: the theorems drawn. On the diagonal both are equal, above it a form is violated. */
import type { Data, LayoutAxis, PlotData } from 'plotly.js';

import type { Drawing, PlottedPoint } from '../drawing/figure';
import {
  axesOf,
  normalisationColours,
  type Panel,
  plotOf,
  type Span,
  spans,
} from '../drawing/style';
import { sixDigits } from '../measures/statistics';
import { column, type Table } from '../runs/table';
import { grouped } from '../system/numberText';
import { casesOf, countOf, type StatementName, statements } from './experiments';
import type { Form, Statement } from './statements';

export interface TheoryDrawOptions {
  /** Under the title, e.g. '2,000 random cases' or the network; default: the number of rows. */
  label?: string;
  /** The seed behind the table, for the plotted points; default 0. */
  seed?: number;
  /** Points drawn per panel at most, evenly picked from all; the counts are of all. Default 400. */
  points?: number;
}

export interface StatementDrawOptions extends TheoryDrawOptions {
  /** The same statement on a trained network: its panels stand to the right of those of random cases. */
  trained?: Table;
}

/** Below this the axes are linear, above it logarithmic: some printed forms are off by orders of magnitude. */
const linear = 0.5;
const squeeze = (value: number): number => sixDigits(Math.asinh(value / linear));

const magnitudes = [1, 10, 100, 1e3, 1e4, 1e6, 1e8, 1e10];
const ticks = [...magnitudes.map((value) => -value).reverse(), -0.5, 0, 0.5, ...magnitudes];

export const faint = '#888888';
const wide = 880;
/** Pixels: of a row of panels, and of what is above and below all rows. */
const rowHeight = 330;
const margins = 188;

/** An axis from the least to the greatest of `values`, squeezed, with ticks at round numbers. */
function squeezedAxis(title: string, values: readonly number[]): Partial<LayoutAxis> {
  const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)].map(squeeze);
  const length = high! - low!;
  const margin = 0.05 * length;
  const shown = ticks.filter((value) => Number.isInteger(value) || length < 6); // else too close to 0
  return {
    title: { text: title },
    range: [low! - margin, high! + margin],
    tickvals: shown.map(squeeze),
    ticktext: shown.map((value) =>
      Math.abs(value) > 1e3 ? value.toExponential(0).replace('+', '') : String(value),
    ),
    zeroline: false,
  };
}

/** One case of a form as it is drawn. */
interface Case {
  left: number;
  right: number;
  violated: boolean;
}

/** Some cases of a form, evenly picked, with both sides as shares of `scale` where the table has one. */
function drawnCases(form: Form, table: Table, tolerance: number, most: number): Case[] {
  const [left, right, slack] = [form.left, form.right, form.slack].map((of) => column(table, of));
  const scales = table.columns.includes('scale') ? column(table, 'scale') : undefined;
  const cases = casesOf(form, table);
  const every = Math.ceil(cases.length / most);
  return cases
    .filter((_, k) => k % every === 0)
    .map((i) => {
      const scale = scales?.[i] || 1; // where it is 0, so are both sides
      const violated = slack![i]! < -tolerance;
      return { left: left![i]! / scale, right: right![i]! / scale, violated };
    });
}

/** Blue for batch normalisation as in every figure; what a reader looks for is told by shape as well. */
const marks = [
  { name: 'holds', violated: false, symbol: 'circle', color: normalisationColours.batch },
  { name: 'violated', violated: true, symbol: 'x', color: '#000000' },
] as const;

/** A panel with its traces and what they show. */
export interface DrawnPanel {
  panel: Panel;
  data: Partial<PlotData>[];
  points: PlottedPoint[];
}

/** Where a panel goes: its index, its letter, its part of the figure. */
export interface Place {
  index: number;
  x: Span;
  y: Span;
}

export const letter = (index: number): string => `(${String.fromCharCode(97 + index)})`;

interface PanelOptions {
  seed: number;
  points: number;
  /** Where the cases are from, if not at random; before the form's name. */
  prefix?: string;
}

/** Left against right of one form. */
function formPanel(
  form: Form,
  { tolerance, sides = { left: 'left side', right: 'right side' } }: Statement,
  table: Table,
  { index, x, y }: Place,
  { seed, points: most, prefix = '' }: PanelOptions,
): DrawnPanel {
  const share = table.columns.includes('scale') ? ', as a share of its terms' : '';
  const { cases: total, violated } = countOf(form, table, tolerance);
  const cases = drawnCases(form, table, tolerance, most);
  const [lefts, rights] = [cases.map(({ left }) => left), cases.map(({ right }) => right)];
  const axes = axesOf(index);
  const ends = [Math.min(0, ...lefts), Math.max(1, ...lefts)].map(squeeze);
  const diagonal: Partial<PlotData> = {
    ...axes,
    type: 'scatter',
    mode: 'lines',
    name: 'both sides equal',
    legendgroup: 'both sides equal',
    x: ends,
    y: ends,
    line: { color: faint, width: 1 },
    hoverinfo: 'skip',
  };
  const scatters = marks.flatMap(({ name, violated, symbol, color }): Partial<PlotData>[] => {
    const own = cases.filter((one) => one.violated === violated);
    if (own.length === 0) return [];
    const scatter: Partial<PlotData> = {
      ...axes,
      type: 'scatter',
      mode: 'markers',
      name,
      legendgroup: name,
      x: own.map(({ right }) => squeeze(right)),
      y: own.map(({ left }) => squeeze(left)),
      customdata: own.map(({ left, right }) => [sixDigits(left), sixDigits(right)]),
      marker: { symbol, color, size: 5, opacity: 0.6 },
      hovertemplate: `left %{customdata[0]}<br>right %{customdata[1]}<extra>${name}</extra>`,
    };
    return [scatter];
  });
  return {
    panel: {
      // In a row of two, the first says which form it is.
      title: `${letter(index)} ${prefix || `${form.label}: `}${grouped(violated)} of ${grouped(total)} violated`,
      x,
      y,
      xaxis: squeezedAxis(sides.right + share, rights),
      yaxis: squeezedAxis(sides.left + share, lefts),
    },
    data: [diagonal, ...scatters],
    points: cases.map(({ left, right, violated }) => ({
      panel: prefix + form.label,
      series: violated ? 'violated' : 'holds',
      seed,
      x: sixDigits(right),
      y: sixDigits(left),
    })),
  };
}

/** Two panels a row, from the top. */
export function placesOf(count: number): Place[] {
  const columns = spans(2, 0.12);
  const rows = Math.ceil(count / 2);
  const heights = spans(rows, 0.28 / rows).reverse();
  return Array.from({ length: count }, (_, index) => ({
    index,
    x: columns[index % 2]!,
    y: heights[Math.floor(index / 2)]!,
  }));
}

export function drawing(title: string, label: string, drawn: readonly DrawnPanel[]): Drawing {
  const panels = drawn.map(({ panel }) => panel);
  const height = margins + Math.ceil(drawn.length / 2) * rowHeight;
  const named = new Set<string>();
  // One legend entry for each mark, whichever panel has it first.
  const data = drawn
    .flatMap(({ data }) => data)
    .map((trace): Data => {
      const { legendgroup } = trace;
      if (legendgroup === undefined || named.has(legendgroup))
        return { ...trace, showlegend: false };
      named.add(legendgroup);
      return { ...trace, showlegend: true };
    });
  return {
    plot: plotOf(panels, data, { title, label, width: wide, height }),
    points: drawn.flatMap(({ points }) => points),
    notes: [],
  };
}

/** Where the panels of some forms go: one after the other, or a row each, beside it that of a trained network. */
function placedForms({ forms }: Statement, table: Table, trained?: Table) {
  const sources = trained ? [table, trained] : [table];
  const grid = placesOf(forms.length * sources.length);
  return forms
    .flatMap((form, i) =>
      sources.map((source, k) => ({
        form,
        table: source,
        prefix: k > 0 ? 'in a trained network: ' : '',
        place: grid[i * sources.length + k]!,
      })),
    )
    .filter(({ form, table }) => casesOf(form, table).length > 0)
    .map(({ place, ...rest }, index) => ({ ...rest, place: { ...place, index } }));
}

/**
 * Left against right side of every form of a statement, a panel each, from a table of `experiment`. Where the table has
 * a `scale`, sides are shares of it, so that cases of any size share one picture. Axes are linear up to 0.5 and
 * logarithmic beyond.
 */
export function drawStatement(
  name: StatementName,
  table: Table,
  { label, trained, seed = 0, points = 400 }: StatementDrawOptions = {},
): Drawing {
  const statement = statements[name];
  const real = trained ? `, ${grouped(trained.rows.length)} of a trained network` : '';
  return drawing(
    `${statement.name}: ${statement.about}`,
    label ?? `${grouped(table.rows.length)} random cases${real}`,
    placedForms(statement, table, trained).map(({ form, table, prefix, place }) =>
      formPanel(form, statement, table, place, { seed, points, prefix }),
    ),
  );
}
