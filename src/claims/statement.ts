/** From a statement and runs to a row: the effect in each seed, the rule (judge.ts), the same on the paper's own curves. */
import type { RunGroup } from '../measures/select';
import { median, sixDigits } from '../measures/statistics';
import type { Run } from '../runs/run';
import { UserError } from '../system/errors';
import { short } from '../system/numberText';
import type { Bound, Claim, PaperCheck } from './claim';
import { beyondMargin, judge, type SeedEffect } from './judge';
import { paperRuns } from './paperRuns';
import { rulesDated, verdictSeeds } from './seen';

/** One number behind an effect, as the row tells it. */
export interface Part {
  label: string;
  value: number;
  /** A share as 12.3%. */
  percent?: true;
}

/** What the runs of one seed give. */
export type Measured =
  | { value: number; parts: Part[]; bound?: Bound }
  /** What the tables lack: the seed is left out. */
  | { lacks: string }
  /** Why the effect does not exist although all was measured: then no seed may be picked, and the row has no verdict. */
  | { undefined: string };

/** A statement but for what runs say. */
export interface Statement extends Pick<
  Claim,
  | 'id'
  | 'figure'
  | 'statement'
  | 'paper'
  | 'effect'
  | 'unit'
  | 'direction'
  | 'margin'
  | 'marginReason'
> {
  kind: Exclude<Claim['kind'], 'theory'>;
  /** The runs of one seed that are compared, by seed. */
  groups: (runs: readonly Run[]) => RunGroup[];
  measure: (runs: Run[]) => Measured;
  /** Why the paper's digitised curves cannot be judged; left out where they can. */
  noCurve?: string;
}

const unreadable = 'the tables lack what this needs';

/** What one seed gives; tables without a column that this needs, or without any row, are tables that lack it. */
function measured(statement: Statement, runs: Run[]): Measured {
  try {
    const result = statement.measure(runs);
    return 'value' in result && Number.isNaN(result.value) ? { lacks: unreadable } : result;
  } catch (error) {
    if (error instanceof UserError) return { lacks: error.message };
    throw error;
  }
}

const say = ({ value, percent }: Part): string =>
  percent ? `${(100 * value).toFixed(1)}%` : Number.isFinite(value) ? short(value) : 'infinite';

/** The parts of several seeds as medians, in words. */
function inWords(results: readonly Part[][]): string {
  const over = results.length > 1 ? ` (medians of ${results.length} seeds)` : '';
  const parts = (results[0] ?? []).map((part, i) => {
    const value = median(results.map((each) => each[i]?.value ?? NaN));
    return `${part.label} ${say({ ...part, value })}`;
  });
  return parts.join('; ') + over;
}

const listOf = (seeds: readonly number[]): string =>
  `seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}`;

/** The same rule on the paper's own curve. */
function onPaper(statement: Statement): PaperCheck {
  if (statement.noCurve !== undefined) return { none: statement.noCurve };
  const [group] = statement.groups(paperRuns());
  if (group === undefined) return { none: 'no curve of these networks is digitised' };
  const result = measured(statement, group.runs);
  if (!('value' in result)) {
    return { none: 'lacks' in result ? 'the digitised curves do not have it' : result.undefined };
  }
  const { value } = result;
  return { value: sixDigits(value), passes: beyondMargin(value, statement) > 0 };
}

interface SeedResult {
  seed: number;
  runs: Run[];
  result: Measured;
}

const hasValue = (
  each: SeedResult,
): each is SeedResult & { result: Extract<Measured, { value: number }> } => 'value' in each.result;

/** Numbers of a row, short enough for a file that people read. */
const rounded = (value: number | null): number | null => value && sixDigits(value);

/** One row, before any correction for the number of statements. */
export function rowOf(statement: Statement, runs: readonly Run[]): Claim {
  const { groups, measure, noCurve, ...own } = statement;
  void [measure, noCurve];
  const all = groups(runs).map(({ seed, runs: group }): SeedResult => ({
    seed,
    runs: group,
    result: measured(statement, group),
  }));
  const tellable = all.filter(({ result }) => !('lacks' in result));
  const { results, confirmatory } = verdictSeeds(tellable);
  const impossible = results.flatMap(({ seed, result }) =>
    'undefined' in result ? [{ seed, why: result.undefined }] : [],
  );
  const values = results.filter(hasValue);
  const effects: SeedEffect[] = values.map(({ result }) => result);
  const judgement = judge(effects, statement);
  const lacking = all.flatMap(({ result }) => ('lacks' in result ? [result.lacks] : []));
  const notMeasured =
    tellable.length === 0
      ? (lacking[0] ?? 'no seed has all the finished runs that this needs')
      : impossible.length > 0
        ? `${impossible[0]!.why} (${listOf(impossible.map(({ seed }) => seed))})`
        : judgement.notMeasured;
  const row: Claim = {
    ...own,
    ...judgement,
    value: rounded(judgement.value),
    interval: judgement.interval && [
      rounded(judgement.interval[0]),
      rounded(judgement.interval[1]),
    ],
    p: rounded(judgement.p),
    seeds: values.map(({ seed }) => seed),
    confirmatory,
    correctionMatters: false,
    paperCurve: onPaper(statement),
    rulesDated,
    measured: inWords(values.map(({ result }) => result.parts)),
    notMeasured,
  };
  if (notMeasured === null) return row;
  return {
    ...row,
    ...{ bound: null, interval: null, p: null, verdict: 'not measured' },
    value: impossible.length > 0 ? null : row.value,
  };
}

/** The rows of some statements from runs, before any correction for the number of statements. */
export const claimsBy =
  (statements: readonly Statement[]) =>
  (runs: readonly Run[]): Claim[] =>
    statements.map((statement) => rowOf(statement, runs));
