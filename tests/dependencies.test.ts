import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { projectRoot } from '../src/system/paths';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(projectRoot, name), 'utf8'));

interface Locked {
  version?: string;
  link?: boolean;
}

const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };

/** The versions of a package that npm ci installs; not those that a folder of ours stands for. */
const installed = (name: string): string[] =>
  Object.entries(packages).flatMap(([place, { version = '', link }]) =>
    place.endsWith(`node_modules/${name}`) && !link ? [version] : [],
  );

const major = (version: string): number => Number(version.split('.')[0]);

it('installs nothing that danfojs drags in and nobody repairs', () => {
  expect(installed('danfojs-node')).toHaveLength(1);
  for (const name of ['xlsx', 'request', 'tough-cookie', 'har-validator']) {
    expect(installed(name), name).toEqual([]);
  }
  // Older ones guess boundaries, or write outside the folder that they unpack into.
  expect(installed('form-data').filter((version) => major(version) < 4)).toEqual([]);
  expect(installed('tar').filter((version) => major(version) < 7)).toEqual([]);
});

it('checks types with one TypeScript, however it is called', () => {
  const { version } = read('node_modules/typescript/package.json') as { version: string };
  const { stdout } = spawnSync('npx', ['tsc', '--version'], { cwd: projectRoot, encoding: 'utf8' });
  expect(stdout.trim()).toBe(`Version ${version}`);
});
