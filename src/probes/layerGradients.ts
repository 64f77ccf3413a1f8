/**
 * A BatchNorm layer's outputs and the gradients on both sides of its normalisation, for the theorems of section 4 on
 * real networks: y before it, dL/dz after gamma and beta and before the ReLU, dL/dy before it. Nothing that a network
 * holds is changed, running statistics included.
 */
import { conv2d } from '../engine/convolution';
import { valueAndGradients } from '../engine/gradients';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';
import { batchNorm } from '../layers/batchNorm';
import { checkLayers, type Vgg } from '../models/vgg';
import { type AtBatch, lossOf, type stepFunctions } from '../step/step';
import { UserError } from '../system/errors';

/** [n, h, w, channels] each but gamma, flat, the channel running fastest. */
export interface LayerGradients {
  /** The convolution's output. */
  y: Float32Array;
  /** gamma yhat + beta. */
  z: Float32Array;
  /** ghat = dL/dz. */
  gradient: Float32Array;
  /** dL/dy. */
  backpropagated: Float32Array;
  /** [channels] */
  gamma: Float32Array;
  /** dL/dz where the layer's output is another, `z`. With y in its place: that of a net without this BatchNorm. */
  gradientAt(z: Float32Array): Float32Array;
  /** dL/dy where the input of the normalisation is another, `y`. */
  backpropagatedAt(y: Float32Array): Float32Array;
}

type StepFunctions = ReturnType<typeof stepFunctions>;

/** What a layer's normalisation receives, y: [n, h, w, channels]. */
function below(
  network: Vgg,
  functions: StepFunctions,
  { parameters, statistics, batch }: AtBatch,
  layer: number,
): Tensor {
  let h = functions.images(batch); // [n, 32, 32, 3]
  for (let k = 1; k < layer; k++) ({ h } = network.layer(k, h, parameters, statistics, mode));
  return conv2d(h, parameters[`conv${layer}/kernel`]!);
}

const mode = { training: true, updateStatistics: false };

/**
 * Layer `layer` (from 1) of a BatchNorm network on a batch, in training mode. The functions in the result need the
 * input's tensors, which stay the caller's; nothing else is left on the device. Throws UserError for a layer that the
 * network does not have, and for a network with another normalisation.
 */
export function layerGradients(
  network: Vgg,
  functions: StepFunctions,
  input: AtBatch,
  layer: number,
): LayerGradients {
  checkLayers(network, [layer], 'layer');
  const { normalisation } = network.options;
  if (normalisation !== 'batch') {
    throw new UserError(
      `the network has normalisation '${normalisation}': layerGradients is about 'batch' alone`,
    );
  }
  const { parameters, statistics, batch } = input;
  const own = (of: Tensors, name: string): Tensor => of[`conv${layer}/${name}`]!;
  const [gamma, beta] = [own(parameters, 'gamma'), own(parameters, 'beta')];
  const running = { mean: own(statistics, 'mean'), variance: own(statistics, 'variance') };
  const normalised = (y: Tensor): Tensor =>
    batchNorm(y, running, { gamma, beta, updateStatistics: false }).y;
  const read = (tensor: Tensor): Float32Array => tensor.dataSync<'float32'>();

  // Numbers leave a tidy by assignment: it would look for tensors in every one of them.
  let y!: Float32Array;
  let z!: Float32Array;
  let shape!: number[];
  tf.tidy(() => {
    const found = below(network, functions, input, layer);
    ({ shape } = found);
    [y, z] = [read(found), read(normalised(found))];
  });

  const lossAbove = (output: Tensor): Tensor => {
    let h = network.activate(layer, output);
    for (let k = layer + 1; k <= network.convolutions; k++)
      ({ h } = network.layer(k, h, parameters, statistics, mode));
    return lossOf(network.head(h, parameters), batch).loss;
  };
  function gradientBy(values: Float32Array, loss: (at: Tensor) => Tensor): Float32Array {
    let result!: Float32Array;
    tf.tidy(() => {
      const at = tf.tensor(values, shape);
      const { gradients } = valueAndGradients(() => ({ loss: loss(at), aux: {} }), { at });
      result = read(gradients.at!);
    });
    return result;
  }
  const gradientAt = (at: Float32Array): Float32Array => gradientBy(at, lossAbove);
  const backpropagatedAt = (at: Float32Array): Float32Array =>
    gradientBy(at, (outputs) => lossAbove(normalised(outputs)));
  return {
    y,
    z,
    gradient: gradientAt(z),
    backpropagated: backpropagatedAt(y),
    gamma: read(gamma),
    gradientAt,
    backpropagatedAt,
  };
}
