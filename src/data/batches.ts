/** Which images the batch of a step holds: epoch-wise shuffling without replacement, as a function of the step. */
import { streamBytes } from '../random/streams';
import { UserError } from '../system/errors';

export interface BatchOptions {
  /** The run's seed; the order is its stream `order`. */
  seed: number;
  /** Step of the training run, from 0. */
  step: number;
  batchSize: number;
  /** How many images there are to draw from. */
  count: number;
}

/** A run needs one epoch's permutation at a time; several seeds or a resumed run may take turns. */
const rememberedEpochs = 8;
const permutations = new Map<string, Int32Array>();

const wordsPerBlock = 4096;

/** Uniform over [0, bound) without bias: draws above the last whole multiple of bound are thrown away. */
function drawer(seed: number, epoch: number): (bound: number) => number {
  let block = 0;
  let next = wordsPerBlock;
  let bytes: Buffer = Buffer.alloc(0);
  return (bound) => {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      if (next === wordsPerBlock) {
        bytes = streamBytes(seed, 'order', [epoch, block++], 4 * wordsPerBlock);
        next = 0;
      }
      const word = bytes.readUInt32LE(4 * next++);
      if (word < limit) return word % bound;
    }
  };
}

/** Fisher-Yates. */
function shuffled(seed: number, epoch: number, count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const draw = drawer(seed, epoch);
  for (let last = count - 1; last > 0; last--) {
    const other = draw(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

function permutation(seed: number, epoch: number, count: number): Int32Array {
  const name = `${seed}/${epoch}/${count}`;
  const known = permutations.get(name);
  if (known) return known;
  const order = shuffled(seed, epoch, count);
  permutations.set(name, order);
  const oldest = permutations.keys().next();
  if (permutations.size > rememberedEpochs && !oldest.done) permutations.delete(oldest.value);
  return order;
}

/**
 * The images of one step. Each epoch is a fresh permutation of all images; what is left at its end and does not
 * fill a batch is dropped, so that the images of a batch are always distinct.
 *
 * @returns Int32Array of length batchSize, the caller's own; the same for the same options in any order of calls.
 * @throws UserError where the batch is larger than the set; RangeError where a number is no whole number in range.
 */
export function batchIndices({ seed, step, batchSize, count }: BatchOptions): Int32Array {
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new RangeError(`step is a whole number from 0, got ${step}`);
  }
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`batchSize is a whole number from 1, got ${batchSize}`);
  }
  if (batchSize > count) {
    throw new UserError(
      `batchSize ${batchSize} is more than the ${count} images of the training set: choose at most ${count}`,
    );
  }
  const batchesPerEpoch = Math.floor(count / batchSize);
  const order = permutation(seed, Math.floor(step / batchesPerEpoch), count);
  const start = (step % batchesPerEpoch) * batchSize;
  return order.slice(start, start + batchSize);
}
