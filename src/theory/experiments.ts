/** The statements on many random cases: a table each, and how often each form was violated. */
import { UserError } from '../errors';
import { column, type Table } from '../runs/table';
import { randomSource } from './random';
import { type Form, type StatementName, statements } from './statements';

export interface ExperimentOptions {
  /** Random cases; default 2000. */
  cases?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * A statement on random cases, a row each: case, sizes, left and right sides, their slack (see `Form`).
 * Throws UserError for a number of cases that is not positive and whole.
 */
export function experiment(
  name: StatementName,
  { cases = 2000, seed = 0 }: ExperimentOptions = {},
): Table {
  if (!Number.isSafeInteger(cases) || cases < 1) {
    throw new UserError(`cases is ${cases}: give a positive whole number`);
  }
  const place = Object.keys(statements).indexOf(name);
  return tableOf(
    Array.from({ length: cases }, (_, i) => ({
      case: i,
      ...statements[name].row(randomSource(seed, place, i)),
    })),
  );
}

/** Records with the same keys, at least one, as a table. */
export function tableOf(records: readonly Record<string, number>[]): Table {
  return {
    columns: Object.keys(records[0]!),
    rows: records.map((record) => Object.values(record)),
  };
}

/** The rows of a table that a form is about, as their indices. */
export function casesOf({ where = [] }: Form, table: Table): number[] {
  const flags = where.map((name) => column(table, name));
  return [...table.rows.keys()].filter((i) => flags.every((flag) => flag[i] === 1));
}

/** How a form fared. */
export interface Count {
  form: string;
  cases: number;
  violated: number;
  /** Both sides equal. */
  equal: number;
}

/** Counts over a table of `experiment`, one for each form of the statement. */
export function countsOf(name: StatementName, table: Table): Count[] {
  const { forms, tolerance } = statements[name];
  return forms.map((form) => {
    const all = column(table, form.slack);
    const slacks = casesOf(form, table).map((i) => all[i]!);
    return {
      form: form.label,
      cases: slacks.length,
      violated: slacks.filter((slack) => slack < -tolerance).length,
      equal: slacks.filter((slack) => Math.abs(slack) <= tolerance).length,
    };
  });
}

/** All counts of some statements, to be shown as a table. */
export function summary(
  names: readonly StatementName[] = Object.keys(statements) as StatementName[],
  options: ExperimentOptions = {},
): { columns: string[]; rows: (string | number)[][] } {
  return {
    columns: ['statement', 'form', 'cases', 'violated', 'equal'],
    rows: names.flatMap((name) =>
      countsOf(name, experiment(name, options)).map((count) => [
        statements[name].title.split(':')[0]!,
        ...Object.values(count),
      ]),
    ),
  };
}
