/**
 * TensorFlow's counter-based generator, Philox 4x32-10 (Salmon et al. 2011), without TensorFlow: the same key, the same
 * numbers as its StatelessRandomUniform and StatelessRandomNormal give on a CPU. They are float32 numbers, as there.
 */

/** Four words of 32 bits. */
type Words = [number, number, number, number];

/** a * b as 64 bits: the upper 32; Math.imul gives the lower. */
function upperHalf(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const rest = aLow * bHigh + (middle % 0x10000);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(rest / 0x10000)) >>> 0;
}

/** Ten rounds on a counter under a key of two words. */
function philox(counter: Readonly<Words>, key: readonly [number, number]): Words {
  let [a, b, c, d] = counter;
  let [k, l] = key;
  for (let round = 0; round < 10; round++) {
    const [first, second] = [upperHalf(0xd2511f53, a), upperHalf(0xcd9e8d57, c)];
    [a, b, c, d] = [
      (second ^ b ^ k) >>> 0,
      Math.imul(0xcd9e8d57, c) >>> 0,
      (first ^ d ^ l) >>> 0,
      Math.imul(0xd2511f53, a) >>> 0,
    ];
    k = (k + 0x9e3779b9) >>> 0;
    l = (l + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

/** The words of a stateless op's stream; `key` is its seed, two int32, which TensorFlow scrambles first. */
function* wordsOf(key: Int32Array): Generator<Words> {
  const [low, high] = [key[0]!, key[1]!];
  const seeds: Words = [low >>> 0, (low >> 31) >>> 0, high >>> 0, (high >> 31) >>> 0];
  const [first, second, third, fourth] = philox(seeds, [0x3ec8f720, 0x02461e29]);
  for (let block = 0; ; block++) yield philox([block, 0, third, fourth], [first, second]);
}

/** The upper 23 bits of a float32 in [1, 2), less 1. */
const unit = (word: number): number => (word & 0x7fffff) / 0x800000;

function take(count: number, key: Int32Array, convert: (words: Words) => Words): Float64Array {
  const result = new Float64Array(count);
  const words = wordsOf(key);
  for (let at = 0; at < count; at += 4) {
    const four = convert(words.next().value as Words);
    result.set(count - at < 4 ? four.slice(0, count - at) : four, at);
  }
  return result;
}

/** `count` numbers of U[0, 1). `key` is an int32 pair, such as `streamKey` gives. */
export const uniformNumbers = (count: number, key: Int32Array): Float64Array =>
  take(count, key, (words) => words.map(unit) as Words);

const { fround } = Math;

/** Two normal numbers from two words (Box and Muller), rounded where TensorFlow rounds. */
function normalPair(first: number, second: number): [number, number] {
  const radius = fround(
    Math.sqrt(fround(-2 * fround(Math.log(Math.max(unit(first), fround(1e-7)))))),
  );
  const angle = fround(2 * Math.PI * unit(second));
  return [fround(fround(Math.sin(angle)) * radius), fround(fround(Math.cos(angle)) * radius)];
}

/** `count` numbers of N(0, 1); those of TensorFlow but for the last float32 digit here and there. */
export const normalNumbers = (count: number, key: Int32Array): Float64Array =>
  take(count, key, ([a, b, c, d]) => [...normalPair(a, b), ...normalPair(c, d)]);
