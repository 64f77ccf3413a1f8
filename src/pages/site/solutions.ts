/** Exercises on the site: the place for an answer is seen at once, the solution when it is asked for, or not at all. */
import { type Cell, textOf } from '../../jupyter/notebookFile';
import { UserError } from '../../system/errors';

export interface SolutionOptions {
  /** Keep the solutions, folded. Default true; without, nothing of them is left. */
  solutions?: boolean;
}

/** A solution with its marks, found as nbgrader finds it: whole lines, whatever else stands in them. Group 1: the indent. */
export const markedSolution =
  /^([ \t]*)[^\n]*\/\/ BEGIN SOLUTION[^\n]*\n[^]*?\/\/ END SOLUTION[^\n]*$/gm;
/** A mark of a solution, also as somebody may have mistyped it. */
export const solutionMark = /\/\/ *(BEGIN|END) SOLUTION/;
const markerLine = /^[ \t]*\/\/ (?:BEGIN|END) SOLUTION[ \t]*\n?/gm;
const stub = '// YOUR CODE HERE';

const isSolution = (cell: Cell): boolean =>
  cell.metadata.nbgrader?.solution === true || solutionMark.test(textOf(cell.source));

/** The code of a solution with the place for an answer in it; the whole of it where nothing is marked, as nbgrader has it. */
function withStub(code: string): string {
  if (!solutionMark.test(code)) return stub;
  const rest = code.replace(markedSolution, `$1${stub}`);
  if (!solutionMark.test(rest)) return rest;
  throw new UserError(
    `a solution has a BEGIN SOLUTION without END SOLUTION, or the reverse: ${code.trim().split('\n')[0]} ...; write both`,
  );
}

/** The cells that take the place of one. */
function folded(cell: Cell, solutions: boolean): Cell[] {
  const isCode = cell.cell_type === 'code';
  // The outputs of an answer and of its check may give it away.
  const bare: Cell = isCode ? { ...cell, outputs: [] } : cell;
  if (!isSolution(cell)) {
    return [cell.metadata.nbgrader?.grade && !solutions ? bare : cell];
  }
  const source = textOf(cell.source);
  const place = { ...bare, source: isCode ? withStub(source) : '*Your answer goes here.*' };
  const solution: Cell = {
    ...cell,
    id: cell.id && `${cell.id}-solution`,
    metadata: { ...cell.metadata, folded: isCode ? 'Show a solution' : 'Show an answer' },
    source: source.replace(markerLine, ''),
  };
  return solutions ? [place, solution] : [place];
}

/** The cells of a notebook with a place for each answer and, folded behind it, the solution. Pure. */
export const foldSolutions = (
  cells: readonly Cell[],
  { solutions = true }: SolutionOptions = {},
): Cell[] => cells.flatMap((cell) => folded(cell, solutions));
