/** Training accuracy as figures show and claims weigh it. */
import { isPaperSize, type PresetName } from '../config/presets';
import { dataSets } from '../data/registry';
import type { Run } from '../runs/run';
import { type Curve, curveOf, windowMeans, windowsOf } from './select';
import { mean } from './statistics';

/** Accuracy of a guess among the paper's ten classes. */
export const chance = 0.1;

/** Accuracy of a guess, which is what a network that diverged is worth. */
const chanceOf = ({ config }: Run): number =>
  config.model === 'vgg' ? 1 / dataSets[config.data].classes : NaN;

/** A minibatch accuracy that counts as trained, and one so near chance that it counts as not. */
export const trained = 0.5;
export const untrained = chance + 0.05;

/** The paper logs one minibatch every 100 steps and joins the points. */
export const paperInterval = 100;

export const diverged = (run: Run): boolean => run.manifest.divergedAt !== undefined;

/** What a curve of one run needs to be told from others. */
export const origin = (run: Run) => ({ seed: run.config.seed, diverged: diverged(run) });

export const percent = ({ x, y }: Curve): Curve => ({ x, y: y.map((share) => 100 * share) });

/**
 * Minibatch accuracy in percent: as the paper logs it at its own preset; means over windows at smaller ones, where
 * steps are few.
 */
export function trainingCurve(run: Run, preset: PresetName): Curve {
  if (!isPaperSize(preset)) return percent(windowMeans(run, 'accuracy'));
  const { x, y } = percent(curveOf(run.tables.steps, 'accuracy'));
  const kept = [...x.keys()].filter((i) => x[i]! % paperInterval === 0);
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

/** Steps behind one point of `trainingCurve`. */
export const stepsPerPoint = (run: Run | undefined, preset: PresetName): number =>
  run === undefined || isPaperSize(preset) ? 1 : Math.round(run.config.steps / windowsOf(run));

/** Minibatch accuracy, the mean of all windows; those lost to a divergence count as chance. */
export function meanAccuracy(run: Run): number {
  const { y } = windowMeans(run, 'accuracy');
  const lost = diverged(run) ? windowsOf(run) - y.length : 0;
  return mean([...y, ...Array<number>(lost).fill(chanceOf(run))]);
}

/** Minibatch accuracy over the last tenth of training; chance if the run diverged. */
export function finalAccuracy(run: Run): number {
  if (diverged(run)) return chanceOf(run);
  const { x, y } = curveOf(run.tables.steps, 'accuracy');
  return mean(y.filter((_, i) => x[i]! >= 0.9 * run.config.steps));
}
