/** A static site of all notebooks, from their stored outputs: nothing is run, and nothing on it needs a network. */
import fs from 'node:fs';
import path from 'node:path';

import { readNotebook } from '../../jupyter/notebookFile';
import { notebookNames } from '../../jupyter/notebooks';
import { UserError } from '../../system/errors';
import {
  fileError,
  makeFolder,
  prepareFolder,
  readIfThere,
  replaceFolder,
} from '../../system/files';
import { homeRoot, notebookFolder, projectRoot } from '../../system/paths';
import { readClaims } from '../output';
import { writeAssets, writeInto } from './assets';
import { convertNotebooks } from './convert';
import { fromPage, openingOf, pageOf, withBoxedTables, withSiteLinks } from './html';
import { drawFormulas } from './maths';
import { neighboursOf, outlineOf } from './outline';
import { indexPage, notebookPage, plotsFolder, type SiteNotebook } from './pages';
import { putPlots, type SitePlot, takePlots } from './plots';
import { foldSolutions, type SolutionOptions } from './solutions';

export interface SiteOptions extends SolutionOptions {
  /** Where the site goes. Default: `site` in the project's folder, or in BN_HOME. */
  out?: string;
  /** Stops the building; an older site stays. */
  signal?: AbortSignal;
  /** Gets lines about what goes on (default: nobody does). */
  log?: (line: string) => void;
}

export interface SiteResult {
  /** The page to open. */
  index: string;
  /** All pages but this one. */
  pages: string[];
  /** Of all files. */
  bytes: number;
}

/** By this file a folder is known for one that may be replaced. */
const markerFile = '.bn-lab-site';

/** Throws UserError where a folder holds something that is no site of ours. */
function checkPlace(out: string): void {
  if (!fs.existsSync(out)) return;
  const names = fs.statSync(out).isDirectory() ? fs.readdirSync(out) : [out];
  if (names.length === 0 || names.includes(markerFile)) return;
  throw new UserError(
    `${out} is there and is no site of bn-lab, which may be replaced: choose another folder with --out, or move it away`,
  );
}

/** Writes the notebooks as nbconvert is to have them. Returns the figures of each. */
function prepare(
  names: readonly string[],
  work: string,
  options: SolutionOptions,
): Map<string, SitePlot[]> {
  return new Map(
    names.map((name) => {
      const notebook = readNotebook(path.join(notebookFolder, name));
      const prefix = name.replace(/\.ipynb$/, '').replaceAll('/', '-');
      const { cells, plots } = takePlots(foldSolutions(notebook.cells, options), prefix);
      writeInto(work, name, JSON.stringify({ ...notebook, cells }));
      return [name, plots];
    }),
  );
}

/** The notebooks as nbconvert left them in `work`, with formulas, links and figures. */
function readConverted(
  plots: ReadonlyMap<string, readonly SitePlot[]>,
  work: string,
): Map<string, SiteNotebook> {
  const names = new Set(plots.keys());
  return new Map(
    [...plots].map(([name, own]) => {
      const page = pageOf(name);
      const converted = fs.readFileSync(path.join(work, page), 'utf8');
      const drawn = drawFormulas(converted, `notebooks/${name}`);
      const html = withBoxedTables(withSiteLinks(drawn, name, names));
      const cells = putPlots(html, own, fromPage(page, plotsFolder));
      return [name, { name, opening: openingOf(html), cells }];
    }),
  );
}

const sizeOf = (folder: string): number =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);

/** Writes the site into a folder that is its own. */
async function writeSite(
  site: string,
  { signal, log = () => {}, ...options }: SiteOptions,
): Promise<string[]> {
  const names = notebookNames();
  const work = path.join(site, '.work');
  const plots = prepare(names, work, options);
  log(`converting ${names.length} notebooks ...`);
  await convertNotebooks(
    names.map((name) => path.join(work, name)),
    { logFile: path.join(work, 'nbconvert.log'), signal },
  );
  const notebooks = readConverted(plots, work);
  fs.rmSync(work, { recursive: true });
  const outline = outlineOf(
    names,
    readIfThere(path.join(notebookFolder, 'course', 'README.md')) ?? '',
  );
  for (const notebook of notebooks.values()) {
    const { previous, next } = neighboursOf(outline, notebook.name);
    const around = { previous: notebooks.get(previous!), next: notebooks.get(next!) };
    writeInto(site, pageOf(notebook.name), notebookPage(notebook, around));
  }
  for (const { picture, png } of [...plots.values()].flat()) {
    writeInto(site, path.join(plotsFolder, picture), png);
  }
  const drawn = path.join(projectRoot, 'figures', 'quick');
  const pictured = writeAssets(site, drawn);
  const extras = { claims: readClaims(drawn), pictured };
  writeInto(site, 'index.html', indexPage(outline, notebooks, extras));
  writeInto(site, markerFile, 'Made by bn-lab site, which replaces this folder.\n');
  return names.map(pageOf);
}

/**
 * Builds the site beside its place and moves it there when it is whole. Throws UserError where the place is taken by
 * something else, where nbconvert fails or where a formula cannot be drawn.
 */
export async function buildSite(options: SiteOptions = {}): Promise<SiteResult> {
  const { log = () => {} } = options;
  const out = path.resolve(options.out ?? path.join(homeRoot(), 'site'));
  checkPlace(out);
  prepareFolder(path.dirname(out));
  let work: string | undefined;
  try {
    // A name that nobody else has: two builds at once do not disturb one another.
    work = fs.mkdtempSync(`${out}.`);
    // In it, as that one is for its owner's eyes only.
    const fresh = path.join(work, 'site');
    makeFolder(fresh);
    const pages = await writeSite(fresh, options);
    const bytes = sizeOf(fresh);
    replaceFolder(fresh, out);
    log(`${pages.length} pages, ${(bytes / 1e6).toFixed(1)} MB`);
    return {
      index: path.join(out, 'index.html'),
      pages: pages.map((page) => path.join(out, page)),
      bytes,
    };
  } catch (error) {
    throw fileError(error, 'write', out);
  } finally {
    if (work) fs.rmSync(work, { recursive: true, force: true });
  }
}
