/** One step of a run, laid open: for notebooks that look at it by hand, and for tests. */
import { batchIndices } from '../data/batches';
import { tf } from '../engine/tf';
import { initialise } from '../models/vgg';
import type { VggConfig } from './config';
import { dataSet, resourcesOf } from './resources';
import type { AtBatch } from './step';
import { streamKey } from './streams';

/**
 * The network of a config at its initialisation, with the minibatch of step 0: `input` is what the compiled functions in
 * `steps` take, `images` [n, 32, 32, 3] are that batch's standardised images. The caller disposes, or leaves it to the
 * end of the process.
 */
export function firstStep(config: VggConfig) {
  const { seed, batchSize, initialisation } = config;
  const { network, steps, landscape, covariateShift } = resourcesOf(config);
  const data = dataSet(config.data);
  const indices = batchIndices({ seed, step: 0, batchSize, count: data.trainCount });
  const input: AtBatch = {
    ...initialise(network, initialisation, seed),
    batch: {
      data: data.train,
      indices: tf.tensor1d(indices, 'int32'),
      noiseKey: tf.tensor1d(streamKey(seed, 'noise', 0), 'int32'),
    },
  };
  return {
    network,
    steps,
    landscape,
    covariateShift,
    input,
    images: steps.functions.images(input.batch),
  };
}
