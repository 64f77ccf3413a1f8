/** Figures below a cell: interactive Plotly in JupyterLab, a picture for viewers without it, notes underneath. */
import { messageOf } from '../errors';
import type { Drawing, Plot } from '../figures/figure';
import { reduceColours } from '../figures/palette';
import { plotSize, renderPlot } from '../figures/render';
import { type Bundle, escapeHtml, showBundle } from './display';

export interface ShowFigureOptions {
  /**
   * Add a PNG, which GitHub and exported pages show. JupyterLab shows it too, until the pointer is on the figure:
   * then it becomes interactive. Default true.
   */
  png?: boolean;
}

const plotlyMime = 'application/vnd.plotly.v1+json';
let saidWhyNoPicture = false;

/** Shows a figure and, of a drawing, its notes. Without a browser there is no PNG, and one line says so once. */
export async function showFigure(
  figure: Drawing | Plot,
  options: ShowFigureOptions = {},
): Promise<void> {
  const { png = true } = options;
  const { plot, notes } = 'plot' in figure ? figure : { plot: figure, notes: [] };
  const { width, height } = plotSize(plot);
  const bundle: Bundle = {
    [plotlyMime]: {
      data: plot.data,
      layout: { ...plot.layout, width, height },
      config: plot.config ?? {},
    },
    'text/plain': `figure: ${titleOf(plot)} (${width} x ${height})`,
  };
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
  showBundle(bundle);
  if (lines.length > 0) showNotes(lines);
}

function titleOf({ layout }: Plot): string {
  return (typeof layout.title === 'string' ? layout.title : layout.title?.text) ?? 'untitled';
}

function showNotes(lines: readonly string[]): void {
  const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`);
  showBundle({
    'text/html': `<ul style="max-width:720px">${items.join('')}</ul>`,
    'text/plain': lines.map((line) => `- ${line}`).join('\n'),
  });
}
