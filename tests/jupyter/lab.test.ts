import path from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { browserStatus, launchBrowser } from '../../src/drawing/browser';
import {
  codeCell,
  type LabServer,
  openNotebook,
  pressStop,
  runCell,
  startLab,
  waitForEnd,
  waitForOutput,
  wakeFigure,
  writeNotebook,
} from './labBrowser';

const cells = {
  import: `
    import { DataFrame } from 'danfojs-node';
    import { interruptible, liveBoard, showFigure, showTable, tick } from 'bn-lab';`,
  figure: `
    const data = [{ type: 'scatter' as const, x: [1, 2, 3], y: [1, 3, 2] }];
    const layout = { title: { text: 'A figure' }, width: 500, height: 300 };
    await showFigure({ plot: { data, layout }, points: [], notes: ['a note'] });`,
  train: `
    const board = liveBoard({ runs: 1, steps: 100000 });
    let reached = 0;
    await interruptible(async (signal) => {
      while (!signal.aborted && reached < 100000) {
        reached++;
        const loss = 2 * Math.exp(-reached / 1000);
        const all = { count: 1, ended: 0, share: reached / 100000 };
        const series = { normalisation: 'batch' as const, learningRate: 0.1 };
        board.update({ run: 'a run', series, runIndex: 0, step: reached, steps: 100000, loss, all });
        await new Promise((resolve) => setTimeout(resolve, 2));
        await tick();
      }
    });
    board.done('stopped at step ' + reached);`,
  afterwards: `reached > 10 && reached < 100000`,
  shorthand: `JSON.stringify({ indexed: [{ reached }] })`,
  stubborn: `
    const end = Date.now() + 20000;
    let asked = false;
    await interruptible(async (signal) => {
      while (Date.now() < end) {
        if (signal.aborted && !asked) console.log('asked to stop');
        asked = signal.aborted;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });`,
  wrong: `throw new Error('this went wrong');`,
  afterWrong: `'ran'`,
  manyLines: `for (let i = 0; i < 5000; i++) console.log('line ' + i);`,
  table: `showTable(new DataFrame([[1, 0.5], [2, 0.25]], { columns: ['step', 'loss'] }));`,
};
type CellName = keyof typeof cells;
const indexOf = (name: CellName): number => Object.keys(cells).indexOf(name);

describe.skipIf(!browserStatus().ready)('a notebook in JupyterLab', () => {
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  const strangers: string[] = [];

  beforeAll(async () => {
    server = await startLab();
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.on('request', (request) => {
      if (!/^(data:|blob:|\w+:\/\/127\.0\.0\.1[:/])/.test(request.url()))
        strangers.push(request.url());
    });
    writeNotebook(
      path.join(server.root, 'test.ipynb'),
      Object.values(cells).map((cell) => cell.trim().replaceAll('\n    ', '\n')),
    );
    await openNotebook(page, server, 'test.ipynb');
    await run('import', 60_000);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const run = async (name: CellName, timeout?: number): Promise<void> => {
    await runCell(page, indexOf(name));
    await waitForEnd(page, indexOf(name), timeout);
  };
  const output = async (name: CellName, selector?: string): Promise<string> =>
    (await waitForOutput(page, indexOf(name), selector)).innerText();
  /** For 200 ms after a failed cell the kernel skips the cells that were asked for. */
  const pastSkipping = () => page.waitForTimeout(1000);
  const error = '[data-mime-type="application/vnd.jupyter.stderr"]';

  it('shows a figure as a picture that becomes interactive, with its notes', async () => {
    await run('figure', 60_000);
    const figure = await wakeFigure(page, indexOf('figure'));
    expect(await figure.locator('.gtitle').textContent()).toBe('A figure');
    expect(await figure.locator('.scatterlayer .point').count()).toBe(3);
    expect(await output('figure', 'ul')).toBe('a note');
  });

  it('shows a live board; the stop button ends the cell, and the next one runs', async () => {
    await runCell(page, indexOf('train'));
    await waitForOutput(page, indexOf('train'), 'progress');
    const picture = await waitForOutput(page, indexOf('train'), 'img[alt="curves"]');
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(350);
    await page.waitForTimeout(1000);
    await pressStop(page);
    await waitForEnd(page, indexOf('train'), 5000);
    expect(await output('train', 'b')).toMatch(/^stopped at step \d+$/);
    await run('afterwards');
    expect((await output('afterwards')).trim()).toBe('true');
  });

  it("finds an earlier cell's variable in a shorthand property too", async () => {
    await run('shorthand');
    expect(await output('shorthand')).toMatch(/\{"indexed":\[\{"reached":\d+\}\]\}/);
  });

  it('ends a cell that does not listen at the second stop', async () => {
    await runCell(page, indexOf('stubborn'));
    await page.waitForTimeout(1000);
    await pressStop(page);
    expect(await output('stubborn')).toContain('asked to stop');
    await pressStop(page);
    expect(await output('stubborn', error)).toContain('Interrupted asynchronously');
    await pastSkipping();
    await run('afterwards');
  });

  it('shows an error in red and does not run what was queued after it', async () => {
    await runCell(page, indexOf('wrong'));
    await runCell(page, indexOf('afterWrong'));
    const block = await waitForOutput(page, indexOf('wrong'), error);
    expect(await block.innerText()).toContain('Error: this went wrong');
    expect(await block.innerText()).not.toContain('node_modules');
    const [red = 0, green = 0, blue = 0] = await block.evaluate((element) =>
      (getComputedStyle(element).backgroundColor.match(/\d+/g) ?? []).map(Number),
    );
    expect(red).toBeGreaterThan(Math.max(green, blue) + 20);
    await pastSkipping();
    expect(await codeCell(page, indexOf('afterWrong')).innerText()).not.toContain('[*]');
    await run('afterWrong');
    expect((await output('afterWrong')).trim()).toBe('ran');
  });

  it('loses no line of a cell that prints many', async () => {
    await run('manyLines');
    const lines = (await output('manyLines', 'pre')).trim().split('\n');
    expect(lines).toHaveLength(5000);
    expect(lines.at(-1)).toBe('line 4999');
  });

  it('shows a DataFrame as a table', async () => {
    await run('table');
    expect((await output('table', 'table')).trim().split(/\s+/)).toEqual([
      'step',
      'loss',
      '0',
      '1',
      '0.5',
      '1',
      '2',
      '0.25',
    ]);
  });

  it('asks for nothing outside this machine', () => {
    expect(strangers).toEqual([]);
  });
});
