import { describe, expect, it } from 'vitest';

import { column, formatTable, parseTable } from '../../src/runs/table';
import { UserError } from '../../src/system/errors';
import {
  casesOf,
  comparedCounts,
  countsOf,
  experiment,
  type StatementName,
  statementNames,
  statements,
  summary,
} from '../../src/theory/experiments';
import { randomSource, randomUnit } from '../../src/theory/random';

const cases = 300;

describe.each(statementNames)('%s on random cases', (name) => {
  const table = experiment(name, { cases });
  const counts = countsOf(name, table);

  it('is never violated in a form that is proven', () => {
    statements[name].forms.forEach(({ proven }, i) => {
      expect(counts[i]!.cases).toBeGreaterThan(0);
      if (proven) expect(counts[i]).toMatchObject({ violated: 0 });
    });
  });

  it('is violated in every other form', () => {
    statements[name].forms.forEach(({ proven, label }, i) => {
      if (!proven) expect(counts[i]!.violated, label).toBeGreaterThan(0);
    });
  });

  it('has a finite number in every cell, and a file gives the table back', () => {
    expect(table.rows).toHaveLength(cases);
    for (const row of table.rows) expect(row.every(Number.isFinite)).toBe(true);
    const read = parseTable(formatTable(table), 'table.csv').table;
    expect(read.columns).toEqual(table.columns);
    read.rows.forEach((row, i) =>
      row.forEach((value, k) => {
        const written = table.rows[i]![k]!;
        if (Math.abs(value - written) > 1e-7 * Math.abs(written)) expect(value).toBe(written);
      }),
    );
  });

  it('depends on the seed and the number of a case alone', () => {
    expect(experiment(name, { cases: 3 }).rows).toEqual(table.rows.slice(0, 3));
    expect(experiment(name, { cases: 3, seed: 1 }).rows).not.toEqual(table.rows.slice(0, 3));
  });
});

it('the printed forms fail and the corrected ones are equalities, in so many cases', () => {
  const counts = (name: StatementName) =>
    countsOf(name, experiment(name, { cases })).map(({ cases, violated, equal }) => [
      cases,
      violated,
      equal,
    ]);
  expect(counts('theorem41')).toEqual([
    [cases, 0, cases],
    [cases, cases, 0],
  ]);
  expect(counts('theorem42')[0]).toEqual([cases, 0, cases]);
  const [corrected, printed] = counts('theorem44');
  expect(corrected).toEqual([cases, 0, cases]);
  expect(printed![1]).toBeGreaterThan(cases / 10);
  const [kept, both] = counts('theorem42').slice(3);
  expect(kept![1]).toBeGreaterThan(0);
  expect(both![1]).toBe(0);
});

it('a form counts only the cases that it is about', () => {
  const table = experiment('lemma45', { cases });
  const [withPremise, without] = statements.lemma45.forms.map((form) => casesOf(form, table));
  const inner = column(table, 'inner');
  expect(withPremise!.every((i) => inner[i]! > 0)).toBe(true);
  expect(withPremise!.length + without!.length).toBe(cases);
});

it('the summary has a line for every form', () => {
  const { columns, rows } = summary(['theorem41', 'lemma45'], { cases: 20 });
  expect(columns).toEqual(['statement', 'form', 'cases', 'violated', 'equal']);
  expect(rows).toHaveLength(5);
  expect(rows[1]).toEqual(['Theorem 4.1', 'as printed, 1/sqrt(m)', 20, 20, 0]);
});

it('counts of one statement stand together, by where the cases are from', () => {
  const [first, second] = [
    experiment('theorem41', { cases: 7 }),
    experiment('theorem41', { cases: 4 }),
  ];
  const { columns, rows } = comparedCounts('theorem41', { random: first, trained: second });
  expect(columns).toEqual(['form', 'cases', 'how many', 'violated', 'equal']);
  expect(rows).toEqual([
    ['corrected, 1/m', 'random', 7, 0, 7],
    ['corrected, 1/m', 'trained', 4, 0, 4],
    ['as printed, 1/sqrt(m)', 'random', 7, 7, 0],
    ['as printed, 1/sqrt(m)', 'trained', 4, 4, 0],
  ]);
});

it('random units are of the sizes and kinds that are promised', () => {
  const units = Array.from({ length: 400 }, (_, i) => randomUnit(randomSource(3, 0, i)));
  expect(new Set(units.map(({ y }) => y.length))).toEqual(new Set([2, 3, 4, 5, 6, 7, 8, 9, 10]));
  for (const kind of ['symmetric', 'semidefinite', 'identity'] as const) {
    expect(units.filter((unit) => unit.kind === kind).length).toBeGreaterThan(90);
  }
  for (const { gamma, lambda } of units) {
    expect(Math.min(gamma, lambda)).toBeGreaterThanOrEqual(0.1);
    expect(Math.max(gamma, lambda)).toBeLessThan(10);
  }
});

it('normal numbers have mean 0 and variance 1', () => {
  const drawn = randomSource(0, 7).normals(20_000);
  const mean = drawn.reduce((a, b) => a + b) / drawn.length;
  const variance = drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length;
  // four standard errors
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(20_000));
  expect(Math.abs(variance - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(20_000));
});

it.each([0, -1, 1.5, NaN])('%f cases are refused', (cases) => {
  expect(() => experiment('theorem41', { cases })).toThrow(UserError);
  expect(() => experiment('theorem41', { cases })).toThrow(`cases is ${cases}`);
});

it('an unknown statement is refused with the names that there are', () => {
  expect(() => experiment('theorem43' as StatementName)).toThrow('use factC1, factC2');
});
