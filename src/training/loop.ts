/**
 * The loop over steps that every trainer shares: logs what is due, notices divergence, keeps checkpoints, stops on a
 * signal. It advances one run, or several that are computed together.
 */
import type { RunConfig } from '../config/schema';
import { numbered, readTogether } from '../engine/read';
import { disposeTree, type Tensors } from '../engine/tree';
import { createPhases, type Phases, type PhaseSeconds } from '../runs/phases';
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
  /** Where the time of this session went so far. */
  phases?: PhaseSeconds;
}

export interface TrainOptions {
  /** Stops the run within two steps; it stays resumable, and trainRun throws `Interrupted`. */
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

/** The share of a run's time that checkpoints may take ... */
const checkpointShare = 0.02;
/** ... but there is one no more often than is worth it, and a crash loses no more than this. */
const leastSeconds = 20;
const mostSeconds = 60;

/** Seconds from one checkpoint to the next, where the last one took `cost`. */
export const checkpointInterval = (cost: number): number =>
  Math.min(Math.max(cost / checkpointShare, leastSeconds), mostSeconds);

/** Lets output out and signals in; an awaited promise alone does neither. */
export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What is trained: one run, or several with the same number of steps, in the same state of progress. */
export interface Session {
  configs: readonly RunConfig[];
  /** One for each run, with its tables declared. */
  writers: readonly RunWriter[];
  /** Times all that a run does (default: a clock of the loop's own). */
  phases?: Phases;
  /**
   * Whether `beforeStep` or `take` measures something at a step (default: always). Then it is known before whether the run
   * has diverged; at other steps it is not waited for.
   */
  measures?: (step: number) => boolean;
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
 *
 * The metrics of a step are read while the device computes the next one, which a run that has diverged takes in vain.
 */
export async function runSteps(session: Session, options: TrainOptions): Promise<void> {
  const { configs, writers, phases = createPhases(), measures = () => true } = session;
  const { steps, logEvery } = configs[0]!;
  const first = writers[0]!.resume?.step ?? 0;
  const alive = writers.map(() => true);
  const pending: { step: number; metrics: Tensors }[] = [];
  const started = performance.now();
  let saved = started;
  let interval = checkpointInterval(0);

  /** Logs one run's numbers at a step where that is due, and ends it where it diverged. */
  function log(run: number, row: number[]): void {
    const [step, loss] = row as [number, number];
    const diverged = !Number.isFinite(loss);
    if (diverged || step % logEvery === 0) writers[run]!.append('steps', row);
    if (!diverged) return;
    alive[run] = false;
    writers[run]!.finish('diverged', { divergedAt: step });
  }

  /** Tells how far it is, by the metrics of a step. */
  function tell(step: number, shown: number, metrics: Record<string, Float32Array>): void {
    const pace = (performance.now() - started) / 1000 / (step + 1 - first);
    options.onProgress?.({
      configs: configs as [RunConfig],
      step: step + 1,
      steps,
      secondsLeft: pace * (steps - step - 1),
      loss: metrics.loss![shown]!,
      accuracy: metrics.accuracy?.[shown],
      phases: phases.seconds(),
    });
  }

  /** Reads the metrics of the last steps, but for so many of them, and logs them. */
  function flush(butFor = 0): void {
    const ready = pending.splice(0, pending.length - butFor);
    if (ready.length === 0) return;
    const metrics = numbered(ready.map((each) => each.metrics));
    const values = phases.measure('waiting', () => readTogether(metrics));
    disposeTree(metrics);
    phases.measure('metrics', () => {
      ready.forEach(({ step }, i) => {
        const each = Object.values(values[i]!);
        const shown = alive.indexOf(true);
        alive.forEach((lives, run) => {
          if (lives) log(run, [step, ...each.map((numbers) => numbers[run]!)]);
        });
        if (step % logEvery === 0 && alive[shown]) tell(step, shown, values[i]!);
      });
    });
  }

  function save(step: number): void {
    flush();
    const begun = performance.now();
    phases.measure('checkpoints', () =>
      alive.forEach((lives, run) => {
        if (lives) writers[run]!.checkpoint(step, session.arrays(run));
      }),
    );
    saved = performance.now();
    interval = checkpointInterval((saved - begun) / 1000);
  }

  const live = () => {
    flush();
    return alive;
  };
  try {
    for (let step = first; step < steps; step++) {
      await phases.measure('waiting', tick);
      if (measures(step)) flush();
      const due = performance.now() - saved > interval * 1000;
      if (due || options.signal?.aborted) save(step);
      if (!alive.includes(true)) return;
      if (options.signal?.aborted)
        throw new Interrupted(
          `stopped at step ${step} of ${steps}: the same command goes on from there`,
        );
      await session.beforeStep?.(step);
      const metrics = phases.measure('step', () => session.take(step, live));
      pending.push({ step, metrics });
      if ((step - 1) % logEvery === 0) flush(1);
    }
    flush();
    if (!alive.includes(true)) return;
    await session.beforeStep?.(steps);
    alive.forEach((lives, run) => {
      if (lives) writers[run]!.finish('done');
    });
  } finally {
    pending.forEach(({ metrics }) => disposeTree(metrics));
  }
}
