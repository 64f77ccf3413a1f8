/** Figures on the site: a picture at once, and the Plotly figure of the same output when it comes into view. */
import { type Cell, type Output, textOf } from '../../jupyter/notebookFile';
import { plotlyMime } from '../../notebook/figure';
import { escapeHtml, plainText } from '../../system/escapeHtml';

/** A figure of a notebook, and what is said about it. */
export interface SitePlot {
  /** Name of the picture's file. */
  picture: string;
  png: Buffer;
  /** Data, layout and config for Plotly. */
  plot: { layout: { width?: number; height?: number } };
  alt: string;
}

/** What stands in a page until the figure is put in; nbconvert carries it through and has nothing large to look at. */
const placeholder = (picture: string): string => `<!-- ${picture} -->`;

/** What an output says about its picture, else its text. Plotly's titles have tags. */
function altOf({ data, metadata }: Output): string {
  const { alt } = (metadata?.['image/png'] ?? {}) as { alt?: string };
  return alt ?? plainText(textOf((data?.['text/plain'] ?? 'figure') as string));
}

function plotOf(output: Output, picture: string): SitePlot | undefined {
  const { [plotlyMime]: plot, 'image/png': png } = output.data ?? {};
  if (plot === undefined || png === undefined) return undefined;
  return {
    picture,
    png: Buffer.from(textOf(png as string), 'base64'),
    plot: plot as SitePlot['plot'],
    alt: altOf(output),
  };
}

/** Takes the figures out of a notebook's cells; `name` begins the names of their pictures. Pure. */
export function takePlots(
  cells: readonly Cell[],
  name: string,
): { cells: Cell[]; plots: SitePlot[] } {
  const plots: SitePlot[] = [];
  const without = (output: Output): Output => {
    const plot = plotOf(output, `${name}-${plots.length + 1}.png`);
    if (!plot) return output;
    plots.push(plot);
    return { ...output, data: { 'text/html': placeholder(plot.picture) }, metadata: {} };
  };
  return {
    cells: cells.map((cell) =>
      cell.outputs ? { ...cell, outputs: cell.outputs.map(without) } : cell,
    ),
    plots,
  };
}

/** JSON that may stand in a script element: no text of it ends the element. */
const scriptJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** A figure in a page. Its place is as large before it wakes as after it. */
function plotHtml({ picture, plot, alt }: SitePlot, folder: string): string {
  const { width = 700, height = 450 } = plot.layout;
  const said = escapeHtml(alt);
  return (
    `<div class="scroll"><figure class="plot" role="img" aria-label="${said}" style="width:${width}px;height:${height}px">` +
    `<img src="${folder}/${picture}" alt="${said}" width="${width}" height="${height}">` +
    `<script type="application/json">${scriptJson(plot)}</script></figure></div>`
  );
}

/** Puts figures back where they were; their pictures lie in `folder`, as seen from the page. Pure. */
export const putPlots = (html: string, plots: readonly SitePlot[], folder: string): string =>
  plots.reduce(
    (text, plot) => text.replace(placeholder(plot.picture), () => plotHtml(plot, folder)),
    html,
  );
