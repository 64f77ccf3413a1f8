/** Trains a VGG: plain SGD (App. A.1) with tests and probes on the way. */
import type { VggConfig } from '../config/schema';
import { type Tensor, tf } from '../engine/tf';
import { download, upload } from '../engine/transfer';
import { disposeTree, mapTree, type Tensors } from '../engine/tree';
import { initialise } from '../models/vgg';
import {
  activationRows,
  exampleChannel,
  histogramColumns,
  momentColumns,
} from '../probes/activations';
import { channelMomentColumns, channelMomentRow } from '../probes/channelMoments';
import { covariateShiftColumns } from '../probes/covariateShift';
import { curvatureColumns } from '../probes/curvature';
import { landscapeColumns } from '../probes/landscape';
import { randomDirectionColumns } from '../probes/randomDirections';
import { streamKey } from '../random/streams';
import { openRun, type RunWriter } from '../runs/writer';
import type { Batch, TrainingState } from '../step/step';
import { runFacts } from './facts';
import { runSteps, tick, type TrainOptions } from './loop';
import {
  batchAt,
  dataSet,
  type DeviceDataSet,
  disposeBatch,
  type Resources,
  resourcesOf,
} from './resources';

/** Enough images at once to keep the cores busy, few enough for a small memory. */
const evaluationBatch = 250;

interface Training extends Resources {
  config: VggConfig;
  data: DeviceDataSet;
  writer: RunWriter;
  state: TrainingState;
  /** The moments of all channels at step 0, once they are measured. */
  start: Tensors;
}

/** Trains a run that the store does not have as finished. Throws as `trainRun` does. */
export async function trainVgg(config: VggConfig, options: TrainOptions): Promise<void> {
  const { root, retrain } = options;
  const writer = openRun(config, { root, facts: runFacts(), fresh: retrain });
  try {
    await train(begin(config, writer), options);
  } finally {
    writer.close();
  }
}

async function train(training: Training, options: TrainOptions): Promise<void> {
  const { config, writer } = training;
  const learningRate = tf.scalar(config.learningRate);
  try {
    await runSteps(
      {
        configs: [config],
        writers: [writer],
        async beforeStep(step) {
          if (step % config.evaluateEvery === 0 || step === config.steps)
            await evaluate(training, step);
        },
        take(step) {
          const batch = batchAt(config, training.data, step);
          const metrics = trainStep(training, step, batch, learningRate);
          disposeBatch(batch);
          return metrics;
        },
        arrays: () => [
          ...download(training.state.parameters, 'parameters'),
          ...download(training.state.statistics, 'statistics'),
          ...download(training.start, 'start'),
        ],
      },
      options,
    );
  } finally {
    disposeTree({ ...training.state, start: training.start });
    learningRate.dispose();
  }
}

function begin(config: VggConfig, writer: RunWriter): Training {
  writer.table('steps', ['step', 'loss', 'penalty', 'accuracy']);
  // By running averages and, as training sees it, by each batch's own statistics.
  writer.table('evals', ['step', 'loss', 'accuracy', 'batchLoss', 'batchAccuracy']);
  writer.table('moments', momentColumns);
  writer.table('histograms', histogramColumns);
  writer.table('channelMoments', channelMomentColumns);
  const resources = resourcesOf(config);
  const { network } = resources;
  writer.table('landscape', landscapeColumns(Object.keys(network.parameters)));
  writer.table('covariateShift', covariateShiftColumns);
  if (config.probes.randomDirections) writer.table('randomDirections', randomDirectionColumns);
  if (config.probes.curvature) writer.table('curvature', curvatureColumns);
  const arrays = writer.resume?.tensors;
  const state = arrays
    ? { parameters: upload(arrays, 'parameters'), statistics: upload(arrays, 'statistics') }
    : initialise(network, config.initialisation, config.seed);
  const start = upload(arrays ?? [], 'start');
  return { ...resources, config, data: dataSet(config.data), writer, state, start };
}

/** Takes one step, with the probes that are due at it; returns the metrics. */
function trainStep(training: Training, step: number, batch: Batch, learningRate: Tensor): Tensors {
  if (step % training.config.probes.activations.every > 0)
    return updateParameters(training, step, batch, learningRate);
  measureActivations(training, step, batch);
  const moments = training.channelMoments({ ...training.state, batch });
  const metrics = updateParameters(training, step, batch, learningRate);
  recordMoments(training, step, moments);
  return metrics;
}

