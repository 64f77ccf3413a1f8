/**
 * Tables of numbers, in memory and as text: a header line, then one line per measurement, values parted by commas.
 * A line counts once its line end is there, so a table that was cut short loses its torn last row at most.
 */
import { UserError } from '../system/errors';
import { damaged } from './folders';

/** A table in memory: named columns of numbers, one row per measurement. */
export interface Table {
  columns: string[];
  rows: number[][];
}

const columnPattern = /^[A-Za-z][A-Za-z0-9_.:-]*$/;
const numberPattern = /^-?(\d+(\.\d+)?(e[+-]?\d+)?|inf)$/;

/**
 * A number as text: `nan`, `inf`, `-inf`; a whole number in full; a float32 in the fewest digits that read back to
 * the same float32; any other number in the fewest that read back to the same float64.
 */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0';
  if (Number.isSafeInteger(value) || Math.fround(value) !== value) return String(value);
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9))); // nine digits tell any two float32 apart
}

function parseNumber(text: string): number | undefined {
  if (text === 'nan') return NaN;
  if (!numberPattern.test(text)) return undefined;
  if (text.endsWith('inf')) return text === 'inf' ? Infinity : -Infinity;
  return Number(text);
}

/** The first name that cannot head a column: one that could not be read back, or that was there before. */
const wrongColumn = (columns: readonly string[]): string | undefined =>
  columns.find((name, i) => !columnPattern.test(name) || columns.indexOf(name) !== i);

/** The header line of a table. Throws where a name could not be read back, or comes twice. */
export function formatHeader(columns: readonly string[]): string {
  if (columns.length === 0 || wrongColumn(columns) !== undefined) {
    throw new Error(`a table cannot have the columns ${JSON.stringify(columns)}`);
  }
  return columns.join(',') + '\n';
}

/** One line of a table. */
export function formatRow(row: ArrayLike<number>): string {
  return Array.from(row, formatNumber).join(',') + '\n';
}

/** A table as text. */
export function formatTable({ columns, rows }: Table): string {
  return formatHeader(columns) + rows.map(formatRow).join('');
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 40));

/** A table that was read. `torn`: its last line had no end and was left out. */
export interface ParsedTable {
  table: Table;
  torn: boolean;
}

/**
 * Reads a table's text; `file` is for the error only. Text without a whole header line gives no columns.
 * Throws UserError naming file and line where a line does not fit the header or holds something else than numbers.
 */
export function parseTable(text: string, file: string): ParsedTable {
  const lines = text.split('\n');
  const torn = lines.pop() !== '';
  const columns = lines[0]?.split(',') ?? [];
  const wrong = wrongColumn(columns);
  if (wrong !== undefined) throw damaged(file, `line 1: ${quote(wrong)} is no name of a column`);
  const rows = lines.slice(1).map((line, i) => {
    const cells = line.split(',');
    if (cells.length !== columns.length) {
      throw damaged(file, `line ${i + 2}: ${cells.length} values for ${columns.length} columns`);
    }
    return cells.map((cell) => {
      const value = parseNumber(cell);
      if (value === undefined) throw damaged(file, `line ${i + 2}: ${quote(cell)} is no number`);
      return value;
    });
  });
  return { table: { columns, rows }, torn };
}

/** One column's values; none where there is no table. Throws UserError naming the columns there are. */
export function column(table: Table | undefined, name: string): number[] {
  if (table === undefined) return [];
  const index = table.columns.indexOf(name);
  if (index < 0) {
    throw new UserError(
      `the table has no column ${JSON.stringify(name)}; it has ${table.columns.join(', ') || 'none'}: ` +
        'a run of another version is trained again with --retrain',
    );
  }
  return table.rows.map((row) => row[index]!);
}
