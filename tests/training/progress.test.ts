import { describe, expect, it, vi } from 'vitest';

import {
  createPace,
  formatDuration,
  type Progress,
  terminalProgress,
} from '../../src/training/progress';

const at = (runIndex: number, step: number): Progress => ({
  run: 'vgg',
  runIndex,
  runCount: 2,
  step,
  steps: 40,
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [3600, '1 h'],
    [7500, '2 h 5 min'],
    [-3, '0 s'],
  ])('%d s is %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('createPace', () => {
  it('counts all runs that are left, and not the steps done before it began', () => {
    let ms = 0;
    const pace = createPace(() => ms);
    expect(pace(at(0, 20))).toBeUndefined(); // resumed at step 20
    ms = 5000;
    expect(pace(at(0, 30))).toBe(25); // 50 steps left at 0.5 s
    expect(pace({ ...at(0, 30), secondsLeft: 7 })).toBe(7);
  });
});

describe('terminalProgress', () => {
  const run = (stream: { isTTY?: boolean; columns?: number }): string => {
    let text = '';
    const reporter = terminalProgress({ ...stream, write: (part) => (text += part) });
    for (const runIndex of [0, 1]) {
      for (let step = 1; step <= 40; step++) {
        reporter.update({ ...at(runIndex, step), loss: 2 / step, accuracy: 0.5 });
      }
    }
    reporter.done('2 runs done');
    return text;
  };

  it('prints a line per 10% of each run when piped, without control characters', () => {
    const lines = run({}).trimEnd().split('\n');
    expect(lines).toHaveLength(2 * 11 + 1);
    expect(lines[1]).toMatch(/^run 1 of 2: vgg, step 4 of 40, loss 0.5, accuracy 50.0%/);
    expect(lines.at(-1)).toBe('2 runs done');
    expect(lines.join('')).not.toMatch(/[\x00-\x1f]/);
  });

  it('rewrites one line on a terminal, never wider than it', () => {
    vi.useFakeTimers();
    const text = run({ isTTY: true, columns: 30 });
    vi.useRealTimers();
    expect(text.match(/\n/g)).toHaveLength(1);
    const shown = text.split('\r\x1b[2K').filter(Boolean);
    // The first, the ends of both runs, and the summary: all else came within 100 ms.
    expect(shown).toHaveLength(4);
    for (const line of shown) expect(line.trimEnd().length).toBeLessThan(30);
    expect(shown.at(-1)).toBe('2 runs done\n');
  });
});
