/**
 * Internal covariate shift by gradients (Definition 2.1; Figure 3). For layer i at step t, with the same minibatch,
 *   G_i  = grad_{W_i} f(W_1^t, ..., W_k^t)
 *   G'_i = grad_{W_i} f(W_1^{t+1}, ..., W_{i-1}^{t+1}, W_i^t, W_{i+1}^t, ..., W_k^t):
 * the gradient before and after the layers below have taken their step. The shift is || G_i - G'_i ||_2, ideally 0, and
 * the angle's cosine, ideally 1. The layers below move with all they train: weights and normalisation parameters.
 */
import { compile } from '../engine/compile';
import { constant } from '../engine/constant';
import { valueAndGradients } from '../engine/gradients';
import { numbered, readTogether, type Values } from '../engine/read';
import { type Tensor, tf } from '../engine/tf';
import { disposeTree, type Tensors } from '../engine/tree';
import type { Vgg } from '../models/vgg';
import { type AtBatch, lossOf, type stepFunctions } from '../step/step';
import { eachNetwork, type Measures, oneNetwork } from './norms';

export const covariateShiftColumns = ['step', 'layer', 'l2', 'cosine', 'norm', 'normAfter'];

type Input = AtBatch & {
  /** The parameters after the step. */
  next: Tensors;
  /** The step's gradient at `parameters`. */
  gradients: Tensors;
};

/** What a row is made of, from G and G'. */
type Comparison = { dot: Tensor; difference: Tensor; G: Tensor; shifted: Tensor };

const compare = (G: Tensor, shifted: Tensor, { dot, halfSquare }: Measures): Comparison => ({
  dot: dot(G, shifted),
  difference: halfSquare(tf.sub(G, shifted)),
  G: halfSquare(G),
  shifted: halfSquare(shifted),
});

/** A network's row. */
function rowOf(step: number, layer: number, comparison: Values<Comparison>, network = 0): number[] {
  const root = (key: keyof Comparison) => Math.sqrt(2 * comparison[key][network]!);
  const [norm, normAfter] = [root('G'), root('shifted')];
  const cosine = comparison.dot[network]! / (norm * normAfter);
  return [step, layer, root('difference'), cosine, norm, normAfter].map((value) =>
    Math.fround(value),
  );
}

/**
 * Compiles the probe for some layers of a network. One pass serves them all as far as the definition allows: the
 * activations below, with the next parameters, are computed once, and each layer's gradient is taken from there up.
 */
export function makeCovariateShift(
  network: Vgg,
  functions: ReturnType<typeof stepFunctions>,
  { layers, l2 }: { layers: readonly number[]; l2: number },
) {
  const last = Math.max(0, ...layers);

  function shifts(input: Input): Record<string, Comparison> {
    const { parameters, next, statistics, batch, gradients } = input;
    const mode = { training: true, updateStatistics: false, noiseKey: batch.noiseKey };
    const result: Record<string, Comparison> = {};
    let below = functions.images(batch); // what layer `number` receives from the layers after their step
    for (let number = 1; number <= last; number++) {
      if (layers.includes(number)) {
        const name = `conv${number}/kernel`;
        const kernel = parameters[name]!;
        const from = below;
        const after = valueAndGradients(
          () => {
            let h = from;
            for (let above = number; above <= network.convolutions; above++)
              h = network.layer(above, h, parameters, statistics, mode).h;
            return { loss: lossOf(network.head(h, parameters), batch).loss, aux: {} };
          },
          { kernel },
        ).gradients.kernel!;
        const G = gradients[name]!;
        const shifted = l2 > 0 ? tf.add(after, tf.mul(kernel, constant(l2))) : after;
        result[number] = compare(G, shifted, oneNetwork);
      }
      if (number < last) below = network.layer(number, below, next, statistics, mode).h;
    }
    return result;
  }
  const compiled = compile(shifts, { name: 'covariateShift' });

  /** The table's rows for one step, one for each layer. */
  return function measure(step: number, input: Input): number[][] {
    const result = compiled(input);
    const values = readTogether(result);
    disposeTree(result);
    return layers.map((layer) => rowOf(step, layer, values[layer]!));
  };
}

/**
 * The probe for several networks at once, numbered by the first axis of every tensor, whose layers are in order along
 * the second one (as in `DeepLinear`). `gradient` is compiled already: each layer's G' is one full gradient, at mixed
 * parameters.
 *
 * @returns A function of a step and the networks' parameters before and after it, with the gradients before, that
 * returns each network's rows, one for each layer.
 */
export function makeCovariateShifts(
  gradient: (parameters: Tensors) => { gradients: Tensors },
  { layers }: { layers: readonly number[] },
) {
  /** The layers below `layer` from `next`, the others from `parameters`. */
  function mixed(layer: number, parameters: Tensors, next: Tensors): Tensors {
    const result: Tensors = {};
    for (const name in parameters) {
      const [below, rest] = [next[name]!, parameters[name]!];
      const above = rest.shape[1]! - (layer - 1);
      result[name] =
        above > 0
          ? tf.concat([tf.slice(below, 0, [-1, layer - 1]), tf.slice(rest, [0, layer - 1])], 1)
          : below;
    }
    return result;
  }
  const weightsOf = (layer: number, { weights }: Tensors): Tensor =>
    tf.slice(weights!, [0, layer - 1], [-1, 1]);

  return function measure(
    step: number,
    input: { parameters: Tensors; next: Tensors; gradients: Tensors },
  ): number[][][] {
    return tf.tidy(() => {
      const comparisons = layers.map((layer) => {
        const { gradients } = gradient(mixed(layer, input.parameters, input.next));
        const [G, shifted] = [weightsOf(layer, input.gradients), weightsOf(layer, gradients)];
        return compare(G, shifted, eachNetwork);
      });
      const values = readTogether(numbered(comparisons));
      const networks = input.gradients.weights!.shape[0];
      return Array.from({ length: networks }, (_, network) =>
        layers.map((layer, i) => rowOf(step, layer, values[i]!, network)),
      );
    });
  };
}
