/** Whole training steps in all three modes, and what a compiled one consists of. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { syntheticDataSet } from '../../src/data/synthetic';
import { backend } from '../../src/engine/backend';
import { compile, type StepMode } from '../../src/engine/compile';
import { constant } from '../../src/engine/constant';
import { valueAndGradients } from '../../src/engine/gradients';
import { biasAdd, matMul, meanOfVector, relu, softmaxCrossEntropy } from '../../src/engine/ops';
import { type Tensor, tf } from '../../src/engine/tf';
import { uint8Tensor } from '../../src/engine/transfer';
import { disposeTree, leaves, type Tensors } from '../../src/engine/tree';
import type { NormalisationName } from '../../src/layers/normalisation';
import { initialise, vgg } from '../../src/models/vgg';
import { type Batch, makeSteps } from '../../src/step/step';
import { hasFunctions, tensorCounts } from '../engine/counts';
import { deterministicValues } from '../fixtures/weights';
import { toBeAllClose } from '../support/allclose';

const count = 64;
const batchSize = 8;
const { train: split, mean, std } = syntheticDataSet({ train: count, test: 1 });

/** A VGG-11 of 1/16 width on made-up images. */
function network(normalisation: NormalisationName, l2 = 0) {
  const net = vgg({ architecture: 'vgg11', width: 1 / 16, head: 512, normalisation });
  return { net, steps: makeSteps(net, { l2, mean, std }) };
}

const deviceData = () => ({
  images: uint8Tensor(split.images, [count, 32, 32, 3]),
  labels: tf.tensor1d(Int32Array.from(split.labels), 'int32'),
});

const valuesOf = (tensors: Tensors) => leaves(tensors).tensors.map((tensor) => tensor.dataSync());

/** Trains for some steps, the rate changing at each; returns losses and the final state. */
function trainVgg(
  { net, steps }: ReturnType<typeof network>,
  mode: StepMode,
  stepCount: number,
  seed = 3,
) {
  vi.stubEnv('BN_ENGINE_STEP', mode);
  const data = deviceData();
  let state = initialise(net, 'heNormal', seed);
  const losses: number[] = [];
  let counts: ReturnType<typeof tensorCounts> | undefined;
  for (let step = 0; step < stepCount; step++) {
    const batch: Batch = {
      data,
      indices: tf.tensor1d(
        Int32Array.from({ length: batchSize }, (_, i) => (step * batchSize + i * 7) % count),
        'int32',
      ),
      noiseKey: tf.tensor1d([5, step], 'int32'),
    };
    const learningRate = tf.scalar(0.05 / (1 + step / 50));
    const result = steps.train({ ...state, batch, learningRate });
    losses.push(result.loss.dataSync()[0]!);
    disposeTree(state);
    state = { parameters: result.parameters, statistics: result.statistics };
    tf.dispose([learningRate, batch.indices, batch.noiseKey]);
    tf.dispose([result.loss, result.penalty, result.accuracy]);
    if (step === 1) counts = tensorCounts();
  }
  if (stepCount > 1) expect(tensorCounts()).toEqual(counts);
  const values = [...valuesOf(state.parameters), ...valuesOf(state.statistics)];
  disposeTree({ data, state });
  return { losses, values };
}

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(!hasFunctions())('the training step of a VGG-11', () => {
  it('gives bit for bit the same as one function as op by op, over 200 steps', () => {
    const before = tensorCounts();
    const vggBn = network('batch', 5e-4);
    const eager = trainVgg(vggBn, 'eager', 200);
    const compiled = trainVgg(vggBn, 'function', 200);
    expect(compiled.losses).toEqual(eager.losses);
    compiled.values.forEach((values, i) => expect(values).toEqual(eager.values[i]));
    expect(eager.losses.slice(-8).reduce((a, b) => a + b) / 8).toBeLessThan(1);
    vggBn.steps.train.dispose();
    expect(tensorCounts()).toEqual(before);
  });

  it.each<NormalisationName>(['none', 'batch', 'noisyBatch', 'l1', 'l2', 'linf'])(
    'counts its first call as a step, with %s normalisation too',
    (normalisation) => {
      const net = network(normalisation);
      const eager = trainVgg(net, 'eager', 1);
      const compiled = trainVgg(net, 'function', 1);
      // To the bit where TensorFlow fuses nothing: it joins convolution and bias.
      toBeAllClose(compiled.losses, eager.losses, { rtol: 1e-6 });
      compiled.values.forEach((values, i) =>
        toBeAllClose(values, eager.values[i]!, { rtol: 1e-5, atol: 1e-6 }),
      );
      net.steps.train.dispose();
    },
  );

  it('consists of native ops only, none of them filled or uploaded from JavaScript', () => {
    const batchNorm = network('batch', 5e-4);
    trainVgg(batchNorm, 'function', 2);
    const operations = batchNorm.steps.train.operations();
    const counted: Record<string, number> = {};
    for (const name of operations) counted[name] = (counted[name] ?? 0) + 1;
    const [convolutions, kernels, parameters] = [8, 11, 8 * 3 + 3 * 2];
    const { Placeholder, Const, Add, Mul, Sub, ...rest } = counted;
    expect(rest).toEqual({
      GatherV2: 2,
      Cast: 2,
      OneHot: 1,
      Conv2D: convolutions,
      FusedBatchNormV3: convolutions,
      Relu: convolutions + 2,
      MaxPool: 5,
      // Images to rows and back; to vectors and back; the loss's gradient to a column; three for each kernel below.
      Reshape: 2 + 3 + 3 * 2,
      // Of each dense layer, and the kernel gradients of the two convolutions on images of four pixels.
      MatMul: 3 * 3 + 2,
      ExtractImagePatches: 2,
      BiasAdd: 3,
      SoftmaxCrossEntropyWithLogits: 1,
      Mean: 2,
      ArgMax: 1,
      Equal: 1,
      Fill: 1, // the gradient of the mean: a native op on a computed value
      BiasAddGrad: 3,
      ReluGrad: convolutions + 2,
      MaxPoolGrad: 5,
      FusedBatchNormGradV3: convolutions,
      Conv2DBackpropFilter: convolutions - 2,
      Conv2DBackpropInput: convolutions - 1, // not of the images
      L2Loss: kernels,
    });
    // Parameters, statistics, images, labels, indices, noise key and learning rate.
    expect(Placeholder).toBe(parameters + 8 * 2 + 5);
    expect(Sub).toBe(parameters);
    // The rate, the penalty and its gradient, images, the loss's gradient.
    expect(Mul).toBe(parameters + kernels + 1 + 1 + 2);
    expect(Add).toBe(kernels + (kernels - 1) + 1);
    // Shapes, axes and declared factors.
    expect(Const).toBeLessThan(150);
    batchNorm.steps.train.dispose();
  });

  it('trains by XLA along a loss curve that is nearer than that of another seed, over 1,000 steps', () => {
    const vggBn = network('batch');
    const windows = (mode: StepMode, seed: number): number[] => {
      const { losses } = trainVgg(vggBn, mode, 1000, seed);
      return Array.from({ length: 10 }, (_, i) =>
        losses.slice(100 * i, 100 * (i + 1)).reduce((sum, loss) => sum + loss / 100, 0),
      );
    };
    const seeds = [3, 4, 5].map((seed) => windows('function', seed));
    // On average over training: late in it, where the loss is nearly 0, one window may fall anywhere.
    const average = (differences: number[]) => differences.reduce((a, b) => a + b) / 10;
    const own = average(windows('xla', 3).map((loss, i) => Math.abs(loss - seeds[0]![i]!)));
    const spread = average(
      seeds[0]!.map((_, i) => {
        const all = seeds.map((curve) => curve[i]!);
        return Math.max(...all) - Math.min(...all);
      }),
    );
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(spread);
    vggBn.steps.train.dispose();
  }, 300_000);

  it('holds no constant of the size of a batch', () => {
    const define = vi.spyOn(backend().binding, 'defineFunction');
    const batchNorm = network('batch');
    trainVgg(batchNorm, 'function', 1);
    const graph = define.mock.calls[0]![1];
    define.mockRestore();
    // The images of a batch are 24,576 values, the weights 200,000; the graph is the names of its nodes.
    expect(graph.byteLength).toBeLessThan(60_000);
    batchNorm.steps.train.dispose();
  });
});

