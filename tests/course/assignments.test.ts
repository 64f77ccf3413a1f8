/** Which notebook belongs to which assignment, and its links there. */
import { expect, it } from 'vitest';

import {
  assignmentOf,
  assignments,
  courseSource,
  withCourseLinks,
} from '../../src/course/assignments';
import { notebookNames } from '../../src/jupyter/notebooks';

const names = ['00-start.ipynb', 'fig02-noise.ipynb', 'theory.ipynb', 'course/01-norm.ipynb'];

it('has an assignment for each lesson, each figure and the theory; the rest is to be read', () => {
  expect(names.map(assignmentOf)).toEqual(['reading', 'fig02', 'theory', 'lesson01']);
  expect([...assignments(names)]).toEqual([
    ['lesson01', ['course/01-norm.ipynb']],
    ['reading', ['00-start.ipynb']],
    ['fig02', ['fig02-noise.ipynb']],
    ['theory', ['theory.ipynb']],
  ]);
  expect([...assignments(notebookNames()).keys()]).toEqual(
    expect.arrayContaining(['lesson01', 'lesson06', 'fig01', 'fig13', 'theory', 'reading']),
  );
});

it('leads links between notebooks to their assignments, and leaves others alone', () => {
  const markdown =
    '[a](../fig02-noise.ipynb), [b](01-norm.ipynb#part), [c](https://example.org/x.ipynb), [d](../README.md)';
  expect(withCourseLinks(markdown, names, { up: '../' })).toBe(
    '[a](../fig02/fig02-noise.ipynb), [b](../lesson01/01-norm.ipynb#part), [c](https://example.org/x.ipynb), [d](../README.md)',
  );
  const cells = ['markdown', 'code'].map((cell_type) => ({
    ...{ cell_type, id: cell_type, metadata: {} },
    source: ['[t](theory.ipynb)'],
  }));
  expect(courseSource({ cells }, names).cells.map(({ source }) => source)).toEqual([
    '[t](../theory/theory.ipynb)',
    ['[t](theory.ipynb)'],
  ]);
});
