/** The networks and layers of Figures 2 and 8: standard, BatchNorm and "noisy" BatchNorm. */
import type { Layered } from '../config/presets';
import { type Condition, type NamedLayer, namedLayer } from './select';

/** The paper does not print the learning rate of Figure 2; its curves are Figure 1's at 0.1. */
const learningRate = 0.1;

export const noisyNetworks: readonly Condition[] = [
  { normalisation: 'none', learningRate },
  { normalisation: 'batch', learningRate },
  { normalisation: 'noisyBatch', learningRate },
];

export const noiseAlone: Condition = { normalisation: 'noise', learningRate };

/** The paper's layers 2, 9 and 13. */
export const noisyLayers = (config: Layered): NamedLayer[] =>
  [2, 9, 13].map((inPaper) => namedLayer(config, inPaper));
