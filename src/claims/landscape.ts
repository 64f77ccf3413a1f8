/**
 * What the paper says of the landscape in Figures 4, 10, 12 and 13 alike. The rules were written before any run of a
 * preset was looked at.
 */
import { normalisations } from '../layers/normalisation';
import { diverged } from '../measures/accuracies';
import { effectiveSmoothness, greatestChange, lossRange } from '../measures/landscapeCurves';
import { lpNames } from '../measures/lpNetworks';
import { conditionsOf, type LandscapeNetwork } from '../measures/networks';
import { type Curve, groupsOf } from '../measures/select';
import { median } from '../measures/statistics';
import type { LinearNormalisationName } from '../models/deepLinear/divisors';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';
import type { Claim } from './claim';
import { claimOver, type Statement } from './claim';

/** A part of training as shares of its steps. */
export type Period = readonly [from: number, to: number];

/** All but the very start, from where the paper's Figure 11 begins: step 100 of 15,000. */
const settled = 1 / 150;
export const whole: Period = [settled, 1];
export const firstThird: Period = [settled, 1 / 3];
export const lastThird: Period = [2 / 3, 1];

/** Said in every rule that goes over steps. */
export const overSteps =
  'over the steps from 1/150 of training on (step 100 of 15,000); overflow, and the steps lost to a divergence, ' +
  'count as infinite';

/** A curve of a run within a period by step; the measurements that a divergence took are infinite. */
export function during(run: Run, { x, y }: Curve, [from, to]: Period = whole): Map<number, number> {
  const { steps, probes } = run.config;
  const values = x.map((step, i): [number, number] => [step, y[i]!]);
  if (diverged(run) && x.length > 0) {
    // As often as the curve was measured: of curvature that is not at every step of the landscape.
    const every = x.length > 1 ? x[1]! - x[0]! : probes.landscape.every;
    for (let step = x.at(-1)! + every; step < steps; step += every) values.push([step, Infinity]);
  }
  return new Map(values.filter(([step]) => step >= from * steps && step <= to * steps));
}

/** The median of a curve of a run within a period; NaN where nothing was measured. */
export const medianDuring = (run: Run, curve: Curve, period?: Period): number =>
  median([...during(run, curve, period).values()]);

/** The greatest value of a curve of a run within a period; NaN where nothing was measured. */
export function greatestDuring(run: Run, curve: Curve): number {
  const values = [...during(run, curve).values()];
  return values.length > 0 ? Math.max(...values) : NaN;
}

/** What the paper's figure says of one quantity, and how the quantity is called. */
interface Quantity {
  id: 'loss-range' | 'gradient-change' | 'smoothness';
  name: string;
  curve: (run: Run) => Curve;
}

const quantities: Quantity[] = [
  {
    id: 'loss-range',
    name: 'The range of the loss along the gradient',
    curve: lossRange,
  },
  {
    id: 'gradient-change',
    name: 'The greatest change of the gradient along the gradient',
    curve: greatestChange,
  },
  {
    id: 'smoothness',
    name: 'The “effective” β-smoothness',
    curve: (run) => effectiveSmoothness(run),
  },
];

export interface SmootherOptions {
  figure: number;
  network: LandscapeNetwork;
  /** What is compared with the standard network. */
  others: readonly LinearNormalisationName[];
  /** What the paper shows of each quantity. */
  paper: Record<Quantity['id'], string>;
}

const figureId = (figure: number): string => `fig${String(figure).padStart(2, '0')}`;

