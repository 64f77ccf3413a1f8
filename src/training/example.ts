/** One step of a run, laid open: for notebooks that look at it by hand, and for tests. */
import type { VggConfig } from '../config/schema';
import { initialise } from '../models/vgg';
import type { AtBatch, Batch } from '../step/step';
import { batchAt, dataSet, resourcesOf } from './resources';

/**
 * The network of a config at its initialisation, with the minibatch of step 0: `input` is what the compiled functions in
 * `steps` take, `images` [n, 32, 32, 3] are that batch's standardised images. `batchAt` makes the minibatch, and the key
 * of the noise, of any step of the run. The caller disposes, or leaves it to the end of the process.
 */
export function firstStep(config: VggConfig) {
  const { seed, initialisation } = config;
  const { network, steps, landscape, covariateShift } = resourcesOf(config);
  const data = dataSet(config.data);
  const input: AtBatch = {
    ...initialise(network, initialisation, seed),
    batch: batchAt(config, data, 0),
  };
  return {
    network,
    steps,
    landscape,
    covariateShift,
    input,
    batchAt: (step: number): Batch => batchAt(config, data, step),
    images: steps.functions.images(input.batch),
  };
}
