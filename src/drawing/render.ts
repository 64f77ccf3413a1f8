/** Figures as PNG and SVG: drawn by Plotly in a page of a headless browser, one browser per process. */
import type { Browser, Page } from 'playwright-core';

import { launchBrowser } from './browser';
import type { Plot } from './figure';

export interface RenderOptions {
  /** Default `png`. */
  format?: 'png' | 'svg';
  /** Pixels. Default: the plot's own, else 700. */
  width?: number;
  /** Pixels. Default: the plot's own, else 450. */
  height?: number;
  /** Pixels of the PNG per pixel of the plot. Default 1. */
  scale?: number;
}

let renderer: Promise<{ browser: Browser; page: Page }> | undefined;

async function startRenderer(): Promise<{ browser: Browser; page: Page }> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    // All that a figure needs is in the page: whatever else is asked for would be a leak.
    await page.route('**', (route) => route.abort());
    await page.addScriptTag({ path: require.resolve('plotly.js-dist') });
    browser.on('disconnected', () => (renderer = undefined));
    return { browser, page };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** The page with Plotly in it. The first call starts the browser; it stays until closeRenderer. */
export async function plotlyPage(): Promise<Page> {
  renderer ??= startRenderer();
  try {
    return (await renderer).page;
  } catch (error) {
    renderer = undefined;
    throw error;
  }
}

/** Ends the browser, if one was started. Without this call Node does not exit by itself. */
export async function closeRenderer(): Promise<void> {
  const running = renderer;
  renderer = undefined;
  await (await running)?.browser.close();
}

/** The size at which a plot is drawn, in pixels. */
export function plotSize(plot: Plot): { width: number; height: number } {
  const { width = 700, height = 450 } = plot.layout;
  return { width, height };
}

/** Plotly in the page; typed here because the page's globals are not this program's. */
interface PlotlyInPage {
  Plotly: { toImage(figure: object, options: object): Promise<string> };
}

/** Runs in the page. Plotly names clip paths at random: the same figure is to be the same bytes, so from one start. */
function drawInPage([figure, image]: readonly [object, object]): Promise<string> {
  let state = 1;
  // Park and Miller's generator.
  Math.random = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return (globalThis as unknown as PlotlyInPage).Plotly.toImage(figure, image);
}

/** Where Plotly writes this empty attribute of the root depends on the moment at which it was set. */
const emptyStyle = /^(<svg [^>]*?) style=""/;

/** Draws a plot, the same one to the same bytes. Returns the bytes of a PNG, or of an SVG in UTF-8. Throws UserError where there is no browser. */
export async function renderPlot(plot: Plot, options: RenderOptions = {}): Promise<Buffer> {
  const own = plotSize(plot);
  const { format = 'png', width = own.width, height = own.height, scale = 1 } = options;
  const page = await plotlyPage();
  const url = await page.evaluate(drawInPage, [plot, { format, width, height, scale }] as const);
  // data:image/png;base64,... or data:image/svg+xml,...
  const body = url.slice(url.indexOf(',') + 1);
  return format === 'png'
    ? Buffer.from(body, 'base64')
    : Buffer.from(decodeURIComponent(body).replace(emptyStyle, '$1'), 'utf8');
}
