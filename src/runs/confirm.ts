/** Questions before something is changed for good. */
import { createInterface } from 'node:readline';

import { UserError } from '../system/errors';

export interface ConfirmOptions {
  /** The answer is yes (--yes). */
  yes?: boolean;
  /** Where the answer is typed (default: this process's standard input). */
  input?: NodeJS.ReadableStream & { isTTY?: boolean };
  /** Where the question is shown (default: standard error, so that results can be piped). */
  output?: NodeJS.WritableStream;
}

/**
 * Asks and waits for the answer; anything but y or yes is no, the end of the input too.
 * Throws UserError where nobody is there to answer.
 */
export async function confirm(question: string, options: ConfirmOptions = {}): Promise<boolean> {
  const { yes = false, input = process.stdin, output = process.stderr } = options;
  if (yes) return true;
  if (!input.isTTY) throw new UserError(`${question} Nobody is there to answer: say so with --yes`);
  const lines = createInterface({ input, output });
  try {
    return await new Promise((resolve) => {
      lines.on('close', () => resolve(false)); // Ctrl-C and Ctrl-D close it
      lines.question(`${question} [y/N] `, (answer) => resolve(/^\s*y(es)?\s*$/i.test(answer)));
    });
  } finally {
    lines.close();
  }
}
