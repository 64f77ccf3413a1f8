/** Whether a student's edition is in step with the instructor's notebook and gives nothing away. Pure. */
import type { Cell, Notebook } from '../jupyter/notebookFile';
import { markedSolution, solutionMark } from '../pages/site/solutions';
import { sourceOf } from './assignments';
import { stub } from './check';

const isSolution = (cell: Cell): boolean => cell.metadata.nbgrader?.solution === true;

/** A cell without what is the instructor's alone. */
const withoutSolution = (cell: Cell): string =>
  cell.cell_type === 'code' ? sourceOf(cell).replace(markedSolution, '') : '';

/** Lines of solutions that stand nowhere else in the notebook; short ones, such as a brace, tell nothing. */
export function secretLines({ cells }: Notebook): string[] {
  const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim());
  const open = new Set(
    cells.flatMap((cell) => linesOf(isSolution(cell) ? withoutSolution(cell) : sourceOf(cell))),
  );
  return cells
    .filter(isSolution)
    .flatMap((cell) => linesOf(sourceOf(cell)))
    .filter((line) => line.length > 8 && !solutionMark.test(line) && !open.has(line));
}

/**
 * What is wrong with `student` as an edition of `instructor`, in words; nothing where it is in step: the same cells in the
 * same order, each the same but for solutions, in whose place is a stub, and no line of a solution anywhere.
 */
export function editionProblems(instructor: Notebook, student: Notebook): string[] {
  const ids = ({ cells }: Notebook): string => cells.map(({ id }) => id).join(' ');
  if (ids(instructor) !== ids(student)) return ['it has other cells than the source'];
  const problems = instructor.cells.flatMap((cell, i) => {
    const theirs = student.cells[i]!;
    if (!isSolution(cell)) {
      return sourceOf(theirs) === sourceOf(cell) ? [] : [`cell ${cell.id} is not as in the source`];
    }
    const wanted = cell.cell_type === 'code' ? stub : 'YOUR ANSWER HERE';
    return sourceOf(theirs).includes(wanted) ? [] : [`cell ${cell.id} has no stub`];
  });
  const whole = JSON.stringify(student);
  const told = secretLines(instructor).filter((line) =>
    whole.includes(JSON.stringify(line).slice(1, -1)),
  );
  return [
    ...problems,
    ...(solutionMark.test(whole) ? ['a mark of a solution is left'] : []),
    ...told.map((line) => `it tells of a solution: ${line}`),
  ];
}
