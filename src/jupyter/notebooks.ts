/** Notebooks as files: which there are, and running them in place. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { UserError } from '../system/errors';
import { homeRoot, notebookFolder } from '../system/paths';
import { runJupyter } from './environment';
import { furnishHomeAloud } from './home';

/** The notebooks in some of a folder's own folders, relative to it, each by name. */
const notebooksIn = (folder: string, places: readonly string[]): string[] =>
  places.flatMap((place) =>
    readdirSync(path.join(folder, place))
      .filter((name) => name.endsWith('.ipynb'))
      .sort()
      .map((name) => path.posix.join(place, name)),
  );

/** All notebooks of the project, relative to notebooks/: those of the collection, then the lessons, each by name. */
export const notebookNames = (): string[] => notebooksIn(notebookFolder, ['.', 'course']);

/** All notebooks of a folder and of those in it: a student's edition has one for each assignment. */
function ownNames(folder: string): string[] {
  const places = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  return notebooksIn(folder, ['.', ...places.sort()]);
}

/**
 * The notebooks that `asked` names: by the beginning of a name (`fig04`), with its folder (`course/03`) or without, or by
 * the path of any file. They are those in BN_HOME where that is set, which gets what it lacks first. Throws UserError for one that names nothing,
 * and where BN_HOME cannot be written.
 */
export function notebookFiles(asked: readonly string[]): string[] {
  furnishHomeAloud();
  const folder = path.join(homeRoot(), 'notebooks');
  const names = folder === notebookFolder ? notebookNames() : ownNames(folder);
  return asked.flatMap((each) => {
    const found = names.filter(
      (name) => name.startsWith(each) || path.posix.basename(name).startsWith(each),
    );
    if (found.length > 0) return found.map((name) => path.join(folder, name));
    if (existsSync(each) && each.endsWith('.ipynb')) return [path.resolve(each)];
    throw new UserError(
      `there is no notebook ${each}; give the beginning of a name, such as fig04 or 03-landscape, or a file`,
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
