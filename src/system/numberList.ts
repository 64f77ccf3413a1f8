/** Lists of whole numbers as people type them: `0`, `0,2`, `0-2`, `0,4-6`. */
import { UserError } from './errors';

const largest = 2 ** 31 - 1;
/** More is a typing error, and a list that long would not fit in memory. */
const mostNumbers = 1000;

function numbersOf(piece: string, refuse: (why: string) => never): number[] {
  const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(piece) ?? refuse('is no number');
  const [from, to] = [Number(first), Number(last)];
  if (to < from) refuse('goes backwards');
  if (to > largest) refuse(`is beyond ${largest}`);
  if (to - from >= mostNumbers) refuse(`is more than ${mostNumbers} numbers`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/**
 * The numbers of a list, ascending, each once. `name` is what the list is called, e.g. `--seeds`.
 * Throws UserError naming the piece that makes no sense.
 */
export function parseNumberList(text: string, name: string): number[] {
  const pieces = text.split(',').map((piece) => piece.trim());
  const numbers = pieces.flatMap((piece) =>
    numbersOf(piece, (why) => {
      throw new UserError(`${name}: ${JSON.stringify(piece)} ${why}; write it as 0, 0,2 or 0-2`);
    }),
  );
  return [...new Set(numbers)].sort((a, b) => a - b);
}
