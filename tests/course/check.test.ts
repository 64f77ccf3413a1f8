/** Checks of exercises: any right answer passes, a wrong one gets a hint and never the answer. */
import { afterEach, expect, it, vi } from 'vitest';

import { check } from '../../src/course/check';
import { listHint, numberHint } from '../../src/course/exercises/exercise';
import { UserError } from '../../src/system/errors';

const norm = (values: readonly number[]): number => Math.hypot(...values);
const quotient = (g: number[], there: number[], eta: number): number =>
  norm(there.map((value, i) => value - g[i]!)) / (eta * norm(g));

afterEach(() => vi.restoreAllMocks());

it('says that a right answer is right', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await check('fig04-2', quotient);
  expect(log).toHaveBeenCalledExactlyOnceWith('fig04-2: right');
});

it.each([
  ['a wrong value', () => 1, 'too small'],
  ['nothing', () => undefined, 'does the function return anything'],
  ['a known mistake', (g: number[], t: number[]) => quotient(g, t, 1), 'eta is missing'],
  [
    'the stub of the student edition',
    () => {
      throw new Error('not implemented');
    },
    'no answer yet',
  ],
  [
    'an error',
    () => {
      throw new Error('oh');
    },
    'your function threw: oh',
  ],
])('gives a hint for %s', async (_, answer, hint) => {
  const failed = check('fig04-2', answer);
  await expect(failed).rejects.toThrow(UserError);
  await expect(failed).rejects.toThrow(hint);
});

it('names the exercises of the notebook for an id that is not there', async () => {
  await expect(check('fig04-99', () => 1)).rejects.toThrow(/There are: fig04-1/);
  await expect(check('fig04-1', 3 as never)).rejects.toThrow('without ()');
});

it('compares numbers and lists', () => {
  expect(numberHint(1.00001, 1)).toBeUndefined();
  expect(numberHint(-2, 2)).toContain('sign');
  expect(numberHint(0, 0)).toBeUndefined();
  expect(numberHint(NaN, 0)).toContain('NaN');
  expect(listHint([1, 2], [1, 2])).toBeUndefined();
  expect(listHint(new Float32Array([1, 2]), [1, 2])).toBeUndefined();
  expect(listHint([1], [1, 2])).toContain('1 entries, not 2');
  expect(listHint([1, 3], [1, 2])).toBe('entry 1 of 2: this is too large');
  expect(listHint(3, [1])).toContain('a list of numbers');
});
