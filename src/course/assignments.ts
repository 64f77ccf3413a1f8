/**
 * The course as assignments of nbgrader: which notebook belongs to which, and the notebook as the course has it. The
 * notebooks in notebooks/ are the instructor's edition, with solutions; the student's is made from it by nbgrader.
 */
import path from 'node:path';

import { type Cell, type Notebook, textOf } from '../jupyter/notebookFile';

/** The text of a cell. */
export const sourceOf = ({ source }: Cell): string => textOf(source);

/** The assignment of a notebook (named relative to notebooks/): lesson01, fig04, theory; `reading` has no exercises. */
export function assignmentOf(notebook: string): string {
  const base = path.posix.basename(notebook, '.ipynb');
  const number = /^(\d\d)-/.exec(base)?.[1];
  if (number && notebook.startsWith('course/')) return `lesson${number}`;
  return /^(fig\d\d|theory)(?=-|$)/.exec(base)?.[1] ?? 'reading';
}

/** All assignments with their notebooks, lessons first, in the order in which they are read. */
export function assignments(notebooks: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const lessonsFirst = [...notebooks].sort(
    (a, b) => Number(b.startsWith('course/')) - Number(a.startsWith('course/')),
  );
  for (const notebook of lessonsFirst) {
    const name = assignmentOf(notebook);
    found.set(name, [...(found.get(name) ?? []), notebook]);
  }
  return found;
}

const link = /\]\(([^)\s#]+\.ipynb)(#[^)]*)?\)/g;

/**
 * Markdown whose links between notebooks lead where the course has them: a folder for each assignment. `up` leads to
 * the folder of all assignments.
 */
export function withCourseLinks(
  markdown: string,
  notebooks: readonly string[],
  { up }: { up: string },
): string {
  const places = new Map(notebooks.map((name) => [path.posix.basename(name), assignmentOf(name)]));
  return markdown.replace(link, (whole, target: string, anchor = '') => {
    const base = path.posix.basename(target);
    const place = places.get(base);
    return place === undefined ? whole : `](${up}${place}/${base}${anchor})`;
  });
}

/** A notebook as the course's source has it: the same but for its links. */
export function courseSource(notebook: Notebook, notebooks: readonly string[]): Notebook {
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === 'markdown'
      ? { ...cell, source: withCourseLinks(sourceOf(cell), notebooks, { up: '../' }) }
      : cell,
  );
  return { ...notebook, cells };
}
