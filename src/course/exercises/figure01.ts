/** Exercises of notebook fig01: training with and without BatchNorm. */
import { column, type Table } from '../../runs/table';
import { exercise } from './exercise';

const evals: Table = {
  columns: ['step', 'loss', 'accuracy', 'batchAccuracy'],
  rows: [
    [0, 2.3, 0.1, 0.12],
    [500, 1.4, 0.57, 0.59],
    [1000, 1.5, 0.53, 0.61],
  ],
};
const turned: Table = {
  columns: ['accuracy', 'step'],
  rows: [
    [0.2, 0],
    [0.7, 300],
    [0.4, 600],
  ],
};

const accuracies = [0.1, 0.4, 0.65, 0.5, 0.7];
const steps = [0, 20, 40, 60, 80];

export const figure01 = {
  /** Of the table of tests of a run: its last test accuracy. */
  'fig01-1': exercise<(evals: Table) => number>(
    [
      [[evals], 0.53],
      [[turned], 0.4],
    ],
    [
      [(table) => column(table, 'accuracy')[0]!, 'this is the first row'],
      [(table) => Math.max(...column(table, 'accuracy')), 'the last test need not be the best'],
      [(table) => table.rows.at(-1)![1]!, 'this is another column: look its place up in `columns`'],
    ],
  ),
  /** Of the running variance, the batch's and m: the running variance after the step. */
  'fig01-2': exercise<(running: number, variance: number, m: number) => number>(
    [
      [[1, 2, 5], 1.15],
      [[3, 4, 9], 3.15],
    ],
    [
      [(running, variance) => 0.9 * running + 0.1 * variance, 'the factor m / (m - 1) is missing'],
      [
        (running, variance, m) => 0.1 * running + (0.9 * variance * m) / (m - 1),
        'the old value keeps the greater weight',
      ],
      [
        (running, variance, m) => 0.9 * running + (0.1 * variance * (m - 1)) / m,
        'the variance of a sample is too small on average; this makes it smaller still',
      ],
    ],
  ),
  /** Of steps, the accuracies at them and a level: the first step that reaches the level. */
  'fig01-3': exercise<(steps: number[], accuracies: number[], level: number) => number>(
    [
      [[steps, accuracies, 0.6], 40],
      [[steps, accuracies, 0.7], 80],
      [[steps, accuracies, 0.9], Infinity],
    ],
    [
      [(_, values, level) => values.findIndex((v) => v >= level), 'a step is asked for, not a row'],
      [
        (at, values, level) => at[values.findIndex((v) => v > level)] ?? Infinity,
        'the level is reached where the accuracy is equal to it',
      ],
      [
        (at, values, level) => at[values.findLastIndex((v) => v < level) + 1] ?? Infinity,
        'the accuracy may fall below the level again: the first time counts',
      ],
    ],
  ),
};
