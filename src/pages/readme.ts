/**
 * The computed parts of documents: the gallery in README.md and the table of statements in figures/README.md, from the
 * recorded runs, and the picture of the rooms in src/README.md, from the imports. `npm run readme` writes them anew; a
 * test compares.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Claim, Kind } from '../claims/claim';
import { kinds } from '../claims/order';
import { verdictMarks, verdictStyles, verdictSummary } from '../claims/verdicts';
import { intervalOf, marginOf } from '../claims/words';
import {
  defaultPreset,
  isPaperSize,
  type PresetName,
  presetNames,
  presets,
} from '../config/presets';
import { type Figure, figureName } from '../drawing/figure';
import { figures } from '../figures/index';
import { recordedRuns } from '../runs/record';
import { UserError } from '../system/errors';
import { escapeHtml } from '../system/escapeHtml';
import { writeAtomic } from '../system/files';
import { projectRoot } from '../system/paths';
import { recordedClaims } from './allClaims';
import { galleryOthers, isOfFigure } from './gallery';
import { roomsPicture } from './rooms';

/** Core minutes of one seed, as the manifests of the recorded runs have them; a dash where nothing is recorded. */
function minutes(figure: Figure, preset: PresetName): string {
  const runs = recordedRuns((seed) => figure.runs(preset, [seed]));
  if (runs.length === 0) return '–';
  const seeds = new Set(runs.map(({ config }) => config.seed)).size;
  const seconds = runs.reduce((sum, { manifest }) => sum + manifest.seconds, 0);
  const spent = seconds / 60 / seeds;
  return spent < 1 ? '< 1' : spent.toFixed(0);
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows]
    .map((row) => `| ${row.map(cell).join(' | ')} |`)
    .join('\n');

/** The presets at which something is shown about the paper. */
const shown = presetNames.filter((preset) => !presets[preset].forTests);

/** Those that a processor can train; of a GPU, core minutes say nothing. */
const timed = shown.filter((preset) => !isPaperSize(preset));

function galleryTable(claims: ReadonlyMap<PresetName, readonly Claim[]>): string {
  const verdicts = (isOwn: (claim: Claim) => boolean): string[] =>
    shown.map((preset) => verdictMarks(claims.get(preset)!.filter(isOwn)));
  const rows = figures.map((figure) => {
    const { number, claim, notebook } = figure;
    const file = `figures/${defaultPreset}/${figureName(number)}.png`;
    return [
      `<img src="${file}" width="180" alt="${escapeHtml(figure.title)}">`,
      `**${number}** ${claim}`,
      ...verdicts(isOfFigure(number)),
      ...timed.map((preset) => minutes(figure, preset)),
      `[${notebook}](notebooks/${notebook}.ipynb)`,
      `\`npx bn-lab figure ${number}\``,
    ];
  });
  return table(
    [
      'figure',
      'the claim',
      ...shown.map((preset) => `\`${preset}\``),
      ...timed.map((preset, i) => (i === 0 ? `core minutes, \`${preset}\`` : `\`${preset}\``)),
      ...['notebook', 'command'],
    ],
    [
      ...rows,
      ...galleryOthers.map(({ about, isOwn, notebook }) => [
        '',
        about,
        ...verdicts(isOwn),
        ...timed.map(() => ''),
        `[${notebook}](notebooks/${notebook}.ipynb)`,
        '`npx bn-lab claims`',
      ]),
    ],
  );
}

const about = ({ figure }: Claim): string =>
  typeof figure === 'number' ? `Figure ${figure}` : figure;

/** What the rule says of the paper's own digitised curve. */
const curveMark = ({ paperCurve }: Claim): string =>
  'none' in paperCurve ? '' : paperCurve.passes ? 'passes' : 'fails';

/** The statements of one kind. */
function statementsTable(claims: ReadonlyMap<PresetName, readonly Claim[]>, kind: Kind): string {
  const first = claims.get(defaultPreset)!;
  const elsewhere = shown.filter((preset) => preset !== defaultPreset);
  const others = elsewhere.map((preset) => claims.get(preset)!);
  const isElsewhere = ({ id }: Claim): string =>
    others
      .map((rows) => rows.find((row) => row.id === id)?.verdict)
      .map((verdict) => (verdict ? verdictStyles[verdict].mark : '–'))
      .join(' ');
  return table(
    [
      ...['about', 'statement', 'the paper', 'its own curve', 'measured'],
      ...[
        'mean effect, 95% interval',
        'holds',
        'verdict',
        elsewhere.map((preset) => `\`${preset}\``).join(' '),
      ],
    ],
    first
      .filter((claim) => claim.kind === kind)
      .map((claim) => [
        ...[about(claim), claim.statement, claim.paper, curveMark(claim)],
        ...[claim.notMeasured ?? claim.measured, intervalOf(claim), marginOf(claim)],
        ...[`${verdictStyles[claim.verdict].mark} ${claim.verdict}`, isElsewhere(claim)],
      ]),
  );
}

/** How the statements of each kind come out at each preset, the paper's own first. */
const headline = (claims: ReadonlyMap<PresetName, readonly Claim[]>): string =>
  [...claims]
    .filter(([, rows]) => rows.length > 0)
    .map(([preset, rows]) => {
      const [first, ...others] = verdictSummary(rows).split('\n');
      return `- Preset \`${preset}\`: **${first}**; ${others.join('; ')}.`;
    })
    .reverse()
    .join('\n');

/** The verdicts on what is recorded at a preset; none where nothing is. */
function claimsAt(preset: PresetName): Claim[] {
  try {
    return recordedClaims(preset);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** The computed parts of each document, by their names. Takes half a minute: all statements at all presets. */
export function computedParts(): Record<string, Record<string, string>> {
  const claims = new Map(shown.map((preset) => [preset, claimsAt(preset)]));
  const statements = Object.entries(kinds).map(
    ([kind, name]) => `### ${name}\n\n${statementsTable(claims, kind as Kind)}`,
  );
  return {
    'README.md': { gallery: galleryTable(claims), count: headline(claims) },
    'figures/README.md': { statements: statements.join('\n\n') },
    'src/README.md': { rooms: roomsPicture() },
  };
}

/** A document with its computed parts, each between two comments with its name. Throws where it lacks a place for one. */
export const withParts = (name: string, text: string, parts: Record<string, string>): string =>
  Object.entries(parts).reduce((before, [part, computed]) => {
    const place = new RegExp(`(<!-- ${part} -->)[^]*?(<!-- /${part} -->)`);
    if (!place.test(before)) throw new Error(`${name} has no <!-- ${part} -->`);
    return before.replace(place, (_, start: string, end: string) =>
      [start, computed, end].join('\n\n'),
    );
  }, text);

if (require.main === module) {
  for (const [name, parts] of Object.entries(computedParts())) {
    const file = path.join(projectRoot, name);
    writeAtomic(file, withParts(name, readFileSync(file, 'utf8'), parts));
  }
}
