/** How far training has come: one message for the notebook's board and for the terminal, and a terminal reporter. */

import type { RunConfig } from '../config/schema';
import { type PhaseSeconds, sharesLine, withProbesTogether } from '../runs/phases';
import { formatDuration, grouped } from '../system/numberText';

/** Sent after every step (or less often). Steps are counted from 1, runs from 0. */
export interface Progress {
  /** What the run is called, e.g. `VGG-11 with batch norm, lr 0.5, seed 0`. */
  run: string;
  /** By which figures tell it from others. */
  series: Pick<RunConfig, 'normalisation' | 'learningRate'>;
  runIndex: number;
  step: number;
  steps: number;
  /** Minibatch loss of this step. */
  loss?: number;
  /** Minibatch accuracy of this step, 0 to 1. */
  accuracy?: number;
  /** Where its time went. */
  phases?: PhaseSeconds;
  /** The run is over: all its steps are done, or it diverged, or another process has trained it. */
  ended?: boolean;
  all: AllRuns;
}

/** All runs together, several of which may be under way at once. */
export interface AllRuns {
  count: number;
  ended: number;
  /** How much of all the work is done, 0 to 1. */
  share: number;
  /** Until all are done; undefined until there is a pace. */
  secondsLeft?: number;
}

type Planned = Pick<RunConfig, 'model' | 'steps'>;

/** What a step of each network costs, roughly and relative to each other: until it is measured. */
const stepCost = { vgg: 100, deepLinear: 1 };

/** What a run costs, to compare it with others. */
export const costOf = ({ model, steps }: Planned): number => stepCost[model] * steps;

interface Tracked extends Planned {
  step: number;
  ended: boolean;
  /** The first and the last message: steps that a resumed run had already done do not count as pace. */
  first?: { at: number; step: number };
  at: number;
}

/** Seconds per step of a network, from the runs of it so far, else from those of the others. */
function secondsPerStep(model: Planned['model'], runs: readonly Tracked[]): number | undefined {
  const measured = (some: readonly Tracked[]): number | undefined => {
    const begun = some.flatMap(({ model, step, at, first }) =>
      first
        ? [{ seconds: (at - first.at) / 1000, cost: stepCost[model] * (step - first.step) }]
        : [],
    );
    const cost = begun.reduce((sum, run) => sum + run.cost, 0);
    return cost > 0 ? begun.reduce((sum, run) => sum + run.seconds, 0) / cost : undefined;
  };
  const perCost = measured(runs.filter((run) => run.model === model)) ?? measured(runs);
  return perCost === undefined ? undefined : stepCost[model] * perCost;
}

/**
 * Follows runs that are trained in any order, several at a time: takes how far one of them is and returns how far all
 * are. The time left comes from the pace of each kind of network and from how many runs were under way at once so far.
 */
export function createOverview(
  planned: readonly Planned[],
  now: () => number = Date.now,
): (progress: Pick<Progress, 'runIndex' | 'step' | 'ended'>) => AllRuns {
  const runs = planned.map(({ model, steps }): Tracked => {
    return { model, steps, step: 0, ended: false, at: 0 };
  });
  const whole = planned.reduce((sum, run) => sum + costOf(run), 0);
  let began: number | undefined;

  function secondsLeft(): number | undefined {
    const seconds =
      runs.reduce((sum, { at, first }) => sum + (first ? at - first.at : 0), 0) / 1000;
    const sinceBegin = (Math.max(...runs.map(({ at }) => at)) - began!) / 1000;
    const left = runs.map(({ model, steps, step, ended }) =>
      ended || step === steps ? 0 : (steps - step) * (secondsPerStep(model, runs) ?? NaN),
    );
    const atOnce = seconds / sinceBegin; // below 1 where time goes by between runs
    const all = left.reduce((sum, each) => sum + each, 0) / atOnce;
    return Number.isFinite(all) ? Math.max(all, ...left) : undefined;
  }

  return ({ runIndex, step, ended = false }) => {
    const run = runs[runIndex]!;
    run.at = now();
    began ??= run.at;
    run.first ??= { at: run.at, step };
    run.step = step;
    run.ended ||= ended;
    const done = runs.reduce((sum, one) => {
      return sum + costOf({ ...one, steps: one.ended ? one.steps : one.step });
    }, 0);
    return {
      count: runs.length,
      ended: runs.filter((one) => one.ended).length,
      share: done / whole,
      secondsLeft: secondsLeft(),
    };
  };
}

