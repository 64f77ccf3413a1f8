/** Trains a VGG: plain SGD (App. A.1) with tests and probes on the way. */
import type { VggConfig } from '../config/schema';
import { numbered, readTogether } from '../engine/read';
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
import { unitConditionColumns, unitConditionRows } from '../probes/unitConditions';
import { streamKey } from '../random/streams';
import { createPhases, type Phases } from '../runs/phases';
import type { TableName } from '../runs/run';
import { openRun, type RunWriter } from '../runs/writer';
import type { Batch, TrainingState } from '../step/step';
import { engineFacts } from './facts';
import { type Metrics, runSteps, tick, type TrainOptions } from './loop';
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
  phases: Phases;
  data: DeviceDataSet;
  writer: RunWriter;
  state: TrainingState;
  /** The moments of all channels at step 0, once they are measured. */
  start: Tensors;
}

/** Trains a run that the store does not have as finished. Throws as `trainRun` does. */
export async function trainVgg(config: VggConfig, options: TrainOptions): Promise<void> {
  const { root, retrain } = options;
  const phases = createPhases();
  const { seconds } = phases;
  const open = () =>
    openRun(config, { root, facts: engineFacts(), fresh: retrain, phases: seconds });
  const writer = phases.measure('start', open);
  try {
    const training = phases.measure('start', () => begin(config, writer, phases));
    await train(training, options);
  } finally {
    writer.close();
  }
}

async function train(training: Training, options: TrainOptions): Promise<void> {
  const { config, phases, writer } = training;
  const learningRate = tf.scalar(config.learningRate);
  const evaluates = (step: number): boolean =>
    step % config.evaluateEvery === 0 || step === config.steps;
  try {
    await runSteps(
      {
        config,
        writer,
        phases,
        measures: (step) =>
          evaluates(step) || Object.values(config.probes).some((probe) => isDue(probe, step)),
        async beforeStep(step) {
          if (evaluates(step)) await phases.measure('evaluation', () => evaluate(training, step));
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

/** Whether a probe measures at a step. */
const isDue = (probe: { every: number } | undefined, step: number): boolean =>
  probe !== undefined && step % probe.every === 0;

function begin(config: VggConfig, writer: RunWriter, phases: Phases): Training {
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
  if (config.probes.unitConditions) writer.table('unitConditions', unitConditionColumns);
  const arrays = writer.resume?.tensors;
  const state = arrays
    ? { parameters: upload(arrays, 'parameters'), statistics: upload(arrays, 'statistics') }
    : initialise(network, config.initialisation, config.seed);
  const start = upload(arrays ?? [], 'start');
  return { ...resources, config, phases, data: dataSet(config.data), writer, state, start };
}

/** Takes one step, with the probes that are due at it; returns the metrics. */
function trainStep(training: Training, step: number, batch: Batch, learningRate: Tensor): Metrics {
  const { config, phases } = training;
  if (!isDue(config.probes.activations, step))
    return updateParameters(training, step, batch, learningRate);
  phases.measure('activations', () => measureActivations(training, step, batch));
  const moments = phases.measure('channelMoments', () =>
    training.channelMoments({ ...training.state, batch }),
  );
  const metrics = updateParameters(training, step, batch, learningRate);
  phases.measure('channelMoments', () => recordMoments(training, step, moments));
  return metrics;
}

/** Takes one step, with the probes that look at its gradient. */
function updateParameters(
  training: Training,
  step: number,
  batch: Batch,
  learningRate: Tensor,
): Metrics {
  const { config, phases, steps, state, writer } = training;
  const { landscape, covariateShift, randomDirections, curvature } = config.probes;
  if (isDue(config.probes.unitConditions, step))
    phases.measure('unitConditions', () => {
      const { functions } = steps;
      const rows = unitConditionRows(training.network, functions, step, { ...state, batch });
      for (const row of rows) writer.append('unitConditions', row);
    });
  const input = { ...state, batch, learningRate };
  if (![landscape, covariateShift, randomDirections, curvature].some((each) => isDue(each, step))) {
    const { parameters, statistics, loss, penalty, accuracy } = steps.train(input);
    training.state = { parameters, statistics };
    disposeTree(state);
    return { loss, penalty, accuracy };
  }
  const { parameters, statistics, gradients, ...result } = steps.trainWithGradients(input);
  const etas = landscape.lengths.map((length) => length * config.learningRate);
  const at = { ...state, batch, gradients };
  const write = (table: TableName, rows: number[][]): void =>
    rows.forEach((row) => writer.append(table, row));
  if (isDue(landscape, step))
    phases.measure('landscape', () => write('landscape', training.landscape(step, at, etas)));
  if (isDue(covariateShift, step))
    phases.measure('covariateShift', () =>
      write('covariateShift', training.covariateShift(step, { ...at, next: parameters })),
    );
  if (isDue(randomDirections, step))
    phases.measure('randomDirections', () => {
      const key = directionKey(config, step, 0);
      write('randomDirections', training.randomDirections(step, { ...at, key }, etas));
      key.dispose();
    });
  if (isDue(curvature, step))
    phases.measure('curvature', () => {
      const key = directionKey(config, step, 1);
      write('curvature', [training.curvature(step, { ...at, key }, curvature!)]);
      key.dispose();
    });
  training.state = { parameters, statistics };
  disposeTree(state);
  disposeTree(gradients);
  return { loss: result.loss, penalty: result.penalty, accuracy: result.accuracy };
}

/** The key of a probe's random direction at a step; `use` tells the probes apart. */
const directionKey = ({ seed }: VggConfig, step: number, use: number): Tensor =>
  tf.tensor1d(streamKey(seed, 'direction', step, use), 'int32');

/** Loss and accuracy over the whole test set. All batches are on their way before the first result is read. */
async function evaluate({ steps, data, state, writer }: Training, step: number): Promise<void> {
  let size = Math.min(evaluationBatch, data.testCount);
  while (data.testCount % size) size--; // batches of one size: one compiled function
  const noiseKey = tf.tensor1d([0, 0], 'int32'); // evaluation draws no noise
  const results: ReturnType<typeof steps.evaluate>[] = [];
  for (let at = 0; at < data.testCount; at += size) {
    const indices = tf.range(at, at + size, 1, 'int32');
    results.push(steps.evaluate({ ...state, batch: { data: data.test, indices, noiseKey } }));
    indices.dispose();
    await tick();
  }
  const sums = [0, 0, 0, 0];
  const all = numbered(results);
  for (const { running, batch } of Object.values(readTogether(all))) {
    [running.loss, running.accuracy, batch.loss, batch.accuracy].forEach((value, i) => {
      sums[i]! += value * (size / data.testCount);
    });
  }
  disposeTree({ ...all, noiseKey });
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
