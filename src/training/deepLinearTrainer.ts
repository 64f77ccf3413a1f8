/**
 * Trains deep linear networks by full-batch gradient descent (App. A.1), with the probes of VGG. Runs that differ only in
 * seed and learning rate can be computed at once: the first axis of every tensor numbers them.
 */
import { canonicalJson, runId } from '../config/hash';
import { type DeepLinearConfig, validateConfig } from '../config/schema';
import { type GaussianData, gaussianData } from '../data/gaussian';
import { backend } from '../engine/backend';
import type { Compiled } from '../engine/compile';
import { type Tensor, tf } from '../engine/tf';
import { download, upload } from '../engine/transfer';
import { disposeTree, type Tensors } from '../engine/tree';
import { type DeepLinear, deepLinear, initialiseDeepLinear } from '../models/deepLinear';
import {
  activationRows,
  exampleChannel,
  histogramColumns,
  momentColumns,
} from '../probes/activations';
import { covariateShiftColumns, makeCovariateShifts } from '../probes/covariateShift';
import { landscapeColumns, makeLandscapes } from '../probes/landscape';
import type { Run } from '../runs/run';
import { findOwnRun } from '../runs/store';
import { openRun, type RunWriter } from '../runs/writer';
import {
  type DeepLinearInput,
  type DeepLinearResult,
  makeDeepLinearStep,
} from '../step/deepLinearStep';
import { UserError } from '../system/errors';
import { runFacts } from './facts';
import { runSteps, type Session, type TrainOptions } from './loop';

export interface DeepLinearTrainOptions extends TrainOptions {
  /**
   * How many runs are computed at once. By default all on a GPU, where one network is too small to keep it busy; one on
   * a CPU, where it is as fast, and where a run's last digits then do not depend on its company.
   */
  atOnce?: number;
}

/** What runs must share to be computed at once: all but seed and learning rate. */
export const family = (config: DeepLinearConfig): string =>
  canonicalJson({ ...config, seed: 0, learningRate: 0 });

/** Compiled steps by network. */
const networks = new Map<string, Resources>();

interface Resources {
  network: DeepLinear;
  step: Compiled<DeepLinearInput, DeepLinearResult>;
}

function resourcesOf({
  depth,
  size,
  normalisation,
  normaliseLast,
  lossFactor,
  samples,
  probes,
}: DeepLinearConfig): Resources {
  const options = { depth, size, normalisation, normaliseLast };
  const { layers } = probes.activations;
  const key = canonicalJson({ ...options, lossFactor, samples, layers });
  let found = networks.get(key);
  if (!found) {
    const network = deepLinear(options);
    found = { network, step: makeDeepLinearStep(network, { lossFactor }) };
    networks.set(key, found);
  }
  return found;
}

/** Runs that are being computed at once. */
interface Training extends Resources {
  configs: readonly DeepLinearConfig[];
  writers: readonly RunWriter[];
  parameters: Tensors;
  data: GaussianData;
  units: Tensors;
  learningRate: Tensor;
}

/**
 * The finished runs of some configs, in order: from the store where they are there, else trained. A run whose loss stops
 * being finite ends as diverged while the others go on. Throws UserError for configs that make no sense or differ in
 * more than seed and learning rate, and as `trainRun` does.
 */
export async function trainDeepLinear(
  given: readonly DeepLinearConfig[],
  options: DeepLinearTrainOptions = {},
): Promise<Run[]> {
  const configs = given.map((config) => validateConfig<DeepLinearConfig>(config));
  checkFamily(configs);
  const { retrain } = options;
  const lacking = new Map(
    configs
      .filter((config) => retrain || !findOwnRun(config, options))
      .map((config) => [runId(config), config]),
  );
  const waiting = [...lacking.values()];
  const { atOnce = backend().binding.isUsingGpuDevice() ? waiting.length : 1 } = options;
  while (waiting.length) await trainAtOnce(waiting.splice(0, atOnce), options);
  return configs.map((config) => findOwnRun(config, options)!);
}

function checkFamily(configs: readonly DeepLinearConfig[]): void {
  const [first, ...others] = configs;
  const other = others.find((config) => family(config) !== family(first!));
  if (!other) return;
  // Shapes first: other probes may only follow from them.
  const { probes, ...rest } = other;
  const { seed, learningRate } = first!;
  const compared: DeepLinearConfig = { ...rest, seed, learningRate, probes };
  const key = (Object.keys(compared) as (keyof DeepLinearConfig)[]).find(
    (name) => canonicalJson(first![name]) !== canonicalJson(compared[name]),
  )!;
  throw new UserError(
    `runs can be trained at once if they differ in seed and learning rate only: ${key} is ` +
      `${JSON.stringify(first![key])} in one and ${JSON.stringify(other[key])} in another`,
  );
}

