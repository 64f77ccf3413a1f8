/** Tables below a cell: HTML with a plain text fallback. */
import type { DataFrame } from 'danfojs-node';

import { escapeHtml } from '../system/escapeHtml';
import { showBundle } from './display';

/** Named columns; cells may be anything, numbers are rounded for display. */
export interface Rows {
  columns: readonly string[];
  rows: readonly (readonly unknown[])[];
}

export interface TableOptions {
  /** A line above the table. */
  caption?: string;
  /** Longer tables show their first and last rows only. Default 20. */
  maxRows?: number;
  /** Significant digits of numbers that are not whole. Default 4. */
  digits?: number;
}

/** Shows a danfojs DataFrame, or columns and rows, as a table. */
export function showTable(table: DataFrame | Rows, options: TableOptions = {}): void {
  const shown = prepare(table, options);
  showBundle({ 'text/html': htmlOf(shown), 'text/plain': textOf(shown) });
}

/** The HTML that `showTable` shows. */
export const tableHtml = (table: DataFrame | Rows, options: TableOptions = {}): string =>
  htmlOf(prepare(table, options));

/** A table ready to be written: strings, and which columns are numbers. */
interface Shown {
  caption?: string;
  header: string[];
  numeric: boolean[];
  body: string[][];
  /** Rows that are left out after body[gap - 1]; 0 = none. */
  hidden: number;
  gap: number;
}

function prepare(table: DataFrame | Rows, options: TableOptions): Shown {
  const { caption, maxRows = 20, digits = 4 } = options;
  const { columns, rows, index } = parts(table);
  const cells = rows.map((row, i) => [...(index ? [index[i]] : []), ...row]);
  const hidden = Math.max(0, cells.length - maxRows);
  const gap = hidden ? Math.ceil(maxRows / 2) : 0;
  const visible = hidden ? [...cells.slice(0, gap), ...cells.slice(gap + hidden)] : cells;
  const header = [...(index ? [''] : []), ...columns];
  return {
    caption,
    header,
    numeric: header.map((_, c) =>
      visible.every((row) => typeof row[c] === 'number' || row[c] == null),
    ),
    body: visible.map((row) => row.map((cell) => formatCell(cell, digits))),
    hidden,
    gap,
  };
}

/** A DataFrame has its index shown, rows from 0 as pandas users know them. */
function parts(table: DataFrame | Rows): Rows & { index?: readonly unknown[] } {
  if (!('values' in table)) return table;
  return { columns: table.columns, rows: table.values as unknown[][], index: table.index };
}

function formatCell(cell: unknown, digits: number): string {
  if (cell == null) return '';
  if (typeof cell !== 'number') return typeof cell === 'string' ? cell : JSON.stringify(cell);
  return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(digits)));
}

function htmlOf({ caption, header, numeric, body, hidden, gap }: Shown): string {
  const cell = (tag: string, text: string, c: number): string =>
    `<${tag} style="text-align:${numeric[c] ? 'right' : 'left'}">${escapeHtml(text)}</${tag}>`;
  const row = (tag: string, cells: string[]): string =>
    `<tr>${cells.map((text, c) => cell(tag, text, c)).join('')}</tr>`;
  const rows = body.map((cells) => row('td', cells));
  if (hidden) {
    rows.splice(gap, 0, `<tr><td colspan="${header.length}">… ${hidden} more rows …</td></tr>`);
  }
  return [
    '<table>',
    caption ? `<caption style="text-align:left">${escapeHtml(caption)}</caption>` : '',
    `<thead>${row('th', header)}</thead>`,
    `<tbody>${rows.join('')}</tbody>`,
    '</table>',
  ].join('');
}

function textOf({ caption, header, numeric, body, hidden, gap }: Shown): string {
  const widths = header.map((name, c) =>
    Math.max(name.length, ...body.map((row) => row[c]?.length ?? 0)),
  );
  const line = (cells: string[]): string =>
    cells
      .map((text, c) => (numeric[c] ? text.padStart(widths[c] ?? 0) : text.padEnd(widths[c] ?? 0)))
      .join('  ')
      .trimEnd();
  const lines = body.map(line);
  if (hidden) lines.splice(gap, 0, `... ${hidden} more rows ...`);
  return [...(caption ? [caption] : []), line(header), ...lines].join('\n');
}
