/** The sizes at which the figures can be made. Each preset is its differences from one set of defaults. */
import { architectures } from '../models/vgg';
import { UserError } from '../system/errors';
import { type DeepLinearConfig, validateConfig, type VggConfig } from './schema';

export interface Preset {
  /** What it costs and shows. */
  about: string;
  /** VGG's differences from the defaults. */
  vgg: Partial<VggConfig>;
  /** The deep linear network's. */
  deepLinear: Partial<DeepLinearConfig>;
  /** Every how many steps the probes measure. */
  probeEvery: { vgg: number; deepLinear: number };
  /** Shows nothing about the paper. */
  forTests?: true;
  /** As large as the paper's own: its curves can be laid over ours. */
  isPaperSize?: true;
}

/** Number of layers of the paper's networks; of VGG, convolutions: its layer numbers go up to 13. */
const paperDepth = { vgg: 13, deepLinear: 25 };

/** The layers that the paper's figures show: 1, 2, 6, 8 and 9 (activations), and 3 (gradients). */
const paperLayers = {
  vgg: { activations: [2, 3, 9, 11, 13], covariateShift: [5, 10] },
  deepLinear: { activations: [1, 11, 24], covariateShift: [9, 17] },
};

/** Step lengths of the landscape in learning rates (App. A.2.2: [1/2, 4] and [1/100, 30]; the grids are Figure 11's). */
const lengths = { vgg: [0.5, 1, 2, 4], deepLinear: [1e-2, 1e-1, 1, 10, 30] };

const vggDefaults: Omit<VggConfig, 'probes'> = {
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

const deepLinearDefaults: Omit<DeepLinearConfig, 'probes'> = {
  model: 'deepLinear',
  depth: 25,
  size: 10,
  samples: 1000,
  normalisation: 'none',
  normaliseLast: true, // the paper does not say; so its loss values come out
  lossFactor: 0.5, // the same
  initialisation: 'glorotUniform',
  steps: 10_000,
  learningRate: 1e-6,
  seed: 0,
  logEvery: 10,
};

const byName = {
  smoke: {
    about: 'synthetic images, a few steps: for tests only, it shows nothing about the paper',
    vgg: {
      width: 1 / 16,
      data: 'synthetic',
      batchSize: 16,
      steps: 30,
      logEvery: 1,
      evaluateEvery: 15,
    },
    deepLinear: { depth: 5, size: 4, samples: 50, learningRate: 1e-4, steps: 30, logEvery: 1 },
    probeEvery: { vgg: 5, deepLinear: 5 },
    forTests: true,
  },
  quick: {
    about:
      "VGG-11 at 1/8 width, 1,200 steps on real CIFAR-10: the paper's claims in minutes on a laptop",
    vgg: {},
    deepLinear: { steps: 2000, logEvery: 5 },
    probeEvery: { vgg: 20, deepLinear: 25 },
  },
  laptop: {
    about: 'VGG-16 at 1/4 width, batch 128, 2,000 steps: hours for all figures on a laptop',
    vgg: {
      architecture: 'vgg16',
      width: 1 / 4,
      batchSize: 128,
      steps: 2000,
      evaluateEvery: 200,
    },
    deepLinear: {},
    probeEvery: { vgg: 20, deepLinear: 50 },
  },
  paper: {
    about: "the paper's protocol, VGG-16 at full width, batch 128, 15,000 steps: needs a GPU",
    vgg: {
      architecture: 'vgg16',
      width: 1,
      head: 4096, // with l2, what the paper's loss values imply, although its text names neither
      l2: 4e-4,
      batchSize: 128,
      steps: 15_000,
      logEvery: 20,
      evaluateEvery: 1000,
    },
    deepLinear: {},
    probeEvery: { vgg: 100, deepLinear: 50 },
    isPaperSize: true,
  },
} satisfies Record<string, Preset>;

export type PresetName = keyof typeof byName;

/** The presets, from the smallest to the largest. A new one is one entry above. */
export const presets: Readonly<Record<PresetName, Preset>> = byName;

export const presetNames = Object.keys(presets) as PresetName[];

/** What is made where nobody says otherwise. */
export const defaultPreset: PresetName = 'quick';

/** The names for a list of choices: 'smoke, quick, laptop or paper'. */
export const presetChoices = `${presetNames.slice(0, -1).join(', ')} or ${presetNames.at(-1)}`;

/** Whether the paper's own curves can be laid over those of a preset. */
export const isPaperSize = (preset: PresetName): boolean => presets[preset].isPaperSize === true;

/** As much of a config as tells the number of layers. */
export type Layered = Pick<VggConfig, 'architecture'> | Pick<DeepLinearConfig, 'depth'>;

/** The layer of `config`'s network that lies where `paperLayer` lies in the paper's. */
export function equivalentLayer(config: Layered, paperLayer: number): number {
  const [count, inPaper] =
    'depth' in config
      ? [config.depth, paperDepth.deepLinear]
      : [architectures[config.architecture].flat().length, paperDepth.vgg];
  return Math.max(1, Math.round((paperLayer * count) / inPaper));
}

/** The early and the late layer of Figure 1c: the paper's layers 3 and 11. */
export const earlyLateLayers = (config: Layered): [number, number] => [
  equivalentLayer(config, 3),
  equivalentLayer(config, 11),
];

/** A preset by name; throws UserError naming the presets. */
export function presetNamed(name: string): PresetName {
  if (Object.hasOwn(presets, name)) return name as PresetName;
  throw new UserError(`there is no preset ${name}; presets: ${presetNames.join(', ')}`);
}

/** The probes of a model at a preset, on its layers that lie where the paper's do. */
function probesOf(
  model: 'vgg' | 'deepLinear',
  preset: PresetName,
  config: Layered & { steps: number },
): VggConfig['probes'] {
  const every = Math.min(presets[preset].probeEvery[model], config.steps);
  const equivalent = (layers: readonly number[]) => [
    ...new Set(layers.map((layer) => equivalentLayer(config, layer))),
  ];
  const { activations, covariateShift } = paperLayers[model];
  return {
    activations: { every, layers: equivalent(activations) },
    landscape: { every, lengths: lengths[model] },
    covariateShift: { every, layers: equivalent(covariateShift) },
  };
}

/** The config of a VGG run at a preset. Throws UserError for a key or value that makes no sense. */
export function vggRun(preset: PresetName, overrides: Partial<VggConfig> = {}): VggConfig {
  const config = { ...vggDefaults, ...presets[preset].vgg, ...overrides };
  return validateConfig({ probes: probesOf('vgg', preset, config), ...config });
}

/** The config of a deep linear run at a preset. Throws UserError for a key or value that makes no sense. */
export function deepLinearRun(
  preset: PresetName,
  overrides: Partial<DeepLinearConfig> = {},
): DeepLinearConfig {
  const config = { ...deepLinearDefaults, ...presets[preset].deepLinear, ...overrides };
  return validateConfig({ probes: probesOf('deepLinear', preset, config), ...config });
}
