import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { readCheckpoint, type StoredCheckpoint, writeCheckpoint } from '../../src/runs/checkpoint';
import { UserError } from '../../src/system/errors';
import { temporaryFolder } from './sample';

const sample = (): StoredCheckpoint => ({
  step: 7,
  tables: [{ name: 'steps', columns: ['step', 'loss'], bytes: 12, sha256: 'ab' }],
  tensors: [
    {
      name: 'conv1/kernel',
      shape: [2, 2],
      dtype: 'float32',
      values: Float32Array.of(0.1, NaN, -0, 1e-45),
    },
    { name: 'keys', shape: [3], dtype: 'int32', values: Int32Array.of(1, -2, 2 ** 31 - 1) },
    { name: 'exact', shape: [2], dtype: 'float64', values: Float64Array.of(0.1, 1e-300) },
    { name: 'scalar', shape: [], dtype: 'float32', values: Float32Array.of(3) },
    { name: 'none', shape: [0, 4], dtype: 'float32', values: new Float32Array(0) },
  ],
});

const newFile = (): string => path.join(temporaryFolder(), 'checkpoint.bin');

describe('checkpoint', () => {
  it('reads back bit for bit, and the same state gives the same bytes', () => {
    const file = newFile();
    writeCheckpoint(file, sample());
    expect(readCheckpoint(file)).toEqual(sample());
    const bytes = fs.readFileSync(file);
    writeCheckpoint(file, sample());
    expect(fs.readFileSync(file)).toEqual(bytes);
  });

  it('takes arrays that are a part of a buffer', () => {
    const file = newFile();
    const values = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const tensors = [{ name: 'w', shape: [2], dtype: 'float32' as const, values }];
    writeCheckpoint(file, { step: 1, tables: [], tensors });
    expect(Array.from(readCheckpoint(file)!.tensors[0]!.values)).toEqual([1, 2]);
  });

  it('is null where there is none', () => {
    expect(readCheckpoint(newFile())).toBeNull();
  });

  it('notices every cut and every flipped byte', () => {
    const file = newFile();
    writeCheckpoint(file, sample());
    const whole = fs.readFileSync(file);
    const refused = (bytes: Buffer): void => {
      fs.writeFileSync(file, bytes);
      expect(() => readCheckpoint(file)).toThrow(UserError);
      expect(() => readCheckpoint(file)).toThrow(/checkpoint\.bin is damaged/);
    };
    for (let i = 0; i < whole.length; i++) {
      refused(whole.subarray(0, i));
      const flipped = Buffer.from(whole);
      flipped[i]! ^= 1 << (i % 8);
      refused(flipped);
    }
    refused(Buffer.concat([whole, Buffer.of(0)]));
  });

  it('keeps the one before where the disk is full', () => {
    const file = newFile();
    writeCheckpoint(file, sample());
    const real = fs.writeSync;
    let calls = 0;
    const write = vi.spyOn(fs, 'writeSync').mockImplementation(((...args: [number, Buffer]) => {
      if (++calls < 4) return real(...args);
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    }) as typeof fs.writeSync);
    expect(() => writeCheckpoint(file, { ...sample(), step: 8 })).toThrow(/the disk is full/);
    write.mockRestore();
    expect(calls).toBe(4);
    expect(readCheckpoint(file)).toEqual(sample());
    expect(fs.readdirSync(path.dirname(file))).toEqual(['checkpoint.bin']);
  });

  it('refuses an array that is not what it says', () => {
    const tensor = { name: 'w', shape: [3], dtype: 'float32' as const };
    const write = (values: Float32Array | Int32Array) => () =>
      writeCheckpoint(newFile(), { step: 0, tables: [], tensors: [{ ...tensor, values }] });
    expect(write(new Float32Array(2))).toThrow('checkpoint: w is not float32 [3]');
    expect(write(new Int32Array(3))).toThrow('checkpoint: w is not float32 [3]');
  });
});
