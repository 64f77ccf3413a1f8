/** The paper's statements about Figure 11. */
import { during } from '../claims/landscape';
import { twice } from '../claims/margins';
import { linear, nameOf, vgg, vggAtRates } from '../claims/measures';
import { claimsBy, type Measured, type Part, type Statement } from '../claims/statement';
import { finalAccuracy } from '../measures/accuracies';
import { landscapeSteps } from '../measures/landscapeCurves';
import { mean, median, quantile, sixDigits } from '../measures/statistics';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** Absolute, or over the length of the gradient itself. */
type Scale = 'absolute' | 'relative';

/** The change of the gradient at each step length, ascending, over training. */
function changeByLength(run: Run, scale: Scale): { eta: number; change: number }[] {
  const steps = landscapeSteps(run);
  const x = steps.map(({ step }) => step);
  const over = run.config.model === 'vgg' ? median : (all: number[]) => quantile(all, 0.95);
  return (steps[0]?.etas ?? []).map((eta, i) => {
    const y = steps.map(({ change, distance, etas }) =>
      scale === 'absolute' ? change[i]! : (change[i]! * etas[0]!) / distance[0]!,
    );
    return { eta: sixDigits(eta), change: over([...during(run, { x, y }).values()]) };
  });
}

const morePredictive =
  (scale: Scale) =>
  (runs: Run[]): Measured => {
    const [standard, batchNorm] = runs.map((run) => changeByLength(run, scale));
    const times = standard!.map(({ change }, i) => change / (batchNorm![i]?.change ?? NaN));
    return {
      value: times.length > 0 ? mean(times.map(Math.log10)) : NaN,
      parts: times.map((value, i) => ({
        label: `times at η = ${short(standard![i]!.eta)}:`,
        value,
      })),
    };
  };

const networks = [
  { id: 'vgg', name: 'VGG', groups: vgg('none', 'batch'), over: 'median' },
  {
    id: 'deep-linear',
    name: 'Deep linear network',
    groups: linear(['none', 'batch']),
    over: '95th percentile',
  },
] as const;

export const statements: Statement[] = networks.flatMap(({ id, name, groups, over }): Statement[] =>
  (['absolute', 'relative'] as const).map((scale) => ({
    id: `fig11-${id}${scale === 'relative' ? '-relative' : ''}`,
    // The paper's measure is the absolute change; the other is our check of it.
    kind: scale === 'absolute' ? 'paper' : 'ours',
    figure: 11,
    statement: `${name}: gradients are far more predictive with BatchNorm${scale === 'relative' ? ', relative to their length' : ''}.`,
    paper: 'caption of Figure 11; shown, not digitised',
    effect: `change of the gradient at each step length${scale === 'relative' ? ' over the gradient’s l2 norm' : ''}, ${over} over the steps from 1/150 of training on, Standard over BatchNorm; geometric mean over the step lengths`,
    unit: 'log10',
    direction: 'above',
    ...twice,
    groups,
    measure: morePredictive(scale),
    noCurve: 'Figure 11 is not digitised',
  })),
);

/** Of VGG: those of Figures 1 and 3. */
const rates = [0.01, 0.1, 0.5];

/** The lowest of the accuracies at all rates over the highest, of each network. */
function robustness(runs: Run[]): { shares: number[]; parts: Part[] } {
  const accuracies = runs.map(finalAccuracy);
  const shares = Array.from({ length: runs.length / rates.length }, (_, i) => {
    const own = accuracies.slice(i * rates.length, (i + 1) * rates.length);
    return Math.min(...own) / Math.max(...own);
  });
  const parts = runs.map((run, i): Part => ({
    label: `${nameOf(run)} at ${run.config.learningRate}`,
    value: accuracies[i]!,
    percent: true,
  }));
  return { shares, parts };
}

/** They take the runs of Figures 1 and 3. */
export const acrossStatements: Statement[] = [
  {
    id: 'fig11-robust',
    kind: 'paper',
    figure: 11,
    statement: 'VGG with BatchNorm is largely robust to a broad range of learning rates.',
    paper:
      'caption of Figure 11: "largely robust to a broad range of learning rates"; shown in Figure 1 for 0.1 and 0.5',
    effect: `mean minibatch accuracy over the last tenth of training (10% if diverged) at learning rates ${rates.join(', ')}, the lowest of the three over the highest, with BatchNorm`,
    unit: 'share of the best',
    direction: 'above',
    margin: 0.5,
    marginReason: 'at its worst rate it reaches half of what it reaches at its best',
    groups: vggAtRates(rates, 'batch'),
    measure: (runs) => {
      const { shares, parts } = robustness(runs);
      return { value: shares[0]!, parts };
    },
    noCurve: 'the curve at 0.01 is half hidden',
  },
  {
    id: 'fig11-more-robust',
    kind: 'paper',
    figure: 11,
    statement: 'VGG is more robust to the learning rate with BatchNorm than without.',
    paper: 'caption of Figure 11: "explains why networks with BatchNorm are largely robust"',
    effect: 'the share of the row above, BatchNorm minus Standard',
    unit: 'share of the best',
    direction: 'above',
    margin: 0.1,
    marginReason: 'a tenth of the best accuracy',
    groups: vggAtRates(rates, 'none', 'batch'),
    measure: (runs) => {
      const { shares, parts } = robustness(runs);
      return { value: shares[1]! - shares[0]!, parts };
    },
    noCurve: 'the curves at 0.01 are half hidden',
  },
];

export const claims = claimsBy(statements);
