/**
 * The state of training at one step as one file: named arrays, and how far each table had come.
 * Layout: magic, length of the header (uint32), header (JSON), the arrays one after the other, SHA-256 of all of it.
 * Numbers are little-endian, as on every machine that tfjs-node runs on.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';

import { errorCode, onFile, writeAtomic } from '../system/files';
import type { NamedArray } from '../system/namedArray';
import { damaged } from './folders';
import type { TableState } from './tableFile';

/** What training needs to go on: the arrays as they were after `step` steps. */
export interface Checkpoint {
  step: number;
  tensors: NamedArray[];
}

/** A checkpoint as the store keeps it: with the state of every table at that step. */
export interface StoredCheckpoint extends Checkpoint {
  tables: TableState[];
}

interface Header {
  step: number;
  tables: TableState[];
  tensors: Omit<NamedArray, 'values'>[];
}

const magic = Buffer.from('BNLABCK1');
const digestBytes = 32;

const arrayTypes = { float32: Float32Array, float64: Float64Array, int32: Int32Array };

const sizeOf = (shape: number[]): number => shape.reduce((size, n) => size * n, 1);
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function checkArray({ name, shape, dtype, values }: NamedArray): void {
  const rightType = values instanceof arrayTypes[dtype];
  if (!rightType || values.length !== sizeOf(shape)) {
    throw new Error(`checkpoint: ${name} is not ${dtype} [${shape.join(', ')}]`);
  }
}

/** Writes a checkpoint: the file holds the one before or this one, never a part. */
export function writeCheckpoint(file: string, checkpoint: StoredCheckpoint): void {
  checkpoint.tensors.forEach(checkArray);
  const header: Header = {
    step: checkpoint.step,
    tables: checkpoint.tables,
    tensors: checkpoint.tensors.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const headerLength = Buffer.alloc(4);
  headerLength.writeUInt32LE(headerBytes.byteLength);
  writeAtomic(file, (write) => {
    const hash = createHash('sha256');
    const arrays = checkpoint.tensors.map(({ values }) => bytesOf(values));
    for (const part of [magic, headerLength, headerBytes, ...arrays]) {
      hash.update(part);
      write(part);
    }
    write(hash.digest());
  });
}

/** Reads the file's parts in order, in pieces that the caller sizes, and hashes them on the way. */
function createReader(fd: number, file: string) {
  const hash = createHash('sha256');
  let left = fs.fstatSync(fd).size;
  return {
    fill(target: Uint8Array): void {
      let done = 0;
      while (done < target.byteLength) {
        const got = fs.readSync(fd, target, done, target.byteLength - done, null);
        if (got === 0) throw damaged(file, 'cut short');
        done += got;
      }
      left -= done;
      hash.update(target);
    },
    /** Refuses sizes that a damaged header claims, before memory is asked for. */
    expect(bytes: number): void {
      if (!(bytes <= left)) throw damaged(file, 'cut short');
    },
    left: () => left,
    digest: () => hash.copy().digest(),
  };
}

function readOpen(fd: number, file: string): StoredCheckpoint {
  const reader = createReader(fd, file);
  const start = Buffer.alloc(magic.byteLength + 4);
  reader.fill(start);
  if (!start.subarray(0, magic.byteLength).equals(magic)) {
    throw damaged(file, 'not a checkpoint, or one of another version');
  }
  const headerBytes = start.readUInt32LE(magic.byteLength);
  reader.expect(headerBytes);
  const text = Buffer.alloc(headerBytes);
  reader.fill(text);
  const { step, tables, tensors } = JSON.parse(text.toString()) as Header;
  const arrays = tensors.map(({ name, shape, dtype }): NamedArray => {
    const size = sizeOf(shape);
    const type = arrayTypes[dtype];
    reader.expect(type.BYTES_PER_ELEMENT * size);
    const values = new type(size);
    reader.fill(bytesOf(values));
    return { name, shape, dtype, values };
  });
  const expected = reader.digest();
  const digest = Buffer.alloc(digestBytes);
  reader.fill(digest);
  if (reader.left() !== 0 || !digest.equals(expected)) throw damaged(file, 'wrong checksum');
  return { step, tables, tensors: arrays };
}

/** Reads a checkpoint; null where there is none. Throws UserError where it is not as it was written. */
export function readCheckpoint(file: string): StoredCheckpoint | null {
  return onFile('read', file, () => {
    let fd: number;
    try {
      fd = fs.openSync(file, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
    try {
      return readOpen(fd, file);
    } catch (error) {
      // A flipped byte in the header: it is no JSON any more, or has no list, or an impossible size.
      const broken = [SyntaxError, TypeError, RangeError].some((kind) => error instanceof kind);
      throw broken ? damaged(file, 'unreadable header') : error;
    } finally {
      fs.closeSync(fd);
    }
  });
}
