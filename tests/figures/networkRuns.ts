/** Made-up runs of both networks with activations and gradients of known behaviour, of any normalisation and rate. */
import type { NormalisationName } from '../../src/layers/normalisation';
import type { Run } from '../../src/runs/run';
import type { Table } from '../../src/runs/table';
import type { RunConfig } from '../../src/training/config';
import type { PresetName } from '../../src/training/presets';
import { type Behaviour, seedFactor, syntheticRun } from './syntheticRuns';

/** `t` goes from 0 to 1 over training, `k` counts measurements. */
export interface Story extends Pick<Behaviour, 'divergedAt' | 'status'> {
  /** Minibatch accuracy of VGG, loss of the deep linear network. */
  training: (t: number) => number;
  /** Test accuracy after training, by running averages and by batch statistics; default .7. */
  tested?: [running: number, batch: number];
  /** Mean and standard deviation of the activations of a layer. */
  centre?: (t: number, k: number, layer: number) => number;
  spread?: (t: number, k: number, layer: number) => number;
  /** Histograms are normal, or exponential. */
  shape?: 'normal' | 'exponential';
  l2?: (t: number, layer: number) => number;
  cosine?: (t: number, layer: number) => number;
  /** Norm of the gradient before the update of the layers below; default 1. */
  norm?: (layer: number, t: number) => number;
}

/** 0, every, 2 every ... below `end`. */
const range = (end: number, every: number): number[] =>
  Array.from({ length: Math.ceil(end / every) }, (_, i) => i * every);

const densities = {
  normal: (z: number) => Math.exp((-z * z) / 2),
  exponential: (z: number) => (z > -1 ? Math.exp(-z - 1) : 0),
};

interface Probe {
  every: number;
  layers: readonly number[];
}

/** Rows of all measured steps and layers. */
function table(
  columns: string[],
  { steps }: RunConfig,
  { every, layers }: Probe,
  end: number,
  values: (t: number, k: number, layer: number) => number[],
): Table {
  const rows = range(end, every).flatMap((step, k) =>
    layers.map((layer) => [step, layer, ...values(step / steps, k, layer)]),
  );
  return { columns: ['step', 'layer', ...columns], rows };
}

const bins = 24;

/** A run with the tables of its model; seeds differ by 1%. */
function networkRun(config: RunConfig, story: Story, preset: PresetName): Run {
  const { training, tested = [0.7, 0.7], divergedAt, status, shape = 'normal' } = story;
  const {
    centre = () => 0,
    spread = () => 1,
    l2 = () => 1,
    cosine = () => 0.5,
    norm = () => 1,
  } = story;
  const { normalisation, seed, steps, learningRate, logEvery } = config;
  const factor = seedFactor(config);
  /** Seeds from 5 on differ in the course of training too, so that what cancels a scale spreads as well. */
  const own = (t: number): number => (seed < 5 ? factor : factor * (1 + (factor - 1) * t));
  const base = syntheticRun(
    { normalisation, seed, steps, learningRate },
    { preset, divergedAt, status, accuracy: (t) => training(t) / factor, noise: 0 },
  );
  const end = divergedAt ?? steps;
  const { activations, covariateShift } = config.probes;
  const linear = config.model === 'deepLinear';
  const tables: Run['tables'] = {
    steps: linear
      ? {
          columns: ['step', 'loss'],
          rows: range(end, logEvery).map((step) => [step, factor * training(step / steps)]),
        }
      : base.tables.steps!,
    ...(linear
      ? {}
      : {
          evals: {
            columns: ['step', 'loss', 'accuracy', 'batchLoss', 'batchAccuracy'],
            rows: [
              [0, 2, 0.1, 2, 0.1],
              [steps, 1, tested[0] / factor, 1, tested[1] / factor],
            ],
          },
        }),
    moments: table(['mean', 'variance'], config, activations, end, (t, k, layer) => [
      own(t) * centre(t, k, layer),
      (own(t) * spread(t, k, layer)) ** 2,
    ]),
    histograms: table(
      ['low', 'high', ...range(bins, 1).map((i) => `c${i}`)],
      config,
      activations,
      end,
      (t, k, layer) => {
        const [middle, width] = [centre(t, k, layer), spread(t, k, layer)];
        const sharp = seed < 5 ? 1 : factor;
        const heights = range(bins, 1).map(
          (i) => densities[shape]((8 * (i + 0.5)) / bins - 4) ** sharp,
        );
        const total = heights.reduce((a, b) => a + b, 0);
        return [
          ...[middle - 4 * width, middle + 4 * width],
          ...heights.map((height) => Math.round((10_000 * height) / total)),
        ];
      },
    ),
    channelMoments: table(
      [
        'channels',
        ...['meanStep', 'varianceStep', 'meanDrift', 'varianceDrift', 'absoluteMean', 'deviation'],
      ],
      config,
      activations,
      end,
      (t, k, layer) => {
        const at = (time: number, count: number) =>
          [
            own(time) * centre(time, count, layer),
            (own(time) * spread(time, count, layer)) ** 2,
          ] as const;
        const [mean, variance] = at(t, k);
        const [next, nextVariance] = at(t + 1 / steps, k + 1);
        const [first, firstVariance] = at(0, 0);
        return [
          ...[16, Math.abs(next - mean), Math.abs(nextVariance - variance)],
          ...[Math.abs(mean - first), Math.abs(variance - firstVariance)],
          ...[Math.abs(mean), Math.sqrt(variance)],
        ];
      },
    ),
    covariateShift: table(
      ['l2', 'cosine', 'norm', 'normAfter'],
      config,
      covariateShift,
      end,
      (t, _, layer) => [factor * l2(t, layer), cosine(t, layer) / factor, norm(layer, t), 1],
    ),
  };
  return {
    ...base,
    id: `${config.model}-${normalisation}-${learningRate}-${seed}`,
    config,
    tables,
  };
}

