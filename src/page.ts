/** The page that shows a reproduction: every figure that lies in a folder, with the verdicts on what it is to show. */
import fs from 'node:fs';
import path from 'node:path';

import { escapeHtml } from './escapeHtml';
import { altText } from './figures/altText';
import { isOfCritics } from './figures/criticsClaims';
import type { Claim, Plot, Verdict } from './figures/figure';
import { figures } from './figures/index';
import { countVerdicts, figureBase, readClaims } from './output';
import { readIfThere, writeAtomic } from './runs/files';
import { type PresetName, presets } from './training/presets';

/** Told apart without colour too: the word stands beside the mark. */
const marks: Record<Verdict, string> = { holds: '✓', fails: '✗', undecided: '?' };

const style = `
:root { color-scheme: light dark; --line: #8886; --holds: #0a7d4f; --fails: #c2410c; --undecided: #7a7a7a; }
@media (prefers-color-scheme: dark) { :root { --holds: #4cc38a; --fails: #f6935c; --undecided: #aaa; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 66rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: 1rem 0 2rem; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
img { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
.verdict { white-space: nowrap; font-weight: 600; }
.holds { color: var(--holds); } .fails { color: var(--fails); } .undecided { color: var(--undecided); }
.note { font-size: .875rem; opacity: .85; }`;

const verdictCell = (verdict: Verdict): string =>
  `<td class="verdict ${verdict}">${marks[verdict]} ${verdict}</td>`;

/** Interval and seeds as a sentence's end; nothing where there is one seed. */
function certainty({ interval, seeds }: Claim): string {
  if (seeds.length === 0) return '';
  const named = `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
  return interval ? `${named}; 95% interval ${interval.join(' to ')}` : named;
}

function claimsTable(claims: readonly Claim[]): string {
  if (claims.length === 0) return '';
  const rows = claims.map(
    (claim) =>
      `<tr>${verdictCell(claim.verdict)}<td>${escapeHtml(claim.statement)}</td>` +
      `<td>${escapeHtml(claim.paper)}</td>` +
      `<td>${escapeHtml(claim.measured)}<div class="note">${escapeHtml(certainty(claim))}</div>` +
      `<details class="note"><summary>rule</summary>${escapeHtml(claim.rule)}</details></td></tr>`,
  );
  return (
    '<table><thead><tr><th>verdict</th><th>statement</th><th>the paper</th><th>measured</th></tr></thead>' +
    `<tbody>${rows.join('')}</tbody></table>`
  );
}

const listOf = (notes: readonly string[]): string =>
  notes.length
    ? `<ul class="note">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`
    : '';

/** What lies in the folder of one figure; undefined where it was not drawn. */
function drawnFigure(
  out: string,
  number: number,
): { picture?: string; files: string[]; alt: string; notes: string[] } | undefined {
  const base = figureBase(out, number);
  const json = readIfThere(`${base}.json`);
  if (json === undefined) return undefined;
  const plot = JSON.parse(json) as Plot & { layout: { meta?: { notes?: string[] } } };
  const files = ['svg', 'png', 'json', 'csv']
    .map((ending) => `${base}.${ending}`)
    .filter((file) => fs.existsSync(file))
    .map((file) => path.basename(file));
  return {
    picture: files.find((file) => /\.(svg|png)$/.test(file)),
    files,
    alt: altText(plot),
    notes: plot.layout.meta?.notes ?? [],
  };
}

function figureSection(
  out: string,
  { number, title }: { number: number; title: string },
  claims: readonly Claim[],
): string {
  const drawn = drawnFigure(out, number);
  const own = claims.filter(({ figure }) => figure === number);
  if (!drawn && own.length === 0) return '';
  const picture = drawn?.picture
    ? `<a href="${drawn.picture}"><img src="${drawn.picture}" alt="${escapeHtml(drawn.alt)}" loading="lazy"></a>`
    : '';
  const links = drawn?.files.map((file) => `<a href="${file}">${file}</a>`).join(', ') ?? '';
  return (
    `<section id="figure-${number}"><h2>${escapeHtml(title)}</h2>${picture}` +
    `<p class="note">${links}</p>${listOf(drawn?.notes ?? [])}${claimsTable(own)}</section>`
  );
}

/**
 * Writes `<out>/index.html`, which shows all figures that lie in the folder and all rows of its claims.json; it needs
 * nothing but the files beside it. Returns the file.
 */
export function writePage(out: string, { preset }: { preset: PresetName }): string {
  const claims = readClaims(out);
  const others = claims.filter(({ figure }) => typeof figure === 'string');
  const section = (id: string, heading: string, rows: readonly Claim[]): string =>
    rows.length ? `<section id="${id}"><h2>${heading}</h2>${claimsTable(rows)}</section>` : '';
  const title = 'How Does Batch Normalization Help Optimization?';
  const html = [
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<title>${title}: reproduction, preset ${preset}</title><style>${style}</style>`,
    `<h1>${title}</h1><p>Figure by figure, preset <b>${preset}</b>: ${escapeHtml(presets[preset].about)}.</p>`,
    `<p>${countVerdicts(claims)}. Every verdict is computed from the tables of our own runs by the rule beside it.</p>`,
    ...figures.map((figure) => figureSection(out, figure, claims)),
    section(
      'theory',
      'Theory',
      others.filter((claim) => !isOfCritics(claim)),
    ),
    section('critics', 'The paper’s critics', others.filter(isOfCritics)),
    '</html>',
  ];
  const file = path.join(out, 'index.html');
  writeAtomic(file, html.join('\n') + '\n');
  return file;
}
