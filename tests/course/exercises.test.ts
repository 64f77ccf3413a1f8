/** The exercises of the notebooks: solutions are right, mistakes get their hints, and no hint gives the answer away. */
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

import ts from 'typescript';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { check } from '../../src/course/check';
import type { Answer } from '../../src/course/exercises/exercise';
import { exercises } from '../../src/course/exercises/index';
import { projectRoot } from '../../src/system/paths';

interface Cell {
  cell_type: string;
  id: string;
  metadata: { nbgrader?: { grade_id: string; grade: boolean; solution: boolean; points?: number } };
  source: string[];
  outputs?: { text?: string[] }[];
}

const folder = path.join(projectRoot, 'notebooks');
const cellsOf = (...file: string[]): Cell[] =>
  (JSON.parse(fs.readFileSync(path.join(folder, ...file), 'utf8')) as { cells: Cell[] }).cells;
const matchesIn = (place: string, pattern: RegExp): RegExpExecArray[] =>
  fs
    .readdirSync(path.join(folder, place))
    .map((name) => pattern.exec(name))
    .filter((match) => match !== null);

/** The parts 7 of the notebooks of figures and theory; a lesson has its exercises where they belong. */
const parts = [
  ...matchesIn('.', /^(fig\d\d|theory)\b.*\.ipynb$/).map(([name, notebook]) => {
    const cells = cellsOf(name);
    const [from, to] = ['## 7.', '## 8.'].map((heading) =>
      cells.findIndex(({ source }) => source[0]?.startsWith(heading)),
    );
    return { notebook: notebook!, cells: cells.slice(from, to) };
  }),
  ...matchesIn('course', /^(\d\d)-.*\.ipynb$/).map(([name, number]) => ({
    notebook: `lesson${number}`,
    cells: cellsOf('course', name),
  })),
];

const codeOf = (cell: Cell): string => cell.source.join('');
const nameOf = (id: string): string => `exercise${id.split('-')[1]}`;
const cellOf = (id: string): Cell | undefined =>
  parts.flatMap(({ cells }) => cells).find(({ metadata }) => metadata.nbgrader?.grade_id === id);

/** The solution in the notebook as a function. It sees nothing of the notebook: it depends on its arguments alone. */
function solutionOf(id: string): (...args: unknown[]) => unknown {
  const code = ts.transpile(codeOf(cellOf(id)!), { target: ts.ScriptTarget.ES2022 });
  return vm.runInThisContext(`(() => {\n${code}\nreturn ${nameOf(id)};\n})()`) as () => unknown;
}

/** What the solution returns on the values of its check. */
async function valuesOf(id: string): Promise<unknown[]> {
  const solution = solutionOf(id);
  const values: unknown[] = [];
  await exercises[id]!.hintOf((...args) => {
    values.push(solution(...args));
    return values.at(-1);
  });
  return values;
}

const hintFor = async (id: string, answer: Answer) =>
  exercises[id]!.hintOf(answer as (...args: unknown[]) => unknown);

afterEach(() => vi.restoreAllMocks());

describe.each(parts)('notebook $notebook', ({ notebook, cells }) => {
  const ids = Object.keys(exercises).filter((id) => id.startsWith(`${notebook}-`));
  const graded = cells.flatMap(({ metadata }) => metadata.nbgrader ?? []);

  it('has a solution and a check for each of its exercises, and one cell graded by hand', () => {
    expect(ids.length).toBeGreaterThanOrEqual(2);
    const byHand = `${notebook}-${ids.length + 1}`;
    const expected = [...ids.flatMap((id) => [id, `${id}-check`]), byHand];
    expect(graded.map(({ grade_id }) => grade_id)).toEqual(expected);
    for (const { grade, points, grade_id, solution } of graded) {
      expect(grade).toBe(!ids.includes(grade_id));
      expect(solution).toBe(!grade_id.endsWith('-check'));
      expect(points).toEqual(grade ? expect.any(Number) : undefined);
    }
    expect(cellOf(byHand)!.cell_type).toBe('markdown');
  });

  it('numbers its exercises one after the other', () => {
    const numbers = cells
      .flatMap(({ source }) => source)
      .flatMap((line) => /^(?:\*\*Exercise )?(\d+)\. ?/.exec(line.replace('.**', '. '))?.[1] ?? []);
    expect(numbers.map(Number)).toEqual(numbers.map((_, i) => i + 1));
    expect(numbers.length).toBeGreaterThanOrEqual(3);
    expect(numbers.length).toBeLessThanOrEqual(6);
  });
});

describe.each(Object.keys(exercises))('exercise %s', (id) => {
  const { mistakes } = exercises[id]!;

  it('is right by the solution of the notebook, as the notebook shows', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await check(id, solutionOf(id));
    expect(log).toHaveBeenCalledExactlyOnceWith(`${id}: right`);
    const shown = cellOf(`${id}-check`)!;
    expect(codeOf(shown)).toBe(`await bn.check('${id}', ${nameOf(id)});`);
    expect(shown.outputs!.map(({ text }) => text)).toEqual([[`${id}: right\n`]]);
  });

  it('leaves a typed function when the solution is taken out', () => {
    const code = codeOf(cellOf(id)!);
    const [declared, ...others] = ts.createSourceFile('', code, ts.ScriptTarget.ES2022).statements;
    expect(others).toEqual([]);
    if (!declared || !ts.isFunctionDeclaration(declared)) throw new Error(`no function: ${code}`);
    expect(declared.name!.text).toBe(nameOf(id));
    expect([declared, ...declared.parameters].every(({ type }) => type !== undefined)).toBe(true);
    const taken = / {2}\/\/ BEGIN SOLUTION\n[^]+\n {2}\/\/ END SOLUTION/;
    expect(code.replace(taken, '')).toMatch(/^function .+ \{\n\n\}$/);
  });

  it('has a hint for each of its mistakes', async () => {
    expect(mistakes.length).toBeGreaterThanOrEqual(2);
    for (const [wrong, hint] of mistakes) expect(await hintFor(id, wrong)).toBe(hint);
  });

  it('is not solved by a constant', async () => {
    for (const value of [undefined, 0, 1, [0, 1], ...(await valuesOf(id))])
      expect(await hintFor(id, () => value)).toEqual(expect.any(String));
  });

  it('does not give the answer away', async () => {
    const answers = JSON.stringify(await valuesOf(id)).match(/-?\d+(\.\d+)?(e-?\d+)?/g) ?? [];
    for (const [, hint] of mistakes)
      for (const number of hint.match(/-?\d+(\.\d+)?/g) ?? [])
        expect(answers.map(Number), hint).not.toContain(Number(number));
  });
});
