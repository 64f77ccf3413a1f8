/** How each verdict is shown, in text, in HTML and in a plot: everything that shows one takes it from here. */
import type { Claim, Kind, Verdict } from './claim';
import { kinds } from './order';

export interface VerdictStyle {
  /** Told apart without colour too. */
  mark: string;
  /** Of one statement and of several: '1 holds', '4 hold'. */
  words: [one: string, many: string];
  /** The colour of a mark in a plot, #rrggbb. */
  colour: string;
  /** Its shape there, as Plotly calls it. */
  symbol: string;
  /** The colour of text on a light and on a dark ground. */
  text: { light: string; dark: string };
}

const green = { colour: '#009E73', text: { light: '#0a7d4f', dark: '#4cc38a' } };
const red = { colour: '#D55E00', text: { light: '#c2410c', dark: '#f6935c' } };
const grey = { colour: '#777777', text: { light: '#6f6f6f', dark: '#aaa' } };

export const verdictStyles: Readonly<Record<Verdict, VerdictStyle>> = {
  holds: { ...green, mark: '✓', words: ['holds', 'hold'], symbol: 'circle' },
  fails: { ...red, mark: '✗', words: ['fails', 'fail'], symbol: 'x' },
  undecided: { ...grey, mark: '?', words: ['undecided', 'undecided'], symbol: 'circle-open' },
  agrees: {
    ...green,
    mark: '△',
    words: ['agrees with one run', 'agree with one run'],
    symbol: 'triangle-up-open',
  },
  disagrees: {
    ...red,
    mark: '▽',
    words: ['disagrees with one run', 'disagree with one run'],
    symbol: 'triangle-down-open',
  },
  'not measured': {
    ...grey,
    mark: '–',
    words: ['not measured', 'not measured'],
    symbol: 'line-ew-open',
  },
};

export const verdicts = Object.keys(verdictStyles) as Verdict[];

/** A verdict as a class of CSS. */
export const verdictClass = (verdict: Verdict): string => verdict.replace(' ', '-');

export interface VerdictCount {
  verdict: Verdict;
  mark: string;
  count: number;
  /** '1 holds', '4 hold'. */
  words: string;
}

/** How many rows have each verdict; those that none has are left out. */
export const verdictCounts = (rows: readonly Claim[]): VerdictCount[] =>
  verdicts
    .map((verdict) => {
      const { mark, words } = verdictStyles[verdict];
      const count = rows.filter((row) => row.verdict === verdict).length;
      return { verdict, mark, count, words: `${count} ${words[count === 1 ? 0 : 1]}` };
    })
    .filter(({ count }) => count > 0);

/** `✓ 4 ✗ 1 ? 2`; a dash where there is no row. */
export const verdictMarks = (rows: readonly Claim[]): string =>
  verdictCounts(rows)
    .map(({ mark, count }) => `${mark} ${count}`)
    .join(' ') || '–';

/** How many statements of each kind hold, fail and so on, in words; the paper's own first, a line a kind. */
export function verdictSummary(rows: readonly Claim[]): string {
  const lines = (Object.keys(kinds) as Kind[]).flatMap((kind) => {
    const own = rows.filter((row) => row.kind === kind);
    const counts = verdictCounts(own).map(({ words }) => words);
    return own.length > 0 ? [`${kinds[kind]} (${own.length}): ${counts.join(', ')}`] : [];
  });
  return lines.join('\n') || 'No statement is checked';
}
