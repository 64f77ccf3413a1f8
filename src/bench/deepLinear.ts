/** The deep linear network's training step (App. A.1) for the benchmark: one network, or several seeds as one. */
import { deepLinearRun } from '../config/presets';
import { gaussianData } from '../data/gaussian';
import { tf } from '../engine/tf';
import { disposeTree, type Tensors } from '../engine/tree';
import {
  deepLinear,
  initialiseDeepLinear,
  type LinearNormalisationName,
} from '../models/deepLinear';
import { makeDeepLinearStep } from '../step/deepLinearStep';

/** A run that the benchmark advances by one step, which returns its loss; `dispose` frees it. */
export interface PreparedRun {
  train(): number;
  dispose(): void;
}

/** Networks of the paper's size in the middle of training, `seeds` of them computed at once. */
export function prepareDeepLinear(options: {
  normalisation: LinearNormalisationName;
  seeds: number;
}): PreparedRun {
  const { normalisation } = options;
  const config = deepLinearRun('paper', { normalisation });
  const { depth, size, samples, normaliseLast, lossFactor, initialisation, learningRate } = config;
  const seeds = Array.from({ length: options.seeds }, (_, seed) => seed);
  const network = deepLinear({ depth, size, normalisation, normaliseLast });
  const step = makeDeepLinearStep(network, { lossFactor });
  const units: Tensors = {}; // no activations are looked at
  const rest = {
    data: gaussianData({ seeds, size, samples }),
    units,
    learningRate: tf.fill([seeds.length, 1, 1, 1], learningRate),
  };
  let parameters = initialiseDeepLinear(network, initialisation, seeds);
  return {
    train() {
      const { parameters: next, loss, gradients, activations } = step({ parameters, ...rest });
      disposeTree({ parameters, gradients, activations });
      parameters = next;
      const value = loss.dataSync()[0]!;
      loss.dispose();
      return value;
    },
    dispose() {
      disposeTree({ parameters, ...rest });
      step.dispose();
    },
  };
}
