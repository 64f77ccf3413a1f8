/** What the documents show is what lies in the checkout. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { verdictMarks } from '../../src/claims/verdicts';
import { computedParts, withParts } from '../../src/pages/readme';
import { roomsPicture } from '../../src/pages/rooms';
import { projectRoot } from '../../src/system/paths';

const inRoot = (name: string): string => path.join(projectRoot, name);
const read = (name: string): string => fs.readFileSync(inRoot(name), 'utf8');
const readme = read('README.md');

it('has what the recorded runs and the imports say (else: npm run readme)', () => {
  const documents = Object.entries(computedParts());
  expect(documents.map(([name]) => name)).toEqual([
    'README.md',
    'figures/README.md',
    'src/README.md',
  ]);
  for (const [name, parts] of documents) {
    expect(withParts(name, read(name), parts)).toBe(read(name));
    const length = Object.values(parts).reduce((sum, part) => sum + part.length, 0);
    expect(length).toBeGreaterThan(500);
  }
}, 120_000);

it('puts a part into its place, or says that there is none', () => {
  const text = 'a <!-- x -->\n\nold\n\n<!-- /x --> b';
  expect(withParts('A.md', text, { x: 'new' })).toBe(text.replace('old', 'new'));
  expect(() => withParts('A.md', text, { y: 'new' })).toThrow('A.md has no <!-- y -->');
});

it('is short: a page to begin with', () => {
  expect(Buffer.byteLength(readme)).toBeLessThan(15_000);
});

it('draws the imports that do not follow from others', () => {
  const imports = new Map([
    ['c', new Set(['a', 'b'])],
    ['b', new Set(['a'])],
    ['a', new Set<string>()],
  ]);
  expect(roomsPicture(imports)).toBe('```mermaid\nflowchart TD\n  b --> a\n  c --> b\n```');
});

it('counts verdicts by marks', () => {
  const row = (verdict: string) => ({ verdict }) as Parameters<typeof verdictMarks>[0][number];
  expect(verdictMarks(['holds', 'fails', 'holds'].map(row))).toBe('✓ 2 ✗ 1');
  expect(verdictMarks([row('undecided')])).toBe('? 1');
  expect(verdictMarks([])).toBe('–');
});

it.each([
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'figures/README.md',
  'data/README.md',
  ...['src', 'src/bench', 'src/claims', 'src/cli'].map((room) => `${room}/README.md`),
  'tests/faults/README.md',
])('%s names files that are there', (name) => {
  const text = read(name);
  const folder = path.dirname(name);
  const linked = [...text.matchAll(/\]\(([^):#]+)(?:#[^)]*)?\)|src="([^":]+)"/g)].map(([, a, b]) =>
    path.join(folder, a ?? b!),
  );
  // Written as code from the top of the checkout; NN and NAME stand for whatever is added.
  const coded = [...text.matchAll(/`((?:src|tests|notebooks|data)\/[\w./-]+)`/g)]
    .map(([, place]) => place!)
    .filter((place) => !/NN|NAME|\*/.test(place));
  const local = /^data\/(runs|cifar10)/;
  const named = [...linked, ...coded].filter((place) => !local.test(place));
  expect(named.filter((place) => !fs.existsSync(inRoot(place)))).toEqual([]);
});
