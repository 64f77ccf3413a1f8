/** Checks of exercises: `await bn.check('fig04-1', exercise1)` in a notebook, right or with a hint. */
import { messageOf, UserError } from '../system/errors';
import type { Answer } from './exercises/exercise';
import { exercises } from './exercises/index';

/** What the student edition throws where the instructor's has a solution. */
export const stub = 'not implemented';

/**
 * Checks an answer to an exercise. Prints one line where it is right; throws UserError with a hint where it is not, so
 * that nbgrader gives no points. Await it: a cell that ends before its check has failed gets full points.
 */
export async function check(id: string, answer: Answer): Promise<void> {
  const exercise = exercises[id];
  if (!exercise) {
    const [notebook] = id.split('-');
    const near = Object.keys(exercises).filter((each) => each.startsWith(`${notebook}-`));
    throw new UserError(
      `There is no exercise ${id} with a check. There are: ${(near.length ? near : Object.keys(exercises)).join(', ')}.`,
    );
  }
  if (typeof answer !== 'function') {
    throw new UserError(`${id}: give the function itself, not what it returns: without ().`);
  }
  let hint: string | undefined;
  try {
    hint = await exercise.hintOf(answer as (...args: unknown[]) => unknown);
  } catch (error) {
    const message = messageOf(error);
    hint =
      message === stub
        ? 'no answer yet: replace the line that throws'
        : `your function threw: ${message}`;
  }
  if (hint !== undefined) throw new UserError(`${id}: not yet. Hint: ${hint}.`);
  console.log(`${id}: right`);
}
