/** Small pictures: 48 colours are enough for a plot, and a fourth of the bytes. */
import UPNG from 'upng-js';

const colours = 48;

/** The same picture with at most 48 colours, chosen from its own. */
export function reduceColours(png: Buffer): Buffer {
  const bytes = Uint8Array.from(png).buffer; // a copy of its own: a Buffer is part of a shared one
  const image = UPNG.decode(bytes);
  return Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, colours));
}
