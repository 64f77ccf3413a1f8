import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { interruptible, tick } from '../../src/notebook/interrupt';

describe('interruptible', () => {
  const before = process.rawListeners('SIGINT');
  const kernel = vi.fn(); // what tslab does on SIGINT: the cell fails
  beforeEach(() => {
    kernel.mockClear();
    process.on('SIGINT', kernel);
  });
  afterEach(() => {
    expect(process.rawListeners('SIGINT')).toEqual([...before, kernel]);
    process.off('SIGINT', kernel);
  });
  const pressStop = (): boolean => process.emit('SIGINT', 'SIGINT');

  it('lets the work end early with what it has', async () => {
    const steps = await interruptible(async (signal) => {
      let done = 0;
      while (!signal.aborted) {
        done++;
        if (done === 3) setImmediate(pressStop);
        await tick();
      }
      return done;
    });
    expect(steps).toBeGreaterThanOrEqual(3);
    expect(kernel).not.toHaveBeenCalled();
  });

  it('gives a second stop to the kernel', async () => {
    await interruptible(async (signal) => {
      pressStop();
      expect(signal.aborted).toBe(true);
      expect(kernel).not.toHaveBeenCalled();
      pressStop();
      expect(kernel).toHaveBeenCalledTimes(1);
      await tick();
    });
  });

  it('gives the stop button back when the work fails', async () => {
    await expect(interruptible(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    pressStop();
    expect(kernel).toHaveBeenCalledTimes(1);
  });

  it('takes the stop button only after the synchronous part of the cell', async () => {
    const running = interruptible(() => Promise.resolve(process.rawListeners('SIGINT')));
    expect(process.rawListeners('SIGINT')).toContain(kernel);
    expect(await running).not.toContain(kernel);
  });
});
