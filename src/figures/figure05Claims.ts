/** The statements of the paper and ours about Figure 5. The rules were written before any run was looked at. */
import { type Claim, claimOver, inPercent, type Statement } from '../claims/claim';
import { normalisations } from '../layers/normalisation';
import { meanAccuracy } from '../measures/accuracies';
import { finalLoss, typicalLoss } from '../measures/losses';
import { lpNormalisations } from '../measures/lpNetworks';
import {
  conditionsOf,
  deepLinearLandscape,
  type LandscapeNetwork,
  vggLandscape,
} from '../measures/networks';
import { groupsOf } from '../measures/select';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** Points of accuracy, and orders of magnitude of loss, within which training is comparable. */
const comparablePoints = 3;
const comparableOrders = 0.5;

/** What the five networks of one seed gave, in the order of `lpNormalisations`. */
interface Five {
  seed: number;
  standard: number;
  batchNorm: number;
  lp: [l1: number, l2: number, linf: number];
  all: number[];
}

function fives(
  runs: readonly Run[],
  network: LandscapeNetwork,
  measure: (run: Run) => number,
): Five[] {
  return groupsOf(runs, conditionsOf(runs, network, lpNormalisations))
    .map(({ seed, runs: group }) => {
      const all = group.map(measure);
      const [standard, batchNorm, ...lp] = all as [number, number, number, number, number];
      return { seed, standard, batchNorm, lp, all };
    })
    .filter(({ all }) => !all.some(Number.isNaN));
}

/** A claim from five numbers a seed. */
const claimOfFive = (
  statement: Omit<Statement, 'figure'>,
  results: readonly Five[],
  judge: (five: Five) => { value: number; holds: boolean },
  say: (measured: number) => string,
): Claim =>
  claimOver(
    { ...statement, figure: 5 },
    results.map((five) => ({ ...five, ...judge(five) })),
    (over) =>
      lpNormalisations
        .map((name, i) => `${normalisations[name].label} ${say(over((r) => r.all[i]!))}`)
        .join('; '),
  );

const finalRule = 'mean loss over the last tenth of training (infinite if diverged)';

/** The claims of Figure 5 from its runs; of runs that did not end nothing is claimed. */
export function claims(runs: readonly Run[]): Claim[] {
  const accuracies = fives(runs, vggLandscape, meanAccuracy);
  const finals = fives(runs, deepLinearLandscape, finalLoss);
  const typical = fives(runs, deepLinearLandscape, typicalLoss);
  return [
    claimOfFive(
      {
        id: 'fig05-vgg',
        statement:
          'All lp normalisations train VGG comparably to BatchNorm or better, and better than no normalisation.',
        paper:
          'text of section 3.3; Figure 5(a), digitised, mean over training: 88.0% standard, 94.2% BatchNorm, 94.3% L1, ' +
          '94.2% L2, 94.6% L∞',
        rule:
          'measured: minibatch accuracy averaged over training (10% after a divergence); interval of the lowest of L1, L2 ' +
          `and L∞ minus BatchNorm, in points; true of a seed if at least −${comparablePoints} and the lowest is above ` +
          'Standard',
      },
      accuracies,
      ({ standard, batchNorm, lp }) => {
        const lowest = Math.min(...lp);
        const value = 100 * (lowest - batchNorm);
        return { value, holds: value >= -comparablePoints && lowest > standard };
      },
      inPercent,
    ),
    claimOfFive(
      {
        id: 'fig05-linear',
        statement:
          'All lp normalisations train the deep linear network comparably to BatchNorm or better, and better than none.',
        paper:
          'text of section 3.3; Figure 5(b), digitised, at the end: 1658 standard, 478 BatchNorm, 97 L1, 480 L2, 984 L∞',
        rule:
          `measured: ${finalRule}; interval of log10 of the greatest of L1, L2 and L∞ over BatchNorm; true of a seed if ` +
          `at most ${comparableOrders} (half an order of magnitude) and the greatest is below Standard`,
      },
      finals,
      ({ standard, batchNorm, lp }) => {
        const greatest = Math.max(...lp);
        const value = Math.log10(greatest / batchNorm);
        return { value, holds: value <= comparableOrders && greatest < standard };
      },
      short,
    ),
    claimOfFive(
      {
        id: 'fig05-linear-l1',
        statement: 'The deep linear network trains even better with L1 than with BatchNorm.',
        paper: 'text of section 3.3; Figure 5(b), digitised, at the end: 97 L1, 478 BatchNorm',
        rule: `measured: ${finalRule}; interval of log10 of BatchNorm over L1; true of a seed if above 0`,
      },
      finals,
      ({ batchNorm, lp: [l1] }) => {
        const value = Math.log10(batchNorm / l1);
        return { value, holds: value > 0 };
      },
      short,
    ),
    claimOfFive(
      {
        id: 'fig05-linear-linf',
        statement:
          'In the deep linear network L∞ is the slow one: its loss is above that of BatchNorm, L1 and L2.',
        paper:
          'not in its text; Figure 5(b), digitised, at step 1000: 1.42e3 BatchNorm, 1.24e3 L1, 1.16e3 L2, 3.4e3 L∞',
        rule:
          'measured: geometric mean of the loss over training (infinite if diverged); interval of log10 of L∞ over the ' +
          'greatest of BatchNorm, L1 and L2; true of a seed if above 0',
      },
      typical,
      ({ batchNorm, lp: [l1, l2, linf] }) => {
        const value = Math.log10(linf / Math.max(batchNorm, l1, l2));
        return { value, holds: value > 0 };
      },
      short,
    ),
  ];
}
