/** What a data set is to the rest of the house: bytes, labels and the statistics that standardise them. */

/** Height and width of an image in pixels; three channels, red, green, blue. */
export const imageSide = 32;
/** Bytes of one image. */
export const imageBytes = imageSide * imageSide * 3;
export const classCount = 10;

export interface Split {
  count: number;
  /** [count, 32, 32, 3], red, green, blue, 0 to 255. */
  images: Uint8Array;
  /** [count], 0 to 9. */
  labels: Uint8Array;
}

/** Per channel, of the training images divided by 255. */
export type ChannelValues = [red: number, green: number, blue: number];

export interface DataSet {
  train: Split;
  test: Split;
  mean: ChannelValues;
  std: ChannelValues;
}

/**
 * Mean and (population) standard deviation of each channel, of bytes divided by 255. The sums are whole numbers
 * below 2^53, so the result does not depend on the order of summation.
 *
 * @param images [n, 32, 32, 3]
 */
export function channelStatistics(images: Uint8Array): { mean: ChannelValues; std: ChannelValues } {
  const sums: ChannelValues = [0, 0, 0];
  const squares: ChannelValues = [0, 0, 0];
  for (const channel of [0, 1, 2] as const) {
    let sum = 0;
    let square = 0;
    for (let i = channel; i < images.length; i += 3) {
      const value = images[i]!;
      sum += value;
      square += value * value;
    }
    sums[channel] = sum;
    squares[channel] = square;
  }
  const pixels = images.length / 3;
  const mean = sums.map((sum) => sum / pixels / 255);
  const std = squares.map(
    (square, c) => Math.sqrt(square / pixels - (sums[c]! / pixels) ** 2) / 255,
  );
  return { mean: mean as ChannelValues, std: std as ChannelValues };
}
