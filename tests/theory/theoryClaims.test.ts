import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { expect, it } from 'vitest';

import type { Claim } from '../../src/claims/claim';
import { writeClaims } from '../../src/pages/output';
import { UserError } from '../../src/system/errors';
import { statements } from '../../src/theory/experiments';
import { theoryClaims } from '../../src/theory/theoryClaims';

const claims = theoryClaims([0, 1], { cases: 300 });
const verdicts = Object.fromEntries(claims.map(({ id, verdict }) => [id, verdict]));

it('the corrected forms hold, the printed ones that differ from them fail', () => {
  expect(verdicts).toEqual({
    factC1: 'holds',
    factC2: 'holds',
    'theorem41-printed': 'fails',
    'theorem41-corrected': 'holds',
    'theorem42-first': 'holds',
    'theorem42-second-printed': 'fails',
    'theorem42-second-corrected': 'holds',
    observation43: 'holds',
    'theorem44-printed': 'fails',
    'theorem44-corrected': 'holds',
    lemma45: 'holds',
    'theoremC1-printed': 'fails',
    'theoremC1-one-input': 'holds',
  });
});

it('a row says what was counted, and is no statistics over seeds', () => {
  const printed = claims.find(({ id }) => id === 'theorem41-printed')!;
  expect(printed).toMatchObject({
    ...{ kind: 'theory', figure: 'Theorem 4.1', seeds: [0, 1], value: 100 },
    ...{ interval: null, p: null, unit: '% of the sampler’s batches' },
    measured: 'violated on 600 of 600 random batches; both sides equal on 0',
  });
  const corrected = claims.find(({ id }) => id === 'theorem41-corrected')!;
  expect(corrected).toMatchObject({
    value: 0,
    measured: 'violated on 0 of 600 random batches; both sides equal on 600',
  });
});

it('is about each statement of the paper, and its own proofs', () => {
  const names = new Set(claims.map(({ figure }) => figure));
  const own = Object.values(statements).filter(({ name }) => !name.startsWith('Smaller'));
  expect(names).toEqual(new Set(own.map(({ name }) => name)));
  expect(new Set(claims.map(({ id }) => id)).size).toBe(claims.length);
});

it('is pure, and one seed is as good as two', () => {
  const [first, second] = [theoryClaims([3], { cases: 20 }), theoryClaims([3], { cases: 20 })];
  expect(first).toEqual(second);
  expect(new Set(first.map(({ verdict }) => verdict))).toEqual(new Set(['holds', 'fails']));
});

it('refuses a number of cases that is none', () => {
  expect(() => theoryClaims([0], { cases: 0 })).toThrow(UserError);
});

it('goes into the file of claims behind the figures, and replaces what is there', () => {
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'claims-'));
  const file = path.join(out, 'claims.json');
  const read = () => (JSON.parse(fs.readFileSync(file, 'utf8')) as Claim[]).map(({ id }) => id);
  const ofFigure = { ...claims[0]!, id: 'fig10-edge', figure: 10 };
  writeClaims(out, claims, []);
  writeClaims(out, [ofFigure], [10]);
  expect(read()).toEqual(['fig10-edge', ...claims.map(({ id }) => id)]);
  writeClaims(out, claims.slice(0, 1), []);
  expect(read()).toHaveLength(claims.length + 1);
  fs.rmSync(out, { recursive: true });
});
