/**
 * Internal covariate shift by gradients (Definition 2.1; Figure 3). For layer i at step t, with the same minibatch,
 *   G_i  = grad_{W_i} f(W_1^t, ..., W_k^t)
 *   G'_i = grad_{W_i} f(W_1^{t+1}, ..., W_{i-1}^{t+1}, W_i^t, W_{i+1}^t, ..., W_k^t):
 * the gradient before and after the layers below have taken their step. The shift is || G_i - G'_i ||_2, ideally 0, and
 * the angle's cosine, ideally 1. The layers below move with all they train: weights and normalisation parameters.
 */
import { compile } from '../engine/compile';
import { constant } from '../engine/constant';
import { halfSquare } from '../engine/elementary';
import { valueAndGradients } from '../engine/gradients';
import { readTogether, type Values } from '../engine/read';
import { type Tensor, tf } from '../engine/tf';
import { disposeTree, type Tensors } from '../engine/tree';
import type { Vgg } from '../models/vgg';
import { type AtBatch, lossOf, type stepFunctions } from '../step/step';
import { sumOfProduct } from './norms';

export const covariateShiftColumns = ['step', 'layer', 'l2', 'cosine', 'norm', 'normAfter'];

type Input = AtBatch & {
  /** The parameters after the step. */
  next: Tensors;
  /** The step's gradient at `parameters`. */
  gradients: Tensors;
};

/** What a row is made of, from G and G'. */
type Comparison = { dot: Tensor; difference: Tensor; G: Tensor; shifted: Tensor };

const compare = (G: Tensor, shifted: Tensor): Comparison => ({
  dot: sumOfProduct(G, shifted),
  difference: halfSquare(tf.sub(G, shifted)),
  G: halfSquare(G),
  shifted: halfSquare(shifted),
});

function rowOf(step: number, layer: number, comparison: Values<Comparison>): number[] {
  const root = (key: keyof Comparison) => Math.sqrt(2 * comparison[key]);
  const [norm, normAfter] = [root('G'), root('shifted')];
  const cosine = comparison.dot / (norm * normAfter);
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
        result[number] = compare(G, shifted);
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
