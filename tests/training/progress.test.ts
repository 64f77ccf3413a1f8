import { describe, expect, it, vi } from 'vitest';

import { formatDuration } from '../../src/system/numberText';
import {
  createOverview,
  overviewLine,
  type Progress,
  progressLine,
  terminalProgress,
} from '../../src/training/progress';

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

describe('createOverview', () => {
  const vgg = { model: 'vgg', steps: 100 } as const;
  const linear = { model: 'deepLinear', steps: 100 } as const;
  /** Messages at times in seconds: [time, run, step, ended]. */
  const follow = (
    runs: (typeof vgg | typeof linear)[],
    messages: [number, number, number, boolean?][],
  ) => {
    let ms = 0;
    const overview = createOverview(runs, () => ms);
    return messages.map(([seconds, runIndex, step, ended]) => {
      ms = 1000 * seconds;
      return overview({ runIndex, step, ended });
    });
  };

  it('counts all runs that are left, and not the steps done before it began', () => {
    const [first, second] = follow(
      [vgg, vgg],
      [
        [0, 0, 20], // resumed at step 20
        [5, 0, 30],
      ],
    );
    expect(first).toEqual({ count: 2, ended: 0, share: 0.1, secondsLeft: undefined });
    expect(second).toEqual({ count: 2, ended: 0, share: 0.15, secondsLeft: 85 }); // 170 steps at 0.5 s
  });

  it('takes half the time where two runs are under way at once, but no less than the longest', () => {
    const four = follow(
      [vgg, vgg, vgg, vgg],
      [
        [0, 0, 0],
        [0, 1, 0],
        [10, 0, 50],
        [10, 1, 50],
      ],
    );
    expect(four.at(-1)!.secondsLeft).toBeCloseTo(30); // 300 steps at 0.2 s, two at a time
    const three = follow(
      [vgg, vgg, vgg],
      [
        [0, 0, 0],
        [0, 1, 0],
        [20, 0, 100, true],
        [20, 1, 100, true],
        [20, 2, 0],
      ],
    );
    expect(three.at(-1)).toMatchObject({ ended: 2, secondsLeft: 20 }); // one alone
  });

  it('keeps the paces of the networks apart', () => {
    const messages: [number, number, number, boolean?][] = [
      [0, 0, 0],
      [100, 0, 100, true],
      [100, 1, 0],
      [102, 1, 20],
    ];
    const all = follow([vgg, linear], messages);
    // A step of VGG took 1 s, one of the deep linear net 1/100 of that as far as is known, and 0.1 s when measured.
    expect(all[1]!.secondsLeft).toBeCloseTo(1);
    expect(all[3]!.secondsLeft).toBeCloseTo(8);
    expect(all.map(({ share }) => share)).toEqual([
      0,
      10_000 / 10_100,
      10_000 / 10_100,
      10_020 / 10_100,
    ]);
    const slow = follow([vgg, linear], [...messages.slice(0, 3), [150, 1, 50]]);
    expect(slow.at(-1)!.secondsLeft).toBeCloseTo(50);
  });

  it('counts a run that diverged, or that another process trained, as done and not as pace', () => {
    const all = follow(
      [vgg, vgg, vgg],
      [
        [0, 0, 0],
        [5, 0, 10],
        [5, 0, 10, true],
        [5, 1, 100, true],
      ],
    );
    expect(all.at(-1)).toMatchObject({ ended: 2, secondsLeft: 50 });
    expect(all.at(-1)!.share).toBeCloseTo(2 / 3);
  });
});

describe('terminalProgress', () => {
  /** Two runs at once, then a third, of 40 steps each. */
  const run = (stream: { isTTY?: boolean; columns?: number }): string => {
    let text = '';
    const reporter = terminalProgress({ ...stream, write: (part) => (text += part) });
    let ended = 0;
    const update = (runIndex: number, step: number, isEnd = false): void => {
      if (isEnd) ended++;
      const place: Omit<Progress, 'all'> = {
        run: `vgg number ${runIndex}`,
        series: { normalisation: 'none', learningRate: 0.1 },
        runIndex,
        step,
        steps: 40,
      };
      const all = { count: 3, ended, share: 0.5, secondsLeft: 80 };
      reporter.update({ ...place, loss: 2 / step, accuracy: 0.5, ended: isEnd, all });
      vi.advanceTimersByTime(30);
    };
    vi.useFakeTimers();
    for (const runs of [[0, 1], [2]]) {
      for (let step = 1; step <= 40; step++) runs.forEach((index) => update(index, step));
      runs.forEach((index) => update(index, 40, true));
    }
    reporter.done('3 runs done');
    vi.useRealTimers();
    return text;
  };

  it('says where the time of a run went', () => {
    const progress: Progress = {
      ...{ run: 'vgg', series: { normalisation: 'none', learningRate: 0.1 }, runIndex: 0 },
      ...{ step: 20, steps: 40, all: { count: 1, ended: 0, share: 0.5 } },
      phases: { step: 6, landscape: 2, covariateShift: 1, evaluation: 1 },
    };
    const time = 'time: step 60%, probes 30%, evaluation 10%';
    expect(progressLine(progress)).toBe(`run 1 of 1: vgg, step 20 of 40, ${time}`);
    expect(overviewLine(progress.all, [progress])).toBe(`0 of 1 run done; 50% vgg, ${time}`);
  });

  it('prints a line for the beginning and each fifth of a run when piped', () => {
    const lines = run({}).trimEnd().split('\n');
    expect(lines).toHaveLength(3 * 6 + 1);
    expect(lines[2]).toBe(
      'run 1 of 3: vgg number 0, step 8 of 40, loss 0.25, accuracy 50.0%, all runs: 1 min 20 s left',
    );
    expect(lines[3]).toMatch(/^run 2 of 3: vgg number 1, step 8 of 40/);
    expect(lines.at(-1)).toBe('3 runs done');
    expect(lines.join('')).not.toMatch(/[\x00-\x1f]/);
  });

  const shownAt = (columns: number): string[] => {
    const text = run({ isTTY: true, columns });
    expect(text.match(/\n/g)).toHaveLength(1); // after the summary
    return text.split('\r\x1b[2K').filter(Boolean);
  };

  it('rewrites one line on a terminal: runs done, time left, the runs under way', () => {
    const shown = shownAt(100);
    const line = (pattern: RegExp): unknown => expect.stringMatching(pattern);
    expect(shown).toContainEqual(
      line(/^0 of 3 runs done, 1 min 20 s left; 5\d% vgg number 0; 5\d% vgg number 1$/),
    );
    expect(shown).toContain(
      '1 of 3 runs done, 1 min 20 s left; 100% vgg number 1, loss 0.05, accuracy 50.0%',
    );
    expect(shown).toContainEqual(
      line(/^2 of 3 runs done, 1 min 20 s left; 5\d% vgg number 2, loss 0.\d+, accuracy 50.0%$/),
    );
    expect(shown.at(-2)).toBe('3 of 3 runs done, 1 min 20 s left');
    expect(shown.at(-1)).toBe('3 runs done\n');
    // 126 messages in 3.8 s: one in 100 ms and the ends of runs.
    expect(shown.length).toBeLessThan(45);
  });

  it('is never wider than the terminal', () => {
    const narrow = shownAt(60);
    expect(narrow[2]).toMatch(/^0 of 3 runs done, 1 min 20 s left; under way: \d+%, \d+%$/);
    for (const line of [...narrow, ...shownAt(30)]) expect(line.trimEnd().length).toBeLessThan(60);
    for (const line of shownAt(30)) expect(line.trimEnd().length).toBeLessThan(30);
  });
});