/** Takes one step, with the probes that look at its gradient. */
function updateParameters(
  training: Training,
  step: number,
  batch: Batch,
  learningRate: Tensor,
): Tensors {
  const { config, steps, state, writer } = training;
  const { landscape, covariateShift, randomDirections, curvature } = config.probes;
  const due = (probe?: { every: number }) => probe !== undefined && step % probe.every === 0;
  const input = { ...state, batch, learningRate };
  if (![landscape, covariateShift, randomDirections, curvature].some(due)) {
    const { parameters, statistics, loss, penalty, accuracy } = steps.train(input);
    training.state = { parameters, statistics };
    disposeTree(state);
    return { loss, penalty, accuracy };
  }
  const { parameters, statistics, gradients, ...result } = steps.trainWithGradients(input);
  const etas = landscape.lengths.map((length) => length * config.learningRate);
  if (due(landscape)) {
    for (const row of training.landscape(step, { ...state, batch, gradients }, etas))
      writer.append('landscape', row);
  }
  if (due(covariateShift)) {
    for (const row of training.covariateShift(step, {
      ...state,
      next: parameters,
      batch,
      gradients,
    }))
      writer.append('covariateShift', row);
  }
  if (due(randomDirections)) {
    const key = directionKey(config, step, 0);
    const rows = training.randomDirections(step, { ...state, batch, gradients, key }, etas);
    for (const row of rows) writer.append('randomDirections', row);
    key.dispose();
  }
  if (due(curvature)) {
    const key = directionKey(config, step, 1);
    const at = { ...state, batch, gradients, key };
    writer.append('curvature', training.curvature(step, at, curvature!));
    key.dispose();
  }
  training.state = { parameters, statistics };
  disposeTree(state);
  disposeTree(gradients);
  return { loss: result.loss, penalty: result.penalty, accuracy: result.accuracy };
}

/** The key of a probe's random direction at a step; `use` tells the probes apart. */
const directionKey = ({ seed }: VggConfig, step: number, use: number): Tensor =>
  tf.tensor1d(streamKey(seed, 'direction', step, use), 'int32');

/** Loss and accuracy over the whole test set. */
async function evaluate({ steps, data, state, writer }: Training, step: number): Promise<void> {
  let size = Math.min(evaluationBatch, data.testCount);
  while (data.testCount % size) size--; // batches of one size: one compiled function
  const sums = [0, 0, 0, 0];
  for (let at = 0; at < data.testCount; at += size) {
    const batch: Batch = {
      data: data.test,
      indices: tf.range(at, at + size, 1, 'int32'),
      noiseKey: tf.tensor1d([0, 0], 'int32'), // evaluation draws no noise
    };
    const result = steps.evaluate({ ...state, batch });
    const { running, batch: own } = result;
    [running.loss, running.accuracy, own.loss, own.accuracy].forEach((value, i) => {
      sums[i]! += value.dataSync()[0]! * (size / data.testCount);
    });
    disposeTree(result);
    disposeBatch(batch);
    await tick();
  }
  writer.append('evals', [step, ...sums]);
}

function measureActivations(
  { config, steps, state, writer }: Training,
  step: number,
  batch: Batch,
): void {
  const channels: Tensors = {};
  for (const layer of config.probes.activations.layers) {
    const width = state.parameters[`conv${layer}/kernel`]!.shape[3]!;
    channels[layer] = tf.tensor1d([exampleChannel(config.seed, layer, width)], 'int32');
  }
  const measured = steps.activations({ ...state, batch, channels });
  for (const layer of config.probes.activations.layers) {
    const rows = activationRows(step, layer, measured[layer]!.dataSync<'float32'>());
    writer.append('moments', rows.moments);
    writer.append('histograms', rows.histogram);
  }
  disposeTree(channels);
  disposeTree(measured);
}

/** Writes how the moments of all channels move from `moments`, those at a step, which it disposes of; the last has no next. */
function recordMoments(training: Training, step: number, moments: Tensors): void {
  const { config, data, writer } = training;
  if (step === 0) training.start = mapTree(moments, (tensor) => tensor.clone());
  if (step + 1 < config.steps) {
    const batch = batchAt(config, data, step + 1);
    const next = training.channelMoments({ ...training.state, batch });
    const read = (from: Tensors, layer: number) => from[layer]!.dataSync<'float32'>();
    for (const layer of config.probes.activations.layers) {
      const [now, after, start] = [moments, next, training.start].map((from) => read(from, layer));
      const row = channelMomentRow(step, layer, { now: now!, next: after!, start: start! });
      writer.append('channelMoments', row);
    }
    disposeTree(next);
    disposeBatch(batch);
  }
  disposeTree(moments);
}
