/** What the benchmark times: training steps of this project, under the names that src/bench/pytorch.py knows. */
import { syntheticDataSet } from '../data/synthetic';
import { tf } from '../engine/tf';
import { uint8Tensor } from '../engine/transfer';
import { disposeTree, type Tensors } from '../engine/tree';
import { initialise, vgg, type VggOptions } from '../models/vgg';
import { makeCovariateShift } from '../probes/covariateShift';
import { makeLandscape } from '../probes/landscape';
import { type AtBatch, type Batch, makeSteps } from '../training/step';
import { streamKey } from '../training/streams';

/** A training run that is advanced by the benchmark. */
export interface TimedTraining {
  /** Images of a step. */
  batch: number;
  /** Takes `steps` training steps, the last one read back, and returns the seconds of one. */
  seconds(steps: number): number;
  dispose(): void;
}

export interface BenchCase {
  batch: number;
  /** Steps of one timed block: some seconds at most. */
  steps: number;
  network: VggOptions;
}

export const cases: Record<string, BenchCase> = {
  'vgg11-bn-eighth-b64': {
    batch: 64,
    steps: 20,
    network: { architecture: 'vgg11', width: 1 / 8, head: 512, normalisation: 'batch' },
  },
  'vgg16-bn-b128': {
    batch: 128,
    steps: 1,
    network: { architecture: 'vgg16', width: 1, head: 512, normalisation: 'batch' },
  },
  'vgg16-bn-b128-head4096': {
    batch: 128,
    steps: 1,
    network: { architecture: 'vgg16', width: 1, head: 4096, normalisation: 'batch' },
  },
};

const learningRate = 0.01;

/** A network on random images in the middle of training, with all that can be timed on it. */
export function prepare({ batch: size, network: options }: BenchCase) {
  const network = vgg(options);
  const { train, mean, std } = syntheticDataSet({ train: 2 * size, test: 10 });
  const steps = makeSteps(network, { l2: 0, mean, std });
  const images = uint8Tensor(train.images, [train.count, 32, 32, 3]);
  const labels = tf.tensor1d(Int32Array.from(train.labels), 'int32');
  const batch: Batch = {
    data: { images, labels },
    indices: tf.range(0, size, 1, 'int32'),
    noiseKey: tf.tensor1d(streamKey(0, 'noise', 0), 'int32'),
  };
  const rate = tf.scalar(learningRate);
  let state = initialise(network, 'glorotUniform', 0);

  const replace = ({ parameters, statistics }: { parameters: Tensors; statistics: Tensors }) => {
    disposeTree(state);
    state = { parameters, statistics };
  };
  return {
    network,
    steps,
    input: (): AtBatch => ({ ...state, batch }),
    /** One training step; returns its loss. */
    train(): number {
      const result = steps.train({ ...state, batch, learningRate: rate });
      replace(result);
      const loss = result.loss.dataSync()[0]!;
      disposeTree({ loss: result.loss, penalty: result.penalty, accuracy: result.accuracy });
      return loss;
    },
    /** One training step with all that probes need, and the probes. */
    probed({ layers, etas }: { layers: number[]; etas: number[] }) {
      const landscape = makeLandscape(steps.functions.gradient);
      const shift = makeCovariateShift(network, steps.functions, { layers, l2: 0 });
      const result = steps.trainWithGradients({ ...state, batch, learningRate: rate });
      const { gradients, parameters: next } = result;
      const input: AtBatch = { ...state, batch };
      return {
        landscape: () => landscape(0, { ...input, gradients }, etas),
        covariateShift: () => shift(0, { ...input, gradients, next }),
        trainWithGradients: () =>
          disposeTree(steps.trainWithGradients({ ...input, learningRate: rate })),
        dispose: () => disposeTree(result),
      };
    },
    dispose(): void {
      disposeTree({ ...state, batch, rate });
    },
  };
}

/** A case as a training run that can be timed in blocks; the first steps, which record and compile, are taken here. */
export function timedTraining(benchCase: BenchCase): TimedTraining {
  const run = prepare(benchCase);
  for (let i = 0; i < 2; i++) run.train();
  return {
    batch: benchCase.batch,
    seconds(steps) {
      const start = performance.now();
      for (let i = 0; i < steps; i++) run.train();
      return (performance.now() - start) / 1000 / steps;
    },
    dispose: () => run.dispose(),
  };
}

/** Middle value, and the quartiles as a measure of spread. */
export function quartiles(values: readonly number[]): {
  low: number;
  median: number;
  high: number;
} {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}