/** One claim a quantity: that it is smaller with each normalisation than without, in the median and at its greatest. */
export function smootherClaims(
  runs: readonly Run[],
  { figure, network, others, paper }: SmootherOptions,
): Claim[] {
  const names = ['none' as const, ...others];
  const groups = groupsOf(runs, conditionsOf(runs, network, names));
  const [who, denominator] =
    others.length === 1
      ? [`with ${normalisations[others[0]!].label.replace('Standard + ', '')}`, 'theirs']
      : ['with every normalisation', 'the greatest of theirs'];
  return quantities.map(({ id, name, curve }) => {
    const results = groups
      .map(({ seed, runs: group }) => {
        const medians = group.map((run) => medianDuring(run, curve(run)));
        const maxima = group.map((run) => greatestDuring(run, curve(run)));
        const below = ([standard, ...rest]: number[]): boolean =>
          rest.every((value) => value < standard!);
        const value = Math.log10(medians[0]! / Math.max(...medians.slice(1)));
        return { seed, medians, maxima, value, holds: below(medians) && below(maxima) };
      })
      .filter(({ medians }) => !medians.some(Number.isNaN));
    return claimOver(
      {
        id: `${figureId(figure)}-${id}`,
        figure,
        statement: `${name} is smaller ${who} than without.`,
        paper: paper[id],
        rule:
          `measured: median and maximum ${overSteps}; interval of log10 of Standard's median over ${denominator}; ` +
          "true of a seed if median and maximum of every one are below Standard's",
      },
      results,
      (over) =>
        'median / maximum: ' +
        names
          .map((normalisation, i) => {
            const [middle, greatest] = [over((r) => r.medians[i]!), over((r) => r.maxima[i]!)];
            return `${normalisations[normalisation].label} ${short(middle)} / ${short(greatest)}`;
          })
          .join('; '),
    );
  });
}

/** That at initialisation the network with BatchNorm is the rougher one, which the paper's data show and its text does not say. */
export function rougherAtStart(
  runs: readonly Run[],
  { figure, network, paper }: { figure: number; network: LandscapeNetwork; paper: string },
): Claim {
  const atStart = (run: Run): number => {
    const { x, y } = greatestChange(run);
    return y[x.indexOf(0)] ?? NaN;
  };
  const results = groupsOf(runs, conditionsOf(runs, network, ['none', 'batch']))
    .map(({ seed, runs: group }) => {
      const [standard, batchNorm] = group.map(atStart) as [number, number];
      const value = Math.log10(batchNorm / standard);
      return { seed, standard, batchNorm, value, holds: batchNorm > standard };
    })
    .filter(({ standard, batchNorm }) => !Number.isNaN(standard + batchNorm));
  return claimOver(
    {
      id: `${figureId(figure)}-start`,
      figure,
      statement:
        'At initialisation the network with BatchNorm is the rougher one: its gradient changes more along the gradient.',
      paper,
      rule:
        'measured: the greatest change of the gradient over the step lengths at step 0; interval of log10 of ' +
        "BatchNorm's over Standard's; true of a seed if above 0",
    },
    results,
    (over) =>
      `${short(over((r) => r.standard))} without, ${short(over((r) => r.batchNorm))} with BatchNorm`,
  );
}

/** What Figures 12 and 13 show besides the standard network, and what their captions claim. */
export const normalised: readonly LinearNormalisationName[] = ['batch', ...lpNames];
export const normalisedCaption =
  'caption: "any normalization strategy have improved performance and smoothness"';

export interface PerformanceOptions {
  network: LandscapeNetwork;
  others: readonly LinearNormalisationName[];
  /** How well a run trained; NaN without its table. */
  measure: (run: Run) => number;
  /** How much better a normalised network did, above 0 if it did. */
  gain: (standard: number, other: number) => number;
  /** A measured number in words. */
  say: (measured: number) => string;
}

/** That training went better with every one of the normalisations than without. */
export function performanceClaim(
  runs: readonly Run[],
  statement: Statement,
  { network, others, measure, gain, say }: PerformanceOptions,
): Claim {
  const names = ['none' as const, ...others];
  const results = groupsOf(runs, conditionsOf(runs, network, names))
    .map(({ seed, runs: group }) => {
      const all = group.map(measure);
      const value = Math.min(...all.slice(1).map((other) => gain(all[0]!, other)));
      return { seed, all, value, holds: value > 0 };
    })
    .filter(({ all }) => !all.some(Number.isNaN));
  return claimOver(statement, results, (over) =>
    names
      .map((name, i) => `${normalisations[name].label} ${say(over((r) => r.all[i]!))}`)
      .join('; '),
  );
}
