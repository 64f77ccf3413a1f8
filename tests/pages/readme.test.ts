/** What the README shows is what lies in the checkout. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { verdictMarks } from '../../src/claims/verdicts';
import { figures } from '../../src/figures/index';
import { withComputedParts } from '../../src/pages/readme';
import { projectRoot } from '../../src/system/paths';

const inRoot = (name: string): string => path.join(projectRoot, name);
const readme = fs.readFileSync(inRoot('README.md'), 'utf8');

it('has the gallery and the statements of the recorded runs (else: npm run readme)', () => {
  expect(withComputedParts(readme)).toBe(readme);
  const emptied = readme.replace(
    /<!-- (gallery|count|statements) -->[^]*?<!--/g,
    '<!-- $1 --><!--',
  );
  expect(emptied.length).toBeLessThan(readme.length - 20_000);
  expect(withComputedParts(emptied)).toBe(readme);
}, 120_000);

it('says so where the README has no place for them', () => {
  expect(() => withComputedParts('')).toThrow('README.md has no <!-- gallery -->');
});

it('counts verdicts by marks', () => {
  const row = (verdict: string) => ({ verdict }) as Parameters<typeof verdictMarks>[0][number];
  expect(verdictMarks(['holds', 'fails', 'holds'].map(row))).toBe('✓ 2 ✗ 1');
  expect(verdictMarks([row('undecided')])).toBe('? 1');
  expect(verdictMarks([])).toBe('–');
});

it('names files that are there', () => {
  const named = [...readme.matchAll(/\]\(([^):#]+)\)|src="([^":]+)"/g)].map(([, a, b]) => a ?? b!);
  expect(named.length).toBeGreaterThan(2 * figures.length);
  expect(named.filter((name) => !fs.existsSync(inRoot(name)))).toEqual([]);
});
