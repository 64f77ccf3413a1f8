/**
 * What a run is. A config is a plain object; its canonical JSON is hashed to the run's id, so everything that
 * changes the numbers is in here and nothing else is.
 */
import { UserError } from '../errors';
import { type InitialisationName, initialisations } from '../layers/initialisation';
import { type NormalisationName, normalisations } from '../layers/normalisation';
import { type ArchitectureName, architectures, checkLayers, vgg } from '../models/vgg';

/** Moments and histograms of one channel's activations per layer, measured on the training minibatch. */
export interface ActivationProbe {
  /** Every how many steps, from step 0 on. */
  every: number;
  /** Layer numbers, 1 = first convolution. */
  layers: number[];
}

/** Loss and gradient along the gradient (Figures 4, 11a, 12). */
export interface LandscapeProbe {
  every: number;
  /** Step lengths in learning rates; the paper's are 1/2 to 4. */
  lengths: number[];
}

/** Definition 2.1 (Figure 3a). */
export interface CovariateShiftProbe {
  every: number;
  layers: number[];
}

export interface RunConfig {
  model: 'vgg';
  architecture: ArchitectureName;
  /** Multiplier of all hidden widths, of convolutions and of the head. */
  width: number;
  /** Width of the two hidden fully connected layers, before the multiplier. */
  head: number;
  normalisation: NormalisationName;
  initialisation: InitialisationName;
  data: 'cifar10' | 'synthetic';
  batchSize: number;
  steps: number;
  learningRate: number;
  /** Coefficient of W in the gradient: the penalty is l2/2 times the squared norm of weights and kernels. */
  l2: number;
  seed: number;
  /** Rows of the steps table: every how many steps. */
  logEvery: number;
  /** Test set evaluation: every how many steps, from step 0 on, and after the last. */
  evaluateEvery: number;
  probes: {
    activations: ActivationProbe;
    landscape: LandscapeProbe;
    covariateShift: CovariateShiftProbe;
  };
}

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
const rules: Record<string, Rule> = {
  model: oneOf('vgg'),
  architecture: oneOf(...Object.keys(architectures)),
  width: finite('a number above 0 and at most 4', (v) => v > 0 && v <= 4),
  head: wholeNumber(1, 65536),
  normalisation: oneOf(...Object.keys(normalisations)),
  initialisation: oneOf(...initialisations),
  data: oneOf('cifar10', 'synthetic'),
  batchSize: wholeNumber(2, 50_000), // a batch of one has no variance
  steps: wholeNumber(1),
  learningRate: finite('a number above 0', (v) => v > 0),
  l2: finite('a number of at least 0', (v) => v >= 0),
  seed: wholeNumber(0, 2 ** 31 - 1),
  logEvery: wholeNumber(1),
  evaluateEvery: wholeNumber(1),
  'probes.activations.every': wholeNumber(1),
  'probes.activations.layers': listOf(wholeNumber(1)),
  'probes.landscape.every': wholeNumber(1),
  'probes.landscape.lengths': listOf(finite('a number above 0', (v) => v > 0)),
  'probes.covariateShift.every': wholeNumber(1),
  'probes.covariateShift.layers': listOf(wholeNumber(1)),
};

function flatten(value: object, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const path = prefix + key;
    const isGroup = Object.keys(rules).some((rule) => rule.startsWith(`${path}.`));
    return isGroup && typeof item === 'object' && item !== null
      ? flatten(item as object, `${path}.`)
      : [[path, item]];
  });
}

/**
 * Checks that `value` is a complete and sensible config and returns it. Throws UserError naming the key, its value
 * and what is allowed.
 */
export function validateConfig(value: object): RunConfig {
  const entries = flatten(value);
  for (const [key, item] of entries) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined; // no `toString`, no `__proto__`
    if (!rule)
      throw new UserError(
        `config: unknown key ${key}; known keys: ${Object.keys(rules).join(', ')}`,
      );
    if (!rule.allows(item))
      throw new UserError(`config: ${key} is ${JSON.stringify(item)}; it must be ${rule.says}`);
  }
  const missing = Object.keys(rules).find((key) => !entries.some(([given]) => given === key));
  if (missing)
    throw new UserError(`config: ${missing} is missing; it must be ${rules[missing]!.says}`);
  const config = value as RunConfig;
  const { activations, landscape, covariateShift } = config.probes;
  const network = vgg(config);
  checkLayers(network, activations.layers, 'config: probes.activations.layers');
  checkLayers(network, covariateShift.layers, 'config: probes.covariateShift.layers');
  if (landscape.lengths.length === 0) {
    throw new UserError('config: probes.landscape.lengths is empty; give at least one step length');
  }
  for (const [name, { every }] of Object.entries(config.probes)) {
    if (every > config.steps) {
      throw new UserError(
        `config: probes.${name}.every is ${every}, beyond the run's ${config.steps} steps`,
      );
    }
  }
  return config;
}
