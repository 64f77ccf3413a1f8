/** What the README shows is what lies in the checkout. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import type { Claim } from '../src/figures/figure';
import { figures } from '../src/figures/index';
import { projectRoot } from '../src/paths';

const inRoot = (name: string): string => path.join(projectRoot, name);
const readme = fs.readFileSync(inRoot('README.md'), 'utf8');
/** The committed rows: a user's own `npm start` writes others into the same file. */
function committedClaims(): Claim[] {
  const file = 'figures/quick/claims.json';
  const { status, stdout } = spawnSync('git', ['show', `HEAD:${file}`], { cwd: projectRoot });
  return JSON.parse(String(status === 0 ? stdout : fs.readFileSync(inRoot(file)))) as Claim[];
}
const claims = committedClaims();

/** `4 hold, 1 fails`. */
function verdicts(rows: readonly Claim[]): string {
  const count = (verdict: Claim['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  const [holds, fails, undecided] = [count('holds'), count('fails'), count('undecided')];
  return [
    `${holds} ${holds === 1 ? 'holds' : 'hold'}`,
    `${fails} ${fails === 1 ? 'fails' : 'fail'}`,
    ...(undecided ? [`${undecided} undecided`] : []),
  ].join(', ');
}

it.each(figures.map(({ number }) => number))('has the verdicts on Figure %i', (number) => {
  const row = readme.split('\n').find((line) => new RegExp(`^\\| +${number} +\\|`).test(line));
  expect(row).toBeDefined();
  const own = claims.filter(({ figure }) => figure === number);
  expect(row).toContain(own.length ? ` ${verdicts(own)} ` : ' a diagram ');
});

it('has the verdicts on the theory, and on all', () => {
  expect(readme).toContain(
    ` ${verdicts(claims.filter(({ figure }) => typeof figure === 'string'))} `,
  );
  expect(readme).toContain(`all ${claims.length} (${verdicts(claims)})`);
});

it('names files that are there', () => {
  const named = [...readme.matchAll(/\]\(([^):]+)\)|src="([^":]+)"/g)].map(([, a, b]) => a ?? b!);
  expect(named.length).toBeGreaterThan(2 * figures.length);
  expect(named.filter((name) => !fs.existsSync(inRoot(name)))).toEqual([]);
});