describe.skipIf(!hasFunctions())('a step of matrix products', () => {
  const sizes = [16, 24, 24, 10];
  const initial = (): Tensors =>
    Object.fromEntries(
      sizes.slice(1).flatMap((out, i) => {
        const values = deterministicValues(i, sizes[i]! * out, 0.4);
        return [
          [`w${i}`, tf.tensor2d(values, [sizes[i]!, out])],
          [`b${i}`, tf.zeros([out])],
        ];
      }),
    );
  const step = compile(
    ({ x, labels, parameters }: { x: Tensor; labels: Tensor; parameters: Tensors }) => {
      const { gradients, loss } = valueAndGradients(() => {
        let h = x;
        for (let i = 0; i < 3; i++)
          h = biasAdd(matMul(i ? relu(h) : h, parameters[`w${i}`]!), parameters[`b${i}`]!);
        return { loss: meanOfVector(softmaxCrossEntropy(h, labels)), aux: {} };
      }, parameters);
      const next: Tensors = {};
      for (const name in parameters)
        next[name] = tf.sub(parameters[name]!, tf.mul(gradients[name]!, constant(0.2)));
      return { loss, parameters: next };
    },
    { name: 'products' },
  );
  const train = (mode: StepMode) => {
    vi.stubEnv('BN_ENGINE_STEP', mode);
    const x = tf.tensor2d(deterministicValues(9, 32 * 16, 1), [32, 16]);
    const classes = Float32Array.from({ length: 320 }, (_, i) =>
      Number(i % 10 === ((i / 10) | 0) % 10),
    );
    const labels = tf.tensor2d(classes, [32, 10]);
    let parameters = initial();
    const losses: number[] = [];
    for (let i = 0; i < 50; i++) {
      const result = step({ x, labels, parameters });
      losses.push(result.loss.dataSync()[0]!);
      tf.dispose([...Object.values(parameters), result.loss]);
      parameters = result.parameters;
    }
    const weights = valuesOf(parameters);
    disposeTree({ x, labels, parameters });
    return { losses, weights };
  };

  it('trains to the same weights by XLA, within 1e-5, and as a function to the very same', () => {
    const [eager, compiled, xla] = [train('eager'), train('function'), train('xla')];
    expect(eager.losses.at(-1)!).toBeLessThan(0.8 * eager.losses[0]!);
    expect(compiled).toEqual(eager);
    toBeAllClose(xla.losses, eager.losses, { rtol: 1e-5 });
    xla.weights.forEach((w, i) => toBeAllClose(w, eager.weights[i]!, { rtol: 1e-5, atol: 1e-5 }));
  });
});
