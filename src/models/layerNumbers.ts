/** Layers are numbered from 1, the one next to the input, in every network, as the paper does ("Layer #3"). */
import { UserError } from '../system/errors';

/** Refuses layer numbers that the network called `name`, with `count` layers, does not have. */
export function checkLayerNumbers(
  name: string,
  count: number,
  layers: readonly number[],
  where: string,
): void {
  const wrong = layers.find((n) => !Number.isInteger(n) || n < 1 || n > count);
  if (wrong !== undefined) {
    throw new UserError(`${where}: there is no layer ${wrong}; ${name} has layers 1 to ${count}`);
  }
}