async function trainAtOnce(
  configs: readonly DeepLinearConfig[],
  options: TrainOptions,
): Promise<void> {
  const opened: { config: DeepLinearConfig; writer: RunWriter }[] = [];
  try {
    for (const config of configs) {
      const { root, retrain } = options;
      const writer = openRun(config, { root, facts: runFacts(), fresh: retrain });
      opened.push({ config, writer });
    }
    // Runs that were stopped at different steps go on one after the other.
    const starts = new Set(opened.map(({ writer }) => writer.resume?.step ?? 0));
    for (const start of starts) {
      const some = opened.filter(({ writer }) => (writer.resume?.step ?? 0) === start);
      const training = begin(
        some.map(({ config }) => config),
        some.map(({ writer }) => writer),
      );
      try {
        await runSteps(sessionOf(training), options);
      } finally {
        const { parameters, data, units, learningRate } = training;
        disposeTree({ parameters, data, units, learningRate });
      }
    }
  } finally {
    opened.forEach(({ writer }) => writer.close());
  }
}

function begin(configs: readonly DeepLinearConfig[], writers: readonly RunWriter[]): Training {
  const resources = resourcesOf(configs[0]!);
  const { network } = resources;
  const { size, samples, initialisation, probes } = configs[0]!;
  const seeds = configs.map(({ seed }) => seed);
  for (const writer of writers) {
    writer.table('steps', ['step', 'loss']);
    writer.table('moments', momentColumns);
    writer.table('histograms', histogramColumns);
    writer.table('landscape', landscapeColumns(Object.keys(network.parameters), ['loss']));
    writer.table('covariateShift', covariateShiftColumns);
  }
  const units: Tensors = {};
  for (const layer of probes.activations.layers) {
    const chosen = seeds.map((seed) => exampleChannel(seed, layer, size));
    units[layer] = tf.tensor2d(chosen, [seeds.length, 1], 'int32');
  }
  return {
    ...resources,
    configs,
    writers,
    units,
    data: gaussianData({ seeds, size, samples }),
    parameters: writers[0]!.resume
      ? resumed(writers)
      : initialiseDeepLinear(network, initialisation, seeds),
    learningRate: perNetwork(configs.map(({ learningRate }) => learningRate)),
  };
}

/** One number for each network, of a shape that multiplies its parameters. */
const perNetwork = (values: number[]): Tensor => tf.tensor4d(values, [values.length, 1, 1, 1]);

/** The parameters in the runs' checkpoints, as one tensor of each kind. */
function resumed(writers: readonly RunWriter[]): Tensors {
  return tf.tidy(() => {
    const each = writers.map(({ resume }) => upload(resume!.tensors, 'parameters'));
    const result: Tensors = {};
    for (const name in each[0]) result[name] = tf.concat(each.map((one) => one[name]!));
    return result;
  });
}

const inputOf = ({ parameters, data, units, learningRate }: Training): DeepLinearInput => ({
  parameters,
  data,
  units,
  learningRate,
});

function sessionOf(training: Training): Session {
  const { configs, writers, step } = training;
  const { activations, landscape, covariateShift } = configs[0]!.probes;
  const gradient = (parameters: Tensors) => step({ ...inputOf(training), parameters });
  const measureLandscape = makeLandscapes(gradient);
  const measureShift = makeCovariateShifts(gradient, covariateShift);
  const lengths = landscape.lengths.map((length) =>
    configs.map(({ learningRate }) => length * learningRate),
  );

  return {
    configs,
    writers,
    take(at, live) {
      const due = ({ every }: { every: number }) => at % every === 0;
      const before = training.parameters;
      const { parameters: next, gradients, loss, activations: shown } = step(inputOf(training));
      const write = (table: 'landscape' | 'covariateShift', rows: number[][][]): void =>
        live().forEach((lives, run) => {
          if (lives) rows[run]!.forEach((row) => writers[run]!.append(table, row));
        });
      if (due(activations)) writeActivations(at, shown, live(), writers);
      if (due(landscape))
        write('landscape', measureLandscape(at, { parameters: before, gradients }, lengths));
      if (due(covariateShift))
        write('covariateShift', measureShift(at, { parameters: before, next, gradients }));
      training.parameters = next;
      disposeTree({ before, gradients, shown });
      return { loss };
    },
    arrays: (run) => {
      const own: Tensors = {};
      for (const name in training.parameters)
        own[name] = tf.slice(training.parameters[name]!, run, 1);
      const arrays = download(own, 'parameters');
      disposeTree(own);
      return arrays;
    },
  };
}

function writeActivations(
  step: number,
  shown: Tensors,
  live: readonly boolean[],
  writers: readonly RunWriter[],
): void {
  for (const layer in shown) {
    const values = shown[layer]!.dataSync<'float32'>();
    const samples = values.length / writers.length;
    writers.forEach((writer, run) => {
      if (!live[run]) return;
      const own = values.subarray(run * samples, (run + 1) * samples);
      const rows = activationRows(step, Number(layer), own);
      writer.append('moments', rows.moments);
      writer.append('histograms', rows.histogram);
    });
  }
}
