/** From numbers per seed to a verdict with an interval. Statements and rules stand with each figure. */
import { median, sixDigits, tInterval } from '../measures/statistics';

export type Verdict = 'holds' | 'fails' | 'undecided';

/** A statement of the paper, checked against tables. `rule` says how the verdict follows from `measured`. */
export interface Claim {
  id: string;
  /** The number of the figure, or the name of a statement of the theory: 'Theorem 4.1'. */
  figure: number | string;
  statement: string;
  /** What the paper says or shows, with its place. */
  paper: string;
  rule: string;
  measured: string;
  /** 95% interval of the measured quantity over seeds, empty with one seed. */
  interval: [number, number] | null;
  seeds: number[];
  verdict: Verdict;
}

/** What one seed says. `holds` is null where its tables cannot tell. */
export interface SeedResult {
  seed: number;
  /** The measured quantity, of which the interval over seeds is given. */
  value: number;
  holds: boolean | null;
}

/** Appended to every rule, so that the reader of one row needs no other page. */
export const verdictRule =
  'holds if true of every seed, fails if of none, undecided otherwise; a seed without all its finished runs is ' +
  'left out; interval: Student t over seeds, 95%';

/** One verdict from all seeds: see `verdictRule`. */
export function verdictOf(results: readonly SeedResult[]): Verdict {
  if (results.length > 0 && results.every(({ holds }) => holds === true)) return 'holds';
  if (results.length > 0 && results.every(({ holds }) => holds === false)) return 'fails';
  return 'undecided';
}

/** A claim but for what tables say. */
export type Statement = Pick<Claim, 'id' | 'figure' | 'statement' | 'paper' | 'rule'>;

/**
 * A claim from what each seed says. `describe` puts the measured numbers into words, as medians over seeds. Its
 * `rule` is the statement's rule for one seed with `verdictRule` behind it.
 */
export function claimOver<Result extends SeedResult>(
  statement: Statement,
  results: readonly Result[],
  describe: (medianOf: (number: (result: Result) => number) => number) => string,
): Claim {
  const confirming = results.filter(({ holds }) => holds === true).length;
  const over =
    results.length > 1 ? ` (medians of ${results.length} seeds; true of ${confirming})` : '';
  const values = results.map(({ value }) => value);
  const interval = values.every(Number.isFinite) ? tInterval(values) : null;
  return {
    ...statement,
    rule: `${statement.rule}; ${verdictRule}`,
    measured:
      results.length === 0
        ? 'not measured: no seed has all the finished runs and tables that this needs'
        : describe((number) => median(results.map(number))) + over,
    interval: interval && [sixDigits(interval[0]), sixDigits(interval[1])],
    seeds: results.map(({ seed }) => seed),
    verdict: verdictOf(results),
  };
}

/** Figures by number, then the others as they come. */
const placeOf = ({ figure }: Claim): number =>
  typeof figure === 'number' ? figure : Number.MAX_SAFE_INTEGER;

/** Rows in the order in which they are shown: by figure, then theory and critics. */
export const inOrder = (rows: readonly Claim[]): Claim[] =>
  [...rows].sort((a, b) => placeOf(a) - placeOf(b));

/** A share for a sentence. */
export const inPercent = (share: number): string => `${(100 * share).toFixed(1)}%`;
