/** Runs from the store as far as it has them; the others are trained. */
import { runId } from '../config/hash';
import { type PresetName, presets } from '../config/presets';
import type { RunConfig } from '../config/schema';
import { ensureDataSets } from '../data/registry';
import { normalisations } from '../layers/normalisation';
import type { Run } from '../runs/run';
import { findOwnRun, findRun, isOnlyOutdated } from '../runs/store';
import type { TrainProgress } from './loop';
import { createOverview, type Progress } from './progress';

/** How runs are had. */
export interface EnsureOptions {
  preset: PresetName;
  /** Train also what the store has (default: false). */
  retrain?: boolean;
  /** Train what the store lacks (default: true); otherwise it is left out. */
  training?: boolean;
  /** Take recorded runs, which come with the project, where there are none of one's own (default: true). */
  recorded?: boolean;
  /** Train the runs first that most statements need: for a time that may not be enough for all. */
  neededFirst?: boolean;
  /** Stops after the step that is under way; what is done is kept. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Gets lines about what goes on. */
  log: (line: string) => void;
}

/** Which runs of figures, and how they are had. */
export interface EnsureRunsOptions extends EnsureOptions {
  seeds: readonly number[];
}

/** What asks for runs: a figure, with the statements that it checks. */
export interface Asking {
  runs(preset: PresetName, seeds: readonly number[]): RunConfig[];
  /** One for each statement, also where there are no runs. */
  claims(runs: readonly Run[]): readonly unknown[];
}

/** A run as the progress line calls it. */
function runName(config: RunConfig): string {
  const { normalisation, learningRate, seed } = config;
  const network =
    config.model === 'vgg' ? config.architecture.replace('vgg', 'VGG-') : 'deep linear net';
  return `${network}, ${normalisations[normalisation].label}, lr ${learningRate}, seed ${seed}`;
}

/** Turns the trainer's messages on runs into those for people. */
function progressOf(configs: readonly RunConfig[], onProgress?: (progress: Progress) => void) {
  const overview = createOverview(configs);
  const indices = new Map(configs.map((config, index) => [runId(config), index]));
  const reached = new Map<string, number>();
  function send(config: RunConfig, step: number, more: Partial<Progress>): void {
    const { normalisation, learningRate } = config;
    const place = {
      run: runName(config),
      series: { normalisation, learningRate },
      runIndex: indices.get(runId(config))!,
      step,
    };
    const all = overview({ ...place, ...more });
    onProgress?.({ ...place, steps: config.steps, ...more, all });
  }
  return {
    onStep: ({ config, step, loss, accuracy, phases }: TrainProgress): void => {
      reached.set(runId(config), step);
      send(config, step, { loss, accuracy, phases });
    },
    ended: (config: RunConfig): void =>
      send(config, reached.get(runId(config)) ?? config.steps, { ended: true }),
  };
}

/** Makes ready what the runs need of engine and data, then trains. Both are loaded here, so that drawing needs neither. */
async function train(
  configs: readonly RunConfig[],
  { preset, retrain, need, neededFirst, signal, onProgress, log }: NeedOptions,
): Promise<Run[]> {
  if (configs.some(({ model }) => model === 'vgg')) {
    const { installEngine } = await import('../engine/install');
    await installEngine({ log });
  }
  const names = configs.flatMap((config) => (config.model === 'vgg' ? [config.data] : []));
  await ensureDataSets(names, { log });
  signal?.throwIfAborted();
  const { trainRuns } = await import('../training/trainer');
  log(`preset ${preset}: ${presets[preset].about}`);
  const { onStep, ended } = progressOf(configs, onProgress);
  const runs = await trainRuns(configs, {
    ...{ signal, retrain, need, neededFirst, log },
    onProgress: onStep,
    onEnd: ended,
  });
  for (const { config, manifest } of runs) {
    if (manifest.divergedAt !== undefined)
      log(`${runName(config)}: diverged at step ${manifest.divergedAt}`);
  }
  return runs;
}

interface NeedOptions extends EnsureOptions {
  /** How many statements need a run. */
  need?: (config: RunConfig) => number;
}

/**
 * The runs of some configs, in their order: from the store as far as it has them, the others are trained or, without
 * `training`, left out. Throws as `reproduce` does.
 */
export async function ensureConfigs(
  given: readonly RunConfig[],
  options: NeedOptions,
): Promise<Run[]> {
  const { retrain, training = true, recorded = true, log } = options;
  const find = recorded ? findRun : findOwnRun;
  const configs = [...new Map(given.map((config) => [runId(config), config])).values()];
  const found = retrain ? [] : configs.flatMap((config) => find(config) ?? []);
  const lacking = configs.filter((config) => !found.some(({ id }) => id === runId(config)));
  const fate = training ? 'to train' : 'left out';
  log(`runs: ${configs.length} needed, ${found.length} in the store, ${lacking.length} ${fate}`);
  const outdated = lacking.filter((config) => isOnlyOutdated(config)).length;
  if (outdated && !retrain)
    log(`${outdated} of them were computed in float32 by an earlier version, which does not count`);
  const trained = training && lacking.length ? await train(lacking, options) : [];
  const all = new Map([...found, ...trained].map((run) => [run.id, run]));
  return given.flatMap((config) => all.get(runId(config)) ?? []);
}

/** The runs that figures ask for, by id, as `ensureConfigs` has them. */
export async function ensureRuns(
  figures: readonly Asking[],
  options: EnsureRunsOptions,
): Promise<ReadonlyMap<string, Run>> {
  const { preset, seeds } = options;
  const needs = new Map<string, number>();
  const configs = figures.flatMap((figure) => {
    const statements = figure.claims([]).length;
    const own = figure.runs(preset, seeds);
    for (const id of new Set(own.map(runId))) needs.set(id, (needs.get(id) ?? 0) + statements);
    return own;
  });
  const need = (config: RunConfig): number => needs.get(runId(config)) ?? 0;
  const runs = await ensureConfigs(configs, { ...options, need });
  return new Map(runs.map((run) => [run.id, run]));
}
