/** The clock of a run's phases, by a time that the test sets. */
import { describe, expect, it } from 'vitest';

import { addPhases, createPhases, sharesLine, withProbesTogether } from '../../src/runs/phases';

function clock() {
  let time = 0;
  const phases = createPhases(() => time);
  const pass = (seconds: number): void => void (time += 1000 * seconds);
  return { phases, pass };
}

describe('createPhases', () => {
  it('counts each second once, under the innermost phase', () => {
    const { phases, pass } = clock();
    pass(1);
    const result = phases.measure('step', () => {
      pass(2);
      phases.measure('landscape', () => pass(4));
      pass(8);
      return 'done';
    });
    pass(16);
    expect(result).toBe('done');
    expect(phases.seconds()).toEqual({ other: 17, step: 10, landscape: 4 });
    pass(32); // a look at the clock does not stop it
    expect(phases.seconds().other).toBe(49);
  });

  it('waits for work that takes its time, and survives work that fails', async () => {
    const { phases, pass } = clock();
    await phases.measure('evaluation', async () => {
      pass(1);
      await Promise.resolve();
      pass(2);
    });
    expect(() =>
      phases.measure('checkpoints', () => {
        pass(4);
        throw new Error('disk full');
      }),
    ).toThrow('disk full');
    const late = phases.measure('evaluation', async () => {
      await Promise.resolve();
      pass(8);
      throw new Error('stopped');
    });
    await expect(late).rejects.toThrow('stopped');
    pass(16);
    expect(phases.seconds()).toEqual({ evaluation: 11, checkpoints: 4, other: 16 });
  });
});

it('adds sessions, to milliseconds', () => {
  expect(addPhases({ step: 1.0004, start: 2 }, { step: 0.25, evaluation: 3 })).toEqual({
    step: 1.25,
    start: 2,
    evaluation: 3,
  });
});

it('tells shares, the greatest first, and leaves out what is next to nothing', () => {
  const seconds = { step: 60, landscape: 20, covariateShift: 14, evaluation: 5.8, start: 0.2 };
  expect(sharesLine(seconds)).toBe('step 60%, landscape 20%, covariateShift 14%, evaluation 6%');
  expect(sharesLine(withProbesTogether(seconds))).toBe('step 60%, probes 34%, evaluation 6%');
  expect(sharesLine(withProbesTogether({ step: 2 }))).toBe('step 100%');
});
