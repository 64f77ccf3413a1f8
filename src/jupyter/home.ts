/** A folder of one's own (BN_HOME) for someone who works with an installation that others share: gets the notebooks. */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { onFile } from '../system/files';
import { homeRoot, notebookFolder, projectRoot, sharedRoot } from '../system/paths';

/** The students' edition where a teacher has released one, else the notebooks of the project. */
function edition(): string {
  const released = path.join(sharedRoot(), 'course', 'release');
  return existsSync(released) ? released : notebookFolder;
}

/**
 * Copies the notebooks that BN_HOME lacks into `notebooks` there; what is there stays as it is, a student's work above
 * all. Does nothing where BN_HOME is not set. Returns what was copied, relative to that folder. Throws UserError where
 * it cannot be written.
 */
export function furnishHome(): string[] {
  const home = homeRoot();
  if (home === projectRoot) return [];
  const from = edition();
  const to = path.join(home, 'notebooks');
  const wanted = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(ipynb|md)$/.test(name) && !name.includes('.ipynb_checkpoints'),
  );
  const lacking = wanted.filter((name) => !existsSync(path.join(to, name)));
  return onFile('write', to, () => {
    for (const name of lacking) {
      mkdirSync(path.dirname(path.join(to, name)), { recursive: true });
      copyFileSync(path.join(from, name), path.join(to, name), constants.COPYFILE_EXCL);
    }
    return lacking.sort();
  });
}

/** `furnishHome`, with a line on standard error where it has copied. Throws UserError as that does. */
export function furnishHomeAloud(): void {
  const copied = furnishHome();
  if (copied.length) process.stderr.write(`${copied.length} notebooks copied into ${homeRoot()}\n`);
}
