/** nbconvert: markdown, code and outputs of all notebooks to HTML, in one process. */
import fs from 'node:fs';
import path from 'node:path';

import { runJupyter } from '../../jupyter/environment';
import { UserError } from '../../system/errors';
import { projectRoot } from '../../system/paths';

/** The last line that a program wrote about what went wrong. */
const lastLine = (file: string): string =>
  fs.readFileSync(file, 'utf8').trim().split('\n').at(-1) || 'no message';

/** Converts notebooks; the HTML of each lies beside it. Throws UserError where nbconvert fails. */
export async function convertNotebooks(
  files: readonly string[],
  { logFile, signal }: { logFile: string; signal?: AbortSignal },
): Promise<void> {
  signal?.throwIfAborted();
  const log = fs.openSync(logFile, 'w');
  const code = await runJupyter(
    [
      ...['nbconvert', '--to', 'html', '--log-level=ERROR', '--template=bn-lab', '--no-prompt'],
      `--TemplateExporter.extra_template_basedirs=${path.join(projectRoot, 'src', 'pages', 'site', 'templates')}`,
      ...files,
    ],
    { stdio: ['ignore', log, log] },
  ).finally(() => fs.closeSync(log));
  signal?.throwIfAborted();
  const missing = files.find((file) => !fs.existsSync(file.replace(/\.ipynb$/, '.html')));
  if (code !== 0 || missing !== undefined) {
    throw new UserError(`nbconvert cannot convert the notebooks: ${lastLine(logFile)}`);
  }
}
