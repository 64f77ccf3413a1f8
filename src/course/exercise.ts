/** What an exercise with a check is, and the comparisons that its hints are made of. */

/** A student's answer: a function of what the exercise says, so that its check can try it on values of its own. */
export type Answer = (...args: never[]) => unknown;

/**
 * Looks at an answer. Returns undefined where it is right, however it was found, else a hint: what is wrong, never what
 * would be right.
 */
export type HintOf<A extends Answer> = (
  answer: A,
) => string | undefined | Promise<string | undefined>;

/** A mistake that students make: the value that it leads to, and the hint that belongs to it. */
export type Mistake<T> = readonly [value: T, hint: string];

const isNear = (value: number, expected: number, relative: number): boolean =>
  value === expected ||
  Math.abs(value - expected) <= relative * Math.max(Math.abs(expected), Number.MIN_VALUE);

/**
 * The hint for a number: of the first mistake whose value it is, else whether it is too large or too small.
 * `relative` is how far it may be off, as a part of what is expected; for an expected 0 it is absolute.
 */
export function numberHint(
  value: unknown,
  expected: number,
  {
    relative = 1e-4,
    mistakes = [],
  }: { relative?: number; mistakes?: readonly Mistake<number>[] } = {},
): string | undefined {
  if (typeof value !== 'number') return `a number is asked for; this is ${describe(value)}`;
  if (Number.isNaN(value))
    return 'this is NaN: is there a 0 / 0, or an index outside of its array?';
  const isRight = expected === 0 ? Math.abs(value) <= relative : isNear(value, expected, relative);
  if (isRight) return undefined;
  const mistake = mistakes.find(([wrong]) => isNear(value, wrong, relative));
  if (mistake) return mistake[1];
  if (isNear(value, -expected, relative)) return 'the size is right, the sign is not';
  return value > expected ? 'this is too large' : 'this is too small';
}

/** As `numberHint`, for a list: its length first, then the first number that is not right. */
export function listHint(
  values: unknown,
  expected: readonly number[],
  {
    relative = 1e-4,
    mistakes = [],
  }: { relative?: number; mistakes?: readonly Mistake<readonly number[]>[] } = {},
): string | undefined {
  if (!Array.isArray(values) && !ArrayBuffer.isView(values)) {
    return `a list of numbers is asked for; this is ${describe(values)}`;
  }
  const list = Array.from(values as ArrayLike<unknown>);
  if (list.length !== expected.length) {
    return `the list has ${list.length} entries, not ${expected.length}`;
  }
  const hints = list.map((value, i) => numberHint(value, expected[i]!, { relative }));
  const first = hints.findIndex((hint) => hint !== undefined);
  if (first < 0) return undefined;
  const isMistake = ([wrong]: Mistake<readonly number[]>): boolean =>
    list.every((value, i) => numberHint(value, wrong[i]!, { relative }) === undefined);
  const mistake = mistakes.find(isMistake);
  return mistake ? mistake[1] : `entry ${first} of ${list.length}: ${hints[first]}`;
}

function describe(value: unknown): string {
  if (value === undefined) return 'undefined: does the function return anything?';
  if (value instanceof Promise) return 'a promise: is an await missing?';
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'null' : `of type ${typeof value}`;
}
