/** What an exercise with a check is, and the comparisons that its hints are made of. */

/** A student's answer: a function of what the exercise says, so that its check can try it on values of its own. */
export type Answer = (...args: never[]) => unknown;

export interface Exercise {
  /**
   * Looks at an answer. Returns undefined where it is right, however it was found, else a hint: what is wrong, never
   * what would be right.
   */
  hintOf(answer: (...args: unknown[]) => unknown): string | undefined | Promise<string | undefined>;
  /** Wrong answers that students give, and the hint that each of them gets. */
  mistakes: readonly Mistake<Answer>[];
}

type Mistake<A> = readonly [wrong: A, hint: string];

/** What an answer is called with, and what it has to return. */
type Try<A extends Answer> = readonly [given: Parameters<A>, expected: ReturnType<A>];

/**
 * An exercise whose answer returns a number or a list of numbers. The hint is that of the first mistake which returns
 * what the answer returned on the first try that failed, else how the numbers differ.
 */
export function exercise<A extends (...args: never[]) => number | readonly number[]>(
  tries: readonly Try<A>[],
  mistakes: readonly Mistake<A>[],
): Exercise {
  return {
    mistakes,
    hintOf(answer) {
      for (const [given, expected] of tries) {
        const value = answer(...given.map(copied));
        const hint = valueHint(value, expected);
        if (hint === undefined) continue;
        const mistake = mistakes.find(([wrong]) => valueHint(value, wrong(...given)) === undefined);
        return mistake?.[1] ?? hint;
      }
      return undefined;
    },
  };
}

/** An answer may sort or overwrite what it is given. */
const copied = (value: unknown): unknown =>
  typeof value === 'function' ? value : structuredClone(value);

const valueHint = (value: unknown, expected: number | readonly number[]) =>
  typeof expected === 'number' ? numberHint(value, expected) : listHint(value, expected);

/** How far a number may be off, as a part of what is expected; where that is 0, as it is. */
const tolerance = 1e-4;

/** The hint for a number. */
export function numberHint(value: unknown, expected: number): string | undefined {
  if (typeof value !== 'number') return `a number is asked for; this is ${describe(value)}`;
  if (Number.isNaN(value))
    return 'this is NaN: is there a 0 / 0, or an index outside of its array?';
  const allowed = tolerance * (Math.abs(expected) || 1);
  const isNear = (to: number): boolean =>
    value === to || (Number.isFinite(to) && Math.abs(value - to) <= allowed);
  if (isNear(expected)) return undefined;
  if (isNear(-expected)) return 'the size is right, the sign is not';
  return value > expected ? 'this is too large' : 'this is too small';
}

/** As `numberHint`, for a list: its length first, then the first number that is not right. */
export function listHint(values: unknown, expected: readonly number[]): string | undefined {
  if (!Array.isArray(values) && !ArrayBuffer.isView(values)) {
    return `a list of numbers is asked for; this is ${describe(values)}`;
  }
  const list = Array.from(values as ArrayLike<unknown>);
  if (list.length !== expected.length) {
    return `the list has ${list.length} entries, not ${expected.length}`;
  }
  const hints = list.map((value, i) => numberHint(value, expected[i]!));
  const first = hints.findIndex((hint) => hint !== undefined);
  return first < 0 ? undefined : `entry ${first} of ${list.length}: ${hints[first]}`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined: does the function return anything?';
  if (value instanceof Promise) return 'a promise: is an await missing?';
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : `of type ${typeof value}`;
}