const numbersOf = ({ loss, accuracy }: Progress): string[] => [
  ...(loss === undefined ? [] : [`loss ${formatLoss(loss)}`]),
  ...(accuracy === undefined ? [] : [`accuracy ${formatShare(accuracy)}`]),
];

/** Where a run's time went, as the last part of a line; nothing where that is not known. */
const timeOf = ({ phases }: Progress): string[] =>
  phases ? [`time: ${sharesLine(withProbesTogether(phases))}`] : [];

/** How one run is doing, as a line of plain text. */
export function progressLine(progress: Progress): string {
  const { run, runIndex, step, steps, all } = progress;
  return [
    `run ${runIndex + 1} of ${all.count}: ${run}`,
    `step ${grouped(step)} of ${grouped(steps)}`,
    ...numbersOf(progress),
    ...(all.secondsLeft === undefined ? [] : [`all runs: ${formatDuration(all.secondsLeft)} left`]),
    ...timeOf(progress),
  ].join(', ');
}

/** How far all runs are: `3 of 20 runs done, 12 min left`. */
export function overallLine({ count, ended, secondsLeft }: AllRuns): string {
  const left = secondsLeft === undefined ? '' : `, ${formatDuration(secondsLeft)} left`;
  return `${ended} of ${count} ${count === 1 ? 'run' : 'runs'} done${left}`;
}

/**
 * All runs in one line of plain text, with those under way: `3 of 20 runs done, 12 min left; 45% VGG-11, ...; 3% ...`.
 * Where it would be wider than `width`, those under way lose their names; one alone has its numbers too.
 */
export function overviewLine(
  all: AllRuns,
  underWay: readonly Progress[],
  width = Infinity,
): string {
  const share = ({ step, steps }: Progress): string => `${Math.floor((100 * step) / steps)}%`;
  const named = underWay.map((progress) => `${share(progress)} ${progress.run}`);
  const full = [overallLine(all), ...named].join('; ');
  if (underWay.length === 1) {
    const [one] = underWay as [Progress];
    return [full, ...numbersOf(one), ...timeOf(one)].join(', ').slice(0, width);
  }
  if (full.length <= width) return full;
  return `${overallLine(all)}; under way: ${underWay.map(share).join(', ')}`.slice(0, width);
}

/** Three significant digits: `2.3`, `0.0412`, `1.2e-5`. */
export const formatLoss = (loss: number): string => String(Number(loss.toPrecision(3)));
/** `0.853` as `85.3%`. */
export const formatShare = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** Where text goes: a terminal or a pipe. */
export interface TextStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface ProgressReporter {
  update(progress: Progress): void;
  /** Ends the report; with a summary, that line is printed. */
  done(summary?: string): void;
}

const ttyIntervalMs = 100;

/**
 * A reporter that rewrites one line on a terminal, and when piped prints a plain line for the beginning and each fifth of
 * a run.
 */
export const terminalProgress = (stream: TextStream): ProgressReporter =>
  stream.isTTY ? rewritingLine(stream) : plainLines(stream);

function rewritingLine(stream: TextStream): ProgressReporter {
  const clear = '\r\x1b[2K';
  const underWay = new Map<number, Progress>();
  let shownAt = 0;
  let open = false;
  return {
    update(progress) {
      if (progress.ended) underWay.delete(progress.runIndex);
      else underWay.set(progress.runIndex, progress);
      if (!progress.ended && Date.now() - shownAt < ttyIntervalMs) return;
      shownAt = Date.now();
      open = true;
      // A line longer than the terminal would wrap and could not be cleared.
      const width = (stream.columns ?? 80) - 1;
      stream.write(clear + overviewLine(progress.all, [...underWay.values()], width));
    },
    done(summary) {
      if (open) stream.write(clear);
      if (summary) stream.write(`${summary}\n`);
      open = false;
    },
  };
}

function plainLines(stream: TextStream): ProgressReporter {
  const lastShown = new Map<number, number>();
  return {
    update(progress) {
      const fifth = Math.floor((5 * progress.step) / progress.steps);
      if (lastShown.get(progress.runIndex) === fifth) return;
      lastShown.set(progress.runIndex, fifth);
      stream.write(`${progressLine(progress)}\n`);
    },
    done(summary) {
      if (summary) stream.write(`${summary}\n`);
    },
  };
}
