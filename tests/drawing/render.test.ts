import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type * as FastPng from 'fast-png/lib/index';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

import { browserStatus, findBrowser } from '../../src/drawing/browser';
import type { Plot } from '../../src/drawing/figure';
import { closeRenderer, plotlyPage, renderPlot } from '../../src/drawing/render';
import { validatePlot } from '../support/validatePlot';

const { decode } = require('fast-png') as typeof FastPng;

const plot: Plot = {
  data: [{ type: 'scatter', x: [1, 2, 3], y: [1, NaN, 3], name: 'a series' }],
  layout: { width: 300, height: 200, title: { text: 'Loss & more' } },
};

describe.skipIf(!browserStatus().ready)('with a browser', () => {
  afterAll(closeRenderer);

  it('draws a PNG of the size of the plot, scaled if asked', async () => {
    const small = decode(await renderPlot(plot));
    expect([small.width, small.height]).toEqual([300, 200]);
    // White, and the colours of a line, a grid and letters.
    expect(new Set(small.data).size).toBeGreaterThan(20);
    const large = decode(await renderPlot(plot, { scale: 2, width: 250 }));
    expect([large.width, large.height]).toEqual([500, 400]);
  });

  it('draws an SVG with text as text', async () => {
    const svg = (await renderPlot(plot, { format: 'svg' })).toString();
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain('width="300" height="200"');
    expect(svg).toContain('Loss &amp; more');
  });

  it('draws the same figure to the same bytes, also in another page and after another figure', async () => {
    const draw = async () => [
      await renderPlot(plot, { format: 'svg' }),
      await renderPlot(plot, { format: 'png' }),
    ];
    const first = await draw();
    expect(String(first[0])).toMatch(/clip/); // what is named at random
    await renderPlot({ ...plot, layout: { width: 200 } });
    expect(await draw()).toEqual(first);
    await closeRenderer();
    expect(await draw()).toEqual(first);
  });

  it('draws several at a time, each its own', async () => {
    const titles = ['first', 'second', 'third'];
    const pictures = await Promise.all(
      titles.map((text) =>
        renderPlot({ ...plot, layout: { ...plot.layout, title: { text } } }, { format: 'svg' }),
      ),
    );
    for (const [i, title] of titles.entries()) {
      const others = titles.filter((other) => other !== title);
      expect(String(pictures[i])).toContain(title);
      for (const other of others) expect(String(pictures[i])).not.toContain(`>${other}<`);
    }
  });

  it('lets the page ask for nothing', async () => {
    const page = await plotlyPage();
    const failed = await page.evaluate(() => fetch('http://127.0.0.1:9/').catch(String));
    expect(failed).toContain('Failed to fetch');
  });

  it('starts again after it was closed', async () => {
    await closeRenderer();
    await closeRenderer();
    expect((await renderPlot(plot)).length).toBeGreaterThan(1000);
  });

  it('tells a valid plot from one that Plotly would silently change', async () => {
    expect(await validatePlot(plot)).toEqual([]);
    const wrong = {
      data: [{ ...plot.data[0], colour: 'red' }],
      layout: { xaxis: { title: 'step' } },
    } as unknown as Plot;
    const complaints = await validatePlot(wrong);
    expect(complaints).toHaveLength(2);
    expect(complaints[0]).toContain('colour');
    expect(complaints[1]).toContain('xaxis.title');
  });
});

describe('without a browser', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bn-lab-'));
  afterEach(() => void vi.unstubAllEnvs());
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says so, with the remedy', async () => {
    vi.stubEnv('BN_BROWSER', 'none');
    expect(await findBrowser()).toBeUndefined();
    expect(browserStatus()).toMatchObject({ ready: false });
    expect(browserStatus().remedy).toContain('BN_BROWSER');
    await expect(renderPlot(plot)).rejects.toThrow(/no browser.*install/);
  });

  it('does not pass over a wrong BN_BROWSER', async () => {
    vi.stubEnv('BN_BROWSER', path.join(folder, 'missing'));
    await expect(findBrowser()).rejects.toThrow(/BN_BROWSER=.*missing: no such file/);
    expect(browserStatus().ready).toBe(false);
  });

  it('prefers the browser of the user', async () => {
    const own = path.join(folder, 'chromium');
    writeFileSync(own, '');
    vi.stubEnv('PATH', folder);
    expect((await findBrowser())?.executablePath).toBe(own);
  });
});
