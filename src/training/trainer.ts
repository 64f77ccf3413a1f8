/**
 * Trains one run: plain SGD (App. A.1) with tests and probes on the way, every number into the run's tables.
 * All randomness is addressed by step, so a run that is stopped and resumed writes the same bytes.
 */
import { batchIndices } from '../data/batches';
import { type Tensor, tf } from '../engine/tf';
import { download, upload } from '../engine/transfer';
import { disposeTree, type Tensors } from '../engine/tree';
import { UserError } from '../errors';
import { initialise } from '../models/vgg';
import {
  activationRows,
  exampleChannel,
  histogramColumns,
  momentColumns,
} from '../probes/activations';
import { covariateShiftColumns } from '../probes/covariateShift';
import { landscapeColumns } from '../probes/landscape';
import type { Run } from '../runs/run';
import { findRun } from '../runs/store';
import { openRun, type RunWriter } from '../runs/writer';
import { type RunConfig, validateConfig } from './config';
import { runFacts } from './facts';
import { dataSet, type DeviceDataSet, type Resources, resourcesOf } from './resources';
import type { Batch, TrainingState } from './step';
import { streamKey } from './streams';

export interface TrainProgress {
  step: number;
  steps: number;
  loss: number;
  accuracy: number;
  secondsLeft?: number;
}

export interface TrainOptions {
  /** Stops the run after the current step; it stays resumable, and trainRun throws `Interrupted`. */
  signal?: AbortSignal;
  /** Called after every logged step. */
  onProgress?: (progress: TrainProgress) => void;
  /** The store's folder. */
  root?: string;
  /** Train anew where there is a finished or a damaged run. */
  retrain?: boolean;
}

/** Thrown where a signal stopped a run; what is done is kept, and the same call goes on with it. */
export class Interrupted extends UserError {}

/** A stop or a crash loses at most this much work. */
const checkpointSeconds = 20;
/** Enough images at once to keep the cores busy, few enough for a small memory. */
const evaluationBatch = 250;

/** Lets output out and signals in; an awaited promise alone does neither. */
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Session extends Resources {
  config: RunConfig;
  data: DeviceDataSet;
  writer: RunWriter;
  state: TrainingState;
}

/**
 * The finished run of a config: from the store where it is there, else trained (from its checkpoint, if it was begun).
 * A run whose loss stops being finite ends as `diverged`; that is a result. Throws UserError for a config that makes no
 * sense, a store that refuses or missing data, and Interrupted where the signal stopped it.
 */
export async function trainRun(given: RunConfig, options: TrainOptions = {}): Promise<Run> {
  const config = validateConfig(given);
  const store = { root: options.root };
  const finished = options.retrain ? undefined : findRun(config, store);
  if (finished) return finished;
  const writer = openRun(config, { ...store, facts: runFacts(), fresh: options.retrain });
  try {
    await train(config, writer, options);
  } finally {
    writer.close();
  }
  return findRun(config, store)!;
}

function begin(config: RunConfig, writer: RunWriter): Session {
  writer.table('steps', ['step', 'loss', 'penalty', 'accuracy']);
  // By running averages and, as training sees it, by each batch's own statistics.
  writer.table('evals', ['step', 'loss', 'accuracy', 'batchLoss', 'batchAccuracy']);
  writer.table('moments', momentColumns);
  writer.table('histograms', histogramColumns);
  const resources = resourcesOf(config);
  const { network } = resources;
  writer.table('landscape', landscapeColumns(Object.keys(network.parameters)));
  writer.table('covariateShift', covariateShiftColumns);
  const arrays = writer.resume?.tensors;
  const state = arrays
    ? { parameters: upload(arrays, 'parameters'), statistics: upload(arrays, 'statistics') }
    : initialise(network, config.initialisation, config.seed);
  return { ...resources, config, data: dataSet(config.data), writer, state };
}

