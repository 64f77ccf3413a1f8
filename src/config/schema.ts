/**
 * What a run is. A config is a plain object; its canonical JSON is hashed to the run's id, so everything that
 * changes the numbers is in here and nothing else is.
 */
import { type DataSetName, dataSetNames } from '../data/registry';
import { type NormalisationName, normalisations } from '../layers/normalisation';
import { type LinearNormalisationName, linearNormalisations } from '../models/deepLinear/divisors';
import { checkLayerNumbers } from '../models/layerNumbers';
import { type ArchitectureName, architectures, vgg } from '../models/vgg';
import { type InitialisationName, initialisations } from '../random/initialValues';
import { UserError } from '../system/errors';

/** Moments and histograms of one channel's activations per layer, measured on the training minibatch. */
export interface ActivationProbe {
  /** Every how many steps, from step 0 on. */
  every: number;
  /** Layer numbers, 1 = the layer next to the input. */
  layers: number[];
}

/** Loss and gradient along the gradient (Figures 4, 10 to 13). */
export interface LandscapeProbe {
  every: number;
  /** Step lengths in learning rates; the paper's are 1/2 to 4 for VGG and 1/100 to 30 for the deep linear network. */
  lengths: number[];
}

/** Definition 2.1 (Figure 3). */
export interface CovariateShiftProbe {
  every: number;
  layers: number[];
}

/** The landscape along a random direction, with the step lengths of `landscape`. */
export interface RandomDirectionsProbe {
  every: number;
}

/** The Hessian's greatest eigenvalue by power iteration. */
export interface CurvatureProbe {
  every: number;
  /** The most products with the Hessian in a measurement. */
  iterations: number;
}

/** What section 4 assumes of the units of all normalised layers; of a network with BatchNorm alone. */
export interface UnitConditionsProbe {
  every: number;
}

interface CommonConfig {
  initialisation: InitialisationName;
  steps: number;
  learningRate: number;
  seed: number;
  /** Rows of the steps table: every how many steps. */
  logEvery: number;
  probes: {
    activations: ActivationProbe;
    landscape: LandscapeProbe;
    covariateShift: CovariateShiftProbe;
  };
}

export interface VggConfig extends CommonConfig {
  model: 'vgg';
  architecture: ArchitectureName;
  /** Multiplier of all hidden widths, of convolutions and of the head. */
  width: number;
  /** Width of the two hidden fully connected layers, before the multiplier. */
  head: number;
  normalisation: NormalisationName;
  data: DataSetName;
  batchSize: number;
  /** Coefficient of W in the gradient: the penalty is l2/2 times the squared norm of weights and kernels. */
  l2: number;
  /** Random crops and mirror images of the training images (src/step/augment.ts); the paper's figures have none. */
  augmentation?: true;
  /** Test set evaluation: every how many steps, from step 0 on, and after the last. */
  evaluateEvery: number;
  probes: CommonConfig['probes'] & {
    /** What the paper leaves open is measured where it is asked for. */
    randomDirections?: RandomDirectionsProbe;
    curvature?: CurvatureProbe;
    unitConditions?: UnitConditionsProbe;
  };
}

/** The deep linear network, trained by full-batch gradient descent on a random linear map (App. A.1). */
export interface DeepLinearConfig extends CommonConfig {
  model: 'deepLinear';
  /** Number of layers. */
  depth: number;
  /** Each layer is a matrix of size x size. */
  size: number;
  /** Size of the data set, all of it in every step. */
  samples: number;
  normalisation: LinearNormalisationName;
  /** whether a normalisation follows the last layer too. */
  normaliseLast: boolean;
  /** What the sum of squared errors is multiplied with. */
  lossFactor: 0.5 | 1;
}

export type RunConfig = VggConfig | DeepLinearConfig;

interface Rule {
  says: string;
  allows: (value: unknown) => boolean;
}

const wholeNumber = (from: number, to = Number.MAX_SAFE_INTEGER): Rule => ({
  says:
    to < Number.MAX_SAFE_INTEGER
      ? `a whole number from ${from} to ${to}`
      : `a whole number of at least ${from}`,
  allows: (v) => Number.isSafeInteger(v) && (v as number) >= from && (v as number) <= to,
});
const finite = (says: string, from: (value: number) => boolean): Rule => ({
  says,
  allows: (v) => typeof v === 'number' && Number.isFinite(v) && from(v),
});
const oneOf = (...names: string[]): Rule => ({
  says: `one of ${names.join(', ')}`,
  allows: (v) => names.includes(v as string),
});
const listOf = (rule: Rule): Rule => ({
  says: `a list, each ${rule.says}`,
  allows: (v) => Array.isArray(v) && v.every(rule.allows),
});

/** The rule of each key, with dots for nesting. A key that is not here does not exist. */
type Rules = Record<string, Rule>;

const positive = finite('a number above 0', (v) => v > 0);

const model = oneOf('vgg', 'deepLinear');

const common: Rules = {
  initialisation: oneOf(...initialisations),
  steps: wholeNumber(1),
  learningRate: positive,
  seed: wholeNumber(0, 2 ** 31 - 1),
  logEvery: wholeNumber(1),
  'probes.activations.every': wholeNumber(1),
  'probes.activations.layers': listOf(wholeNumber(1)),
  'probes.landscape.every': wholeNumber(1),
  'probes.landscape.lengths': listOf(positive),
  'probes.covariateShift.every': wholeNumber(1),
  'probes.covariateShift.layers': listOf(wholeNumber(1)),
};

