/** The sizes at which the figures can be made. Each preset is its differences from one set of defaults. */
import { UserError } from '../errors';
import { architectures } from '../models/vgg';
import { type RunConfig, validateConfig } from './config';

export type PresetName = 'smoke' | 'quick' | 'laptop' | 'paper';

export interface Preset {
  /** What it costs and shows. */
  about: string;
  config: Partial<RunConfig>;
}

/** Number of convolutions of the paper's VGG: its layer numbers go up to 13. */
const paperConvolutions = 13;

/** The layers that the paper's figures show: 1, 2, 6 and 8 (activations), and 3 (gradients). */
const paperLayers = { activations: [2, 3, 9, 11, 13], covariateShift: [5, 10] };

const defaults: Omit<RunConfig, 'probes'> = {
  model: 'vgg',
  architecture: 'vgg11',
  width: 1 / 8,
  head: 512,
  normalisation: 'none',
  initialisation: 'glorotUniform', // "standard Glorot initialisation" (App. A.1)
  data: 'cifar10',
  batchSize: 64,
  steps: 1200,
  learningRate: 0.1,
  l2: 0,
  seed: 0,
  logEvery: 1,
  evaluateEvery: 120,
};

export const presets: Record<PresetName, Preset> = {
  smoke: {
    about: 'synthetic images, a few steps: for tests only, it shows nothing about the paper',
    config: {
      width: 1 / 16,
      data: 'synthetic',
      batchSize: 16,
      steps: 30,
      logEvery: 1,
      evaluateEvery: 15,
    },
  },
  quick: {
    about:
      "VGG-11 at 1/8 width, 1,200 steps on real CIFAR-10: the paper's claims in minutes on a laptop",
    config: {},
  },
  laptop: {
    about: 'VGG-16 at 1/4 width, batch 128, 2,000 steps: hours for all figures on a laptop',
    config: {
      architecture: 'vgg16',
      width: 1 / 4,
      batchSize: 128,
      steps: 2000,
      evaluateEvery: 200,
    },
  },
  paper: {
    about: "the paper's protocol, VGG-16 at full width, batch 128, 15,000 steps: needs a GPU",
    config: {
      architecture: 'vgg16',
      width: 1,
      head: 4096, // with l2, what the paper's loss values imply, although its text names neither
      l2: 4e-4,
      batchSize: 128,
      steps: 15_000,
      logEvery: 20,
      evaluateEvery: 1000,
    },
  },
};

/** Every how many steps the probes measure, per preset. */
const probeEvery: Record<PresetName, number> = { smoke: 5, quick: 20, laptop: 20, paper: 100 };

/** The layer of `config`'s network that lies where `paperLayer` lies in the paper's 13 convolutions. */
export function equivalentLayer(
  config: Pick<RunConfig, 'architecture'>,
  paperLayer: number,
): number {
  const convolutions = architectures[config.architecture].flat().length;
  return Math.max(1, Math.round((paperLayer * convolutions) / paperConvolutions));
}

/** The early and the late layer of Figure 1c: the paper's layers 3 and 11. */
export const earlyLateLayers = (config: Pick<RunConfig, 'architecture'>): [number, number] => [
  equivalentLayer(config, 3),
  equivalentLayer(config, 11),
];

/** A preset by name; throws UserError naming the presets. */
export function presetNamed(name: string): PresetName {
  if (Object.hasOwn(presets, name)) return name as PresetName;
  throw new UserError(`there is no preset ${name}; presets: ${Object.keys(presets).join(', ')}`);
}

/** The config of a VGG run at a preset. Throws UserError for a key or value that makes no sense. */
export function vggRun(preset: PresetName, overrides: Partial<RunConfig> = {}): RunConfig {
  const config = { ...defaults, ...presets[preset].config, ...overrides };
  const equivalent = (layers: readonly number[]) => [
    ...new Set(layers.map((layer) => equivalentLayer(config, layer))),
  ];
  const every = Math.min(probeEvery[preset], config.steps);
  return validateConfig({
    probes: {
      activations: { every, layers: equivalent(paperLayers.activations) },
      landscape: { every, lengths: [0.5, 1, 2, 4] }, // [1/2, 4] times the step (App. A.2.2)
      covariateShift: { every, layers: equivalent(paperLayers.covariateShift) },
    },
    ...config,
  });
}
