/** What is left of a reproduction: figures as JSON, CSV, SVG and PNG, and the table of claims. */
import fs from 'node:fs';
import path from 'node:path';

import type { Claim } from '../claims/claim';
import { type Drawing, figureName, type Plot, type PlottedPoint } from '../drawing/figure';
import { correctedForAll } from '../figures/index';
import { formatNumber } from '../runs/table';
import { messageOf, UserError } from '../system/errors';
import { readIfThere, writeAtomic } from '../system/files';
import { prettyJson } from '../system/prettyJson';
import { textTable } from '../system/textTable';

/** JSON as Plotly reads it: typed arrays become lists; NaN becomes null, a gap. The notes are in `layout.meta`. */
const plotJson = ({ plot, notes }: Drawing): string =>
  JSON.stringify({ ...plot, layout: { ...plot.layout, meta: { notes } } }, (_, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
  ) + '\n';

/** Path of a figure's files but for their endings. */
export const figureBase = (out: string, number: number): string =>
  path.join(out, figureName(number));

const csvCell = (text: string): string =>
  /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

function csvLine({ panel, series, seed, x, y, lo, hi }: PlottedPoint): string {
  const numbers = [x, y, lo, hi].map((value) => (value === undefined ? '' : formatNumber(value)));
  return [csvCell(panel), csvCell(series), String(seed), ...numbers].join(',') + '\n';
}

/** The plotted numbers in long form, with a header line. */
export const pointsCsv = (points: readonly PlottedPoint[]): string =>
  ['panel,series,seed,x,y,lo,hi\n', ...points.map(csvLine)].join('');

const pictureFormats = ['svg', 'png'] as const;
/** Sharp on a high-density display and in print. */
const scales = { svg: 1, png: 2 };

/** Both pictures of a plot; undefined, and one line in the log, where there is no browser. */
async function drawPictures(
  plot: Plot,
  log: (line: string) => void,
): Promise<Buffer[] | undefined> {
  const { renderPlot } = await import('../drawing/render');
  const { reduceColours } = await import('../drawing/palette');
  try {
    const pictures: Buffer[] = [];
    for (const format of pictureFormats) {
      const picture = await renderPlot(plot, { format, scale: scales[format] });
      pictures.push(format === 'png' ? reduceColours(picture) : picture);
    }
    return pictures;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log(`figures are written without pictures: ${messageOf(error)}`);
    return undefined;
  }
}

export interface FigureFiles {
  /** Path of the files but for their endings. */
  base: string;
  drawing: Drawing;
}

/**
 * Writes figures as `<base>.json`, `.csv`, `.svg` and `.png`; calls `written` with the files of each.
 * Pictures of other numbers than the new ones do not stay.
 */
export async function writeFigures(
  figures: readonly FigureFiles[],
  { signal, log }: { signal?: AbortSignal; log: (line: string) => void },
): Promise<string[][]> {
  const written: string[][] = [];
  let browser = true;
  try {
    for (const { base, drawing } of figures) {
      signal?.throwIfAborted();
      const json = plotJson(drawing);
      if (readIfThere(`${base}.json`) !== json) {
        for (const format of pictureFormats) fs.rmSync(`${base}.${format}`, { force: true });
      }
      writeAtomic(`${base}.json`, json);
      writeAtomic(`${base}.csv`, pointsCsv(drawing.points));
      const pictures: Buffer[] | undefined = browser
        ? await drawPictures(drawing.plot, log)
        : undefined;
      browser = pictures !== undefined;
      pictures?.forEach((picture, i) => writeAtomic(`${base}.${pictureFormats[i]}`, picture));
      const endings = ['json', 'csv', ...(browser ? pictureFormats : [])];
      written.push(endings.map((ending) => `${base}.${ending}`));
    }
  } finally {
    const { closeRenderer } = await import('../drawing/render');
    await closeRenderer();
  }
  return written;
}

const claimsFile = (out: string): string => path.join(out, 'claims.json');

/** The rows of a folder's claims.json; none where there is no such file, or an unreadable one. */
export function readClaims(out: string): Claim[] {
  try {
    const rows = JSON.parse(readIfThere(claimsFile(out)) ?? '[]') as Claim[];
    // A file of an older version has no kinds.
    return rows.filter(({ figure, kind }) => figure !== undefined && kind !== undefined);
  } catch {
    return [];
  }
}

/**
 * Writes `<out>/claims.json`: new rows for the given figures and for what else there are claims about, those of other
 * figures stay, and the paper's are corrected for their number anew. Returns the file.
 */
export function writeClaims(
  out: string,
  claims: readonly Claim[],
  figures: readonly number[],
): string {
  const file = claimsFile(out);
  const replaced = new Set([...figures, ...claims.map(({ figure }) => figure)]);
  const others = readClaims(out).filter(({ figure }) => !replaced.has(figure));
  writeAtomic(file, prettyJson(correctedForAll([...others, ...claims])));
  return file;
}

/** The verdicts for a terminal. */
export const verdictTable = (claims: readonly Claim[]): string =>
  textTable([
    ['verdict', 'claim', 'measured'],
    ...claims.map(({ verdict, id, measured, notMeasured }) => [
      verdict,
      id,
      notMeasured ?? measured,
    ]),
  ]);