const rulesOf: Record<RunConfig['model'], Rules> = {
  vgg: {
    model,
    architecture: oneOf(...Object.keys(architectures)),
    width: finite('a number above 0 and at most 4', (v) => v > 0 && v <= 4),
    head: wholeNumber(1, 65536),
    normalisation: oneOf(...Object.keys(normalisations)),
    data: oneOf(...dataSetNames),
    batchSize: wholeNumber(2, 50_000), // a batch of one has no variance
    l2: finite('a number of at least 0', (v) => v >= 0),
    augmentation: { says: 'true, or left out', allows: (v) => v === true },
    evaluateEvery: wholeNumber(1),
    ...common,
    'probes.randomDirections.every': wholeNumber(1),
    'probes.curvature.every': wholeNumber(1),
    'probes.curvature.iterations': wholeNumber(1, 10_000),
    'probes.unitConditions.every': wholeNumber(1),
  },
  deepLinear: {
    model,
    depth: wholeNumber(1, 200),
    size: {
      says: 'one whole number from 1 to 256: all layers are square and of one size',
      allows: wholeNumber(1, 256).allows,
    },
    samples: wholeNumber(2, 100_000),
    normalisation: oneOf(...linearNormalisations),
    normaliseLast: { says: 'true or false', allows: (v) => typeof v === 'boolean' },
    lossFactor: { says: '0.5 or 1', allows: (v) => v === 0.5 || v === 1 },
    ...common,
  },
};

/** Of these every operation has a gradient that is differentiated in its turn. */
const twiceDifferentiable: readonly NormalisationName[] = ['none', 'batch'];

/** Groups of keys that a config may leave out, all of them together. */
export const optionalGroups = [
  'probes.randomDirections',
  'probes.curvature',
  'probes.unitConditions',
];
/** What a config may leave out. */
const optional = ['augmentation', ...optionalGroups];

const unknownKey = (key: string, rules: Rules): UserError =>
  new UserError(`config: unknown key ${key}; known keys: ${Object.keys(rules).join(', ')}`);

function flatten(value: object, rules: Rules, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const path = prefix + key;
    if (key.includes('.')) throw unknownKey(path, rules); // it would read as a path
    const isGroup = Object.keys(rules).some((rule) => rule.startsWith(`${path}.`));
    return isGroup && typeof item === 'object' && item !== null
      ? flatten(item as object, rules, `${path}.`)
      : [[path, item]];
  });
}

/** What stands at a path of keys; undefined where the path ends early. */
const valueAt = (value: object, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], value);

function checkKeys(value: object, rules: Rules): void {
  const entries = flatten(value, rules);
  for (const [key, item] of entries) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined; // not Object's own names
    if (!rule) throw unknownKey(key, rules);
    if (!rule.allows(item))
      throw new UserError(`config: ${key} is ${JSON.stringify(item)}; it must be ${rule.says}`);
  }
  const isLeftOut = (key: string): boolean =>
    optional.some((path) => `${key}.`.startsWith(`${path}.`) && valueAt(value, path) === undefined);
  const missing = Object.keys(rules).find(
    (key) => !entries.some(([given]) => given === key) && !isLeftOut(key),
  );
  if (missing)
    throw new UserError(`config: ${missing} is missing; it must be ${rules[missing]!.says}`);
}

/**
 * Checks that `value` is a complete and sensible config and returns it. Throws UserError naming the key, its value
 * and what is allowed.
 */
export function validateConfig<C extends RunConfig = RunConfig>(value: object): C {
  const model = (value as Partial<RunConfig>).model;
  checkKeys(value, model === 'deepLinear' ? rulesOf.deepLinear : rulesOf.vgg);
  const config = value as RunConfig;
  const { activations, landscape, covariateShift } = config.probes;
  const [name, count] =
    config.model === 'vgg'
      ? [config.architecture, vgg(config).convolutions]
      : ['this network', config.depth];
  checkLayerNumbers(name, count, activations.layers, 'config: probes.activations.layers');
  checkLayerNumbers(name, count, covariateShift.layers, 'config: probes.covariateShift.layers');
  if (landscape.lengths.length === 0) {
    throw new UserError('config: probes.landscape.lengths is empty; give at least one step length');
  }
  for (const [name, { every }] of Object.entries(config.probes) as [string, { every: number }][]) {
    if (every > config.steps) {
      throw new UserError(
        `config: probes.${name}.every is ${every}, beyond the run's ${config.steps} steps`,
      );
    }
  }
  if (config.model === 'vgg' && config.probes.curvature) {
    const { normalisation } = config;
    if (!twiceDifferentiable.includes(normalisation))
      throw new UserError(
        `config: probes.curvature works with normalisation ${twiceDifferentiable.join(' and ')}, not ${normalisation}: ` +
          'leave it out',
      );
  }
  if (config.model === 'vgg' && config.probes.unitConditions && config.normalisation !== 'batch') {
    throw new UserError(
      `config: probes.unitConditions works with normalisation batch, not ${config.normalisation}: leave it out`,
    );
  }
  return config as C;
}
