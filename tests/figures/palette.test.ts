import UPNG from 'upng-js';
import { expect, it } from 'vitest';

import { reduceColours } from '../../src/figures/palette';

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
  const noise = (i: number) => (Math.imul(i + 1, 0x9e3779b1) >>> 13) & 255;
  const many = picture((i) => [noise(i), noise(i + 5000), noise(i + 9000)]);
  expect(reduceColours(many).length).toBeLessThan(many.length);
});
