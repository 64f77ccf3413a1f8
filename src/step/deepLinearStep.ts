/**
 * One step of gradient descent of deep linear networks, several at once: a pure function of tensors, compiled. The first
 * axis of every tensor numbers the networks; they share nothing but their shapes.
 */
import type { GaussianData } from '../data/gaussian';
import { type Attribute, execute1 } from '../engine/backend';
import { sumOfVector } from '../engine/batched';
import { compile } from '../engine/compile';
import { constant } from '../engine/constant';
import { differentiable, valueAndGradients } from '../engine/gradients';
import { reduce } from '../engine/reduce';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';
import type { DeepLinear } from '../models/deepLinear';

export type DeepLinearInput = {
  /** Packed, as `DeepLinear.parameters`, [s, ...] each. */
  parameters: Tensors;
  data: GaussianData;
  /** The unit of each layer whose outputs are shown, int32 [s, 1], by layer number. */
  units: Tensors;
  /** [s, 1, 1, 1] */
  learningRate: Tensor;
};

export type DeepLinearResult = {
  /** The parameters after the step. */
  parameters: Tensors;
  /** Of the parameters before the step, [s]. */
  loss: Tensor;
  /** Packed like the parameters. */
  gradients: Tensors;
  /** Outputs of the chosen units before the step, [s, 1, samples], by layer number. */
  activations: Tensors;
};

export interface DeepLinearStepOptions {
  /** What the sum of squared errors is multiplied with. */
  lossFactor: number;
}

const T: Record<string, Attribute> = { T: { type: 'float32' } };

/** factor * sum over units and samples of (y - target)^2: [s, n, m] -> [s]; the target is not differentiated. */
function squaredError(y: Tensor, target: Tensor, factor: number): Tensor {
  return differentiable(
    { y },
    (save) => {
      const error = tf.sub(y, target);
      save(error);
      const squares = reduce('Sum', execute1('Square', [error], T), [1, 2], { keep: false });
      return tf.mul(squares, constant(factor));
    },
    (dy, [error]) => ({
      y: () => {
        const each = execute1('Reshape', [dy, constant([dy.size, 1, 1], 'int32')], {
          ...T,
          Tshape: { type: 'int32' },
        });
        return tf.mul(tf.mul(each, constant(2 * factor)), error!);
      },
    }),
  );
}

/** One unit of each network: h [s, n, m], unit int32 [s, 1] -> [s, 1, m]. */
const unitOf = (h: Tensor, unit: Tensor): Tensor =>
  execute1('GatherV2', [h, unit, constant(1, 'int32')], {
    Tparams: { type: 'float32' },
    Tindices: { type: 'int32' },
    Taxis: { type: 'int32' },
    batch_dims: { int: 1 },
  });

/**
 * Compiles the step of a network: plain gradient descent on the full batch. Probes use the same function for the
 * gradient at other parameters, so that a network is compiled once. The caller disposes of the results.
 */
export function makeDeepLinearStep(network: DeepLinear, { lossFactor }: DeepLinearStepOptions) {
  function step({ parameters, data, units, learningRate }: DeepLinearInput): DeepLinearResult {
    const layers = network.split(parameters);
    const { gradients, aux } = valueAndGradients(() => {
      const { y, activations } = network.forward(data.x, layers);
      const loss = squaredError(y, data.target, lossFactor); // [s]
      const shown: Tensors = {};
      for (const layer in units) shown[layer] = unitOf(activations[Number(layer)]!, units[layer]!);
      return { loss: sumOfVector(loss), aux: { loss, activations: shown } };
    }, layers);
    const packed = network.joined(gradients);
    const next: Tensors = {};
    for (const name in parameters)
      next[name] = tf.sub(parameters[name]!, tf.mul(learningRate, packed[name]!));
    return { parameters: next, gradients: packed, ...aux };
  }
  // On a CPU, XLA takes a tenth to a third off a step, for seconds of compilation: long runs and several seeds gain.
  return compile(step, { name: 'deepLinear', manySmallOps: true });
}
