import { createCipheriv, createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { streamBytes, streamKey, type StreamName } from '../../src/random/streams';

const streams: StreamName[] = [
  ...(['init', 'order', 'augmentation', 'noise', 'histogram', 'direction', 'images'] as const),
];

describe('streamKey', () => {
  test('is the same for ever', () => {
    expect([...streamKey(0, 'init')]).toEqual([-1314466491, 144258456]);
    expect([...streamKey(7, 'noise', 1200, 3)]).toEqual([-1152355963, -669842690]);
  });

  test('differs by seed, stream and every counter', () => {
    const places: [number, StreamName, ...number[]][] = [
      ...streams.map((stream): [number, StreamName] => [0, stream]),
      [1, 'init'],
      [12, 'init', 3],
      [1, 'init', 23],
      [1, 'init', 2, 3],
      [1, 'init', 3, 2],
      [-1, 'init', 23],
      [0, 'init', 0],
    ];
    const keys = places.map((place) => String(streamKey(...place)));
    expect(new Set(keys).size).toBe(places.length);
  });
});

describe('streamBytes', () => {
  test('is AES-128 in counter mode under the hash of the place', () => {
    const key = createHash('sha256').update('bn-lab streams 1|bytes|order|5|2,9').digest();
    const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), Buffer.alloc(16));
    expect(streamBytes(5, 'order', [2, 9], 40).equals(cipher.update(Buffer.alloc(40)))).toBe(true);
    expect(streamBytes(5, 'order', [2, 9], 8).toString('hex')).toBe('d373ca8e87b87649');
  });

  test('a shorter request is a prefix of a longer one', () => {
    const long = streamBytes(1, 'histogram', [4], 1000);
    for (const length of [0, 1, 15, 16, 17, 999]) {
      expect(streamBytes(1, 'histogram', [4], length).equals(long.subarray(0, length))).toBe(true);
    }
  });

  test('bytes are uniform', () => {
    const counts = new Uint32Array(256);
    for (const byte of streamBytes(2, 'direction', [], 2 ** 18)) counts[byte] = counts[byte]! + 1;
    const chi2 = counts.reduce((sum, n) => sum + (n - 1024) ** 2 / 1024, 0);
    // 255 degrees of freedom: above 330.5 once in a thousand; the seed is fixed.
    expect(chi2).toBeLessThan(330.5);
  });
});

test('a seed or counter that is no whole number is refused', () => {
  expect(() => streamKey(0.5, 'init')).toThrow(RangeError);
  expect(() => streamKey(0, 'init', Number.NaN)).toThrow('stream init');
  expect(() => streamBytes(2 ** 53, 'init', [], 1)).toThrow(RangeError);
});
