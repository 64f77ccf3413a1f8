/** The cell that trains: what is stored or recorded is loaded, the rest is trained under a live board, and the stop button works. */
import { runId } from '../config/hash';
import type { PresetName } from '../config/presets';
import type { Figure } from '../drawing/figure';
import type { Run } from '../runs/run';
import { findRun } from '../runs/store';
import { ensureRuns } from '../training/ensureRuns';
import { liveBoard } from './board';
import { interruptible } from './interrupt';

export interface FigureRunsOptions {
  preset: PresetName;
  seeds: readonly number[];
  /** Train also what is stored or recorded (default: false). */
  retrain?: boolean;
}

/**
 * The runs that a figure draws from, in its order. Stopped in the middle, it returns those that are finished; the same
 * call goes on where it stopped.
 */
export async function runsOf(figure: Figure, options: FigureRunsOptions): Promise<Run[]> {
  const { preset, seeds, retrain } = options;
  const wanted = figure.runs(preset, seeds);
  const stored = () => wanted.flatMap((config) => findRun(config) ?? []);
  const found = retrain ? [] : stored();
  if (found.length === wanted.length) {
    console.log(`${found.length} runs are there, none to train`);
    return found;
  }
  const lacking = wanted.filter((config) => !found.some(({ id }) => id === runId(config)));
  return interruptible(async (signal) => {
    const steps = lacking.reduce((sum, config) => sum + config.steps, 0);
    const board = liveBoard({ runs: lacking.length, steps });
    try {
      const runs = await ensureRuns([figure], {
        ...{ preset, seeds, retrain, signal },
        onProgress: (progress) => board.update(progress),
        log: (line) => console.log(line),
      });
      board.done(`${runs.size} runs ready`);
      return wanted.map((config) => runs.get(runId(config))!);
    } catch (error) {
      if (!signal.aborted) throw error;
      board.done('Stopped: run the cell again to go on from here.');
      return stored();
    }
  });
}
