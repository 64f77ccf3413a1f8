/** The folder of a student: gets what it lacks, and keeps what the student wrote. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { labArguments } from '../../src/jupyter/environment';
import { furnishHome } from '../../src/jupyter/home';
import { notebookNames } from '../../src/jupyter/notebooks';
import { figuresDir, runsDir } from '../../src/system/paths';
import { temporaryFolder } from '../runs/sample';

let home: string;
beforeEach(() => {
  home = path.join(temporaryFolder(), 'home');
  vi.stubEnv('BN_HOME', home);
  // Not the checkout: its owner may have released a course there.
  vi.stubEnv('BN_SHARED', path.join(temporaryFolder(), 'nothing-released'));
});
afterEach(() => vi.unstubAllEnvs());

/** A checkout in which a teacher has released one assignment. */
function releasedCourse(): string {
  const shared = path.join(temporaryFolder(), 'shared');
  const release = path.join(shared, 'course', 'release');
  mkdirSync(path.join(release, 'lesson01', '.ipynb_checkpoints'), { recursive: true });
  writeFileSync(path.join(release, 'README.md'), 'outline');
  writeFileSync(path.join(release, 'lesson01', '01-batch-norm.ipynb'), 'without solutions');
  writeFileSync(path.join(release, 'lesson01', '.ipynb_checkpoints', '01.ipynb'), 'old');
  return shared;
}

it('gets the notebooks of the project once', () => {
  const copied = furnishHome();
  expect(copied).toEqual(expect.arrayContaining(notebookNames()));
  expect(furnishHome()).toEqual([]);
  expect(labArguments()).toEqual(
    expect.arrayContaining([
      `--ServerApp.root_dir=${home}`,
      '--LabApp.default_url=/lab/tree/notebooks/00-start.ipynb',
    ]),
  );
});

it("gets the students' edition where a teacher has released one, and keeps a student's work", () => {
  vi.stubEnv('BN_SHARED', releasedCourse());
  const lesson = path.join(home, 'notebooks', 'lesson01', '01-batch-norm.ipynb');
  expect(furnishHome()).toEqual(['README.md', path.join('lesson01', '01-batch-norm.ipynb')]);
  expect(readFileSync(lesson, 'utf8')).toBe('without solutions');
  writeFileSync(lesson, 'my answers');
  expect(furnishHome()).toEqual([]);
  expect(readFileSync(lesson, 'utf8')).toBe('my answers');
  expect(labArguments().join(' ')).toContain('/lab/tree/notebooks/lesson01/01-batch-norm.ipynb');
});

it('is where runs and figures go', () => {
  expect(runsDir()).toBe(path.join(home, 'data', 'runs'));
  expect(figuresDir('quick')).toBe(path.join(home, 'figures', 'quick'));
});

it('is left alone where nobody asked for one, and named where it cannot be made', () => {
  vi.stubEnv('BN_HOME', undefined);
  expect(furnishHome()).toEqual([]);
  const file = path.join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  vi.stubEnv('BN_HOME', file);
  expect(() => furnishHome()).toThrow(/cannot write .*file.notebooks/);
  expect(existsSync(home) ? readdirSync(home) : []).toEqual([]);
});
