/** The deep linear network's training step (App. A.1) for the benchmark, at the paper's size. */
import { deepLinearRun } from '../config/presets';
import type { LinearNormalisationName } from '../models/deepLinear/divisors';
import { zerosLike } from '../models/deepLinear/network';
import { displaced } from '../probes/deepLinear';
import { deepLinearStart } from '../training/deepLinearTrainer';

/** A run that the benchmark advances by one step, which returns its loss; `dispose` frees it. */
export interface PreparedRun {
  train(): number;
  /** Takes steps without waiting for any but the last, where a step can be waited for; returns the seconds of one. */
  seconds?: (count: number) => number;
  dispose(): void;
}

/** The network in the middle of training. */
export function prepareDeepLinear(normalisation: LinearNormalisationName): PreparedRun {
  const config = deepLinearRun('paper', { normalisation });
  const { network, ...start } = deepLinearStart(config);
  const { parameters } = start;
  const gradients = zerosLike(parameters);
  return {
    train() {
      const { loss } = network.gradient(parameters, gradients);
      displaced(parameters, gradients, config.learningRate, parameters);
      return loss;
    },
    dispose() {}, // plain arrays
  };
}
