import {
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import * as tar from 'tar';
import { describe, expect, test } from 'vitest';

import { cifar10Status, ensureCifar10, loadCifar10 } from '../../src/data/cifar10';
import { batchHash } from '../../src/data/cifar10Decode';
import { imageBytes, type Split } from '../../src/data/dataSet';
import { UserError } from '../../src/system/errors';
import {
  archiveOf,
  authorsFolder,
  fakeImages,
  fakeLabels,
  fakeSpec as spec,
  imagesPerBatch,
  packageFolder,
  temporaryFolder,
  toRecords,
} from './fakeCifar';

const trainBatches = [0, 1, 2, 3, 4];

/** Takes the set from `from` into a fresh cache, or says what went wrong. */
async function take(
  from: string,
  dir = temporaryFolder(),
): Promise<{ dir: string; error?: Error }> {
  try {
    await ensureCifar10({ dir, from, spec, sources: [] });
    return { dir };
  } catch (error) {
    return { dir, error: error as Error };
  }
}

const cached = (dir: string): string[] => readdirSync(dir).sort();
const whole = spec.batches.map((batch) => `${batch.name}.rgb`).sort();

/** Changes one byte in the middle. */
function corrupt(file: string): void {
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = bytes[middle]! ^ 1;
  writeFileSync(file, bytes);
}

describe('the layouts that a user can name', () => {
  const layouts: [string, () => string][] = [
    ["the authors' folder", () => authorsFolder(temporaryFolder())],
    ["the folder above the authors' folder", () => path.dirname(authorsFolder(temporaryFolder()))],
    ["the authors' archive", () => archiveOf(authorsFolder(temporaryFolder()))],
    ["the npm package's folder", () => packageFolder(temporaryFolder())],
    ["the npm package's archive", () => archiveOf(packageFolder(temporaryFolder()))],
  ];

  test.each(layouts)('%s gives the same images in the same order', async (_, make) => {
    const { dir, error } = await take(make());
    expect(error).toBeUndefined();
    expect(cached(dir)).toEqual(whole);
    const { train, test, mean } = loadCifar10(dir, spec);
    expect(train.count).toBe(5 * imagesPerBatch);
    expect(test.count).toBe(imagesPerBatch);
    const trainImages = Buffer.concat(trainBatches.map(fakeImages));
    expect(Buffer.from(train.images).equals(trainImages)).toBe(true);
    expect(Buffer.from(test.images).equals(fakeImages(5))).toBe(true);
    expect([...train.labels]).toEqual(trainBatches.flatMap(fakeLabels));
    expect([...test.labels]).toEqual(fakeLabels(5));
    const red = trainImages.filter((_, byte) => byte % 3 === 0);
    expect(mean[0]).toBeCloseTo(red.reduce((sum, value) => sum + value, 0) / red.length / 255, 12);
  });

  test('an archive without folders, and files in it that are not wanted', async () => {
    const folder = authorsFolder(temporaryFolder());
    writeFileSync(path.join(folder, 'other.bin'), Buffer.alloc(1e6));
    const file = path.join(folder, 'flat.tar');
    const names = readdirSync(folder);
    tar.create({ file, sync: true, cwd: folder }, names);
    expect((await take(file)).error).toBeUndefined();
  });
});

describe('bad sources: one line that says what, where and what to do', () => {
  const bad: [string, (folder: string) => void, RegExp][] = [
    [
      'a file is missing',
      (f) => rmSync(path.join(f, 'data_batch_3.bin')),
      /data_batch_3 is missing/,
    ],
    [
      'a file is truncated',
      (f) => truncateSync(path.join(f, 'data_batch_3.bin'), 100),
      /data_batch_3\.bin has 100 of 9219 bytes/,
    ],
    [
      'a file is too large',
      (f) => writeFileSync(path.join(f, 'data_batch_3.bin'), Buffer.alloc(9220)),
      /data_batch_3\.bin has 9220 bytes, more than the 9219/,
    ],
    [
      'a byte is wrong',
      (f) => corrupt(path.join(f, 'data_batch_3.bin')),
      /data_batch_3\.bin holds other images or labels/,
    ],
    [
      'two batches are exchanged',
      (f) =>
        writeFileSync(
          path.join(f, 'data_batch_3.bin'),
          readFileSync(path.join(f, 'test_batch.bin')),
        ),
      /data_batch_3\.bin holds other images or labels/,
    ],
  ];

  test.each(bad)(
    "%s, in the authors' folder and archive; the rest is kept",
    async (_, spoil, message) => {
      const folder = authorsFolder(temporaryFolder());
      spoil(folder);
      for (const from of [folder, archiveOf(folder)]) {
        const { dir, error } = await take(from);
        expect(error).toBeInstanceOf(UserError);
        expect(error?.message).toMatch(message);
        expect(error?.message).toContain(from);
        expect(error?.message).not.toContain('\n');
        expect(cached(dir)).toEqual(whole.filter((file) => file !== 'data_batch_3.rgb'));
      }
    },
  );

  const badPackage: [string, (folder: string) => void, RegExp][] = [
    [
      'a truncated sheet',
      (f) => truncateSync(path.join(f, 'test_batch.png'), 3000),
      /test_batch\.png is not a whole PNG sheet/,
    ],
    [
      'an empty sheet',
      (f) => truncateSync(path.join(f, 'test_batch.png')),
      /test_batch\.png is not a whole PNG sheet/,
    ],
    [
      'missing labels',
      (f) => rmSync(path.join(f, 'test_lables.json')),
      /test_lables\.json is missing/,
    ],
    [
      'labels that are no JSON',
      (f) => writeFileSync(path.join(f, 'test_lables.json'), '[1,2'),
      /test_lables\.json is not a list of 3 labels from 0 to 9/,
    ],
    [
      'a label that is no class',
      (f) => writeFileSync(path.join(f, 'test_lables.json'), '[1,2,10]'),
      /test_lables\.json is not a list of 3 labels from 0 to 9/,
    ],
    [
      'other labels',
      (f) => writeFileSync(path.join(f, 'test_lables.json'), '[1,2,3]'),
      /test_batch\.png holds other images or labels/,
    ],
  ];

  test.each(badPackage)(
    '%s in the npm package; the training split is kept',
    async (_, spoil, message) => {
      const folder = packageFolder(temporaryFolder());
      spoil(folder);
      const { dir, error } = await take(folder);
      expect(error).toBeInstanceOf(UserError);
      expect(error?.message).toMatch(message);
      expect(cached(dir)).toEqual(whole.filter((file) => file !== 'test_batch.rgb'));
    },
  );

  test('a sheet of another size is refused', async () => {
    const folder = packageFolder(temporaryFolder());
    const sheet = path.join(folder, 'test_batch.png');
    const bytes = readFileSync(sheet);
    bytes.writeUInt32BE(2 ** 31 - 1, 20);
    writeFileSync(sheet, bytes);
    expect((await take(folder)).error?.message).toContain('1024 x 2147483647 pixels, not 1024 x 3');
  });

  test('an archive that ends early, or is none', async () => {
    const archive = archiveOf(authorsFolder(temporaryFolder()));
    truncateSync(archive, statSync(archive).size >> 1);
    const early = await take(archive);
    expect(early.error).toBeInstanceOf(UserError);
    expect(early.error?.message).toContain('not a whole tar archive');
    expect(cached(early.dir).length).toBeGreaterThan(0);
    expect(cached(early.dir).length).toBeLessThan(6);

    writeFileSync(archive, 'a text');
    const none = await take(archive);
    expect(none.error).toBeInstanceOf(UserError);
    expect(cached(none.dir)).toEqual([]);
  });

  test('a folder without the set, and a name that leads nowhere', async () => {
    const empty = await take(temporaryFolder());
    expect(empty.error).toBeInstanceOf(UserError);
    expect(empty.error?.message).toContain('no data_batch_1.bin or .png in it');
    const nowhere = await take(path.join(temporaryFolder(), 'nowhere'));
    expect(nowhere.error).toBeInstanceOf(UserError);
    expect(nowhere.error?.message).toContain('no such file or folder');
  });

  test('a link in an archive is not followed', async () => {
    const outside = path.join(temporaryFolder(), 'elsewhere.bin');
    const folder = authorsFolder(temporaryFolder());
    const file = path.join(folder, 'test_batch.bin');
    renameSync(file, outside);
    symlinkSync(outside, file);
    expect((await take(archiveOf(folder))).error?.message).toContain('test_batch is missing');
  });
});

describe.skipIf(!cifar10Status().ready)('the real set in the cache', () => {
  // SHA-256 of the authors' own files, as projects that verify them publish it.
  const authorsFiles = [
    'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
    'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
    'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
    '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
    '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
    '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
  ];

  test('has the classes and statistics of CIFAR-10', () => {
    const { train, test, mean, std } = loadCifar10();
    const classes = ({ labels }: Split) =>
      Array.from({ length: 10 }, (_, c) => labels.filter((label) => label === c).length);
    expect(classes(train)).toEqual(Array(10).fill(5000));
    expect(classes(test)).toEqual(Array(10).fill(1000));
    [0.4914, 0.4822, 0.4465].forEach((value, c) => expect(mean[c]).toBeCloseTo(value, 3));
    [0.247, 0.2435, 0.2616].forEach((value, c) => expect(std[c]).toBeCloseTo(value, 3));
  });

  test("written as records, is the authors' files to the byte: same images, same order", () => {
    const { train, test } = loadCifar10();
    const count = 10_000;
    const hashes = authorsFiles.map((_, i) => {
      const { images, labels } = i < 5 ? train : test;
      const start = i < 5 ? i * count : 0;
      const batchImages = images.subarray(start * imageBytes, (start + count) * imageBytes);
      return batchHash(toRecords(batchImages, labels.subarray(start, start + count)));
    });
    expect(hashes).toEqual(authorsFiles);
  });
});
