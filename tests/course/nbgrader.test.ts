/** The course in nbgrader, from release to grades: what students get, and what right and wrong work is worth. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { assignments, sourceOf } from '../../src/course/assignments';
import { editionProblems } from '../../src/course/edition';
import { grade, type Graded, nbgrader, release, type Score } from '../../src/course/nbgrader';
import type { Notebook } from '../../src/jupyter/notebookFile';
import { notebookNames } from '../../src/jupyter/notebooks';
import { notebookFolder } from '../../src/system/paths';

const out = path.join(fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-')), 'course');
const log = (): void => {};
const read = (...parts: string[]): Notebook =>
  JSON.parse(fs.readFileSync(path.join(...parts), 'utf8')) as Notebook;

/** The assignment that is handed in here: three exercises with a check, 3 + 1 + 3 points, and one in words. */
const lesson = 'lesson04';
const file = '04-theory.ipynb';

/** What stands between the braces of each exercise's function. */
type Bodies = readonly [string, string, string];

/** A student's notebook: the released one with these answers. */
function answeredWith(bodies: Bodies): string {
  const notebook = read(out, 'release', lesson, file);
  for (const cell of notebook.cells) {
    const number = /^function exercise(\d)/.exec(sourceOf(cell))?.[1];
    if (number) {
      const body = bodies[Number(number) - 1]!;
      cell.source = sourceOf(cell).replace(/\{\n[^]*\}$/, `{\n${body}\n}`);
    }
  }
  return JSON.stringify(notebook);
}

const stub = "throw new Error('not implemented');";
const identity = (gamma: number): string =>
  `const hessian = Array.from({ length: m }, (_, i) => Array.from({ length: m }, (_, j) => +(i === j)));
   const y = hessian.map((_, i) => i * i);
   return { y, gradient: y.map((_, i) => Math.cos(3 * i)), gamma: ${gamma}, hessian };`;
const corrected = `
  // Another way than the solution's: the length of what is left after both parts are taken out.
  const mean = g.reduce((a, b) => a + b, 0) / g.length;
  const along = g.reduce((a, b, i) => a + b * yhat[i], 0) / g.length;
  const left = g.map((v, i) => v - mean - along * yhat[i]);
  return ((gamma / sigma) * Math.hypot(...left)) ** 2;`;
const printed = `
  const [sum, inner] = [g.reduce((a, b) => a + b, 0), g.reduce((a, b, i) => a + b * yhat[i], 0)];
  const m = g.length;
  return (gamma / sigma) ** 2 * (Math.hypot(...g) ** 2 - sum ** 2 / m - inner ** 2 / Math.sqrt(m));`;

/** Who hands in what, and the points that it is worth. */
const students: Record<string, { bodies: Bodies; points: number }> = {
  right: { bodies: [corrected, 'return [4, 2, 2].map((p) => c ** p);', identity(50)], points: 7 },
  // Writes where the grader writes, too.
  half: {
    bodies: [corrected, `require('node:fs').writeSync(1, 'not JSON\\n'); return [c, c, c];`, stub],
    points: 3,
  },
  wrong: { bodies: [printed, 'return [c ** 2, c ** 2, c ** 2];', identity(0.01)], points: 0 },
  empty: { bodies: [stub, stub, stub], points: 0 },
  throwing: {
    bodies: [
      'return g.nothing.here;', // does not even type-check
      "void Promise.reject(new Error('late')); throw new Error('soon');",
      'return undefined as never;',
    ],
    points: 0,
  },
};

