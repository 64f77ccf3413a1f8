import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { seriesStyle } from '../../src/drawing/style';
import { liveBoard } from '../../src/notebook/board';
import { createCurve, drawPanels, niceTicks } from '../../src/notebook/curves';
import type { Progress } from '../../src/training/progress';
import { collectMessages } from './kernelDouble';

describe('liveBoard', () => {
  const messages = collectMessages();
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const last = (mime: string): string => messages.at(-1)?.data[mime] as string;
  const svg = (): string => {
    const base64 = /<img[^>]*base64,([^"]+)"/.exec(last('text/html'))?.[1] ?? '';
    return Buffer.from(base64, 'base64').toString();
  };
  const all = { count: 2, ended: 0, share: 0.5 };
  const at = (runIndex: number, step: number, more: Partial<Progress> = {}): Progress => ({
    run: `run ${runIndex}`,
    series: { normalisation: 'none', learningRate: 0.1 },
    runIndex,
    step,
    steps: 100,
    all,
    ...more,
  });
  /** A step that takes 300 ms. */
  const update = (board: ReturnType<typeof liveBoard>, progress: Progress): void => {
    vi.advanceTimersByTime(300);
    board.update(progress);
  };

  it('says at once what is going to be trained', () => {
    liveBoard({ runs: 4, steps: 4800 });
    expect(last('text/plain')).toBe('4 runs, 4,800 steps');
    expect(last('text/html')).toContain('4 runs, 4,800 steps');
  });

  it('shows the runs done, the time left and the share of all work', () => {
    const board = liveBoard({ runs: 2, steps: 200 });
    update(board, at(0, 1));
    update(board, at(0, 100, { ended: true }));
    update(board, at(1, 50, { all: { count: 2, ended: 1, share: 0.75, secondsLeft: 90 } }));
    expect(last('text/html')).toContain('<b>1 of 2 runs done, 1 min 30 s left</b>');
    expect(last('text/html')).toContain('value="0.7500"');
    expect(last('text/plain')).toBe(
      '[###############.....] 1 of 2 runs done, 1 min 30 s left; 50% run 1',
    );
  });

  it('marks the runs that are under way, in the order of the runs', () => {
    const board = liveBoard({ runs: 3, steps: 300 });
    update(board, at(2, 10, { loss: 2 }));
    update(board, at(0, 100, { loss: 1 }));
    update(board, at(1, 20, { loss: 3 }));
    update(board, at(0, 100, { ended: true }));
    expect(last('text/html')).toMatch(
      /<\/span> run 0 · loss 1<\/div>.*<b>run 1<\/b> · step 20 of 100 · loss 3<\/div>.*<b>run 2<\/b> · step 10 of 100 · loss 2<\/div>/,
    );
    expect(svg().match(/stroke-width="2"/g)).toHaveLength(2);
    expect(svg().match(/stroke-width="1.2"/g)).toHaveLength(1);
    expect(last('text/plain')).toMatch(/; 20% run 1; 10% run 2$/);
    board.done('3 runs ready');
    expect(last('text/html')).not.toContain('step 20');
    expect(svg()).not.toContain('stroke-width="2"');
  });

  it('draws a loss and an accuracy curve per run as an image', () => {
    const board = liveBoard({ runs: 2, steps: 200 });
    for (const run of [0, 1]) {
      for (let step = 1; step <= 100; step++) {
        update(board, at(run, step, { loss: 2 / step, accuracy: step / 100 }));
      }
    }
    expect(svg().match(/<polyline/g)).toHaveLength(4);
    expect(svg()).toContain('accuracy of the minibatch');
    expect(last('text/html')).not.toContain('<svg');
    expect(last('text/html')).toMatch(
      /run 0<\/b> · step 100 of 100 · loss 0\.\d+ · accuracy 9\d\.\d%/,
    );
  });

  it('leaves out a panel that has no numbers', () => {
    const board = liveBoard({ runs: 2, steps: 200 });
    update(board, at(0, 1, { loss: 2 }));
    expect(svg().match(/<polyline/g)).toHaveLength(1);
    expect(svg()).not.toContain('accuracy');
  });

  it('has the colours and dashes of the figures', () => {
    const board = liveBoard({ runs: 2, steps: 200 });
    const wanted = [
      { normalisation: 'batch', learningRate: 0.1 },
      { normalisation: 'none', learningRate: 0.5 },
    ] as const;
    for (const [i, series] of wanted.entries()) update(board, at(i, 1, { loss: 2, series }));
    const styles = wanted.map(seriesStyle);
    expect(styles.map(({ dash }) => dash)).toEqual(['solid', 'dash']);
    const curves = [
      ...svg().matchAll(/stroke="(#\w+)" stroke-width="2" stroke-dasharray="(.*?)"/g),
    ];
    expect(curves.map(([, colour]) => colour)).toEqual(styles.map(({ colour }) => colour));
    expect(curves.map(([, , dashes]) => dashes)).toEqual(['none', '7 4']);
    expect(last('text/html')).toMatch(
      new RegExp(`solid ${styles[0]!.colour}.*run 0.*dashed ${styles[1]!.colour}.*run 1`),
    );
  });

  it('survives a loss that is not finite', () => {
    const board = liveBoard({ runs: 1, steps: 100 });
    for (const [i, loss] of [2, 1e30, Infinity, NaN].entries())
      update(board, at(0, i + 1, { loss }));
    expect(svg()).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg()).toContain('<polyline');
  });

  it('escapes the names of runs', () => {
    const board = liveBoard({ runs: 1, steps: 100 });
    update(board, at(0, 1, { run: 'lr < 0.1 & <b>' }));
    expect(last('text/html')).toContain('lr &lt; 0.1 &amp; &lt;b&gt;');
  });

  it('ends with the summary and the curves, without the bar', () => {
    const board = liveBoard({ runs: 2, steps: 200 });
    update(board, at(0, 1, { loss: 2 }));
    board.done('stopped at step 1');
    expect(last('text/plain')).toBe('stopped at step 1');
    expect(last('text/html')).toContain('<b>stopped at step 1</b>');
    expect(last('text/html')).not.toContain('<progress');
    expect(svg()).toContain('<polyline');
    expect(messages.at(-1)?.update).toBe(true);
  });
});

describe('createCurve', () => {
  it('keeps few points, and always the newest', () => {
    const curve = createCurve(15_000);
    for (let x = 1; x <= 15_000; x++) curve.add(x, 1);
    expect(curve.points().length).toBeGreaterThan(100);
    expect(curve.points().length).toBeLessThanOrEqual(240);
    expect(curve.points()[0]?.[0]).toBe(1);
    expect(curve.points().at(-1)).toEqual([15_000, 1]);
  });

  it('smooths noise, but not a trend', () => {
    const curve = createCurve(1000);
    for (let x = 1; x <= 1000; x++) curve.add(x, x / 1000 + (x % 2 ? 0.5 : -0.5));
    const end = curve.points().at(-1)?.[1] ?? 0;
    // The mean of the last 20 steps lags by 0.02.
    expect(Math.abs(end - 0.98)).toBeLessThan(0.03);
  });
});

describe('drawing', () => {
  it('is not flattened by one spike', () => {
    const points = Array.from({ length: 100 }, (_, x) => [x, x === 0 ? 1000 : 1] as const);
    const picture = drawPanels([
      { title: 'loss', length: 100, lines: [{ colour: '#000', width: 1, points }], format: String },
    ]);
    const heights = [...picture.matchAll(/[\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
    // The spike is cut off at the top, the rest is in the upper half.
    expect(heights[0]).toBe(24);
    expect(heights[50]).toBeLessThan(80);
  });

  it('puts ticks at round numbers', () => {
    expect(niceTicks(0, 1)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(niceTicks(0, 1200)).toEqual([0, 500, 1000]);
    expect(niceTicks(-0.03, 0.05)).toEqual([-0.02, 0, 0.02, 0.04]);
  });
});
