/**
 * Trains a deep linear network by full-batch gradient descent (App. A.1), with the probes of VGG: in float64, in plain
 * TypeScript, without TensorFlow. The same seed gives the same bytes on every machine with this version of Node.
 */
import type { DeepLinearConfig } from '../config/schema';
import { gaussianData } from '../data/gaussian';
import { initialParameters } from '../models/deepLinear/initial';
import {
  type DeepLinear,
  deepLinear,
  type LinearParameters,
  linearShapes,
  zerosLike,
} from '../models/deepLinear/network';
import {
  activationRows,
  exampleChannel,
  histogramColumns,
  momentColumns,
} from '../probes/activations';
import { covariateShiftColumns } from '../probes/covariateShift';
import { displaced, linearCovariateShift, linearLandscape } from '../probes/deepLinear';
import { landscapeColumns } from '../probes/landscape';
import { streamKey, type StreamName } from '../random/streams';
import { openRun, type RunWriter } from '../runs/writer';
import type { NamedArray } from '../system/namedArray';
import { plainFacts } from './facts';
import { type Metrics, runSteps, type TrainOptions } from './loop';

/** The network of a config, with its data and its parameters before the first step. */
export function deepLinearStart(config: DeepLinearConfig) {
  const { seed, initialisation } = config;
  const keysOf = (stream: StreamName) => (place: number) => streamKey(seed, stream, place);
  const data = gaussianData(config, keysOf('data'));
  return {
    data,
    network: deepLinear(config, data),
    parameters: initialParameters(config, initialisation, keysOf('init')),
  };
}

interface Training {
  config: DeepLinearConfig;
  network: DeepLinear;
  parameters: LinearParameters;
  /** Memory for the gradient and for the parameters after the step. */
  gradients: LinearParameters;
  next: LinearParameters;
  writer: RunWriter;
}

/** Trains a run that the store does not have as finished. Throws as `trainRun` does. */
export async function trainDeepLinear(
  config: DeepLinearConfig,
  options: TrainOptions,
): Promise<void> {
  const { root, retrain } = options;
  const writer = openRun(config, { root, facts: plainFacts(), fresh: retrain });
  try {
    const training = begin(config, writer);
    await runSteps(
      {
        config,
        writer,
        take: (step) => takeStep(training, step),
        arrays: () => arraysOf(training),
      },
      options,
    );
  } finally {
    writer.close();
  }
}

function begin(config: DeepLinearConfig, writer: RunWriter): Training {
  const { network, parameters } = deepLinearStart(config);
  writer.table('steps', ['step', 'loss']);
  writer.table('moments', momentColumns);
  writer.table('histograms', histogramColumns);
  writer.table('landscape', landscapeColumns(Object.keys(parameters), ['loss']));
  writer.table('covariateShift', covariateShiftColumns);
  for (const { name, values } of writer.resume?.tensors ?? [])
    parameters[name] = values as Float64Array;
  const [gradients, next] = [zerosLike(parameters), zerosLike(parameters)];
  return { config, network, parameters, gradients, next, writer };
}

/** Takes one step, with the probes that are due at it. */
function takeStep(training: Training, step: number): Metrics {
  const { config, network, parameters, gradients, next, writer } = training;
  const { seed, size, learningRate, probes } = config;
  const { activations, landscape, covariateShift } = probes;
  const due = ({ every }: { every: number }) => step % every === 0;
  const { loss } = network.gradient(parameters, gradients);
  displaced(parameters, gradients, learningRate, next);
  if (due(activations)) {
    for (const layer of activations.layers) {
      const unit = exampleChannel(seed, layer, size);
      const rows = activationRows(step, layer, network.activations(parameters, layer, unit));
      writer.append('moments', rows.moments);
      writer.append('histograms', rows.histogram);
    }
  }
  if (due(landscape)) {
    const etas = landscape.lengths.map((length) => length * learningRate);
    linearLandscape(network, step, { parameters, gradients }, etas).forEach((row) =>
      writer.append('landscape', row),
    );
  }
  if (due(covariateShift)) {
    const { layers } = covariateShift;
    linearCovariateShift(network, step, { parameters, gradients, next }, layers).forEach((row) =>
      writer.append('covariateShift', row),
    );
  }
  training.parameters = next;
  training.next = parameters;
  return { loss };
}

const arraysOf = ({ config, parameters }: Training): NamedArray[] =>
  Object.entries(linearShapes(config)).map(([name, shape]) => ({
    name,
    shape,
    dtype: 'float64',
    values: parameters[name]!,
  }));
