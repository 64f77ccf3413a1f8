/**
 * One seed, several named independent random streams. A stream is addressed, not advanced: what it yields at given
 * counters (a step, an epoch, an image) depends on nothing drawn before, so resume and probes need no history.
 */
import { createCipheriv, createHash } from 'node:crypto';

export type StreamName =
  'init' | 'data' | 'order' | 'augmentation' | 'noise' | 'histogram' | 'direction' | 'images';

/** SHA-256 of an unambiguous name of the place in the stream; `use` keeps keys and bytes apart. */
function digest(
  use: 'key' | 'bytes',
  seed: number,
  stream: StreamName,
  counters: number[],
): Buffer {
  for (const value of [seed, ...counters]) {
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`stream ${stream}: seed and counters are whole numbers, got ${value}`);
    }
  }
  return createHash('sha256')
    .update(`bn-lab streams 1|${use}|${stream}|${seed}|${counters.join(',')}`)
    .digest();
}

/**
 * The key of TensorFlow's stateless random ops at a place in a stream.
 *
 * @returns Int32Array of length 2, any bits.
 */
export function streamKey(seed: number, stream: StreamName, ...counters: number[]): Int32Array {
  const bytes = digest('key', seed, stream, counters);
  return Int32Array.of(bytes.readInt32LE(0), bytes.readInt32LE(4));
}

/**
 * Uniform random bytes at a place in a stream: the AES-128-CTR keystream of a key made of the place's name.
 * A shorter request is a prefix of a longer one.
 */
export function streamBytes(
  seed: number,
  stream: StreamName,
  counters: number[],
  length: number,
): Buffer {
  const key = digest('bytes', seed, stream, counters).subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