describe('nbgrader', () => {
  let graded: Graded;
  let scores: Map<string, Score>;
  const names = [...assignments(notebookNames())];

  beforeAll(async () => {
    // Of an earlier version, under another name: with its solutions.
    const stale = path.join(out, 'source', lesson, 'old-theory.ipynb');
    fs.mkdirSync(path.dirname(stale), { recursive: true });
    fs.copyFileSync(path.join(notebookFolder, 'course', file), stale);
    await release([], { out, log });
    const put = (student: string, content: string): void => {
      const folder = path.join(out, 'submitted', student, lesson);
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, file), content);
    };
    const { half, ...others } = students;
    for (const [student, { bodies }] of Object.entries(others)) put(student, answeredWith(bodies));
    put('instructor', fs.readFileSync(path.join(notebookFolder, 'course', file), 'utf8'));
    // One comes as a download from somebody's learning platform.
    const downloaded = path.join(out, 'downloaded', lesson, 'archive');
    fs.mkdirSync(downloaded, { recursive: true });
    fs.writeFileSync(
      path.join(downloaded, `half_attempt_2026-01-31-10-00-00_${file}`),
      answeredWith(half!.bodies),
    );
    expect(await nbgrader(['zip_collect', lesson, '--log-level=ERROR'], { out, log })).toBe(0);
    graded = await grade(lesson, { out, log });
    scores = new Map(graded.scores.map((score) => [score.student, score]));
  }, 600_000);

  it.each(names)('releases %s in step with its notebooks, without solutions', (name, notebooks) => {
    for (const notebook of notebooks.map((each) => path.basename(each))) {
      const student = read(out, 'release', name, notebook);
      expect(editionProblems(read(out, 'source', name, notebook), student)).toEqual([]);
      const targets = student.cells
        .filter(({ cell_type }) => cell_type === 'markdown')
        .flatMap((cell) =>
          [...sourceOf(cell).matchAll(/\]\(([^)#\s]+\.ipynb)/g)].map(([, to]) => to!),
        );
      const isDead = (to: string): boolean => !fs.existsSync(path.join(out, 'release', name, to));
      expect(targets.filter(isDead)).toEqual([]);
    }
  });

  it('releases no notebook of an older name, and leaves nothing unchecked', () => {
    expect(fs.readdirSync(path.join(out, 'release', lesson))).toEqual([file]);
    expect(fs.existsSync(path.join(out, 'release.new'))).toBe(false);
  });

  it('gives a solution to nobody where nbgrader did not take it out', async () => {
    const settings = path.join(out, 'nbgrader_config.py');
    const usual = fs.readFileSync(settings, 'utf8');
    const before = fs.readFileSync(path.join(out, 'release', lesson, file), 'utf8');
    fs.appendFileSync(settings, 'c.GenerateAssignment.preprocessors = []\n');
    await expect(release([lesson], { out, log })).rejects.toThrow(
      /students' edition|cannot release/,
    );
    expect(fs.readFileSync(path.join(out, 'release', lesson, file), 'utf8')).toBe(before);
    fs.writeFileSync(settings, usual);
  }, 60_000);

  it('tells of one student alone where one is asked for, and who failed', async () => {
    expect(graded.failed).toEqual([]);
    const unreadable = path.join(out, 'submitted', 'broken', lesson);
    fs.mkdirSync(unreadable, { recursive: true });
    fs.writeFileSync(path.join(unreadable, file), 'no notebook');
    const again = await grade(lesson, { out, log, students: ['broken', 'wrong'] });
    expect(again.failed).toEqual(['broken']);
    expect(again.scores.map(({ student }) => student)).toEqual(['wrong']);
  }, 120_000);

  it('releases an outline whose links lead to the assignments', () => {
    const outline = fs.readFileSync(path.join(out, 'release', 'README.md'), 'utf8');
    const targets = [...outline.matchAll(/\]\(([^)#\s]+\.ipynb)/g)].map(([, to]) => to!);
    expect(targets.length).toBeGreaterThanOrEqual(6);
    for (const to of targets) expect(fs.existsSync(path.join(out, 'release', to))).toBe(true);
  });

  it.each(Object.entries(students))('gives the %s submission its points', (student, { points }) => {
    expect(scores.get(student)).toMatchObject({ score: points, most: 10 });
  });

  it('gives the instructor full marks, and leaves answers in words to the teacher', () => {
    expect(scores.get('instructor')).toMatchObject({ score: 7, byHand: true });
    expect(scores.get('instructor')!.grades['lesson04-4']).toBeNull();
    expect(scores.get('empty')!.byHand).toBe(false);
  });

  it('writes feedback that shows the hint', () => {
    const html = fs.readFileSync(
      path.join(out, 'feedback', 'half', lesson, file.replace('.ipynb', '.html')),
      'utf8',
    );
    expect(html).toMatch(/lesson04-2: not yet\. Hint: /);
    expect(html).toContain('lesson04-3: not yet. Hint: no answer yet');
  });
});

it('says what there is where it is asked for something else', async () => {
  await expect(release(['lesson99'], { out, log })).rejects.toThrow(
    /^there is no assignment lesson99; there are lesson01, /,
  );
  await expect(grade('lesson01', { out, log })).rejects.toThrow(
    /nobody has handed in lesson01: put the notebook into .*submitted.STUDENT.lesson01/,
  );
  await expect(grade(lesson, { out, log, students: ['eve'] })).rejects.toThrow(/^eve has/);
});
