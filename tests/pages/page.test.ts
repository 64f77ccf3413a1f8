import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { verdictSummary } from '../../src/claims/verdicts';
import { writeClaims, writeFigures } from '../../src/pages/output';
import { writePage } from '../../src/pages/page';

let out: string;
beforeEach(() => {
  out = fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-page-'));
});
afterEach(() => fs.rmSync(out, { recursive: true }));

const claim = (id: string, change: Partial<Claim>): Claim => ({
  id,
  figure: 4,
  statement: 'The loss varies less with <BatchNorm>.',
  paper: 'Figure 4(a)',
  rule: 'smaller median',
  measured: '1.2 without & 0.3 with',
  interval: null,
  seeds: [0],
  verdict: 'holds',
  ...change,
});
const claims = [
  claim('a', {}),
  claim('b', { verdict: 'fails', interval: [0.25, 0.5], seeds: [0, 1] }),
  claim('c', { figure: 'Theorem 4.1', verdict: 'undecided', seeds: [] }),
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
  expect(page).toContain('seeds 0, 1; 95% interval 0.25 to 0.5');
  expect(page.match(/<section id="[^"]+"/g)).toEqual([
    '<section id="figure-4"',
    '<section id="theory"',
  ]);
});

it('is a page without sections in an empty folder', () => {
  const page = fs.readFileSync(writePage(out, { preset: 'smoke' }), 'utf8');
  expect(page).not.toContain('<section');
  expect(page).toContain('0 statements');
});

it('counts verdicts', () => {
  expect(verdictSummary(claims)).toBe('3 statements: 1 holds, 1 fails, 1 undecided');
});
