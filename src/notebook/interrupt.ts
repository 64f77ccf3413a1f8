/** Jupyter's stop button (SIGINT) for cells that train: the cell ends early and cleanly, the kernel goes on. */

/** A full turn of the event loop: lets outputs out and the stop button in. `await` of a ready promise does not. */
export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Listener = (signal: NodeJS.Signals) => void;

/**
 * Runs `work` with a signal that the stop button (or Ctrl-C) aborts. `work` looks at `signal.aborted` after each
 * `await tick()` and returns what it has; the cell then counts as done. A second stop goes to whoever handled SIGINT
 * before: in a notebook the cell fails at once, on a terminal the process ends.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  // In the synchronous part of a cell SIGINT belongs to node's vm; a listener added there hangs the kernel.
  await tick();
  const controller = new AbortController();
  const others = process.rawListeners('SIGINT') as Listener[];
  const stop: Listener = () => {
    controller.abort();
    restore();
  };
  const restore = (): void => {
    if (!process.rawListeners('SIGINT').includes(stop)) return;
    for (const other of others) process.on('SIGINT', other);
    process.off('SIGINT', stop);
  };
  process.on('SIGINT', stop);
  for (const other of others) process.off('SIGINT', other);
  try {
    return await work(controller.signal);
  } finally {
    restore();
  }
}
