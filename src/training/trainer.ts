/**
 * Trains runs, every number into their tables. All randomness is addressed by step, so a run that is stopped and resumed
 * writes the same bytes.
 */
import { runId } from '../config/hash';
import { type RunConfig, validateConfig } from '../config/schema';
import { deviceReport } from '../engine/report';
import type { Run } from '../runs/run';
import { findOwnRun } from '../runs/store';
import { trainDeepLinear } from './deepLinearTrainer';
import type { TrainOptions } from './loop';
import { createWorker, threadsOf, type Train, workerCount } from './pool';
import { costOf } from './progress';
import { type ShareOptions, shareOut } from './share';
import { trainVgg } from './vggTrainer';

export { Interrupted, type TrainOptions, type TrainProgress } from './loop';

/**
 * The finished run of a config: from the store where it is there, else trained (from its checkpoint, if it was begun).
 * A run whose loss stops being finite ends as `diverged`; that is a result. Throws UserError for a config that makes no
 * sense, a store that refuses or missing data, and Interrupted where the signal stopped it.
 */
export async function trainRun(given: RunConfig, options: TrainOptions = {}): Promise<Run> {
  return (await trainRuns([given], options))[0]!;
}

/** Trains a run in this process. Throws as `trainRun` does. */
export const trainHere: Train = async (config, options) => {
  if (config.model === 'vgg') await trainVgg(config, options);
  else await trainDeepLinear(config, options);
};

/** See TrainOptions; and what to say when a run ends, and of processes. */
export interface TrainRunsOptions extends ShareOptions {
  /** How much a run is needed. */
  need?: (config: RunConfig) => number;
  /** Begin with what is needed most (default: with what takes longest, so that none is left alone at the end). */
  neededFirst?: boolean;
}

/**
 * The finished runs of some configs, in order, as `trainRun` gives them. Several are trained at a time, in processes of
 * their own, as far as the machine allows (`workerCount`).
 */
export async function trainRuns(
  given: readonly RunConfig[],
  options: TrainRunsOptions = {},
): Promise<Run[]> {
  const { retrain, need = () => 0, neededFirst, log = () => {} } = options;
  const configs = given.map((config) => validateConfig(config));
  const lacking = new Map(
    configs
      .filter((config) => retrain || !findOwnRun(config, options))
      .map((config) => [runId(config), config]),
  );
  if (lacking.size) {
    // The sorting is stable: of what is needed as much, the longest first.
    const queue = [...lacking.values()].sort((a, b) => costOf(b) - costOf(a));
    if (neededFirst) queue.sort((a, b) => need(b) - need(a));
    // Deep linear networks are computed without an engine.
    const gpu = queue.some(({ model }) => model === 'vgg') && deviceReport().cuda === true;
    const count = workerCount(queue, { gpu });
    // On a GPU also one run at a time has a process of its own: a compilation can only be ended from outside.
    if (count === 1 && !gpu) {
      await shareOut(queue, [trainHere], options);
    } else {
      const threads = threadsOf(count);
      const workers = Array.from({ length: count }, () => createWorker({ threads, log }));
      if (count > 1) log(`${count} runs at a time, in processes of their own`);
      try {
        const trainers = workers.map(({ train }) => train);
        await shareOut(queue, trainers, options);
      } finally {
        await Promise.all(workers.map((worker) => worker.close()));
      }
    }
  }
  return configs.map((config) => findOwnRun(config, options)!);
}
