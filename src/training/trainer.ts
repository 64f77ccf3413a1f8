/**
 * Trains runs, every number into their tables. All randomness is addressed by step, so a run that is stopped and resumed
 * writes the same bytes.
 */
import type { Run } from '../runs/run';
import { findRun } from '../runs/store';
import { type DeepLinearConfig, type RunConfig, validateConfig } from './config';
import { family, trainDeepLinear } from './deepLinearTrainer';
import { runId } from './hash';
import type { TrainOptions } from './loop';
import { trainVgg } from './vggTrainer';

export { Interrupted, type TrainOptions, type TrainProgress } from './loop';

/**
 * The finished run of a config: from the store where it is there, else trained (from its checkpoint, if it was begun).
 * A run whose loss stops being finite ends as `diverged`; that is a result. Throws UserError for a config that makes no
 * sense, a store that refuses or missing data, and Interrupted where the signal stopped it.
 */
export async function trainRun(given: RunConfig, options: TrainOptions = {}): Promise<Run> {
  const config = validateConfig(given);
  const finished = options.retrain ? undefined : findRun(config, options);
  if (finished) return finished;
  if (config.model === 'deepLinear') return (await trainDeepLinear([config], options))[0]!;
  await trainVgg(config, options);
  return findRun(config, options)!;
}

/**
 * The finished runs of some configs, in order, as `trainRun` gives them. Deep linear networks that differ only in seed
 * and learning rate are handed over together, so that a GPU computes them at once.
 */
export async function trainRuns(
  configs: readonly RunConfig[],
  options: TrainOptions = {},
): Promise<Run[]> {
  const runs = new Map<string, Run>();
  for (const config of configs) {
    if (runs.has(runId(config))) continue;
    const found =
      config.model === 'deepLinear'
        ? await trainDeepLinear(
            configs.filter(
              (other) => other.model === 'deepLinear' && family(other) === family(config),
            ) as DeepLinearConfig[],
            options,
          )
        : [await trainRun(config, options)];
    found.forEach((run) => runs.set(run.id, run));
  }
  return configs.map((config) => runs.get(runId(config))!);
}
