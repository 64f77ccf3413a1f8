import UPNG from 'upng-js';
import { expect, it } from 'vitest';

import { reduceColours } from '../../src/drawing/palette';
import { deterministicPixels } from '../fixtures/weights';

const [width, height] = [64, 64];
type Colour = [red: number, green: number, blue: number];

/** A PNG whose pixels are given by their number. */
function picture(colour: (pixel: number) => Colour): Buffer {
  const data = Uint8Array.from(
    { length: width * height * 4 },
    (_, i) => [...colour(i >> 2), 255][i & 3]!,
  );
  return Buffer.from(UPNG.encode([data.buffer], width, height, 0));
}
const pixels = (png: Buffer): number[] => {
  const image = UPNG.decode(Uint8Array.from(png).buffer);
  expect([image.width, image.height]).toEqual([width, height]);
  return [...new Uint8Array(UPNG.toRGBA8(image)[0]!)];
};

it('keeps a picture of few colours as it is', () => {
  const few = picture((i) => (i % 3 ? [255, 0, 0] : [0, 90, 178]));
  expect(pixels(reduceColours(few))).toEqual(pixels(few));
});

it('makes a picture of many colours smaller', () => {
  const noise = deterministicPixels(1, width * height * 3);
  const many = picture((i) => [noise[3 * i]!, noise[3 * i + 1]!, noise[3 * i + 2]!]);
  expect(reduceColours(many).length).toBeLessThan(many.length / 2);
});
