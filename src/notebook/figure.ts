/** Figures below a cell: interactive Plotly in JupyterLab, a picture for viewers without it, notes underneath. */
import { altText } from '../drawing/altText';
import type { Drawing, Plot } from '../drawing/figure';
import { reduceColours } from '../drawing/palette';
import { plotSize, renderPlot } from '../drawing/render';
import { messageOf } from '../system/errors';
import { escapeHtml } from '../system/escapeHtml';
import { type Bundle, showBundle } from './display';

export interface ShowFigureOptions {
  /**
   * Add a PNG, which GitHub and exported pages show. JupyterLab shows it too, until the pointer is on the figure:
   * then it becomes interactive. Default true.
   */
  png?: boolean;
}

export const plotlyMime = 'application/vnd.plotly.v1+json';
let saidWhyNoPicture = false;

/** Shows a figure and, of a drawing, its notes. Without a browser there is no PNG, and one line says so once. */
export async function showFigure(
  figure: Drawing | Plot,
  options: ShowFigureOptions = {},
): Promise<void> {
  const { png = true } = options;
  const { plot, notes } = 'plot' in figure ? figure : { plot: figure, notes: [] };
  const alt = altText(plot);
  const bundle: Bundle = { [plotlyMime]: plotlyOutput(plot), 'text/plain': alt };
  const lines = [...notes];
  if (png) {
    try {
      // A notebook is kept in git and read in browsers.
      bundle['image/png'] = reduceColours(await renderPlot(plot));
    } catch (error) {
      if (!saidWhyNoPicture) lines.push(`no PNG beside the figure: ${messageOf(error)}`);
      saidWhyNoPicture = true;
    }
  }
  showBundle(bundle, { metadata: 'image/png' in bundle ? { 'image/png': { alt } } : {} });
  if (lines.length > 0) showNotes(lines);
}

/** A plot as a notebook has it: with its size, and its long lists of numbers packed. */
export const plotlyOutput = (plot: Plot): object => ({
  data: plot.data.map(packed),
  layout: { ...plot.layout, ...plotSize(plot) },
  config: plot.config ?? {},
});

/** Shorter arrays gain nothing. */
const packedFrom = 20;

/**
 * A trace with its long arrays of numbers as Plotly's typed arrays: 6 bytes a number in the notebook's file, where a
 * list takes a line for each. Gaps are NaN there. float32 holds the six digits that figures have.
 */
function packed(trace: Plot['data'][number]): object {
  return Object.fromEntries(
    Object.entries(trace).map(([key, value]: [string, unknown]) => [
      key,
      isNumbers(value) ? { dtype: 'f4', bdata: bytesOf(value) } : value,
    ]),
  );
}

function isNumbers(value: unknown): value is (number | null)[] {
  if (!Array.isArray(value) || value.length < packedFrom) return false;
  return value.every((item) => item === null || (typeof item === 'number' && fitsFloat32(item)));
}

const fitsFloat32 = (value: number): boolean =>
  value === 0 || (Number.isFinite(Math.fround(value)) && Math.abs(value) > 1e-37);

const bytesOf = (values: readonly (number | null)[]): string =>
  Buffer.from(Float32Array.from(values, (value) => value ?? NaN).buffer).toString('base64');

function showNotes(lines: readonly string[]): void {
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`);
  showBundle({
    'text/html': `<ul style="max-width:720px">${items.join('')}</ul>`,
    'text/plain': lines.map((line) => `- ${line}`).join('\n'),
  });
}
