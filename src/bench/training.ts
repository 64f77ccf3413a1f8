/**
 * `bn-lab bench training`: what a run costs beyond its bare training steps and its measurements (probes and evaluation):
 * minibatches, metrics, checkpoints, messages. All in one process, after a short run of the same network that compiles.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { type PresetName, presets, vggRun } from '../config/presets';
import { dataSets } from '../data/registry';
import { deviceReport } from '../engine/report';
import { type PhaseSeconds, sharesLine, withMeasurementsTogether } from '../runs/phases';
import { findOwnRun } from '../runs/store';
import { trainHere } from '../training/trainer';
import { prepareVgg, quartiles } from './cases';

/** What a run may cost, in its bare steps and measurements. */
const most = 1.15;

export interface TrainingCost {
  preset: PresetName;
  steps: number;
  /** Of the run, without its start. */
  seconds: number;
  /** Of as many training steps on one minibatch, none of them waited for. */
  bareSteps: number;
  /** Of probes and evaluation, within the run. */
  measurements: number;
  /** seconds / (bareSteps + measurements) */
  ratio: number;
  most: number;
  phases: PhaseSeconds;
}

export interface TrainingBenchOptions {
  /** Default: paper on a GPU, else quick. */
  preset?: PresetName;
  /** Steps of the run. */
  steps?: number;
  json: boolean;
  log: (line: string) => void;
}

/** Blocks of bare steps, half of them before the run and half of them after it. */
const blocks = 10;

/** Trains a BatchNorm network of a preset for some steps, and prints its cost. */
export async function benchTraining({
  json,
  log,
  ...options
}: TrainingBenchOptions): Promise<void> {
  const gpu = deviceReport().cuda === true;
  const { preset = gpu ? 'paper' : 'quick', steps = gpu ? 2000 : 600 } = options;
  const data =
    !presets[preset].forTests && dataSets.cifar10.source!.status().ready ? 'cifar10' : 'synthetic';
  const config = vggRun(preset, { normalisation: 'batch', data, steps });
  const { batchSize: batch, l2, architecture, width, head, normalisation } = config;
  const network = { architecture, width, head, normalisation };
  const bare = prepareVgg({ batch, steps, l2, network });
  const bareTimes: number[] = [];
  const timeBare = (): void => {
    const count = Math.max(1, Math.round(steps / blocks));
    for (let block = 0; block < blocks / 2; block++) bareTimes.push(bare.seconds(count));
  };
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'bn-lab-bench-'));
  try {
    // Records and compiles all there is: every probe at step 0, the bare step at step 1.
    const { every } = config.probes.activations;
    await trainHere({ ...config, seed: 1, steps: every + 1 }, { root });
    bare.train();
    timeBare();
    await trainHere(config, { root });
    timeBare();
  } finally {
    bare.dispose();
  }
  const phases = findOwnRun(config, { root })!.manifest.phases!;
  fs.rmSync(root, { recursive: true, force: true });
  const { start = 0, ...rest } = phases;
  const seconds = Object.values(rest).reduce((sum, each) => sum + each, 0);
  const { measurements = 0 } = withMeasurementsTogether(rest);
  const bareSteps = steps * quartiles(bareTimes).median;
  const ratio = seconds / (bareSteps + measurements);
  const result: TrainingCost = {
    preset,
    steps,
    seconds,
    bareSteps,
    measurements,
    ratio,
    most,
    phases,
  };
  if (json) return log(JSON.stringify(result));
  const verdict = ratio <= most ? 'at most' : 'MORE THAN';
  log(
    `${steps} steps of preset ${preset} on ${data} images: ${seconds.toFixed(1)} s and ${start.toFixed(1)} s of start, ` +
      `${ratio.toFixed(2)} times the bare steps (${bareSteps.toFixed(1)} s) and the measurements ` +
      `(${measurements.toFixed(1)} s); ${verdict} ${most}, the goal`,
  );
  log(`the run: ${sharesLine(phases)}`);
}
