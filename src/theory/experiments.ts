/** The statements on many random cases: a table each, and how often each form was violated. */
import { column, type Table } from '../runs/table';
import { UserError } from '../system/errors';
import { realCurvature, realGradients, realInputs } from './netStatements';
import { randomSource } from './random';
import {
  factC1Statement,
  factC2Statement,
  type Form,
  lemma45Statement,
  observation43Statement,
  type Statement,
  theorem41Statement,
  theorem42Statement,
  theorem44Statement,
  theoremC1Statement,
} from './statements';

export type StatementName =
  | 'factC1'
  | 'factC2'
  | 'theorem41'
  | 'theorem42'
  | 'observation43'
  | 'theorem44'
  | 'lemma45'
  | 'theoremC1'
  | 'realGradients'
  | 'realCurvature'
  | 'realInputs';

/** Every statement, in the paper's order, then what they are read to say about two nets. */
export const statements: Readonly<Record<StatementName, Statement>> = {
  factC1: factC1Statement,
  factC2: factC2Statement,
  theorem41: theorem41Statement,
  theorem42: theorem42Statement,
  observation43: observation43Statement,
  theorem44: theorem44Statement,
  lemma45: lemma45Statement,
  theoremC1: theoremC1Statement,
  realGradients,
  realCurvature,
  realInputs,
};

export const statementNames = Object.keys(statements) as StatementName[];

export interface ExperimentOptions {
  /** Random cases; default 2000. */
  cases?: number;
  /** Default 0. */
  seed?: number;
}

/** Records with the same keys as a table. Throws UserError where there are none, since nothing names the columns. */
export function tableOf(records: readonly Record<string, number>[]): Table {
  const [first] = records;
  if (first === undefined) throw new UserError('no cases: give at least one');
  return { columns: Object.keys(first), rows: records.map((record) => Object.values(record)) };
}

/**
 * A statement on random cases, a row each: case, sizes, left and right sides, their slack (see `Form`).
 * Throws UserError for an unknown name and a number of cases that is not positive and whole.
 */
export function experiment(
  name: StatementName,
  { cases = 2000, seed = 0 }: ExperimentOptions = {},
): Table {
  const place = statementNames.indexOf(name);
  if (place < 0) {
    throw new UserError(`no statement ${JSON.stringify(name)}: use ${statementNames.join(', ')}`);
  }
  if (!Number.isSafeInteger(cases) || cases < 1) {
    throw new UserError(`cases is ${cases}: give a positive whole number`);
  }
  return tableOf(
    Array.from({ length: cases }, (_, i) => ({
      case: i,
      ...statements[name].row(randomSource(seed, place, i)),
    })),
  );
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

/** Counts over a table with the form's columns. */
export function countOf(form: Form, table: Table, tolerance: number): Count {
  const all = column(table, form.slack);
  const slacks = casesOf(form, table).map((i) => all[i]!);
  return {
    form: form.label,
    cases: slacks.length,
    violated: slacks.filter((slack) => slack < -tolerance).length,
    equal: slacks.filter((slack) => Math.abs(slack) <= tolerance).length,
  };
}

/** Counts over a table of `experiment`, one for each form of the statement. */
export const countsOf = (name: StatementName, table: Table): Count[] =>
  statements[name].forms.map((form) => countOf(form, table, statements[name].tolerance));

/** All counts of some statements, to be shown as a table. */
export function summary(
  names: readonly StatementName[] = statementNames,
  options: ExperimentOptions = {},
): { columns: string[]; rows: (string | number)[][] } {
  return {
    columns: ['statement', 'form', 'cases', 'violated', 'equal'],
    rows: names.flatMap((name) =>
      countsOf(name, experiment(name, options)).map(({ form, cases, violated, equal }) => [
        statements[name].name,
        form,
        cases,
        violated,
        equal,
      ]),
    ),
  };
}

/** Counts of one statement on cases of different origin, by its name, to be shown as a table. */
export const comparedCounts = (
  name: StatementName,
  tables: Readonly<Record<string, Table>>,
): { columns: string[]; rows: (string | number)[][] } => ({
  columns: ['form', 'cases', 'how many', 'violated', 'equal'],
  rows: statements[name].forms.flatMap((form) =>
    Object.entries(tables).map(([origin, table]) => {
      const { cases, violated, equal } = countOf(form, table, statements[name].tolerance);
      return [form.label, origin, cases, violated, equal];
    }),
  ),
});
