/** What a checked statement looks like: one row of claims.json. */

/**
 * `holds`, `fails` and `undecided` are decided by a test over seeds; `agrees` and `disagrees` are what one run says, and no
 * verdict; `not measured` comes with its reason.
 */
export type Verdict = 'holds' | 'fails' | 'undecided' | 'agrees' | 'disagrees' | 'not measured';

/** Whose statement it is: kinds are counted apart. */
export type Kind = 'paper' | 'theory' | 'critics' | 'ours';

/** Where the effect must lie for the statement to hold. */
export type Direction = 'above' | 'below';

/** An effect of which only one side is known, because a run ended before it could be seen. */
export type Bound = 'at least' | 'at most';

/** What the same rule says of the paper's own digitised curve. */
export type PaperCheck =
  | { value: number; passes: boolean }
  /** Why there is no curve to judge. */
  | { none: string };

export interface Claim {
  id: string;
  kind: Kind;
  /** The number of the figure, or the name of a theorem, a section or a critic: 'Theorem 4.1'. */
  figure: number | string;
  statement: string;
  /** What the paper says or shows, with its place. */
  paper: string;
  /** The quantity that is measured in each seed. */
  effect: string;
  unit: string;
  /** The statement holds where the effect lies on this side of the margin. */
  direction: Direction;
  margin: number;
  marginReason: string;
  /** The mean effect over `seeds`; null where nothing is measured. */
  value: number | null;
  /** Set where `value` is a bound. */
  bound: Bound | null;
  /** 95% interval of the mean effect, uncorrected; an end is null where a run ended too early to tell. */
  interval: [number | null, number | null] | null;
  /** Two-sided p of the mean effect against the margin, uncorrected; null without a test. */
  p: number | null;
  /** The seeds behind value and verdict. */
  seeds: number[];
  /** Whether none of these seeds had been looked at when the rules were written. */
  confirmatory: boolean;
  verdict: Verdict;
  /** Whether the verdict would be another one without the correction for the number of statements. */
  correctionMatters: boolean;
  paperCurve: PaperCheck;
  /** The day on which the rule was committed. */
  rulesDated: string;
  /** The measured numbers in words. */
  measured: string;
  /** Why there is neither verdict nor agreement; null otherwise. */
  notMeasured: string | null;
}
