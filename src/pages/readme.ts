/**
 * The parts of README.md that are computed: the gallery and the table of all statements, from the recorded runs.
 * `npm run readme` writes them anew; a test compares.
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
import { escapeHtml } from '../system/escapeHtml';
import { writeAtomic } from '../system/files';
import { projectRoot } from '../system/paths';
import { recordedClaims } from './allClaims';
import { galleryOthers, isOfFigure } from './gallery';

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
    .map(([preset, rows]) => {
      const [first, ...others] = verdictSummary(rows).split('\n');
      return `- Preset \`${preset}\`: **${first}**; ${others.join('; ')}.`;
    })
    .reverse()
    .join('\n');

/** README text with its computed parts as the recorded runs have them now. Throws where it lacks a place for one. */
export function withComputedParts(readme: string): string {
  const placeOf = (name: string): RegExp =>
    new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`);
  const lacking = ['gallery', 'count', 'statements'].find((name) => !placeOf(name).test(readme));
  if (lacking) throw new Error(`README.md has no <!-- ${lacking} -->`);
  const claims = new Map(shown.map((preset) => [preset, recordedClaims(preset)]));
  const parts = {
    gallery: galleryTable(claims),
    count: headline(claims),
    statements: Object.entries(kinds)
      .map(([kind, name]) => `### ${name}\n\n${statementsTable(claims, kind as Kind)}`)
      .join('\n\n'),
  };
  return Object.entries(parts).reduce(
    (text, [name, part]) =>
      text.replace(placeOf(name), (_, start: string, end: string) =>
        [start, part, end].join('\n\n'),
      ),
    readme,
  );
}

if (require.main === module) {
  const file = path.join(projectRoot, 'README.md');
  writeAtomic(file, withComputedParts(readFileSync(file, 'utf8')));
}
