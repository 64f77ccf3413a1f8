/** Versions of the run folder's format: what is written, what is read, what is refused. */
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Manifest } from '../../src/runs/run';
import { findRun, listRuns } from '../../src/runs/store';
import { UserError } from '../../src/system/errors';
import { finished, only, open, sampleConfig, temporaryFolder } from './sample';

const config = sampleConfig();

/** A finished run whose manifest another version wrote. */
function runOf(change: (manifest: Record<string, unknown>) => object) {
  const root = temporaryFolder();
  const file = path.join(finished(root).folder, 'manifest.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  fs.writeFileSync(file, JSON.stringify(change(manifest), null, 2) + '\n');
  return { root, file };
}

/** As format 1 had it: hashes alone, and none of the manifest. */
function format1({ sha256, checksums, ...rest }: Record<string, unknown>): object {
  const { steps } = checksums as NonNullable<Manifest['checksums']>;
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  return { ...rest, format: 1, checksums: { steps: steps!.sha256 } };
}

describe('the format', () => {
  it('1 is read, with all that it has checked', () => {
    const { root } = runOf(format1);
    const run = findRun(config, only(root))!;
    expect(run.manifest.format).toBe(1);
    expect(run.tables.steps!.rows).toHaveLength(10);
    fs.appendFileSync(path.join(root, run.id, 'steps.csv'), '10,1\n');
    expect(() => findRun(config, only(root))).toThrow('steps.csv is damaged (its checksum');
  });

  it('that is written is 2', () => {
    const { root } = runOf(format1);
    open(root, { fresh: true }).finish('done');
    expect(findRun(config, only(root))!.manifest.format).toBe(2);
  });

  it.each([
    [0, /was made by an older version \(format 0\): train it anew with --retrain, or remove the/],
    [3, /was made by a newer version \(format 3\): update bn-lab, or remove the run \(npx/],
  ])('%i is refused in a word', (format, message) => {
    const { root } = runOf((manifest) => ({ ...format1(manifest), format }));
    expect(() => findRun(config, only(root))).toThrow(UserError);
    expect(() => findRun(config, only(root))).toThrow(message);
    expect(listRuns(only(root))).toMatchObject([
      { problem: expect.stringMatching(message) as string },
    ]);
  });

  it.each([
    ['of 2 called 1', (manifest: object) => ({ ...manifest, format: 1 })],
    ['of 1 called 2', (manifest: Record<string, unknown>) => ({ ...format1(manifest), format: 2 })],
    [
      'of 1 with impossible checksums',
      (manifest: Record<string, unknown>) => ({
        ...format1(manifest),
        checksums: { '../x': 'ab' },
      }),
    ],
  ])('%s is damage', (_, change) => {
    const { root } = runOf(change);
    expect(() => findRun(config, only(root))).toThrow('manifest.json is damaged');
  });
});
