/**
 * The statements of the paper and ours about Figure 4. The rules were written before any run of a preset was looked
 * at.
 */
import { type Claim, claimOver } from '../claims/claim';
import {
  during,
  firstThird,
  greatestDuring,
  lastThird,
  medianDuring,
  overSteps,
  rougherAtStart,
  smootherClaims,
} from '../claims/landscape';
import {
  effectiveSmoothness,
  greatestChange,
  landscapeSteps,
  lossRange,
} from '../measures/landscapeCurves';
import { conditionsOf, vggLandscape } from '../measures/networks';
import { groupsOf } from '../measures/select';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** "Close to two orders of magnitude": half an order short of them at most. */
const nearlyTwoOrders = 1.5;
/** A difference is consistent if it has one sign at this share of the measured steps. */
const consistent = 0.9;
/** One result a seed, from its run without and its run with BatchNorm. */
const perSeed = <Result>(
  runs: readonly Run[],
  measure: (standard: Run, batchNorm: Run) => Result,
): (Result & { seed: number })[] =>
  groupsOf(runs, conditionsOf(runs, vggLandscape, ['none', 'batch'])).map(
    ({ seed, runs: [standard, batchNorm] }) => ({ seed, ...measure(standard!, batchNorm!) }),
  );

/** Leaves out seeds whose tables are missing. */
const measuredOnly = <Result extends { value: number }>(results: Result[]): Result[] =>
  results.filter(({ value }) => !Number.isNaN(value));

function wideEarly(runs: readonly Run[]): Claim {
  const results = perSeed(runs, (standard, batchNorm) => {
    const early = medianDuring(standard, lossRange(standard), firstThird);
    const late = medianDuring(standard, lossRange(standard), lastThird);
    const theirs = medianDuring(batchNorm, lossRange(batchNorm), firstThird);
    const value = Math.log10(early / late);
    return { early, late, theirs, value, holds: early > late && early > theirs };
  });
  return claimOver(
    {
      id: 'fig04-early',
      figure: 4,
      statement:
        'Without BatchNorm the loss takes a very wide range of values along the gradient, especially early in training.',
      paper:
        'text of section 3.2 on (a); digitised medians: 2.01 in the first and 0.12 in the last third of training, with ' +
        'BatchNorm 0.37 in the first',
      rule:
        `measured: median range of the loss over the step lengths in the first and the last third, ${overSteps}; ` +
        "interval of log10 of Standard's first over its last; true of a seed if Standard's first is above its last " +
        "and above BatchNorm's first",
    },
    measuredOnly(results),
    (over) =>
      `${short(over((r) => r.early))} in the first and ${short(over((r) => r.late))} in the last third, with ` +
      `BatchNorm ${short(over((r) => r.theirs))} in the first`,
  );
}

function twoOrders(runs: readonly Run[]): Claim {
  const results = perSeed(runs, (standard, batchNorm) => {
    const times = (of: (run: Run) => number): number => of(standard) / of(batchNorm);
    const early = times((run) => medianDuring(run, greatestChange(run), firstThird));
    const value = Math.log10(early);
    return {
      early,
      all: times((run) => medianDuring(run, greatestChange(run))),
      greatest: times((run) => greatestDuring(run, greatestChange(run))),
      value,
      holds: value >= nearlyTwoOrders,
    };
  });
  return claimOver(
    {
      id: 'fig04-two-orders',
      figure: 4,
      statement:
        'Gradient predictiveness differs by close to two orders of magnitude, especially early in training.',
      paper:
        'text of section 3.2 on (b); but digitised: 2.4 times in the first third of training and 2.2 times over all of ' +
        'it (medians), 6.6 times between the maxima',
      rule:
        `measured: greatest change of the gradient over the step lengths, Standard's over BatchNorm's, ${overSteps}; ` +
        'interval of log10 of that between medians in the first third; true of a seed if at least ' +
        `${nearlyTwoOrders}, half an order short of two`,
    },
    measuredOnly(results),
    (over) =>
      `${short(over((r) => r.early))} times in the first third and ${short(over((r) => r.all))} times over all of ` +
      `training (medians), ${short(over((r) => r.greatest))} times between the maxima`,
  );
}

