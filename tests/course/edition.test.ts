/** The students' edition against the instructor's: in step, and without a line of a solution. */
import { describe, expect, it } from 'vitest';

import { editionProblems, secretLines } from '../../src/course/edition';
import type { Cell, Notebook } from '../../src/jupyter/notebookFile';

const nbgrader = (grade_id: string, solution: boolean, grade = false) => ({
  nbgrader: { grade_id, solution, grade, ...(grade ? { points: 1 } : {}) },
});
const cell = (
  id: string,
  cell_type: 'code' | 'markdown',
  source: string,
  metadata: Cell['metadata'] = {},
): Cell => ({ id, cell_type, source, metadata });

const question = cell('question', 'markdown', 'Return the mean of `values`.');
const check = cell(
  'check',
  'code',
  "await bn.check('a-1', exercise1);",
  nbgrader('a-1-check', false, true),
);
const answered = (body: string): Cell =>
  cell(
    'answer',
    'code',
    `function exercise1(values: number[]): number {\n${body}\n}`,
    nbgrader('a-1', true),
  );
const words = (text: string): Cell => cell('words', 'markdown', text, nbgrader('a-2', true, true));

const instructor: Notebook = {
  cells: [
    question,
    answered(
      '  // BEGIN SOLUTION\n  return values.reduce((a, b) => a + b, 0) / values.length;\n  // END SOLUTION',
    ),
    check,
    words('Because the mean is subtracted.'),
  ],
};
const stub = answered("  // YOUR CODE HERE\n  throw new Error('not implemented');");
const edition = (...cells: Cell[]): Notebook => ({ cells });
const right = edition(question, stub, check, words('YOUR ANSWER HERE'));

describe('editionProblems', () => {
  it('finds none where there is none', () => {
    expect(editionProblems(instructor, right)).toEqual([]);
  });

  it.each([
    ['the solution', edition(...instructor.cells), 'it tells of a solution: return values.reduce'],
    [
      'its marks, mistyped as well',
      edition(question, { ...stub, source: '//BEGIN SOLUTION' }, check, words('')),
      'a mark of',
    ],
    ['its marks', edition(question, answered('// BEGIN SOLUTION'), check, words('')), 'a mark of'],
    [
      'a line of it in another cell',
      edition(
        cell('question', 'markdown', 'Because the mean is subtracted.'),
        ...right.cells.slice(1),
      ),
      'it tells of a solution: Because the mean is subtracted.',
    ],
    [
      'a line of it in an output',
      edition(
        question,
        stub,
        {
          ...check,
          outputs: [
            {
              output_type: 'display_data',
              data: { 'text/plain': 'Because the mean is subtracted.' },
            },
          ],
        },
        words('YOUR ANSWER HERE'),
      ),
      'it tells of a solution',
    ],
    [
      'another question',
      edition({ ...question, source: 'What?' }, ...right.cells.slice(1)),
      'cell question is not as',
    ],
    [
      'a changed check',
      edition(question, stub, { ...check, source: '' }, words('YOUR ANSWER HERE')),
      'cell check is not',
    ],
    [
      'no stub',
      edition(question, answered(''), check, words('YOUR ANSWER HERE')),
      'cell answer has no stub',
    ],
    ['a cell less', edition(question, stub, check), 'it has other cells'],
  ])('finds %s', (_, student, problem) => {
    expect(editionProblems(instructor, student).join('\n')).toContain(problem);
  });

  it('knows a solution by its marks where more stands in their lines', () => {
    const body =
      '  let sum = 0; // BEGIN SOLUTION \n  return sum + values.length;\n  // END SOLUTION.';
    expect(secretLines(edition(answered(body)))).toEqual(['return sum + values.length;']);
  });

  it('takes no line for a secret that the question shows as well', () => {
    const shown = cell(
      'question',
      'markdown',
      '    return values.reduce((a, b) => a + b, 0) / values.length;',
    );
    const cells = [shown, ...instructor.cells.slice(1)];
    expect(editionProblems({ cells }, { cells: [shown, ...right.cells.slice(1)] })).toEqual([]);
  });
});
