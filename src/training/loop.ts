/**
 * The loop over steps that every trainer shares: logs what is due, notices divergence, keeps checkpoints, stops on a
 * signal. It advances one run, or several that are computed together.
 */
import type { RunConfig } from '../config/schema';
import { disposeTree, type Tensors } from '../engine/tree';
import type { RunWriter } from '../runs/writer';
import { UserError } from '../system/errors';
import type { NamedArray } from '../system/namedArray';

export interface TrainProgress {
  /** The runs that are computed together, most often one. */
  configs: readonly [RunConfig, ...RunConfig[]];
  step: number;
  steps: number;
  /** Of the first of the runs that have not diverged. */
  loss: number;
  /** Where there is one. */
  accuracy?: number;
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

/** Lets output out and signals in; an awaited promise alone does neither. */
export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What is trained: one run, or several with the same number of steps, in the same state of progress. */
export interface Session {
  configs: readonly RunConfig[];
  /** One for each run, with its tables declared. */
  writers: readonly RunWriter[];
  /** Called before every step, and once with the number of steps after the last. */
  beforeStep?(step: number): Promise<void>;
  /**
   * Takes a step, with the probes that are due at it. Returns the columns of the steps table after the first, [] for
   * one run or [runs]; the first of them is the loss. `live` tells which runs have not diverged so far.
   */
  take(step: number, live: () => readonly boolean[]): Tensors;
  /** What a run needs to go on. */
  arrays(run: number): NamedArray[];
}

/**
 * Takes all steps of a session from its checkpoint on, and finishes its runs as done or, where a loss stops being finite,
 * as diverged. Throws Interrupted where the signal stopped it.
 */
export async function runSteps(session: Session, options: TrainOptions): Promise<void> {
  const { configs, writers } = session;
  const { steps, logEvery } = configs[0]!;
  const first = writers[0]!.resume?.step ?? 0;
  const alive = writers.map(() => true);
  const pending: { step: number; metrics: Tensors }[] = [];
  const started = performance.now();
  let saved = started;

  /** Logs one run's numbers at a step where that is due, and ends it where it diverged. */
  function log(run: number, row: number[]): void {
    const [step, loss] = row as [number, number];
    const diverged = !Number.isFinite(loss);
    if (diverged || step % logEvery === 0) writers[run]!.append('steps', row);
    if (!diverged) return;
    alive[run] = false;
    writers[run]!.finish('diverged', { divergedAt: step });
  }

  /** Reads the metrics of the last steps and logs them. */
  function flush(): void {
    for (const { step, metrics } of pending.splice(0)) {
      const values = Object.entries(metrics).map(([name, t]) => [name, t.dataSync()] as const);
      disposeTree(metrics);
      const shown = alive.indexOf(true);
      alive.forEach((lives, run) => {
        if (lives) log(run, [step, ...values.map(([, each]) => each[run]!)]);
      });
      if (step % logEvery || !alive[shown]) continue;
      const pace = (performance.now() - started) / 1000 / (step + 1 - first);
      const progress = {
        configs: configs as [RunConfig],
        step: step + 1,
        steps,
        secondsLeft: pace * (steps - step - 1),
      };
      const { loss, accuracy } = Object.fromEntries(
        values.map(([name, each]) => [name, each[shown]!]),
      );
      options.onProgress?.({ ...progress, loss: loss!, accuracy });
    }
  }

  function save(step: number): void {
    flush();
    alive.forEach((lives, run) => {
      if (lives) writers[run]!.checkpoint(step, session.arrays(run));
    });
    saved = performance.now();
  }

  const live = () => {
    flush();
    return alive;
  };
  try {
    for (let step = first; step < steps; step++) {
      await tick();
      const due = performance.now() - saved > checkpointSeconds * 1000;
      if (due || options.signal?.aborted) save(step);
      if (!alive.includes(true)) return;
      if (options.signal?.aborted)
        throw new Interrupted(
          `stopped at step ${step} of ${steps}: the same command goes on from there`,
        );
      await session.beforeStep?.(step);
      pending.push({ step, metrics: session.take(step, live) });
      if (step % logEvery === 0 || step + 1 === steps) flush();
    }
    if (!alive.includes(true)) return;
    await session.beforeStep?.(steps);
    alive.forEach((lives, run) => {
      if (lives) writers[run]!.finish('done');
    });
  } finally {
    pending.forEach(({ metrics }) => disposeTree(metrics));
  }
}
