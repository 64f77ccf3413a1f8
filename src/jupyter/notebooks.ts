/** Notebooks as files: which there are, and running them in place. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { UserError } from '../errors';
import { projectRoot } from '../paths';
import { runJupyter } from './environment';

/** Where they are. */
export const notebookFolder = path.join(projectRoot, 'notebooks');

/** All notebooks of the project, relative to notebooks/: those of the collection, then the lessons, each by name. */
export function notebookNames(): string[] {
  const within = (place: string): string[] =>
    readdirSync(path.join(notebookFolder, place))
      .filter((name) => name.endsWith('.ipynb'))
      .sort()
      .map((name) => path.posix.join(place, name));
  return [...within('.'), ...within('course')];
}

/**
 * The notebooks that `asked` names: by the beginning of a name (`fig04`, `course/03`), or by the path of any file. Throws
 * UserError for one that names nothing.
 */
export function notebookFiles(asked: readonly string[]): string[] {
  const names = notebookNames();
  return asked.flatMap((each) => {
    const found = names.filter((name) => name.startsWith(each));
    if (found.length > 0) return found.map((name) => path.join(notebookFolder, name));
    if (existsSync(each) && each.endsWith('.ipynb')) return [path.resolve(each)];
    throw new UserError(
      `there is no notebook ${each}; give the beginning of a name, such as fig04 or course/03, or a file`,
    );
  });
}

/** Runs notebooks in place, each in a kernel of its own. Returns Jupyter's exit code: not 0 after a cell that failed. */
export const runNotebooks = (files: readonly string[]): Promise<number> =>
  runJupyter([
    ...['nbconvert', '--to', 'notebook', '--execute', '--inplace', '--log-level=WARN'],
    '--ExecutePreprocessor.timeout=3600',
    // Times of day would change every file at every run.
    '--ExecutePreprocessor.record_timing=False',
    ...files,
  ]);
