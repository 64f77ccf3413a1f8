/** The normalisations that a network can be built with, in one form: parameters, statistics and a pure function. */
import { constant } from '../engine/constant';
import { reshape } from '../engine/elementary';
import { biasAdd } from '../engine/ops';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';
import { batchNorm } from './batchNorm';
import { lpNorm, lpNormBy, type LpNormOrder } from './lpNorm';
import { addNoise } from './noise';

export type NormalisationName = 'none' | 'batch' | 'noisyBatch' | 'noise' | 'l1' | 'l2' | 'linf';

/** How a forward pass treats batch statistics. */
export interface ForwardMode {
  /** Batch statistics (true) or running averages (false). */
  training: boolean;
  /** Move the running averages. */
  updateStatistics: boolean;
  /** The key of this step's noise in this layer, int32 [2]; without it there is no noise (evaluation). */
  noiseKey?: Tensor;
}

/** What stands between a convolution and its ReLU. */
export interface Normalisation {
  /** As the paper's legends call it. */
  label: string;
  /** Per-channel parameters with their initial value. */
  parameters: Record<string, number>;
  /** Per-channel running statistics with their initial value. */
  statistics: Record<string, number>;
  /** Draws noise in training, so that a training pass needs a key. */
  noisy: boolean;
  /** Normalises x [n, h, w, c]; all records hold tensors [c]. Returns y of x's shape and the new statistics. */
  apply(
    x: Tensor,
    parameters: Tensors,
    statistics: Tensors,
    mode: ForwardMode,
  ): { y: Tensor; statistics: Tensors };
}

/** Weight of the new batch in running averages (PyTorch's convention). */
const momentum = 0.1;

const none: Normalisation = {
  label: 'Standard',
  parameters: { bias: 0 },
  statistics: {},
  noisy: false,
  apply: (x, { bias }) => ({ y: biasAdd(x, bias!), statistics: {} }),
};

const batch: Normalisation = {
  label: 'Standard + BatchNorm',
  // beta takes the place of the convolution's bias, which the mean would remove.
  parameters: { gamma: 1, beta: 0 },
  statistics: { mean: 0, variance: 1 },
  noisy: false,
  apply(x, { gamma, beta }, { mean, variance }, { training, updateStatistics }) {
    const options = { gamma: gamma!, beta: beta!, training, updateStatistics, momentum };
    const result = batchNorm(x, { mean: mean!, variance: variance! }, options);
    return { y: result.y, statistics: { ...result.statistics } };
  },
};

/** The noise of Algorithm 1 after another normalisation. */
const withNoise = (base: Normalisation, label: string): Normalisation => ({
  ...base,
  label,
  noisy: true,
  apply(x, parameters, statistics, mode) {
    const result = base.apply(x, parameters, statistics, mode);
    if (!mode.noiseKey) return result;
    return { ...result, y: addNoise(result.y, mode.noiseKey) };
  },
});

const lp = (order: LpNormOrder, label: string): Normalisation => ({
  label,
  parameters: { gamma: 1, beta: 0 },
  statistics: { mean: 0, norm: 1 },
  noisy: false,
  apply(x, { gamma, beta }, { mean, norm }, { training, updateStatistics }) {
    if (!training) {
      const y = lpNormBy(x, { mean: mean!, norm: norm!, gamma: gamma!, beta: beta! });
      return { y, statistics: { mean: mean!, norm: norm! } };
    }
    const result = lpNorm(x, { order, gamma: gamma!, beta: beta! });
    const move = (old: Tensor, now: Tensor) =>
      tf.add(
        tf.mul(old, constant(1 - momentum)),
        tf.mul(reshape(now, old.shape), constant(momentum)),
      );
    const moved = updateStatistics
      ? { mean: move(mean!, result.mean), norm: move(norm!, result.norm) }
      : { mean: mean!, norm: norm! };
    return { y: result.y, statistics: moved };
  },
});

export const normalisations: Record<NormalisationName, Normalisation> = {
  none,
  batch,
  noisyBatch: withNoise(batch, 'Standard + "Noisy" BatchNorm'),
  noise: withNoise(none, 'Standard + noise'),
  l1: lp(1, 'Standard + L1'),
  l2: lp(2, 'Standard + L2'),
  linf: lp('infinity', 'Standard + L∞'),
};
