/**
 * Tables as small as recorded results are: all that figures and claims look at, and no more. Pure functions of tables.
 */
import type { Run, TableName } from './run';
import type { Table } from './table';

/** Significant digits of a recorded number that is not whole: beyond what a figure shows or a verdict hangs on. */
const digits = 5;
/** Digits of a table of its own kind. */
const ownDigits: Partial<Record<TableName, number>> = {
  channelMoments: 4, // medians and percentiles, of which ratios are taken
  randomDirections: 8, // as fine as a float32 is: the loss hardly changes, and its range would be lost in the rounding
};
/** Of the loss of a deep linear network, which is computed in float64 and tells normalisations apart in its last digits. */
const lossDigits = 8;
/** As many histograms of a layer as a figure draws. */
const histogramSteps = 15;

const changePrefix = 'change.';

/**
 * A landscape table with the sum over tensors of parameters of their gradients' changes (`changeSum`) in the place of
 * one column a tensor; a table that has the sum already is returned as it is.
 */
export function withChangeSum(landscape: Table): Table {
  const { columns, rows } = landscape;
  if (columns.includes('changeSum')) return landscape;
  const isChange = columns.map((name) => name.startsWith(changePrefix));
  const kept = (row: readonly number[]): number[] => row.filter((_, i) => !isChange[i]);
  const sum = (row: readonly number[]): number =>
    row.reduce((total, value, i) => (isChange[i] ? total + value : total), 0);
  return {
    columns: [...columns.filter((_, i) => !isChange[i]), 'changeSum'],
    rows: rows.map((row) => [...kept(row), sum(row)]),
  };
}

/** The rows of at most `histogramSteps` measured steps, evenly spaced from the first on. */
function thinned({ columns, rows }: Table): Table {
  const at = columns.indexOf('step');
  const steps = [...new Set(rows.map((row) => row[at]!))];
  const stride = Math.ceil(steps.length / histogramSteps);
  const kept = new Set(steps.filter((_, i) => i % stride === 0));
  return { columns, rows: rows.filter((row) => kept.has(row[at]!)) };
}

const rounded = ({ columns, rows }: Table, digitsOf: (column: string) => number): Table => ({
  columns,
  rows: rows.map((row) =>
    row.map((value, i) =>
      Number.isInteger(value) ? value : Number(value.toPrecision(digitsOf(columns[i]!))),
    ),
  ),
});

/** Columns that follow from others, or that no figure and no verdict looks at. */
const needless: Partial<Record<TableName, readonly string[]>> = {
  landscape: ['accuracy', 'gradientNorm'], // the norm is distance / eta
  randomDirections: ['accuracy', 'gradientNorm'],
  covariateShift: ['normAfter'],
};

/** Without needless columns, and without a penalty where there is none. */
function narrowed(name: TableName, { columns, rows }: Table): Table {
  const kept = [...columns.keys()].filter((at) => {
    const column = columns[at]!;
    const isEmpty = column === 'penalty' && rows.every((row) => row[at] === 0);
    return !isEmpty && !needless[name]?.includes(column);
  });
  return {
    columns: kept.map((at) => columns[at]!),
    rows: rows.map((row) => kept.map((at) => row[at]!)),
  };
}

/** The tables of a run as they are recorded. Pure: the same run gives the same tables. */
export function compactTables({ config, tables }: Run): Run['tables'] {
  const { histograms, landscape, ...others } = tables;
  const all: Run['tables'] = {
    ...others,
    ...(histograms && { histograms: thinned(histograms) }),
    ...(landscape && { landscape: withChangeSum(landscape) }),
  };
  const digitsOf = (name: TableName) => (column: string) =>
    config.model === 'deepLinear' && column === 'loss' ? lossDigits : (ownDigits[name] ?? digits);
  return Object.fromEntries(
    (Object.entries(all) as [TableName, Table][]).map(([name, table]) => [
      name,
      rounded(narrowed(name, table), digitsOf(name)),
    ]),
  );
}
