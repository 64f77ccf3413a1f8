/** The page that shows a reproduction: every figure that lies in a folder, with the verdicts on what it is to show. */
import fs from 'node:fs';
import path from 'node:path';

import type { Claim, Verdict } from '../claims/claim';
import { verdictClass, verdictStyles, verdictSummary } from '../claims/verdicts';
import { intervalOf, paperCurveOf, ruleOf, standingOf } from '../claims/words';
import { type PresetName, presets } from '../config/presets';
import { altText } from '../drawing/altText';
import type { Plot } from '../drawing/figure';
import { figures } from '../figures/index';
import { escapeHtml } from '../system/escapeHtml';
import { readIfThere, writeAtomic } from '../system/files';
import { isOfCritics, isOfSection4, isTheory } from './gallery';
import { baseStyle, htmlPage } from './htmlPage';
import { figureBase, readClaims } from './output';

const verdictCell = (verdict: Verdict): string =>
  `<td class="verdict ${verdictClass(verdict)}">${verdictStyles[verdict].mark} ${verdict}</td>`;

function claimsTable(claims: readonly Claim[]): string {
  if (claims.length === 0) return '';
  const rows = claims.map(
    (claim) =>
      `<tr>${verdictCell(claim.verdict)}<td>${escapeHtml(claim.statement)}</td>` +
      `<td>${escapeHtml(claim.paper)}</td>` +
      `<td>${escapeHtml(claim.notMeasured ?? claim.measured)}` +
      `<div class="note">${escapeHtml([intervalOf(claim), standingOf(claim)].filter(Boolean).join('; '))}</div>` +
      `<details class="note"><summary>rule</summary>${escapeHtml(ruleOf(claim))}. The paper’s own curve: ${escapeHtml(paperCurveOf(claim))}.</details></td></tr>`,
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
  const section = (id: string, heading: string, rows: readonly Claim[]): string =>
    rows.length ? `<section id="${id}"><h2>${heading}</h2>${claimsTable(rows)}</section>` : '';
  const title = 'How Does Batch Normalization Help Optimization?';
  const body = [
    `<h1>${title}</h1><p>Figure by figure, preset <b>${preset}</b>: ${escapeHtml(presets[preset].about)}.</p>`,
    `<p>${escapeHtml(verdictSummary(claims)).replaceAll('\n', '<br>')}.</p><p>Every verdict is computed from the tables of our own runs by the rule beside it.</p>`,
    ...figures.map((figure) => figureSection(out, figure, claims)),
    section('section-4', 'Section 4’s conditions', claims.filter(isOfSection4)),
    section('theory', 'Theory', claims.filter(isTheory)),
    section('critics', 'The paper’s critics', claims.filter(isOfCritics)),
  ];
  const file = path.join(out, 'index.html');
  const head = `<style>${baseStyle}</style>`;
  writeAtomic(
    file,
    htmlPage({ title: `${title}: reproduction, preset ${preset}`, head, body: body.join('\n') }),
  );
  return file;
}
