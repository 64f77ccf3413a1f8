/**
 * The loop over steps that every trainer shares: logs what is due, notices divergence, keeps checkpoints, stops on a
 * signal.
 */
import type { RunConfig } from '../config/schema';
import { numbered, readTogether } from '../engine/read';
import type { Tensor } from '../engine/tf';
import { createPhases, type Phases, type PhaseSeconds } from '../runs/phases';
import type { RunWriter } from '../runs/writer';
import { UserError } from '../system/errors';
import type { NamedArray } from '../system/namedArray';

export interface TrainProgress {
  config: RunConfig;
  step: number;
  steps: number;
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

/**
 * The columns of the steps table after the first; the loss is among them. A number on the device is read, and freed, when
 * it is logged: reading it waits for the device.
 */
export type Metrics = Record<string, number | Tensor>;

/** A run that is being trained. */
export interface Session {
  config: RunConfig;
  /** With its tables declared. */
  writer: RunWriter;
  /** Times all that a run does (default: a clock of the loop's own). */
  phases?: Phases;
  /**
   * Whether `beforeStep` or `take` measures something at a step (default: always). Then it is known before whether the run
   * has diverged; at other steps it is not waited for.
   */
  measures?: (step: number) => boolean;
  /** Called before every step, and once with the number of steps after the last. */
  beforeStep?(step: number): Promise<void>;
  /** Takes a step, with the probes that are due at it. */
  take(step: number): Metrics;
  /** What the run needs to go on. */
  arrays(): NamedArray[];
}

/** Those of a step's metrics that are on the device. */
const onDevice = (metrics: Metrics): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(metrics).filter(
      (entry): entry is [string, Tensor] => typeof entry[1] !== 'number',
    ),
  );

const dispose = (metrics: Metrics): void =>
  Object.values(onDevice(metrics)).forEach((tensor) => tensor.dispose());

/** The metrics of some steps as numbers, read in one transfer; frees those on the device. */
function valuesOf(steps: readonly Metrics[]): Record<string, number>[] {
  const there = steps.map(onDevice);
  // A network that is computed without the engine does not load it here.
  const read = there.some((tensors) => Object.keys(tensors).length > 0)
    ? readTogether(numbered(there))
    : {};
  steps.forEach(dispose);
  return steps.map((metrics, i) => ({ ...metrics, ...read[i] }) as Record<string, number>);
}

/**
 * Takes all steps of a run from its checkpoint on, and finishes it as done or, where its loss stops being finite, as
 * diverged. Throws Interrupted where the signal stopped it.
 *
 * The metrics of a step are read while the device computes the next one, which a run that has diverged takes in vain.
 */
export async function runSteps(session: Session, options: TrainOptions): Promise<void> {
  const { config, writer, phases = createPhases(), measures = () => true } = session;
  const { steps, logEvery } = config;
  const first = writer.resume?.step ?? 0;
  const pending: { step: number; metrics: Metrics }[] = [];
  const started = performance.now();
  let saved = started;
  let interval = checkpointInterval(0);
  let diverged = false;

  /** Logs the numbers of a step where that is due, and ends the run where it diverged. */
  function log(step: number, values: Record<string, number>): void {
    diverged = !Number.isFinite(values.loss);
    if (diverged || step % logEvery === 0) writer.append('steps', [step, ...Object.values(values)]);
    if (diverged) writer.finish('diverged', { divergedAt: step });
    else if (step % logEvery === 0) tell(step, values);
  }

  /** Tells how far it is, by the metrics of a step. */
  function tell(step: number, { loss, accuracy }: Record<string, number>): void {
    const pace = (performance.now() - started) / 1000 / (step + 1 - first);
    options.onProgress?.({
      ...{ config, steps, accuracy },
      step: step + 1,
      loss: loss!,
      secondsLeft: pace * (steps - step - 1),
      phases: phases.seconds(),
    });
  }

  /** Reads the metrics of the last steps, but for so many of them, and logs them. */
  function flush(butFor = 0): void {
    const ready = pending.splice(0, pending.length - butFor);
    if (ready.length === 0) return;
    const values = phases.measure('waiting', () => valuesOf(ready.map(({ metrics }) => metrics)));
    phases.measure('metrics', () => {
      ready.forEach(({ step }, i) => {
        if (!diverged) log(step, values[i]!);
      });
    });
  }

  function save(step: number): void {
    flush();
    const begun = performance.now();
    phases.measure('checkpoints', () => {
      if (!diverged) writer.checkpoint(step, session.arrays());
    });
    saved = performance.now();
    interval = checkpointInterval((saved - begun) / 1000);
  }

  try {
    for (let step = first; step < steps; step++) {
      await phases.measure('waiting', tick);
      if (measures(step)) flush();
      const due = performance.now() - saved > interval * 1000;
      if (due || options.signal?.aborted) save(step);
      if (diverged) return;
      if (options.signal?.aborted)
        throw new Interrupted(
          `stopped at step ${step} of ${steps}: the same command goes on from there`,
        );
      await session.beforeStep?.(step);
      const metrics = phases.measure('step', () => session.take(step));
      pending.push({ step, metrics });
      if (typeof metrics.loss === 'number') flush();
      else if ((step - 1) % logEvery === 0) flush(1);
    }
    flush();
    if (diverged) return;
    await session.beforeStep?.(steps);
    writer.finish('done');
  } finally {
    pending.forEach(({ metrics }) => dispose(metrics));
  }
}