function consistentlySmoother(runs: readonly Run[]): Claim {
  const results = perSeed(runs, (standard, batchNorm) => {
    const theirs = during(batchNorm, effectiveSmoothness(batchNorm));
    const ours = [...during(standard, effectiveSmoothness(standard))].filter(([step]) =>
      theirs.has(step),
    );
    const below = ours.filter(([step, smoothness]) => theirs.get(step)! < smoothness).length;
    const share = below / ours.length;
    return { value: 100 * share, holds: share >= consistent };
  });
  return claimOver(
    {
      id: 'fig04-consistent',
      figure: 4,
      statement: 'The “effective” β-smoothness is consistently smaller with BatchNorm.',
      paper:
        'text of section 3.2 on (c): "consistent differences"; but digitised: smaller at 58% of the steps',
      rule:
        `measured: share of steps at which BatchNorm's is below Standard's, in percent, ${overSteps}; true of a seed ` +
        `if at least ${100 * consistent}%`,
    },
    measuredOnly(results),
    (over) => `at ${over((r) => r.value).toFixed(0)}% of the measured steps`,
  );
}

/** The median of beta from a grid without its `skip` shortest step lengths, and what it would be by that grid alone. */
function smoothnessOnGrid(run: Run, skip: number): { beta: number; byGrid: number } {
  const shortest = landscapeSteps(run)[0]?.etas[skip] ?? NaN;
  return { beta: medianDuring(run, effectiveSmoothness(run, { skip })), byGrid: 1 / shortest };
}

function setByGrid(runs: readonly Run[]): Claim {
  const results = perSeed(runs, (standard, batchNorm) => {
    const all = [0, 1].flatMap((skip) =>
      [standard, batchNorm].map((run) => smoothnessOnGrid(run, skip)),
    );
    const products = all.map(({ beta, byGrid }) => beta / byGrid);
    const distance = (value: number): number => Math.abs(Math.log(value));
    const value = products.reduce((a, b) => (distance(a) >= distance(b) ? a : b));
    return { all, value, holds: products.every((product) => Math.abs(product - 1) <= 0.1) };
  });
  return claimOver(
    {
      id: 'fig04-grid',
      figure: 4,
      statement:
        'The “effective” β-smoothness shows the grid: it is 1 / (shortest step length), and moves with it, with and without BatchNorm.',
      paper:
        'not in the paper; (c), digitised: medians 20.0 without and 20.0 with BatchNorm, and 1/0.05 = 20',
      rule:
        `measured: median β, ${overSteps}, from all step lengths and without the shortest; interval of β × (shortest ` +
        'left) where that is farthest from 1; true of a seed if all four are within 10% of 1',
    },
    results.filter(({ all }) => !all.some(({ beta }) => Number.isNaN(beta))),
    (over) => {
      const beta = (i: number): string => short(over((r) => r.all[i]!.beta));
      const byGrid = (i: number): string => short(over((r) => r.all[i]!.byGrid));
      return (
        `β ${beta(0)} without, ${beta(1)} with BatchNorm (by the grid: ${byGrid(0)}); the shortest step left out: ` +
        `${beta(2)} and ${beta(3)} (${byGrid(2)})`
      );
    },
  );
}

/** The claims of Figure 4 from its runs; of runs that did not end nothing is claimed. */
export function claims(runs: readonly Run[]): Claim[] {
  return [
    ...smootherClaims(runs, {
      figure: 4,
      network: vggLandscape,
      others: ['batch'],
      paper: {
        'loss-range':
          'Figure 4(a), digitised, median / maximum: 0.95 / 7.7 without, 0.19 / 1.6 with BatchNorm',
        'gradient-change':
          'Figure 4(b), digitised, median / maximum: 47.8 / 255 without, 21.5 / 38.6 with BatchNorm',
        smoothness:
          'Figure 4(c), digitised, median / maximum: 20.0 / 45.6 without, 20.0 / 20.9 with BatchNorm',
      },
    }),
    wideEarly(runs),
    twoOrders(runs),
    consistentlySmoother(runs),
    setByGrid(runs),
    rougherAtStart(runs, {
      figure: 4,
      network: vggLandscape,
      paper: 'not in its text; (b), digitised, at step 0: 2.58 without, 145 with BatchNorm',
    }),
  ];
}
