import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { verdictSummary } from '../../src/claims/verdicts';
import { writeClaims, writeFigures } from '../../src/pages/output';
import { writePage } from '../../src/pages/page';
import { claimRow } from '../claims/claimRow';

let out: string;
beforeEach(() => {
  out = fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-page-'));
});
afterEach(() => fs.rmSync(out, { recursive: true }));

const claim = (id: string, change: Partial<Claim>): Claim =>
  claimRow({
    id,
    statement: 'The loss varies less with <BatchNorm>.',
    measured: '1.2 without & 0.3 with',
    p: null,
    ...change,
  });
const claims = [
  claim('a', {}),
  claim('b', { verdict: 'fails', value: 0.3, interval: [0.25, null], bound: 'at least' }),
  claim('c', { figure: 'Theorem 4.1', kind: 'theory', verdict: 'holds', seeds: [0] }),
  claim('d', { verdict: 'not measured', value: null, notMeasured: 'no <run>', measured: '' }),
  claim('e', {
    figure: 'Yao',
    kind: 'critics',
    verdict: 'agrees',
    seeds: [0],
    confirmatory: false,
  }),
];

it('shows what lies in the folder: figures, their notes, the claims; text is escaped', async () => {
  const drawing = { plot: { data: [], layout: {} }, points: [], notes: ['a <note>'] };
  const quiet = { log: () => {} };
  process.env.BN_BROWSER = 'none';
  await writeFigures([{ base: path.join(out, 'figure-04'), drawing }], quiet).finally(() => {
    delete process.env.BN_BROWSER;
  });
  fs.writeFileSync(path.join(out, 'figure-04.svg'), '<svg/>');
  writeClaims(out, claims, [4]);
  const page = fs.readFileSync(writePage(out, { preset: 'quick' }), 'utf8');
  expect(page).toContain('<img src="figure-04.svg"');
  expect(page).toContain('<a href="figure-04.csv">');
  expect(page).not.toContain('figure-04.png');
  expect(page).toContain('<li>a &lt;note&gt;</li>');
  expect(page).toContain('The loss varies less with &lt;BatchNorm&gt;.');
  expect(page).toContain('1.2 without &amp; 0.3 with');
  expect(page).toContain('at least 0.3 log10, 0.25 to open; seeds 5, 6, 7 (confirmatory)');
  expect(page).toContain('no &lt;run&gt;');
  expect(page).toContain('seed 0 (exploratory: seen before the rules)');
  expect(page).toContain('deterministic');
  expect(page).toContain('holds above 0 log10 (none). The paper’s own curve: no curve: no curve.');
  expect(page.match(/<section id="[^"]+"/g)).toEqual([
    '<section id="figure-4"',
    '<section id="theory"',
    '<section id="critics"',
  ]);
});

it('is a page without sections in an empty folder', () => {
  const page = fs.readFileSync(writePage(out, { preset: 'smoke' }), 'utf8');
  expect(page).not.toContain('<section');
  expect(page).toContain('No statement is checked');
});

it('counts verdicts', () => {
  expect(verdictSummary(claims)).toBe(
    'the paper’s empirical statements (3): 1 holds, 1 fails, 1 not measured\n' +
      'its theory (1): 1 holds\nits critics (1): 1 agrees with one run',
  );
  expect(verdictSummary([])).toBe('No statement is checked');
});
