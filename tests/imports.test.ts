import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { projectRoot } from '../src/system/paths';

const cruiser = path.join(projectRoot, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const rules = path.join(projectRoot, '.dependency-cruiser.cjs');

/** What dependency-cruiser says of a project's src/, one line for each broken rule. */
function broken(project: string): string[] {
  const args = [cruiser, 'src', '--config', rules, '--output-type', 'json'];
  const { stdout } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

describe('src/', () => {
  it('has rooms that import lower ones only, without circles', () => {
    expect(broken(projectRoot)).toEqual([]);
  }, 120_000);

  it('has at most five files that are in no room', () => {
    const entries = fs.readdirSync(path.join(projectRoot, 'src'), { withFileTypes: true });
    expect(entries.filter((entry) => entry.isFile()).length).toBeLessThanOrEqual(5);
  });

  it('has figures and their claims in figures/, and only the list besides', () => {
    const names = fs.readdirSync(path.join(projectRoot, 'src', 'figures'));
    expect(names.filter((name) => !/^figure\d\d(Claims)?\.ts$/.test(name))).toEqual(['index.ts']);
  });
});

describe('the rules', () => {
  /** A src/ of small files, each with what it imports. */
  function projectOf(files: Record<string, string[]>): string {
    const project = fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-imports-'));
    for (const [name, imports] of Object.entries(files)) {
      const file = path.join(project, 'src', `${name}.ts`);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      const lines = imports.map((from, i) => `import type { x as x${i} } from '${from}';\n`);
      fs.writeFileSync(file, `${lines.join('')}export type x = 1;\n`);
    }
    fs.copyFileSync(path.join(projectRoot, 'tsconfig.json'), path.join(project, 'tsconfig.json'));
    return project;
  }

  it.each([
    ['no-upper-room', { 'system/a': ['../cli/b'], 'cli/b': [] }],
    ['no-upper-room', { index: [], 'data/a': ['../index'] }],
    ['no-circle', { 'data/a': ['./b'], 'data/b': ['./a'] }],
    ['no-mutual-folders', { 'pages/x/a': ['../y/b'], 'pages/x/c': [], 'pages/y/b': ['../x/c'] }],
    ['known-rooms', { 'attic/a': [], index: ['./attic/a'] }],
  ])('%s', (rule, files) => {
    const project = projectOf(files);
    expect(broken(project).map((line) => line.split(':')[0])).toContain(rule);
    fs.rmSync(project, { recursive: true });
  });
});
