/** The whole site, built from the notebooks of the checkout and looked at in a browser that has no network. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { sourceOf } from '../../../src/course/assignments';
import { secretLines } from '../../../src/course/edition';
import { browserStatus, launchBrowser } from '../../../src/drawing/browser';
import { type Notebook, readNotebook } from '../../../src/jupyter/notebookFile';
import { notebookNames } from '../../../src/jupyter/notebooks';
import { plotlyMime } from '../../../src/notebook/figure';
import { buildSite, type SiteResult } from '../../../src/pages/site/build';
import { convertNotebooks } from '../../../src/pages/site/convert';
import { pageOf } from '../../../src/pages/site/html';
import { plainText } from '../../../src/system/escapeHtml';
import { notebookFolder } from '../../../src/system/paths';
import { poorlyReadable } from './contrast';

const root = fs.mkdtempSync(path.join(tmpdir(), 'bn-lab-site-'));
const [full, student] = [path.join(root, 'full'), path.join(root, 'student')];
const read = (...names: string[]): string => fs.readFileSync(path.join(...names), 'utf8');
const filesIn = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));

let built: SiteResult;
const log: string[] = [];
beforeAll(async () => {
  built = await buildSite({ out: full, log: (line) => log.push(line) });
  await buildSite({ out: student, solutions: false });
}, 400_000);
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const names = notebookNames();
const notebooks = names.map((name) => {
  const { cells } = readNotebook(path.join(notebookFolder, name));
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  return { name, cells, plots: outputs.filter(({ data }) => data?.[plotlyMime]).length };
});
const pages = ['index.html', ...names.map(pageOf)];

/** Passages of the solutions without markup, long enough to stand nowhere else. */
function solutionsOf(name: string): string[] {
  const notebook = JSON.parse(read(notebookFolder, name)) as Notebook;
  const others = notebook.cells
    .filter(({ metadata }) => !metadata.nbgrader?.solution)
    .map(sourceOf);
  return secretLines(notebook)
    .flatMap((line) => line.split(/[*`$_[\]\\()]+/))
    .map((passage) => passage.trim())
    .filter((passage) => passage.length > 24 && !others.some((other) => other.includes(passage)));
}
const wordsOf = (site: string, name: string): string => plainText(read(site, pageOf(name)));

it('has a page for each notebook, and says what it did', () => {
  expect(built.index).toBe(path.join(full, 'index.html'));
  expect(built.pages).toEqual(names.map((name) => path.join(full, pageOf(name))));
  expect(
    filesIn(full)
      .filter((file) => file.endsWith('.html'))
      .sort(),
  ).toEqual([...pages].sort());
  expect(log).toEqual([`converting ${names.length} notebooks ...`, expect.stringMatching(/MB$/)]);
  expect(fs.readdirSync(root).sort()).toEqual(['full', 'student']);
  expect(built.bytes).toBeLessThan(20e6);
});

it('is the same bytes for the same notebooks', () => {
  const graded = notebooks.filter(({ cells }) => cells.some((cell) => cell.metadata.nbgrader));
  const changed = filesIn(full).filter((file) => read(full, file) !== read(student, file));
  expect(changed.sort()).toEqual(graded.map(({ name }) => pageOf(name)).sort());
});

it('has no link that leads nowhere, and nothing that comes from elsewhere', () => {
  const files = new Set(filesIn(full));
  const broken: string[] = [];
  for (const page of pages) {
    const html = read(full, page).replace(/<script type="application\/json">[^]*?<\/script>/g, '');
    for (const [, attribute, to = ''] of html.matchAll(/<[^>]*\s(href|src)="([^"]*)"/g)) {
      if (/^(data|mailto):/.test(to) || (attribute === 'href' && /^https?:/.test(to))) continue;
      const [file = '', anchor] = to.split('#');
      const target = file ? path.join(path.dirname(page), decodeURI(file)) : page;
      const isThere = files.has(target);
      if (!isThere || (anchor && !read(full, target).includes(`id="${anchor}"`))) {
        broken.push(`${page}: ${to}`);
      }
    }
  }
  for (const style of ['assets/site.css', 'assets/katex/katex.min.css']) {
    for (const [, to = ''] of read(full, style).matchAll(/url\(([^)]*)\)/g)) {
      if (!files.has(path.join(path.dirname(style), to))) broken.push(`${style}: ${to}`);
    }
  }
  expect(broken).toEqual([]);
});

it('folds solutions, and leaves nothing of them for students', () => {
  const passages = names.flatMap((name) => solutionsOf(name).map((passage) => ({ name, passage })));
  expect(passages.length).toBeGreaterThan(100);
  const isIn = (site: string) => {
    const words = new Map(names.map((name) => [name, wordsOf(site, name)]));
    return ({ name, passage }: (typeof passages)[number]) => words.get(name)!.includes(passage);
  };
  expect(passages.filter(isIn(student))).toEqual([]);
  expect(passages.filter(isIn(full))).toEqual(passages);
  for (const name of names) {
    expect(read(full, pageOf(name))).not.toMatch(/(BEGIN|END) SOLUTION/);
    expect(read(student, pageOf(name))).not.toMatch(/(BEGIN|END) SOLUTION|<details/);
  }
});

it('replaces an older site and nothing else, and not before the new one is whole', async () => {
  const taken = path.join(root, 'taken');
  fs.mkdirSync(taken);
  fs.writeFileSync(path.join(taken, 'thesis.txt'), 'years of work');
  await expect(buildSite({ out: taken })).rejects.toThrow(/taken is there .*--out/);
  await expect(buildSite({ out: path.join(taken, 'thesis.txt') })).rejects.toThrow('is no site');
  const inFile = { out: path.join(taken, 'thesis.txt', 'site') };
  await expect(buildSite(inFile)).rejects.toThrow('a file is where a folder should be');
  expect(fs.readdirSync(taken)).toEqual(['thesis.txt']);
  fs.rmSync(taken, { recursive: true });

  const before = read(student, 'index.html');
  const stopped = { out: student, signal: AbortSignal.abort(new Error('stopped')) };
  await expect(buildSite(stopped)).rejects.toThrow('stopped');
  expect(read(student, 'index.html')).toBe(before);
  expect(fs.readdirSync(root).sort()).toEqual(['full', 'student']);
});

it('says in one line what nbconvert does not like', async () => {
  const file = path.join(root, 'bad.ipynb');
  fs.writeFileSync(file, '{"cells": 1}');
  await expect(convertNotebooks([file], { logFile: path.join(root, 'log') })).rejects.toThrow(
    /^nbconvert cannot convert the notebooks: .+$/,
  );
  fs.rmSync(file);
  fs.rmSync(path.join(root, 'log'));
});

describe.skipIf(!browserStatus().ready)('in a browser without a network', () => {
  let browser: Browser;
  const requests: string[] = [];
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function contextOf(options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> {
    const context = await browser.newContext(options);
    await context.setOffline(true);
    await context.route(/^(?!file:|data:)/, (route) => {
      requests.push(route.request().url());
      return route.abort();
    });
    context.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    context.on('weberror', (error) => complaints.push(String(error.error())));
    context.on('requestfailed', (request) => {
      const { errorText = '' } = request.failure() ?? {};
      // What a page was still loading when the next one was opened.
      if (errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${errorText}`);
    });
    return context;
  }
  const open = async (page: Page, name: string): Promise<void> => {
    await page.goto(pathToFileURL(path.join(full, name)).href);
  };
  /** Brings each figure of a page into view and waits until it is awake. */
  async function wakeAll(page: Page): Promise<number> {
    const figures = await page.locator('figure.plot').all();
    for (const figure of figures) {
      await figure.scrollIntoViewIfNeeded();
      await figure.and(page.locator('.awake')).waitFor({ timeout: 20_000 });
    }
    return figures.length;
  }

  it('all figures wake, all formulas are drawn, no page is wider than a phone, nothing is asked for', async () => {
    const context = await contextOf({ viewport: { width: 400, height: 800 } });
    const page = await context.newPage();
    let formulas = 0;
    for (const [i, name] of pages.entries()) {
      await open(page, name);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      expect(await wakeAll(page), name).toBe(notebooks[i - 1]?.plots ?? 0);
      const found = await page.evaluate(async () => {
        await document.fonts.ready;
        const all = (selector: string): Element[] =>
          Array.from(document.querySelectorAll(selector));
        const copy = document.body.cloneNode(true) as HTMLElement;
        copy.querySelectorAll('pre, code, script, .katex').forEach((each) => each.remove());
        let fontsMissing = 0;
        document.fonts.forEach(({ status }) => (fontsMissing += Number(status === 'error')));
        return {
          height: document.documentElement.scrollHeight,
          tooWide: document.documentElement.scrollWidth > window.innerWidth,
          formulas: all('.katex').length,
          undrawn: copy.textContent.match(/\$|\\begin|\\\(/g) ?? [],
          fontsMissing,
          picturesMissing: (all('img:not([loading])') as HTMLImageElement[]).filter(
            ({ naturalWidth }) => naturalWidth === 0,
          ).length,
          unnamed: all('figure.plot:not([aria-label]), figure.plot img:not([alt])').length,
          empty: all('figure.plot').filter(
            (figure) => !figure.querySelector('.plot .trace, .plot path'),
          ).length,
        };
      });
      formulas += found.formulas;
      expect(found, name).toEqual({
        ...{ height, tooWide: false, formulas: found.formulas, undrawn: [], fontsMissing: 0 },
        ...{ picturesMissing: 0, unnamed: 0, empty: 0 },
      });
    }
    expect(formulas).toBeGreaterThan(300);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await context.close();
  }, 120_000);

  it('a slider moves its figure', async () => {
    const context = await contextOf({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await open(page, 'course/02-covariate-shift.html');
    const figure = page.locator('figure.plot').first();
    await figure.scrollIntoViewIfNeeded();
    await figure.and(page.locator('.awake')).waitFor();
    const visible = (): Promise<number[]> =>
      figure
        .locator('.live')
        .evaluate((live) =>
          (live as unknown as { data: { visible?: boolean }[] }).data.flatMap((trace, i) =>
            trace.visible === false ? [] : [i],
          ),
        );
    const before = await visible();
    const rail = (await figure.locator('.slider-rail-touch-rect').boundingBox())!;
    await page.mouse.move(rail.x + 5, rail.y + rail.height / 2);
    await page.mouse.down();
    await page.mouse.move(rail.x + rail.width - 5, rail.y + rail.height / 2, { steps: 5 });
    await page.mouse.up();
    await expect.poll(visible).not.toEqual(before);
    expect(await visible()).toHaveLength(before.length);
    await context.close();
  });

  it('shows the pictures without scripts and in print, and solutions open by themselves', async () => {
    const bare = await contextOf({ javaScriptEnabled: false });
    const page = await bare.newPage();
    await open(page, 'course/02-covariate-shift.html');
    expect(await page.locator('figure.plot img').first().isVisible()).toBe(true);
    const solution = page.locator('details.solution').first();
    expect(await solution.locator('pre').isVisible()).toBe(false);
    await solution.locator('summary').click();
    expect(await solution.locator('pre').isVisible()).toBe(true);
    await bare.close();

    const context = await contextOf({});
    const printed = await context.newPage();
    await open(printed, 'fig04-landscape.html');
    await wakeAll(printed);
    expect(await printed.locator('figure.plot img').isVisible()).toBe(false);
    await printed.emulateMedia({ media: 'print' });
    expect(await printed.locator('figure.plot img').isVisible()).toBe(true);
    expect(await printed.locator('figure.plot .live').isVisible()).toBe(false);
    await context.close();
  });

  it.each(['light', 'dark'] as const)('can be read in the %s theme', async (colorScheme) => {
    const context = await contextOf({ colorScheme });
    const page = await context.newPage();
    for (const name of ['index.html', 'course/02-covariate-shift.html']) {
      await open(page, name);
      const poor = await page.evaluate(poorlyReadable);
      expect(poor).toEqual([]);
    }
    await context.close();
  });
});
