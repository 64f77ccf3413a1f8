/** The deep linear network's training step (App. A.1) for the benchmark, at the paper's size. */
import type { LinearNormalisationName } from '../models/deepLinear/divisors';
import { displaced } from '../probes/deepLinear';
import { deepLinearStart } from '../training/deepLinearTrainer';
import { deepLinearRun } from '../training/presets';
import type { PreparedRun } from './cases';

/** The network in the middle of training. */
export function prepareDeepLinear(normalisation: LinearNormalisationName): PreparedRun {
  const config = deepLinearRun('paper', { normalisation });
  const { network, ...start } = deepLinearStart(config);
  let { parameters } = start;
  return {
    train() {
      const { loss, gradients } = network.gradient(parameters);
      parameters = displaced(parameters, gradients, config.learningRate);
      return loss;
    },
    dispose() {}, // plain arrays
  };
}
