/** A notebook's file, as far as the site and the course look at it. */
import { readFileSync } from 'node:fs';

import { messageOf, UserError } from '../system/errors';
import { onFile } from '../system/files';

/** Text as notebooks have it: whole, or line by line. */
type Text = string | string[];

/** What a cell has printed or drawn. */
export interface Output {
  output_type: string;
  /** Mime type -> content. */
  data?: Record<string, unknown>;
  /** Mime type -> what is said about that content. */
  metadata?: Record<string, unknown>;
}

/** A cell of a notebook. */
export interface Cell {
  cell_type: string;
  id?: string;
  metadata: {
    nbgrader?: { solution?: boolean; grade?: boolean };
    /** For our template: the line that a reader clicks to see this cell. */
    folded?: string;
  };
  source: Text;
  outputs?: Output[];
}

/** A notebook; what else its file holds stays with it. */
export interface Notebook {
  cells: Cell[];
}

/** Text as one string. */
export const textOf = (text: Text): string => (Array.isArray(text) ? text.join('') : text);

/** Reads a notebook. Throws UserError where the file is none. */
export function readNotebook(file: string): Notebook {
  const text = onFile('read', file, () => readFileSync(file, 'utf8'));
  try {
    const notebook = JSON.parse(text) as Partial<Notebook>;
    if (Array.isArray(notebook.cells)) return notebook as Notebook;
  } catch (error) {
    throw new UserError(`${file} is no notebook: ${messageOf(error)}; save it again from Jupyter`);
  }
  throw new UserError(`${file} is no notebook: it has no cells; save it again from Jupyter`);
}
