/** A small network in the middle of training, with the pieces that probes work on. */
import { syntheticDataSet } from '../../src/data/synthetic';
import { tf } from '../../src/engine/tf';
import { uint8Tensor } from '../../src/engine/transfer';
import { leaves } from '../../src/engine/tree';
import type { NormalisationName } from '../../src/layers/normalisation';
import { initialise, vgg } from '../../src/models/vgg';
import { type AtBatch, makeSteps } from '../../src/step/step';

export const learningRate = 0.1;

/** The state of a network of 1/16 width at its initialisation, on a batch of 16 synthetic images. */
export function sample(normalisation: NormalisationName, l2 = 0) {
  const network = vgg({ architecture: 'vgg11', width: 1 / 16, head: 512, normalisation });
  const { train, mean, std } = syntheticDataSet({ train: 16, test: 16 });
  const steps = makeSteps(network, { l2, mean, std });
  const input: AtBatch = {
    ...initialise(network, 'heNormal', 1),
    batch: {
      data: {
        images: uint8Tensor(train.images, [16, 32, 32, 3]),
        labels: tf.tensor1d(Int32Array.from(train.labels), 'int32'),
      },
      indices: tf.range(0, 16, 1, 'int32'),
      noiseKey: tf.tensor1d([5, 7], 'int32'),
    },
  };
  const taken = steps.trainWithGradients({ ...input, learningRate: tf.scalar(learningRate) });
  return { network, steps, input, gradients: taken.gradients, next: taken.parameters };
}

/** Copies of all that a probe must leave alone. */
export const stateOf = ({ parameters, statistics }: AtBatch) =>
  leaves({ parameters, statistics }).tensors.map((tensor) => tensor.dataSync());
