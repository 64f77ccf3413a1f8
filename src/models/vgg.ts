/**
 * VGG (Simonyan & Zisserman 2015) as data, with the normalisation injected before each convolution's ReLU.
 * Convolutions are numbered from 1, as the paper numbers its layers ("Layer #3").
 */
import { conv2d } from '../engine/convolution';
import { keyAt, reshape } from '../engine/elementary';
import { biasAdd, matMul, maxPool, relu } from '../engine/ops';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';
import { initialWeights } from '../layers/initialisation';
import { drawsPerLayer } from '../layers/noise';
import { type ForwardMode, type NormalisationName, normalisations } from '../layers/normalisation';
import type { InitialisationName } from '../random/initialValues';
import { streamKey } from '../random/streams';
import { checkLayerNumbers } from './layerNumbers';

export type ArchitectureName = 'vgg11' | 'vgg13' | 'vgg16' | 'vgg19';

/** Output channels of the 3x3 convolutions of each block; a 2x2 max-pool follows each block. */
export const architectures: Record<ArchitectureName, number[][]> = {
  vgg11: [[64], [128], [256, 256], [512, 512], [512, 512]],
  vgg13: [
    [64, 64],
    [128, 128],
    [256, 256],
    [512, 512],
    [512, 512],
  ],
  vgg16: [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ],
  vgg19: [
    [64, 64],
    [128, 128],
    [256, 256, 256, 256],
    [512, 512, 512, 512],
    [512, 512, 512, 512],
  ],
};

export interface VggOptions {
  architecture: ArchitectureName;
  /** Multiplier of all hidden widths. */
  width: number;
  /** Width of the two hidden fully connected layers, before the multiplier. */
  head: number;
  normalisation: NormalisationName;
  /** What the head tells apart; default 10. */
  classes?: number;
}

/** A parameter or statistic by its shape and how it starts: weights at random, the rest at one value. */
export interface Initial {
  shape: number[];
  start: 'weights' | number;
}

/** A network: the shapes of what it holds and the function it computes. */
export interface Vgg {
  options: VggOptions;
  /** Number of convolutions. */
  convolutions: number;
  parameters: Record<string, Initial>;
  statistics: Record<string, Initial>;
  /**
   * Layer `number` (from 1): convolution, normalisation, ReLU and, at the end of a block, max-pool.
   * h [n, height, width, in] -> h [n, height', width', out] with the layer's statistics after the pass.
   * `activation` is the output of the normalisation (in the standard network, of the bias), before the ReLU.
   */
  layer(
    number: number,
    h: Tensor,
    parameters: Tensors,
    statistics: Tensors,
    mode: ForwardMode,
  ): { h: Tensor; activation: Tensor; statistics: Tensors };
  /** What follows the normalisation of layer `number`: the ReLU and, at the end of a block, the max-pool before it. */
  activate(number: number, activation: Tensor): Tensor;
  /** The fully connected layers: output of the last convolution's block -> logits [n, classes]. */
  head(h: Tensor, parameters: Tensors): Tensor;
  /**
   * x [n, 32, 32, 3] -> logits [n, classes], with the statistics after the pass and every layer's activation by number.
   * `mode.noiseKey` is the key of the step; each layer derives its own from it.
   */
  forward(
    x: Tensor,
    parameters: Tensors,
    statistics: Tensors,
    mode: ForwardMode,
  ): { logits: Tensor; statistics: Tensors; activations: Tensor[] };
}

const imageSize = 32;

/** The entries of a flat record whose keys begin with `prefix/`, without the prefix. */
function entriesUnder(tensors: Tensors, prefix: string): Tensors {
  const result: Tensors = {};
  for (const name in tensors)
    if (name.startsWith(`${prefix}/`)) result[name.slice(prefix.length + 1)] = tensors[name]!;
  return result;
}

/** The key of one layer's noise from the step's, int32 [2]: its own range of places in the same stream. */
const layerKey = (key: Tensor, layer: number): Tensor => keyAt(key, layer * drawsPerLayer);

/** Names of the tensors that the L2 penalty applies to: weights and kernels, not biases, gamma or beta. */
export const isKernel = (name: string): boolean => name.endsWith('/kernel');

