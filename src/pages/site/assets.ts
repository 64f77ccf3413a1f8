/** What the pages of the site share: styles, scripts, fonts, small pictures. */
import fs from 'node:fs';
import path from 'node:path';

import { figures } from '../../figures/index';
import { makeFolder } from '../../system/files';
import { projectRoot } from '../../system/paths';
import { baseStyle } from '../htmlPage';
import { figureBase } from '../output';
import { assetFiles, thumbnailOf } from './pages';

/** Writes a file of the site, and the folders above it. */
export function writeInto(site: string, name: string, content: string | Uint8Array): void {
  const file = path.join(site, name);
  makeFolder(path.dirname(file));
  fs.writeFileSync(file, content);
}

const ours = (name: string): string =>
  fs.readFileSync(path.join(projectRoot, 'src', 'pages', 'site', 'assets', name), 'utf8');

/** KaTeX's style with the one format of its fonts that all browsers of today read, and those fonts. */
function copyKatex(site: string): void {
  const style = fs.readFileSync(require.resolve('katex/dist/katex.min.css'), 'utf8');
  const modern = style.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("[^"]*"\)/g, '');
  writeInto(site, assetFiles.formulas, modern);
  const folder = path.dirname(assetFiles.formulas);
  for (const [, font] of modern.matchAll(/url\(([^)]*)\)/g)) {
    const from = require.resolve(`katex/dist/${font}`);
    writeInto(site, path.join(folder, font!), fs.readFileSync(from));
  }
  const licence = fs.readFileSync(require.resolve('katex/LICENSE'));
  writeInto(site, path.join(folder, 'LICENSE'), licence);
}

/** The pictures of figures that lie in a folder; returns the figures' numbers. */
function copyThumbnails(site: string, folder: string): Set<number> {
  const pictured = figures.filter(({ number }) =>
    fs.existsSync(`${figureBase(folder, number)}.png`),
  );
  for (const { number } of pictured) {
    writeInto(site, thumbnailOf(number), fs.readFileSync(`${figureBase(folder, number)}.png`));
  }
  return new Set(pictured.map(({ number }) => number));
}

/** Writes everything that pages share into a site. Returns the numbers of the figures in `folder` that have a picture. */
export function writeAssets(site: string, folder: string): Set<number> {
  writeInto(site, assetFiles.style, `${baseStyle}\n${ours('site.css')}`);
  writeInto(site, assetFiles.wake, ours('wake.js'));
  // The build for two-dimensional figures: a seventh of the whole.
  const plotly = fs.readFileSync(require.resolve('plotly.js-cartesian-dist-min'));
  writeInto(site, assetFiles.plotly, plotly);
  copyKatex(site);
  return copyThumbnails(site, folder);
}
