/** How far training has come: one message for the notebook's board and for the terminal, and a terminal reporter. */

/** Sent after every step (or less often). Steps are counted from 1, runs from 0. */
export interface Progress {
  /** What the run is called, e.g. `VGG-11 with batch norm, lr 0.5, seed 0`. */
  run: string;
  runIndex: number;
  runCount: number;
  step: number;
  steps: number;
  /** Minibatch loss of this step. */
  loss?: number;
  /** Minibatch accuracy of this step, 0 to 1. */
  accuracy?: number;
  /** Seconds until all runs are done, where the sender knows better than the pace so far tells. */
  secondsLeft?: number;
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  return minutes % 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${Math.floor(minutes / 60)} h`;
}

/** `1234567` as `1,234,567`. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');

/**
 * Estimates the seconds left of all runs from the pace since the first message; undefined until there is a pace.
 * Steps that a resumed run had already done do not count as pace.
 */
export function createPace(
  now: () => number = Date.now,
): (progress: Progress) => number | undefined {
  const stepsDone = (p: Progress): number => p.runIndex * p.steps + p.step;
  let first: { at: number; done: number } | undefined;
  return (progress) => {
    const done = stepsDone(progress);
    first ??= { at: now(), done };
    if (progress.secondsLeft !== undefined) return progress.secondsLeft;
    const seconds = (now() - first.at) / 1000;
    if (seconds <= 0 || done <= first.done) return undefined;
    return (seconds / (done - first.done)) * (progress.runCount * progress.steps - done);
  };
}

/** One line of plain text, as the terminal and the notebook's text fallback show it. */
export function progressLine(progress: Progress, secondsLeft: number | undefined): string {
  const { run, runIndex, runCount, step, steps, loss, accuracy } = progress;
  return [
    `run ${runIndex + 1} of ${runCount}: ${run}`,
    `step ${formatCount(step)} of ${formatCount(steps)}`,
    ...(loss === undefined ? [] : [`loss ${formatLoss(loss)}`]),
    ...(accuracy === undefined ? [] : [`accuracy ${formatShare(accuracy)}`]),
    ...(secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft)} left`]),
  ].join(', ');
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

/** A reporter that rewrites one line on a terminal and prints a plain line per 10% of a run when piped. */
export function terminalProgress(stream: TextStream): ProgressReporter {
  const pace = createPace();
  return stream.isTTY ? rewritingLine(stream, pace) : plainLines(stream, pace);
}

type Pace = ReturnType<typeof createPace>;

function rewritingLine(stream: TextStream, pace: Pace): ProgressReporter {
  const clear = '\r\x1b[2K';
  let shownAt = 0;
  let open = false;
  return {
    update(progress) {
      const left = pace(progress);
      const last = progress.step === progress.steps;
      if (!last && Date.now() - shownAt < ttyIntervalMs) return;
      shownAt = Date.now();
      open = true;
      // A line longer than the terminal would wrap and could not be cleared.
      const line = progressLine(progress, left).slice(0, (stream.columns ?? 80) - 1);
      stream.write(clear + line);
    },
    done(summary) {
      if (open) stream.write(clear);
      if (summary) stream.write(`${summary}\n`);
      open = false;
    },
  };
}

function plainLines(stream: TextStream, pace: Pace): ProgressReporter {
  let run = -1;
  let tenth = -1;
  return {
    update(progress) {
      const left = pace(progress);
      if (progress.runIndex !== run) {
        run = progress.runIndex;
        tenth = -1;
      }
      const reached = Math.floor((10 * progress.step) / progress.steps);
      if (reached === tenth) return;
      tenth = reached;
      stream.write(`${progressLine(progress, left)}\n`);
    },
    done(summary) {
      if (summary) stream.write(`${summary}\n`);
    },
  };
}