/** Builds the network; allocates nothing. */
export function vgg(options: VggOptions): Vgg {
  const blocks = architectures[options.architecture];
  const normalisation = normalisations[options.normalisation];
  const scaled = (width: number) => Math.max(1, Math.round(width * options.width));
  const parameters: Record<string, Initial> = {};
  const statistics: Record<string, Initial> = {};

  let channels = 3;
  let layer = 0;
  for (const width of blocks.flat()) {
    const name = `conv${++layer}`;
    const out = scaled(width);
    parameters[`${name}/kernel`] = { shape: [3, 3, channels, out], start: 'weights' };
    for (const [key, start] of Object.entries(normalisation.parameters))
      parameters[`${name}/${key}`] = { shape: [out], start };
    for (const [key, start] of Object.entries(normalisation.statistics))
      statistics[`${name}/${key}`] = { shape: [out], start };
    channels = out;
  }
  const side = imageSize / 2 ** blocks.length;
  let features = channels * side * side;
  [scaled(options.head), scaled(options.head), options.classes ?? 10].forEach((out, i) => {
    parameters[`dense${i + 1}/kernel`] = { shape: [features, out], start: 'weights' };
    parameters[`dense${i + 1}/bias`] = { shape: [out], start: 0 };
    features = out;
  });

  const poolAfter = new Set<number>();
  blocks.reduce((last, block) => {
    poolAfter.add(last + block.length);
    return last + block.length;
  }, 0);

  const network: Vgg = {
    options,
    convolutions: layer,
    parameters,
    statistics,
    layer(number, h, parameters, statistics, { noiseKey, ...mode }) {
      const name = `conv${number}`;
      const y = conv2d(h, parameters[`${name}/kernel`]!); // [n, h, w, c]
      const noise = normalisation.noisy && noiseKey ? { noiseKey: layerKey(noiseKey, number) } : {};
      const result = normalisation.apply(
        y,
        entriesUnder(parameters, name),
        entriesUnder(statistics, name),
        {
          ...mode,
          ...noise,
        },
      );
      const moved: Tensors = {};
      for (const key in result.statistics) moved[`${name}/${key}`] = result.statistics[key]!;
      return { h: network.activate(number, result.y), activation: result.y, statistics: moved };
    },
    // The greatest of four and zero, in whichever order: pooled first, the ReLU has a quarter of the work.
    activate: (number, activation) =>
      relu(poolAfter.has(number) ? maxPool(activation) : activation),
    head(h, parameters) {
      let y = reshape(h, [h.shape[0], h.size / h.shape[0]]); // [n, features]
      for (const i of [1, 2, 3]) {
        y = biasAdd(matMul(y, parameters[`dense${i}/kernel`]!), parameters[`dense${i}/bias`]!);
        if (i < 3) y = relu(y);
      }
      return y;
    },
    forward(x, parameters, statistics, mode) {
      const moved: Tensors = {};
      const activations: Tensor[] = [];
      let h = x;
      for (let number = 1; number <= network.convolutions; number++) {
        const result = network.layer(number, h, parameters, statistics, mode);
        h = result.h;
        Object.assign(moved, result.statistics);
        activations[number] = result.activation;
      }
      return { logits: network.head(h, parameters), statistics: moved, activations };
    },
  };
  return network;
}

/** Number of trainable values. */
export const parameterCount = (network: Vgg): number =>
  Object.values(network.parameters).reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
    0,
  );

/**
 * Initial parameters and statistics. Weights come from the seed's `init` stream, keyed by their place among the
 * weights: networks that differ in their normalisation only start from the same weights.
 */
export function initialise(
  network: Vgg,
  initialisation: InitialisationName,
  seed: number,
): { parameters: Tensors; statistics: Tensors } {
  let weights = 0;
  const make = (initials: Record<string, Initial>): Tensors => {
    const result: Tensors = {};
    for (const [name, { shape, start }] of Object.entries(initials)) {
      result[name] =
        start === 'weights'
          ? initialWeights(initialisation, shape, streamKey(seed, 'init', weights++))
          : tf.fill(shape, start);
    }
    return result;
  };
  return { parameters: make(network.parameters), statistics: make(network.statistics) };
}

/** Refuses layer numbers that the network does not have. */
export function checkLayers(network: Vgg, layers: readonly number[], where: string): void {
  checkLayerNumbers(network.options.architecture, network.convolutions, layers, where);
}
