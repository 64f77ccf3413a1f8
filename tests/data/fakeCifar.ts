/** A tiny set in the layouts of CIFAR-10's two sources: 6 batches of 3 images. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type * as FastPng from 'fast-png/lib/index';
import * as tar from 'tar';
import { onTestFinished } from 'vitest';

import { batchHash } from '../../src/data/cifar10Decode';
import type { BatchSpec, Cifar10Spec } from '../../src/data/cifar10Spec';
import { imageBytes } from '../../src/data/dataSet';
import { streamBytes } from '../../src/random/streams';

const { encode } = require('fast-png') as typeof FastPng;

export const imagesPerBatch = 3;
const pixels = imageBytes / 3;

const names = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}`).concat('test_batch');

/** Images [3, 32, 32, 3] and labels [3] of a batch. */
export const fakeImages = (batch: number): Buffer =>
  streamBytes(1, 'images', [batch], imagesPerBatch * imageBytes);
export const fakeLabels = (batch: number): number[] => [batch, 9 - batch, 4];

export const fakeSpec: Cifar10Spec = {
  imagesPerBatch,
  batches: names.map((name, i): BatchSpec => ({
    name,
    split: name === 'test_batch' ? 'test' : 'train',
    sha256: batchHash(Buffer.concat([fakeImages(i), Buffer.from(fakeLabels(i))])),
  })),
};

/** A folder of its own for the running test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'bn-lab-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The authors' record: label, red plane, green plane, blue plane. */
export function toRecords(images: Uint8Array, labels: ArrayLike<number>): Buffer {
  // An import is looked up at each use while tests run; a local is not, and the real set has 184 million bytes.
  const bytes = imageBytes;
  const records = Buffer.alloc(labels.length * (1 + bytes));
  let target = 0;
  for (let i = 0; i < labels.length; i++) {
    records[target++] = labels[i]!;
    for (let channel = 0; channel < 3; channel++) {
      for (let source = i * bytes + channel; source < (i + 1) * bytes; source += 3) {
        records[target++] = images[source]!;
      }
    }
  }
  return records;
}

/** <parent>/cifar-10-batches-bin with its six files. */
export function authorsFolder(parent: string): string {
  const folder = path.join(parent, 'cifar-10-batches-bin');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'batches.meta.txt'), 'not read\n');
  names.forEach((name, i) =>
    writeFileSync(path.join(folder, `${name}.bin`), toRecords(fakeImages(i), fakeLabels(i))),
  );
  return folder;
}

/** <parent>/package with sheets, labels and a package.json that npm can pack. */
export function packageFolder(parent: string): string {
  const folder = path.join(parent, 'package');
  mkdirSync(folder);
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'fake-cifar', version: '1.0.0' }),
  );
  names.forEach((name, i) => {
    const sheet = { width: pixels, height: imagesPerBatch, data: fakeImages(i), channels: 3 };
    writeFileSync(path.join(folder, `${name}.png`), encode(sheet));
  });
  const train = [0, 1, 2, 3, 4].flatMap(fakeLabels);
  writeFileSync(path.join(folder, 'train_lables.json'), JSON.stringify(train));
  writeFileSync(path.join(folder, 'test_lables.json'), JSON.stringify(fakeLabels(5)));
  return folder;
}

/** A .tar.gz of a folder beside it. */
export function archiveOf(folder: string): string {
  const file = `${folder}.tar.gz`;
  tar.create({ file, gzip: true, sync: true, cwd: path.dirname(folder) }, [path.basename(folder)]);
  return file;
}
