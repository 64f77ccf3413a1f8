/** How each verdict is shown, in text, in HTML and in a plot: everything that shows one takes it from here. */
import type { Claim, Verdict } from './claim';

export interface VerdictStyle {
  /** Told apart without colour too. */
  mark: string;
  /** Of several statements: '4 hold'. */
  plural: string;
  /** The colour of a mark in a plot, #rrggbb. */
  colour: string;
  /** Its shape there, as Plotly calls it. */
  symbol: string;
  /** The colour of text on a light and on a dark ground. */
  text: { light: string; dark: string };
}

export const verdictStyles: Readonly<Record<Verdict, VerdictStyle>> = {
  holds: {
    mark: '✓',
    plural: 'hold',
    colour: '#009E73',
    symbol: 'circle',
    text: { light: '#0a7d4f', dark: '#4cc38a' },
  },
  fails: {
    mark: '✗',
    plural: 'fail',
    colour: '#D55E00',
    symbol: 'x',
    text: { light: '#c2410c', dark: '#f6935c' },
  },
  undecided: {
    mark: '?',
    plural: 'undecided',
    colour: '#777777',
    symbol: 'circle-open',
    text: { light: '#6f6f6f', dark: '#aaa' },
  },
};

export const verdicts = Object.keys(verdictStyles) as Verdict[];

export interface VerdictCount {
  verdict: Verdict;
  mark: string;
  count: number;
  /** '1 holds', '4 hold'. */
  words: string;
}

/** How many rows have each verdict. */
export const countVerdicts = (rows: readonly Claim[]): VerdictCount[] =>
  verdicts.map((verdict) => {
    const { mark, plural } = verdictStyles[verdict];
    const count = rows.filter((row) => row.verdict === verdict).length;
    return { verdict, mark, count, words: `${count} ${count === 1 ? verdict : plural}` };
  });

/** Without the verdicts that no row has. */
export const verdictCounts = (rows: readonly Claim[]): VerdictCount[] =>
  countVerdicts(rows).filter(({ count }) => count > 0);

/** `✓ 4 ✗ 1 ? 2`; a dash where there is no row. */
export const verdictMarks = (rows: readonly Claim[]): string =>
  verdictCounts(rows)
    .map(({ mark, count }) => `${mark} ${count}`)
    .join(' ') || '–';

/** `7 statements: 4 hold, 1 fails, 2 undecided`. */
export const verdictSummary = (rows: readonly Claim[]): string => {
  const parts = countVerdicts(rows).map(({ words }) => words);
  return `${rows.length} statements: ${parts.join(', ')}`;
};
