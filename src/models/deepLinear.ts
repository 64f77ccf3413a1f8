/**
 * The deep linear network (App. A.1): y = W_k ... W_2 W_1 x with k square matrices, a normalisation behind each, and
 * nothing else. Several networks are computed at once: the first axis of every tensor numbers them, the last one the
 * samples. Layers are numbered from 1, the one next to x.
 */
import { batchMatMul, pack, unpack } from '../engine/batched';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';
import { axisBatchNorm } from '../layers/axisBatchNorm';
import { type InitialisationName, initialWeights } from '../layers/initialisation';
import { lpNorm, type LpNormOrder } from '../layers/lpNorm';
import { streamKey } from '../random/streams';
import { UserError } from '../system/errors';

export type LinearNormalisationName = 'none' | 'batch' | 'l1' | 'l2' | 'linf';

export interface DeepLinearOptions {
  /** Number of layers. */
  depth: number;
  /** Each layer is a matrix of size x size. */
  size: number;
  normalisation: LinearNormalisationName;
  /** Whether a normalisation stands behind the last layer too. */
  normaliseLast: boolean;
}

export interface DeepLinear {
  options: DeepLinearOptions;
  /**
   * Shapes of the parameters of one network: `weights` [depth, size, size] and, with a normalisation, `gamma` and
   * `beta` [normalised layers, size, 1]. All layers are in one tensor: a step has few inputs and outputs to hand over.
   */
  parameters: Record<string, number[]>;
  /** One tensor for each layer and kind, named like `gamma/3`; inverse of `joined`. Throws UserError for wrong shapes. */
  split(parameters: Tensors): Tensors;
  joined(layers: Tensors): Tensors;
  /** x [s, size, samples] -> y of the same shape, and each layer's output by number; `layers` as `split` returns them. */
  forward(x: Tensor, layers: Tensors): { y: Tensor; activations: Tensor[] };
}

const samplesAxis = 2;

type Normalise = (x: Tensor, parameters: { gamma: Tensor; beta: Tensor }) => Tensor;

const lp =
  (order: LpNormOrder): Normalise =>
  (x, parameters) =>
    lpNorm(x, { order, axes: [samplesAxis], ...parameters }).y;

const normalisers: Record<Exclude<LinearNormalisationName, 'none'>, Normalise> = {
  batch: (x, parameters) => axisBatchNorm(x, { axis: samplesAxis, ...parameters }),
  l1: lp(1),
  l2: lp(2),
  linf: lp('infinity'),
};

export const linearNormalisations: readonly LinearNormalisationName[] = [
  'none',
  ...(Object.keys(normalisers) as (keyof typeof normalisers)[]),
];

/** Builds the network; allocates nothing. */
export function deepLinear(options: DeepLinearOptions): DeepLinear {
  const { depth, size, normalisation, normaliseLast } = options;
  const normalise = normalisation === 'none' ? undefined : normalisers[normalisation];
  const normalised = normaliseLast ? depth : depth - 1;
  const perUnit = [normalised, size, 1];
  const parameters: DeepLinear['parameters'] = {
    weights: [depth, size, size],
    ...(normalise && normalised > 0 ? { gamma: perUnit, beta: perUnit } : {}),
  };

  return {
    options,
    parameters,
    split(given) {
      const result: Tensors = {};
      for (const [name, shape] of Object.entries(parameters)) {
        const found = given[name]?.shape ?? [];
        if (found.length !== 4 || shape.some((length, i) => found[i + 1] !== length)) {
          throw new UserError(
            `deep linear network: ${name} has shape [${found.join(', ')}]; it must be ` +
              `[networks, ${shape.join(', ')}], all layers square and of one size`,
          );
        }
        unpack(given[name]!, shape[0]!).forEach((slice, i) => {
          result[`${name}/${i + 1}`] = slice;
        });
      }
      return result;
    },
    joined(layers) {
      const result: Tensors = {};
      for (const [name, [count]] of Object.entries(parameters))
        result[name] = pack(Array.from({ length: count! }, (_, i) => layers[`${name}/${i + 1}`]!));
      return result;
    },
    forward(x, layers) {
      const activations: Tensor[] = [];
      let y = x;
      for (let number = 1; number <= depth; number++) {
        y = batchMatMul(layers[`weights/${number}`]!, y);
        const gamma = layers[`gamma/${number}`];
        const beta = layers[`beta/${number}`];
        if (normalise && gamma && beta) y = normalise(y, { gamma, beta });
        activations[number] = y;
      }
      return { y, activations };
    },
  };
}

/**
 * Initial parameters, [seeds, ...] each. A layer's weights come from its place in the seed's stream `init`: networks
 * that differ in their normalisation only start from the same weights. The caller disposes.
 */
export function initialiseDeepLinear(
  { parameters, options: { size } }: DeepLinear,
  initialisation: InitialisationName,
  seeds: readonly number[],
): Tensors {
  return tf.tidy(() => {
    const result: Tensors = {};
    for (const [name, shape] of Object.entries(parameters)) {
      result[name] =
        name === 'weights'
          ? tf.stack(
              seeds.map((seed) =>
                tf.stack(
                  Array.from({ length: shape[0]! }, (_, layer) =>
                    initialWeights(initialisation, [size, size], streamKey(seed, 'init', layer)),
                  ),
                ),
              ),
            )
          : tf.fill([seeds.length, ...shape], name === 'gamma' ? 1 : 0);
    }
    return result;
  });
}
