/** The notebook of Figure 1, run cell by cell in JupyterLab at preset smoke, stopped while it trains and gone on with. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { browserStatus, launchBrowser } from '../../src/drawing/browser';
import { figure01 } from '../../src/figures/figure01';
import { projectRoot } from '../../src/system/paths';
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
} from './labBrowser';

const name = 'fig01-training-speed.ipynb';

interface Cell {
  cell_type: string;
  source: string | string[];
  outputs?: object[];
}
const notebook = JSON.parse(fs.readFileSync(path.join(projectRoot, 'notebooks', name), 'utf8')) as {
  cells: Cell[];
};
const code = notebook.cells.filter(({ cell_type }) => cell_type === 'code');
const indexOf = (text: string): number => {
  const index = code.findIndex(({ source }) => [source].flat().join('').includes(text));
  if (index < 0) throw new Error(`the notebook has no cell with ${text}`);
  return index;
};

describe.skipIf(!browserStatus().ready)('the notebook of Figure 1', () => {
  const [training, drawing, checking] = ['bn.runsOf(', 'bn.showFigure(', 'bn.showClaims('].map(
    indexOf,
  ) as [number, number, number];
  let server: LabServer;
  let browser: Browser;
  let page: Page;
  let runs: string;

  beforeAll(async () => {
    runs = fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-runs-'));
    // Runs side by side in processes of their own, as at larger presets: the stop button reaches them too.
    server = await startLab({ env: { BN_PRESET: 'smoke', BN_RUNS_DIR: runs, BN_WORKERS: '2' } });
    for (const cell of code) cell.outputs = [];
    fs.writeFileSync(path.join(server.root, name), JSON.stringify(notebook));
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
    await openNotebook(page, server, name);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    fs.rmSync(runs, { recursive: true, force: true });
  });

  const run = async (index: number): Promise<void> => {
    await runCell(page, index);
    await waitForEnd(page, index, 120_000);
  };

  it('is stopped while it trains, and goes on where it stopped', async () => {
    for (let index = 0; index < training; index++) await run(index);
    await runCell(page, training);
    await waitForOutput(page, training, 'progress', 120_000);
    await pressStop(page);
    await waitForEnd(page, training, 60_000);
    await run(training);
    const text = await codeCell(page, training).locator('.jp-OutputArea').innerText();
    expect(text).toMatch(/runs ready|none to train/);
  }, 300_000);

  it('shows the finished figure, interactive, and its verdicts', async () => {
    await run(drawing);
    const figure = await wakeFigure(page, drawing);
    expect(await figure.locator('.gtitle').textContent()).toContain('Figure 1');
    await run(checking);
    const table = await waitForOutput(page, checking, 'table');
    expect(await table.locator('tbody tr').count()).toBe(figure01.claims([]).length);
  }, 300_000);

  it('computes a step by hand to the same numbers as the library', async () => {
    for (let index = checking + 1; index < code.length; index++) await run(index);
    const difference = await waitForOutput(page, indexOf('largest difference'));
    const [, size] = /largest difference (\S+)/.exec(await difference.innerText())!;
    expect(Number(size)).toBeLessThan(1e-5);
  }, 300_000);
});
