/** Archives from outside: no path leads anywhere, no size fills the memory, no bytes crash. */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import * as tar from 'tar';
import { describe, expect, it } from 'vitest';

import { readSource } from '../../src/data/cifar10Read';
import { temporaryFolder } from './fakeCifar';

describe('archives', () => {
  const wanted = new Map([['data_batch_1.bin', 1000]]);
  const block = 512;

  /** One entry of a tar archive. */
  function entry(name: string, content: Buffer, header: Partial<tar.HeaderData> = {}): Buffer {
    const bytes = Buffer.alloc(block);
    const { byteLength } = content;
    new tar.Header({ path: name, size: byteLength, mode: 0o644, type: 'File', ...header }).encode(
      bytes,
    );
    return Buffer.concat([bytes, content, Buffer.alloc((block - (byteLength % block)) % block)]);
  }
  const end = Buffer.alloc(2 * block);

  function write(bytes: Buffer): string {
    const file = path.join(temporaryFolder(), 'archive.tar.gz');
    fs.writeFileSync(file, gzipSync(bytes));
    return file;
  }

  it.each(['../../data_batch_1.bin', '/etc/data_batch_1.bin', 'a/../../data_batch_1.bin'])(
    'write no file, whatever path they name: %s',
    async (name) => {
      const file = write(Buffer.concat([entry(name, Buffer.from('images')), end]));
      const above = path.dirname(path.dirname(file));
      const { files } = await readSource(file, wanted);
      expect([...files]).toEqual([['data_batch_1.bin', Buffer.from('images')]]);
      expect(fs.readdirSync(path.dirname(file))).toEqual(['archive.tar.gz']);
      expect(fs.existsSync(path.join(above, 'data_batch_1.bin'))).toBe(false);
    },
  );

  it.each(['SymbolicLink', 'Link', 'CharacterDevice', 'FIFO', 'Directory'] as const)(
    'give files only, no %s',
    async (type) => {
      const linked = entry('data_batch_1.bin', Buffer.alloc(0), { type, linkpath: '/etc/passwd' });
      expect((await readSource(write(Buffer.concat([linked, end])), wanted)).files.size).toBe(0);
    },
  );

  it('with a file beyond its known size are not read into memory', async () => {
    const large = entry('data_batch_1.bin', Buffer.alloc(1001, 'x'));
    const { files, trouble } = await readSource(write(Buffer.concat([large, end])), wanted);
    expect(files.size).toBe(0);
    expect(trouble).toEqual(['data_batch_1.bin has 1001 bytes, more than the 1000 it can have']);
  });

  it('that unpack to far more than they are, or claim to, are given up', async () => {
    const bomb = entry('other.bin', Buffer.alloc(64 * 2 ** 20));
    const began = performance.now();
    const packed = await readSource(write(Buffer.concat([bomb, end])), wanted);
    expect(packed.trouble).toEqual([expect.stringMatching(/^not a whole tar archive \(.*ratio/)]);
    const claimed = entry('data_batch_1.bin', Buffer.alloc(0), { size: 2 ** 40 });
    expect((await readSource(write(claimed), wanted)).files.size).toBe(0);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('of any bytes are read, or refused with a reason', async () => {
    const good = Buffer.concat([entry('data_batch_1.bin', Buffer.alloc(700, 7)), end]);
    const change = fc.tuple(fc.nat(good.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 5 }),
        fc.nat(good.length),
        async (changes, length) => {
          const bytes = Buffer.from(good.subarray(0, length));
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          const file = path.join(temporaryFolder(), 'archive.tar');
          fs.writeFileSync(file, bytes);
          const { files, trouble } = await readSource(file, wanted);
          expect([...files.keys()].every((name) => wanted.has(name))).toBe(true);
          expect(trouble.every((line) => !line.includes('\n'))).toBe(true);
        },
      ),
    );
  });
});
