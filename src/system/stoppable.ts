/**
 * Commands that stop cleanly: at Ctrl-C, at the signals of batch systems and closed terminals, and when their time is over.
 * What is done is kept, and the same command goes on from there.
 */
import os from 'node:os';

import { messageOf, UserError } from './errors';

/** What stopped a command from outside, and the exit code that it ends with. */
export class Stopped extends Error {
  constructor(
    message: string,
    readonly code: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;
/** All of them checkpoint and end. Windows lacks some. */
export const stopSignals = signalNames.filter((name) => name in os.constants.signals);
/** As a shell has it for Ctrl-C. */
export const stoppedCode = 130;
/** EX_TEMPFAIL of sysexits.h: nothing is wrong, try again. */
export const outOfTimeCode = 75;

export interface StoppableOptions {
  /** The end of the message. */
  hint?: string;
  /** Stops the work after so many minutes. */
  minutes?: number;
  /** What is left to do when the time is over. */
  left?: () => string | undefined;
}

/** Runs `work` with a signal that aborts when it is to stop. A second Ctrl-C does not wait for it. */
export async function stoppable<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { hint = '', minutes, left }: StoppableOptions = {},
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  let late = false;
  const stop = (name: NodeJS.Signals): void => {
    // A terminal that closes may send SIGHUP twice, and a batch system another one at the end.
    if (signal.aborted && name === 'SIGINT') process.exit(stoppedCode);
    controller.abort(new Error('stopped: the same command goes on from there'));
  };
  const timeIsOver = (): void => {
    late = !signal.aborted;
    controller.abort(new Error('out of time'));
  };
  const timer = minutes === undefined ? undefined : setTimeout(timeIsOver, minutes * 60_000);
  for (const name of stopSignals) process.on(name, stop);
  try {
    return await work(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    if (!late) throw new Stopped(messageOf(error) + hint, stoppedCode, { cause: error });
    const rest = left?.() ?? 'nothing is trained yet';
    const message = `out of time after ${minutes} min: ${rest}; the same command goes on from there`;
    throw new Stopped(message + hint, outOfTimeCode, { cause: error });
  } finally {
    clearTimeout(timer);
    for (const name of stopSignals) process.off(name, stop);
  }
}

/** A week: what is longer is a typing error. */
const mostMinutes = 7 * 24 * 60;

/** The minutes of `--minutes`; undefined where they are not given. Throws UserError for what is no such number. */
export function parseMinutes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const minutes = Number(text);
  if (/^\d*\.?\d+$/.test(text) && minutes > 0 && minutes <= mostMinutes) return minutes;
  throw new UserError(
    `--minutes: ${JSON.stringify(text)} is no time; write a number above 0 and at most ${mostMinutes}, for example 10 or 0.5`,
  );
}
