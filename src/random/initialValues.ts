/** How initial weights are distributed, and as plain numbers the weights of a dense layer. */
import { normalNumbers, uniformNumbers } from './philox';

/**
 * - glorotUniform (the paper's, App. A.1): U(-a, a), a = sqrt(6 / (fanIn + fanOut))
 * - glorotNormal: N(0, 2 / (fanIn + fanOut))
 * - heNormal: N(0, 2 / fanIn), made for ReLU networks
 */
export type InitialisationName = 'glorotUniform' | 'glorotNormal' | 'heNormal';

export const initialisations: readonly InitialisationName[] = [
  'glorotUniform',
  'glorotNormal',
  'heNormal',
];

/** The greatest value of a uniform distribution about 0, or the standard deviation of a normal one. */
export type Distribution = { limit: number } | { deviation: number };

export function initialDistribution(
  name: InitialisationName,
  { fanIn, fanOut }: { fanIn: number; fanOut: number },
): Distribution {
  if (name === 'glorotUniform') return { limit: Math.sqrt(6 / (fanIn + fanOut)) };
  return { deviation: Math.sqrt(2 / (name === 'heNormal' ? fanIn : fanIn + fanOut)) };
}

const { fround } = Math;

/** Initial weights of a dense layer, [fanOut, fanIn]: the numbers that the engine draws (src/layers/initialisation.ts). */
export function initialValues(
  name: InitialisationName,
  fans: { fanIn: number; fanOut: number },
  key: Int32Array,
): Float64Array {
  const distribution = initialDistribution(name, fans);
  const count = fans.fanIn * fans.fanOut;
  if ('deviation' in distribution) {
    const deviation = fround(distribution.deviation);
    return normalNumbers(count, key).map((value) => fround(value * deviation));
  }
  const [limit, range] = [fround(distribution.limit), fround(2 * distribution.limit)];
  return uniformNumbers(count, key).map((value) => fround(fround(value * range) - limit));
}
