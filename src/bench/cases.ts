/** What the benchmark times: training steps of this project, under the names that src/bench/pytorch.py knows. */
import { syntheticDataSet } from '../data/synthetic';
import { tf } from '../engine/tf';
import { uint8Tensor } from '../engine/transfer';
import { disposeTree, mapTree, type Tensors } from '../engine/tree';
import { type LinearNormalisationName, linearNormalisations } from '../models/deepLinear/divisors';
import { initialise, vgg, type VggOptions } from '../models/vgg';
import { activationRows } from '../probes/activations';
import { makeChannelMoments } from '../probes/channelMoments';
import { makeCovariateShift } from '../probes/covariateShift';
import { makeLandscape } from '../probes/landscape';
import { streamKey } from '../random/streams';
import { type AtBatch, type Batch, makeSteps } from '../step/step';
import { prepareDeepLinear, type PreparedRun } from './deepLinear';

/** A training run that is advanced by the benchmark. */
export interface TimedTraining {
  /** Seconds of the first step, in which the function is recorded and compiled. */
  first: number;
  /** Takes `steps` training steps and returns the seconds of one. The last loss is read: by it all of them are done. */
  seconds(steps: number): number;
  /** The same with the loss read at every step, where that is something else. */
  readingSeconds?(steps: number): number;
  dispose(): void;
}

interface Timed {
  /** Steps of one timed block: some seconds at most. */
  steps: number;
}

/** A VGG on a batch of images. */
export interface VggCase extends Timed {
  batch: number;
  network: VggOptions;
  /** Coefficient of W in the gradient (default: 0). */
  l2?: number;
}

/** The paper's deep linear network, full batch. */
export interface DeepLinearCase extends Timed {
  normalisation: LinearNormalisationName;
}

export const vggCases: Record<string, VggCase> = {
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

export const deepLinearCases: Record<string, DeepLinearCase> = Object.fromEntries(
  linearNormalisations.map((normalisation) => [
    `deep-linear-${normalisation}`,
    { steps: 100, normalisation },
  ]),
);

export type BenchCase = VggCase | DeepLinearCase;

export const cases: Record<string, BenchCase> = { ...vggCases, ...deepLinearCases };

const learningRate = 0.01;

/** Where probes measure: layers of the one and the other, and step lengths. */
interface ProbedAt {
  activations: readonly number[];
  covariateShift: readonly number[];
  etas: readonly number[];
}

/** A network on random images in the middle of training, with all that can be timed on it. */
export function prepareVgg({ batch: size, network: options, l2 = 0 }: VggCase) {
  const network = vgg(options);
  const data = syntheticDataSet({ train: 2 * size, test: 10 });
  const { mean, std } = data;
  const steps = makeSteps(network, { l2, mean, std });
  const images = uint8Tensor(data.train.images, [data.train.count, 32, 32, 3]);
  const labels = tf.tensor1d(Int32Array.from(data.train.labels), 'int32');
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
  /** A step; the caller disposes of its metrics. */
  const advance = () => {
    const { parameters, statistics, ...metrics } = steps.train({
      ...state,
      batch,
      learningRate: rate,
    });
    replace({ parameters, statistics });
    return metrics;
  };
  function train(): number {
    const metrics = advance();
    const loss = metrics.loss.dataSync()[0]!;
    disposeTree(metrics);
    return loss;
  }
  const queue = (): void => disposeTree(advance());
  return {
    network,
    steps,
    input: (): AtBatch => ({ ...state, batch }),
    /** One training step; returns its loss. */
    train,
    /** One training step that is not waited for. */
    queue,
    /** Takes steps without waiting for any but the last; returns the seconds of one. */
    seconds(count: number): number {
      const start = performance.now();
      for (let i = 1; i < count; i++) queue();
      train();
      return (performance.now() - start) / 1000 / count;
    },
    /** All that probes need of one training step, from here, without taking it; and the probes. */
    probed({ activations, covariateShift, etas }: ProbedAt) {
      const landscape = makeLandscape(steps.functions.gradient);
      const shift = makeCovariateShift(network, steps.functions, { layers: covariateShift, l2 });
      const moments = makeChannelMoments(network, steps.functions, { layers: activations });
      const channels = Object.fromEntries(
        activations.map((layer) => [layer, tf.tensor1d([0], 'int32')]),
      );
      const own = mapTree(state, (tensor) => tensor.clone()); // training goes on meanwhile
      const input: AtBatch = { ...own, batch };
      const result = steps.trainWithGradients({ ...input, learningRate: rate });
      const { gradients, parameters: next } = result;
      return {
        landscape: () => landscape(0, { ...input, gradients }, etas),
        covariateShift: () => shift(0, { ...input, gradients, next }),
        activations: () => {
          const measured = steps.activations({ ...input, channels });
          for (const layer of activations)
            activationRows(0, layer, measured[layer]!.dataSync<'float32'>());
          disposeTree(measured);
        },
        channelMoments: () => {
          for (const parameters of [own.parameters, next]) {
            const measured = moments({ ...input, parameters });
            for (const layer of activations) measured[layer]!.dataSync();
            disposeTree(measured);
          }
        },
        gradient: () => disposeTree(steps.gradient(input)),
        trainWithGradients: () =>
          disposeTree(steps.trainWithGradients({ ...input, learningRate: rate })),
        dispose: () => disposeTree({ result, own, channels }),
      };
    },
    dispose(): void {
      disposeTree({ ...state, batch, rate });
    },
  };
}

/** A case's training run: one step at a time. */
export const prepareCase = (benchCase: BenchCase): PreparedRun =>
  'network' in benchCase ? prepareVgg(benchCase) : prepareDeepLinear(benchCase.normalisation);

/** A case as a training run that can be timed in blocks. */
export function timedTraining(benchCase: BenchCase): TimedTraining {
  const run = prepareCase(benchCase);
  const take = (steps: number): number => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) run.train();
    return (performance.now() - start) / 1000 / steps;
  };
  const first = take(1);
  take(1);
  return {
    first,
    ...(run.seconds ? { seconds: run.seconds, readingSeconds: take } : { seconds: take }),
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
