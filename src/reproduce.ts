/** From the numbers of figures to files: trains the runs that the store lacks, draws, checks the claims. */
import path from 'node:path';

import { claimsOfAll } from './claims';
import { inOrder } from './figures/claims';
import type { Claim, Figure } from './figures/figure';
import { figures as allFigures } from './figures/index';
import { figureNumbered } from './figures/numbered';
import { normalisations } from './layers/normalisation';
import { figureBase, writeClaims, writeFigures } from './output';
import { writePage } from './page';
import { figuresDir } from './paths';
import { prepareFolder } from './runs/files';
import type { Run } from './runs/run';
import { findOwnRun, findRun } from './runs/store';
import type { RunConfig } from './training/config';
import { runId } from './training/hash';
import type { TrainProgress } from './training/loop';
import { type PresetName, presets } from './training/presets';
import { createOverview, type Progress } from './training/progress';

export interface ReproduceOptions {
  /** Numbers of figures (default: all of the paper). */
  figures?: readonly number[];
  /** Default: quick. */
  preset?: PresetName;
  /** Default: 0 alone. */
  seeds?: readonly number[];
  /** Where the files go (default: figures/<preset>). */
  out?: string;
  /** Train also what the store has (default: false). */
  retrain?: boolean;
  /** Train what the store lacks (default: true); otherwise figures are drawn from what is there. */
  training?: boolean;
  /** Take recorded runs, which come with the project, where there are none of one's own (default: true). */
  recorded?: boolean;
  /** Write the figures' files; otherwise the claims alone (default: true). */
  draw?: boolean;
  /** Stops after the step that is under way; what is done is kept. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Gets lines about what goes on (default: nobody does). */
  log?: (line: string) => void;
}

/** A figure that was written. */
export interface WrittenFigure {
  number: number;
  title: string;
  files: string[];
  notes: string[];
}

export interface ReproduceResult {
  preset: PresetName;
  seeds: readonly number[];
  figures: WrittenFigure[];
  claims: Claim[];
  claimsFile: string;
  /** The page that shows all of it. */
  page: string;
}

/** How runs are had: see ReproduceOptions. */
export type EnsureOptions = Pick<
  ReproduceOptions,
  'retrain' | 'training' | 'recorded' | 'signal' | 'onProgress'
> &
  Required<Pick<ReproduceOptions, 'preset' | 'log'>>;

/** Which runs of figures, and how they are had. */
export type EnsureRunsOptions = EnsureOptions & Required<Pick<ReproduceOptions, 'seeds'>>;

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
    told: ({ configs: together, step, loss, accuracy, phases }: TrainProgress): void => {
      together.forEach((config, i) => {
        reached.set(runId(config), step);
        // Of runs that are computed together the numbers are the first one's.
        send(config, step, i === 0 ? { loss, accuracy, phases } : {});
      });
    },
    ended: (config: RunConfig): void =>
      send(config, reached.get(runId(config)) ?? config.steps, { ended: true }),
  };
}

/** Makes engine and data ready, then trains. Both are loaded here, so that drawing needs neither. */
async function train(
  configs: readonly RunConfig[],
  { preset, retrain, signal, onProgress, log }: EnsureOptions,
): Promise<Run[]> {
  const { installEngine } = await import('./engine/install');
  await installEngine({ log });
  if (configs.some((config) => config.model === 'vgg' && config.data === 'cifar10')) {
    const { ensureCifar10 } = await import('./data/cifar10');
    await ensureCifar10({ log });
  }
  signal?.throwIfAborted();
  const { trainRuns } = await import('./training/trainer');
  log(`preset ${preset}: ${presets[preset].about}`);
  const { told, ended } = progressOf(configs, onProgress);
  const runs = await trainRuns(configs, {
    ...{ signal, retrain, log },
    onProgress: told,
    onEnd: ended,
  });
  for (const { config, manifest } of runs) {
    if (manifest.divergedAt !== undefined)
      log(`${runName(config)}: diverged at step ${manifest.divergedAt}`);
  }
  return runs;
}

/**
 * The runs of some configs, in their order: from the store as far as it has them, the others are trained or, without
 * `training`, left out. Throws as `reproduce` does.
 */
export async function ensureConfigs(
  given: readonly RunConfig[],
  options: EnsureOptions,
): Promise<Run[]> {
  const { retrain, training = true, recorded = true, log } = options;
  const find = recorded ? findRun : findOwnRun;
  const configs = [...new Map(given.map((config) => [runId(config), config])).values()];
  const found = retrain ? [] : configs.flatMap((config) => find(config) ?? []);
  const lacking = configs.filter((config) => !found.some(({ id }) => id === runId(config)));
  const fate = training ? 'to train' : 'left out';
  log(`runs: ${configs.length} needed, ${found.length} in the store, ${lacking.length} ${fate}`);
  const trained = training && lacking.length ? await train(lacking, options) : [];
  const all = new Map([...found, ...trained].map((run) => [run.id, run]));
  return given.flatMap((config) => all.get(runId(config)) ?? []);
}

/** The runs that figures ask for, by id, as `ensureConfigs` has them. */
export async function ensureRuns(
  figures: readonly Figure[],
  options: EnsureRunsOptions,
): Promise<ReadonlyMap<string, Run>> {
  const { preset, seeds } = options;
  const configs = figures.flatMap((figure) => figure.runs(preset, seeds));
  return new Map((await ensureConfigs(configs, options)).map((run) => [run.id, run]));
}

/**
 * Makes figures: trains the runs that the store lacks, writes the figures' files, claims.json and index.html.
 * Throws UserError where a figure is unknown, the folder cannot be written to (before anything is trained) or a run
 * cannot be had; where `signal` stopped it, an error too, and what is done is kept.
 */
export async function reproduce(options: ReproduceOptions = {}): Promise<ReproduceResult> {
  const { preset = 'quick', seeds = [0], log = () => {}, signal, draw = true } = options;
  const out = path.resolve(options.out ?? figuresDir(preset));
  const figures = options.figures?.map(figureNumbered) ?? allFigures.filter(({ ours }) => !ours);
  prepareFolder(out);
  const runs = await ensureRuns(figures, { ...options, preset, seeds, log });
  signal?.throwIfAborted();
  const drawn = figures.map((figure) => {
    const { number, title } = figure;
    const own = figure.runs(preset, seeds).flatMap((config) => runs.get(runId(config)) ?? []);
    return {
      number,
      title,
      base: figureBase(out, number),
      drawing: figure.draw(own, { preset }),
      claims: figure.claims(own),
    };
  });
  const written = draw ? await writeFigures(drawn, { signal, log }) : [];
  const ofFigures = drawn.flatMap((figure) => figure.claims);
  const claims = options.figures
    ? ofFigures
    : inOrder([...ofFigures, ...claimsOfAll([...runs.values()], seeds)]);
  const claimsFile = writeClaims(
    out,
    claims,
    drawn.map(({ number }) => number),
  );
  return {
    preset,
    seeds,
    figures: written.map((files, i) => {
      const { number, title, drawing } = drawn[i]!;
      return { number, title, files, notes: drawing.notes };
    }),
    claims,
    claimsFile,
    page: writePage(out, { preset }),
  };
}
