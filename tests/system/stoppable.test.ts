/** What stops a command, how it then ends, and what it says. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { UserError } from '../../src/system/errors';
import { parseMinutes, stoppable, Stopped, stopSignals } from '../../src/system/stoppable';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Work that goes on until it is stopped, and then says so in its own words. */
const untilStopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('stopped at step 3'))),
  );

const ended = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('stoppable', () => {
  it.each(stopSignals)('ends with 130 after %s, and keeps no listener', async (name) => {
    const before = process.listenerCount(name);
    const work = ended(stoppable(untilStopped, { hint: ' (a hint)', minutes: 1 }));
    process.emit(name, name);
    const error = await work;
    expect(error).toBeInstanceOf(Stopped);
    expect(error).toMatchObject({ code: 130, message: 'stopped at step 3 (a hint)' });
    expect(process.listenerCount(name)).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with 75 when the time is over, and says what is left', async () => {
    const left = (): string => '3 of 20 runs done, 12 min left';
    const work = ended(stoppable(untilStopped, { minutes: 10, left }));
    await vi.advanceTimersByTimeAsync(10 * 60_000 - 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await work).toMatchObject({
      code: 75,
      message:
        'out of time after 10 min: 3 of 20 runs done, 12 min left; the same command goes on from there',
    });
  });

  it('lets work end well that was over anyway, and fail for reasons of its own', async () => {
    expect(await stoppable(() => Promise.resolve(4), { minutes: 1 })).toBe(4);
    expect(vi.getTimerCount()).toBe(0);
    const failing = stoppable(() => Promise.reject(new UserError('disk full')), { minutes: 1 });
    await expect(failing).rejects.toThrow(/^disk full$/);
  });

  it('does not wait after a second Ctrl-C, and does after other signals that come twice', async () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    let finish = (): void => {};
    const work = ended(stoppable(() => new Promise<void>((resolve) => (finish = resolve))));
    process.emit('SIGHUP', 'SIGHUP');
    process.emit('SIGHUP', 'SIGHUP');
    process.emit('SIGTERM', 'SIGTERM');
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGINT', 'SIGINT');
    expect(exit).toHaveBeenCalledWith(130);
    finish();
    await work;
  });
});

it('reads --minutes, and refuses what is no time in one line', () => {
  expect(['10', '0.5', '.25', undefined].map(parseMinutes)).toEqual([10, 0.5, 0.25, undefined]);
  for (const text of ['0', '-1', 'ten', '1e3', '', '10081', 'Infinity', '5 min'])
    expect(() => parseMinutes(text)).toThrow(/^--minutes: ".*" is no time; write a number/);
});
