/**
 * The functions that a run consists of, each a pure function of tensors made to be compiled: gradient, training step,
 * evaluation and activations. Whatever changes between calls is an input.
 */
import { compile } from '../engine/compile';
import { constant } from '../engine/constant';
import { argMaxOfRows, cast, gather, halfSquare, oneHot, reshape } from '../engine/elementary';
import { valueAndGradients } from '../engine/gradients';
import { meanOfVector, softmaxCrossEntropy } from '../engine/ops';
import { type Tensor, tf } from '../engine/tf';
import type { Tensors } from '../engine/tree';
import { isKernel, type Vgg } from '../models/vgg';
import { augment, type Crops } from './augment';

/** A data set on the device. */
export type DeviceData = {
  /** [count, 32, 32, 3], uint8. */
  images: Tensor;
  /** [count], int32. */
  labels: Tensor;
};

/** What a run holds between steps. */
export type TrainingState = {
  parameters: Tensors;
  /** Running averages of the normalisations. */
  statistics: Tensors;
};

/**
 * A minibatch is named by its indices into the data: nothing but 4 bytes an image is sent to the device; 12 where the
 * images are cropped at random.
 */
export type Batch = PlainBatch | (PlainBatch & { crops: Crops });

type PlainBatch = {
  data: DeviceData;
  /** [n], int32. */
  indices: Tensor;
  /** The key of this step's noise, int32 [2]; read only by networks with noise. */
  noiseKey: Tensor;
};

/** The input of most functions here. */
export type AtBatch = TrainingState & { batch: Batch };

export type GradientResult = {
  /** Mean cross-entropy of the minibatch, []. */
  loss: Tensor;
  /** l2/2 times the sum of squared weights, []; 0 without a penalty. */
  penalty: Tensor;
  /** Fraction of the minibatch classified correctly, []. */
  accuracy: Tensor;
  /** Of loss + penalty, per parameter. */
  gradients: Tensors;
  statistics: Tensors;
};

export interface StepOptions {
  /** Coefficient of W in the gradient (the paper's unmentioned L2 penalty); 0 leaves it out. */
  l2: number;
  /** Channel mean and standard deviation of the training images in [0, 1]. */
  mean: readonly number[];
  std: readonly number[];
}

/**
 * The standardised images of a batch, (pixel / 255 - mean) / std, cropped where it says so: [n, 32, 32, 3]. Computed on
 * whole images as rows: broadcasting over three channels alone takes four times as long.
 */
function imagesOf(batch: Batch, { mean, std }: StepOptions): Tensor {
  const { data, indices } = batch;
  const shape = [indices.size, ...data.images.shape.slice(1)]; // [n, 32, 32, 3]
  const pixels = data.images.size / data.images.shape[0] / mean.length;
  const eachPixel = (values: number[]) =>
    constant(Array.from({ length: pixels }, () => values).flat());
  const scale = eachPixel(std.map((s) => 1 / (255 * s)));
  const shift = eachPixel(mean.map((m, c) => -m / std[c]!));
  const images = cast(gather(data.images, indices, { type: 'uint8' }), 'uint8');
  const rows = reshape(images, [indices.size, scale.size]);
  const standardised = reshape(tf.add(tf.mul(rows, scale), shift), shape);
  return 'crops' in batch ? augment(standardised, batch.crops) : standardised;
}

/** Mean cross-entropy and accuracy of logits [n, classes], [] each. */
export function lossOf(
  logits: Tensor,
  { data, indices }: Batch,
): { loss: Tensor; accuracy: Tensor } {
  const labels = gather(data.labels, indices, { type: 'int32' });
  return {
    loss: meanOfVector(softmaxCrossEntropy(logits, oneHot(labels, logits.shape[1]!))),
    accuracy: meanOfVector(cast(tf.equal(argMaxOfRows(logits), labels), 'bool')),
  };
}

/** l2/2 times the sum of squares of all weights and kernels, []. */
function weightPenalty(parameters: Tensors, l2: number): Tensor {
  if (l2 === 0) return constant(0);
  const halves = Object.keys(parameters)
    .filter(isKernel)
    .map((name) => halfSquare(parameters[name]!));
  return tf.mul(
    halves.reduce((sum, half) => tf.add(sum, half)),
    constant(l2),
  );
}

