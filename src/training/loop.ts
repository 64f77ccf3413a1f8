/**
 * The loop over steps that every trainer shares: logs what is due, notices divergence, keeps checkpoints, stops on a
 * signal.
 */
import type { RunConfig } from '../config/schema';
import type { Tensor } from '../engine/tf';
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
  /** Called before every step, and once with the number of steps after the last. */
  beforeStep?(step: number): Promise<void>;
  /** Takes a step, with the probes that are due at it. */
  take(step: number): Metrics;
  /** What the run needs to go on. */
  arrays(): NamedArray[];
}

function valuesOf(metrics: Metrics): Record<string, number> {
  const values: Record<string, number> = {};
  for (const name in metrics) {
    const metric = metrics[name]!;
    values[name] = typeof metric === 'number' ? metric : metric.dataSync()[0]!;
  }
  dispose(metrics);
  return values;
}

function dispose(metrics: Metrics): void {
  for (const metric of Object.values(metrics)) if (typeof metric !== 'number') metric.dispose();
}

/**
 * Takes all steps of a run from its checkpoint on, and finishes it as done or, where its loss stops being finite, as
 * diverged. Throws Interrupted where the signal stopped it.
 */
export async function runSteps(session: Session, options: TrainOptions): Promise<void> {
  const { config, writer } = session;
  const { steps, logEvery } = config;
  const first = writer.resume?.step ?? 0;
  const pending: { step: number; metrics: Metrics }[] = [];
  const started = performance.now();
  let saved = started;
  let diverged = false;

  /** Logs the numbers of a step where that is due, and ends the run where it diverged. */
  function log(step: number, values: Record<string, number>): void {
    diverged = !Number.isFinite(values.loss);
    if (diverged || step % logEvery === 0) writer.append('steps', [step, ...Object.values(values)]);
    if (diverged) writer.finish('diverged', { divergedAt: step });
  }

  /** Reads the metrics of the last steps and logs them. */
  function flush(): void {
    for (const { step, metrics } of pending.splice(0)) {
      const values = valuesOf(metrics);
      if (!diverged) log(step, values);
      if (step % logEvery || diverged) continue;
      const pace = (performance.now() - started) / 1000 / (step + 1 - first);
      const { loss, accuracy } = values;
      options.onProgress?.({
        ...{ config, steps, accuracy },
        step: step + 1,
        loss: loss!,
        secondsLeft: pace * (steps - step - 1),
      });
    }
  }

  function save(step: number): void {
    flush();
    if (!diverged) writer.checkpoint(step, session.arrays());
    saved = performance.now();
  }

  try {
    for (let step = first; step < steps; step++) {
      await tick();
      const due = performance.now() - saved > checkpointSeconds * 1000;
      if (due || options.signal?.aborted) save(step);
      if (diverged) return;
      if (options.signal?.aborted)
        throw new Interrupted(
          `stopped at step ${step} of ${steps}: the same command goes on from there`,
        );
      await session.beforeStep?.(step);
      const metrics = session.take(step);
      pending.push({ step, metrics });
      const isKnown = typeof metrics.loss === 'number';
      if (isKnown || step % logEvery === 0 || step + 1 === steps) flush();
    }
    if (diverged) return;
    await session.beforeStep?.(steps);
    writer.finish('done');
  } finally {
    pending.forEach(({ metrics }) => dispose(metrics));
  }
}