/** Between -1 and 1, the same for the same `k`, and unlike its neighbours. */
const jump = (k: number): number => (Math.sin(12.9898 * (k + 1)) * 43758.5453) % 1;

const rising = (rate: number, top: number) => (t: number) =>
  0.1 + (top - 0.1) * (1 - Math.exp(-rate * t));
const noisyCentre = (_: number, k: number): number => 0.5 * jump(k);
const normalised = (rate: number, top: number): Story => ({
  training: rising(rate, top),
  centre: (_, k) => 0.001 * jump(k),
  spread: (t, k) => 1 + 0.001 * jump(k) + 0.01 * t,
});

/** Which story a run has, by what tells it from others: 'vgg none 0.1'. */
export const keyOf = ({ model, normalisation, learningRate }: RunConfig): string =>
  `${model} ${normalisation} ${learningRate}`;

const vggStories: Partial<Record<NormalisationName, Story>> = {
  none: {
    training: rising(3, 0.8),
    centre: (t, k) => -0.3 * t + 0.05 * jump(k),
    spread: (t, k) => 0.5 + 0.2 * t + 0.02 * jump(k),
    l2: (t) => 0.05 + t,
    cosine: (t) => 0.9 - 0.3 * t,
  },
  batch: {
    ...normalised(14, 0.9),
    l2: (t) => 14 * Math.exp(-20 * t) + 1,
    cosine: (t) => 0.5 * Math.min(1, 10 * t),
  },
  noisyBatch: {
    ...normalised(12, 0.89),
    centre: noisyCentre,
    spread: (_, k) => 1.1 + 0.1 * jump(k),
    tested: [0.5, 0.7],
  },
  noise: { training: () => 0.1, centre: noisyCentre },
  l1: { ...normalised(14, 0.9), spread: (t) => 1 + 4 * (1 - t), shape: 'exponential' },
  l2: { ...normalised(13, 0.9), spread: (t) => 1 + 3 * (1 - t), shape: 'exponential' },
  linf: { ...normalised(15, 0.9), spread: (t) => 1 + 2 * (1 - t), shape: 'exponential' },
};

const falling = (start: number, rate: number, end: number) => (t: number) =>
  end + (start - end) * Math.exp(-rate * t);

const linearStories: Partial<Record<NormalisationName, Story>> = {
  none: {
    training: falling(4e4, 5, 2e3),
    centre: (t) => 5 * t,
    spread: (t, _, layer) => 2 + (50 / (layer + 1)) * t,
    l2: () => 1000,
    cosine: (t) => 0.9 - t,
  },
  batch: { training: falling(5e4, 12, 500), l2: () => 900, cosine: () => 0.1 },
  l1: { training: falling(5e4, 14, 100) },
  l2: { training: falling(5e4, 12, 480) },
  linf: { training: falling(5e4, 7, 900) },
};

/** The networks as the paper tells of them; the deep linear one at the lower rate has no shift without BatchNorm. */
function storyOf({ model, normalisation, learningRate }: RunConfig): Story {
  const found = (model === 'vgg' ? vggStories : linearStories)[normalisation];
  if (found === undefined) throw new Error(`no story of ${normalisation}`);
  const lower = model === 'deepLinear' && [1e-5, 1e-7].includes(learningRate);
  return lower && normalisation === 'none' ? { ...found, l2: () => 2, cosine: () => 0.99 } : found;
}

/** Runs for some configs, as the paper tells it but for `changes` by `keyOf`. */
export const networkRuns = (
  configs: readonly RunConfig[],
  preset: PresetName,
  changes: Record<string, Partial<Story>> = {},
): Run[] =>
  configs.map((config) =>
    networkRun(config, { ...storyOf(config), ...changes[keyOf(config)] }, preset),
  );
