/** What `bn-lab course grade` prints, and the exit code that tells a script of failures. */
import { expect, it, vi } from 'vitest';

import { runCli } from '../../src/cli/commands';
import type { Graded } from '../../src/course/nbgrader';

const ada = { student: 'ada', score: 7, most: 10, byHand: false, grades: { 'theory-1-check': 7 } };
const graded = vi.hoisted((): Graded => ({ scores: [], failed: [] }));
vi.mock('../../src/course/nbgrader', () => ({ grade: () => Promise.resolve(graded) }));

async function gradeTheory(): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: '', err: '' };
  const streamTo = (name: 'out' | 'err') => ({
    write: (text: string) => ((printed[name] += text), true),
  });
  const streams = { stdout: streamTo('out'), stderr: streamTo('err') };
  return { code: await runCli(['course', 'grade', 'theory'], streams), ...printed };
}

it('ends with 0 where all were graded, and with 1 where one was not', async () => {
  graded.scores = [ada];
  const good = await gradeTheory();
  expect(good).toMatchObject({ code: 0, err: '' });
  expect(good.out).toMatch(/ada +7 of 10 .*theory-1: 7/);
  graded.failed = ['bob'];
  const bad = await gradeTheory();
  expect(bad).toMatchObject({ code: 1, out: good.out });
  expect(bad.err).toContain('not graded: bob');
});
