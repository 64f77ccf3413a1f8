/** Commands that Ctrl-C stops cleanly: what is done is kept, and the same command goes on from there. */
import { messageOf } from './errors';

/** What stopped a command from outside; it ends with 130, as a shell has it for Ctrl-C. */
export class Stopped extends Error {}

export const stopSignals = ['SIGINT', 'SIGTERM'] as const;
export const stoppedCode = 130;

/** Runs `work` with a signal that Ctrl-C aborts; a second Ctrl-C does not wait for it. `hint` ends the message. */
export async function stoppable<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { hint = '' }: { hint?: string } = {},
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(stoppedCode);
    controller.abort(new Stopped('stopped: the same command goes on from there'));
  };
  for (const name of stopSignals) process.on(name, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    throw new Stopped(messageOf(error) + hint, { cause: error });
  } finally {
    for (const name of stopSignals) process.off(name, stop);
  }
}