/** The pure functions of one network, before they are compiled; probes build theirs from these. */
export function stepFunctions(network: Vgg, options: StepOptions) {
  const images = (batch: Batch): Tensor => imagesOf(batch, options);

  /** Loss, accuracy and gradient at given parameters on a given batch, with the batch's own statistics. */
  function gradient({ parameters, statistics, batch }: AtBatch): GradientResult {
    const x = images(batch);
    const mode = { training: true, updateStatistics: true, noiseKey: batch.noiseKey };
    const { loss, gradients, aux } = valueAndGradients(() => {
      const pass = network.forward(x, parameters, statistics, mode);
      const { loss, accuracy } = lossOf(pass.logits, batch);
      return { loss, aux: { accuracy, statistics: pass.statistics } };
    }, parameters);
    if (options.l2 > 0) {
      for (const name of Object.keys(gradients).filter(isKernel))
        gradients[name] = tf.add(gradients[name]!, tf.mul(parameters[name]!, constant(options.l2)));
    }
    return { loss, penalty: weightPenalty(parameters, options.l2), gradients, ...aux };
  }

  /** Plain stochastic gradient descent (App. A.1): w - learningRate * g. */
  function train(input: AtBatch & { learningRate: Tensor }) {
    const result = gradient(input);
    const parameters: Tensors = {};
    for (const name in input.parameters)
      parameters[name] = tf.sub(
        input.parameters[name]!,
        tf.mul(input.learningRate, result.gradients[name]!),
      );
    return { ...result, parameters };
  }

  function trainOnly(input: AtBatch & { learningRate: Tensor }) {
    const { parameters, statistics, loss, penalty, accuracy } = train(input);
    return { parameters, statistics, loss, penalty, accuracy };
  }

  /** Without noise, by running averages and by the batch's own statistics; the same where there are none. */
  function evaluate({ parameters, statistics, batch }: AtBatch) {
    const x = images(batch);
    const by = (training: boolean) => {
      const mode = { training, updateStatistics: false };
      return lossOf(network.forward(x, parameters, statistics, mode).logits, batch);
    };
    const running = by(false);
    return { running, batch: Object.keys(network.statistics).length ? by(true) : running };
  }

  function activations(input: AtBatch & { channels: Tensors }): Tensors {
    const { parameters, statistics, batch, channels } = input;
    const mode = { training: true, updateStatistics: false, noiseKey: batch.noiseKey };
    const pass = network.forward(images(batch), parameters, statistics, mode);
    const result: Tensors = {};
    for (const layer in channels)
      result[layer] = gather(pass.activations[Number(layer)]!, channels[layer]!, { axis: 3 });
    return result;
  }

  return { images, gradient, train, trainOnly, evaluate, activations };
}

/** What messages and manifests call the step that a run takes thousands of times. */
export const trainingStepName = 'train';

/**
 * Compiles the functions of one network. Their input trees hold `parameters`, `statistics`, a `batch`, and what else
 * changes. The caller disposes of the results.
 */
export function makeSteps(network: Vgg, options: StepOptions) {
  const functions = stepFunctions(network, options);
  return {
    /** The functions themselves, from which probes build theirs. */
    functions,
    /** One step of training; the metrics are those of the parameters before the step. */
    train: compile(functions.trainOnly, { name: trainingStepName, trainingStep: true }),
    /** The same step, returning the gradient too, for the probes. */
    trainWithGradients: compile(functions.train, { name: 'trainWithGradients' }),
    /** The gradient at given parameters on a given batch. */
    gradient: compile(functions.gradient, { name: 'gradient' }),
    /** Loss and accuracy of a batch, by running averages and by the batch's own statistics. */
    evaluate: compile(functions.evaluate, { name: 'evaluate' }),
    /**
     * One channel of some layers' activations on a training batch, after the normalisation and before the ReLU.
     * `channels` maps layer to channel (int32 [1]); the result maps layer to values [n, h, w, 1].
     */
    activations: compile(functions.activations, { name: 'activations' }),
  };
}

/** The compiled functions of one network. */
export type Steps = ReturnType<typeof makeSteps>;