async function train(config: RunConfig, writer: RunWriter, options: TrainOptions): Promise<void> {
  const session = begin(config, writer);
  const first = writer.resume?.step ?? 0;
  const learningRate = tf.scalar(config.learningRate);
  const pending: { step: number; metrics: Tensors }[] = [];
  const started = performance.now();
  let saved = started;

  /** Reads the metrics of the last steps and logs those that are due; the step that diverged, if one did. */
  const flush = (): number | undefined => {
    const rows = pending.splice(0).map(({ step, metrics }) => {
      const { loss, penalty, accuracy } = metrics;
      const row = [step, ...[loss!, penalty!, accuracy!].map((t) => t.dataSync()[0]!)];
      disposeTree(metrics);
      return row as [step: number, loss: number, penalty: number, accuracy: number];
    });
    for (const row of rows) {
      const [step, loss, , accuracy] = row;
      const diverged = !Number.isFinite(loss);
      if (diverged || step % config.logEvery === 0) writer.append('steps', row);
      if (diverged) return step;
      if (step % config.logEvery === 0) {
        const pace = (performance.now() - started) / 1000 / (step + 1 - first);
        const secondsLeft = pace * (config.steps - step - 1);
        options.onProgress?.({ step: step + 1, steps: config.steps, loss, accuracy, secondsLeft });
      }
    }
    return undefined;
  };

  const save = (step: number): void => {
    const { parameters, statistics } = session.state;
    writer.checkpoint(step, [
      ...download(parameters, 'parameters'),
      ...download(statistics, 'statistics'),
    ]);
    saved = performance.now();
  };

  try {
    for (let step = first; step < config.steps; step++) {
      await tick();
      const due = performance.now() - saved > checkpointSeconds * 1000;
      if (due || options.signal?.aborted) {
        const divergedAt = flush();
        if (divergedAt !== undefined) return writer.finish('diverged', { divergedAt });
        save(step);
        if (options.signal?.aborted)
          throw new Interrupted(
            `stopped at step ${step} of ${config.steps}: the same command goes on from there`,
          );
      }
      if (step % config.evaluateEvery === 0) await evaluate(session, step);

      const batch = batchOf(session, step);
      const metrics = trainStep(session, step, batch, learningRate);
      disposeBatch(batch);
      pending.push({ step, metrics });

      if (step % config.logEvery === 0 || step + 1 === config.steps) {
        const divergedAt = flush();
        if (divergedAt !== undefined) return writer.finish('diverged', { divergedAt });
      }
    }
    await evaluate(session, config.steps);
    writer.finish('done');
  } finally {
    pending.forEach(({ metrics }) => disposeTree(metrics));
    disposeTree(session.state);
    learningRate.dispose();
  }
}

/** Takes one step, with the probes that are due at it; returns the metrics. */
function trainStep(session: Session, step: number, batch: Batch, learningRate: Tensor): Tensors {
  const { config, steps, state, writer } = session;
  const { activations, landscape, covariateShift } = config.probes;
  const due = ({ every }: { every: number }) => step % every === 0;
  if (due(activations)) measureActivations(session, step, batch);

  const input = { ...state, batch, learningRate };
  if (!due(landscape) && !due(covariateShift)) {
    const { parameters, statistics, ...metrics } = steps.train(input);
    session.state = { parameters, statistics };
    disposeTree(state);
    return metrics;
  }
  const { parameters, statistics, gradients, ...metrics } = steps.trainWithGradients(input);
  if (due(landscape)) {
    const etas = landscape.lengths.map((length) => length * config.learningRate);
    for (const row of session.landscape(step, { ...state, batch, gradients }, etas))
      writer.append('landscape', row);
  }
  if (due(covariateShift)) {
    for (const row of session.covariateShift(step, {
      ...state,
      next: parameters,
      batch,
      gradients,
    }))
      writer.append('covariateShift', row);
  }
  session.state = { parameters, statistics };
  disposeTree(state);
  disposeTree(gradients);
  return metrics;
}

function batchOf({ config, data }: Session, step: number): Batch {
  const { seed, batchSize } = config;
  const indices = batchIndices({ seed, step, batchSize, count: data.trainCount });
  return {
    data: data.train,
    indices: tf.tensor1d(indices, 'int32'),
    noiseKey: tf.tensor1d(streamKey(seed, 'noise', step), 'int32'),
  };
}

/** Frees what belongs to one batch; the data stays. */
function disposeBatch({ indices, noiseKey }: Batch): void {
  disposeTree({ indices, noiseKey });
}

/** Loss and accuracy over the whole test set. */
async function evaluate({ steps, data, state, writer }: Session, step: number): Promise<void> {
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
  { config, steps, state, writer }: Session,
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
