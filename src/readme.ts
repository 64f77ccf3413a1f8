/**
 * The parts of README.md that are computed: the gallery and the table of all statements, from the recorded runs.
 * `npm run readme` writes them anew; a test compares.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { recordedClaims } from './claims';
import { escapeHtml } from './escapeHtml';
import { isOfCritics } from './figures/criticsClaims';
import type { Claim, Figure, Verdict } from './figures/figure';
import { figures } from './figures/index';
import { projectRoot } from './paths';
import { writeAtomic } from './runs/files';
import { recordedRuns } from './runs/record';
import type { PresetName } from './training/presets';

/** The claim of each figure in a few words, and its notebook. */
const gallery: Record<number, { claim: string; notebook: string }> = {
  1: {
    claim: 'BatchNorm trains faster and at rates at which the standard network does not train',
    notebook: 'fig01-training-speed',
  },
  2: {
    claim: '“noisy” BatchNorm has unstable activations and trains as well',
    notebook: 'fig02-noisy-batchnorm',
  },
  3: {
    claim: 'BatchNorm does not reduce internal covariate shift',
    notebook: 'fig03-covariate-shift',
  },
  4: { claim: 'BatchNorm makes the landscape of VGG smoother', notebook: 'fig04-landscape' },
  5: { claim: 'l1, l2 and l-infinity normalisation train as well', notebook: 'fig05-lp-norms' },
  6: {
    claim: 'they do so with larger shifts of their activations',
    notebook: 'fig06-lp-activations',
  },
  7: { claim: 'the two networks that the theory compares', notebook: 'fig07-two-networks' },
  8: { claim: '“noisy” BatchNorm moves the moments more', notebook: 'fig08-moments' },
  9: {
    claim: 'activations of a deep linear network are large and uncontrolled',
    notebook: 'fig09-deep-linear-activations',
  },
  10: {
    claim: 'BatchNorm makes the landscape of the deep linear network smoother',
    notebook: 'fig10-deep-linear-landscape',
  },
  11: {
    claim: 'with BatchNorm the gradient changes less, at every step length',
    notebook: 'fig11-step-size',
  },
  12: { claim: 'every normalisation makes VGG smoother', notebook: 'fig12-five-normalisations' },
  13: {
    claim: 'every normalisation makes the deep linear network smoother',
    notebook: 'fig13-deep-linear-normalisations',
  },
  14: {
    claim: 'ours: curvature, random directions and initialisation, which the paper leaves open',
    notebook: 'fig14-open-questions',
  },
};

const marks: Record<Verdict, string> = { holds: '✓', fails: '✗', undecided: '?' };

/** `✓ 4 ✗ 1 ? 2`; a dash where there is no row. */
export function verdictMarks(rows: readonly Claim[]): string {
  const counted = Object.entries(marks).flatMap(([verdict, mark]) => {
    const count = rows.filter((row) => row.verdict === verdict).length;
    return count ? `${mark} ${count}` : [];
  });
  return counted.join(' ') || '–';
}

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

const shown: readonly PresetName[] = ['quick', 'laptop', 'paper'];

function galleryTable(claims: ReadonlyMap<PresetName, readonly Claim[]>): string {
  const verdicts = (isOwn: (claim: Claim) => boolean): string[] =>
    shown.map((preset) => verdictMarks(claims.get(preset)!.filter(isOwn)));
  const rows = figures.map((figure) => {
    const { number } = figure;
    const { claim, notebook } = gallery[number]!;
    const file = `figures/quick/figure-${String(number).padStart(2, '0')}.png`;
    return [
      `<img src="${file}" width="180" alt="${escapeHtml(figure.title)}">`,
      `**${number}** ${claim}`,
      ...verdicts((row) => row.figure === number),
      ...['quick' as const, 'laptop' as const].map((preset) => minutes(figure, preset)),
      `[${notebook}](notebooks/${notebook}.ipynb)`,
      `\`npx bn-lab figure ${number}\``,
    ];
  });
  const others = [
    ['the theory: section 4 and Appendix C', isTheory, 'theory'],
    ['what the paper’s critics say', isOfCritics, 'claims'],
  ] as const;
  return table(
    [
      'figure',
      'the claim',
      ...shown.map((preset) => `\`${preset}\``),
      ...['core minutes, `quick`', '`laptop`', 'notebook', 'command'],
    ],
    [
      ...rows,
      ...others.map(([about, isOwn, notebook]) => [
        '',
        about,
        ...verdicts(isOwn),
        '',
        '',
        `[${notebook}](notebooks/${notebook}.ipynb)`,
        '`npx bn-lab claims`',
      ]),
    ],
  );
}

const isTheory = (claim: Claim): boolean => typeof claim.figure === 'string' && !isOfCritics(claim);

const about = ({ figure }: Claim): string =>
  typeof figure === 'number' ? `Figure ${figure}` : figure;

function statementsTable(claims: ReadonlyMap<PresetName, readonly Claim[]>): string {
  const [first, ...others] = shown.map((preset) => claims.get(preset)!);
  const isElsewhere = ({ id }: Claim): string =>
    others
      .map((rows) => rows.find((row) => row.id === id)?.verdict)
      .map((verdict) => (verdict ? marks[verdict] : '–'))
      .join(' ');
  return table(
    ['about', 'statement', 'the paper', 'measured', '95% interval', 'verdict', '`laptop` `paper`'],
    first!.map((claim) => [
      about(claim),
      claim.statement,
      claim.paper,
      claim.measured,
      claim.interval ? claim.interval.map((end) => Number(end.toPrecision(3))).join(' to ') : '',
      `${marks[claim.verdict]} ${claim.verdict}`,
      isElsewhere(claim),
    ]),
  );
}

/** README text with its computed parts as the recorded runs have them now. Throws where it lacks a place for one. */
export function withComputedParts(readme: string): string {
  const placeOf = (name: string): RegExp =>
    new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`);
  const lacking = ['gallery', 'count', 'statements'].find((name) => !placeOf(name).test(readme));
  if (lacking) throw new Error(`README.md has no <!-- ${lacking} -->`);
  const claims = new Map(shown.map((preset) => [preset, recordedClaims(preset)]));
  const quick = claims.get('quick')!;
  const parts = {
    gallery: galleryTable(claims),
    count: `${quick.length} statements at preset \`quick\`, five seeds: ${verdictMarks(quick)}.`,
    statements: statementsTable(claims),
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
