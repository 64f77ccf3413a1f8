/** What the paper says of random directions, what its critics say of the Hessian, and ours, from Figure 14's runs. */
import { lastThird, medianDuring, overSteps } from '../claims/landscape';
import { tenfold, tenth, withinTwice } from '../claims/margins';
import { nameOf, ordersOver, partsOf } from '../claims/measures';
import { claimsBy, type Measured, type Part, type Statement } from '../claims/statement';
import { meanAccuracy } from '../measures/accuracies';
import { effectiveSmoothness, lossRange } from '../measures/landscapeCurves';
import { eigenvalueCurve, openNetworks, openRuns, randomRange } from '../measures/openNetworks';
import { type RunGroup, seedGroups } from '../measures/select';
import { mean, rankCorrelation } from '../measures/statistics';
import type { Run } from '../runs/run';

const groupsOf =
  (networks: typeof openNetworks.all) =>
  (runs: readonly Run[]): RunGroup[] =>
    seedGroups(networks.map((network) => openRuns(runs, network)));

/** Standard and BatchNorm. */
const pair = groupsOf(openNetworks.measured);
const reversed = (runs: readonly Run[]): RunGroup[] =>
  pair(runs).map(({ seed, runs: group }) => ({ seed, runs: [...group].reverse() }));

/** The Hessian's eigenvalue that is greatest in size, with its sign; the median over training. */
const eigenvalue = (run: Run): number => medianDuring(run, eigenvalueCurve(run));

/** The ratio of two eigenvalues that may be below 0, where nothing is steeper or flatter by a factor. */
function eigenvalueRatio(measure: (run: Run) => number): (runs: Run[]) => Measured {
  return (runs) => {
    const values = runs.map(measure);
    if (values.some((value) => value <= 0)) {
      return { undefined: 'an eigenvalue is below 0: the loss curves down' };
    }
    return ordersOver(measure)(runs);
  };
}

/** Of each network, the mean of a measure. */
const meanOf =
  (measure: (run: Run) => number, partOf: (run: Run) => number = measure) =>
  (runs: Run[]): Measured => ({
    value: mean(runs.map(measure)),
    parts: partsOf(runs, runs.map(partOf)),
  });

/** The eigenvalue times the learning rate late in training. */
const sharpness = (run: Run): number =>
  medianDuring(run, eigenvalueCurve(run), lastThird) * run.config.learningRate;

/** How well beta follows the eigenvalue over the steps at which both are measured. */
function correlation(run: Run): number {
  const beta = effectiveSmoothness(run);
  const { x, y } = eigenvalueCurve(run);
  const both = x.flatMap((step, i) => {
    const at = beta.x.indexOf(step);
    return at < 0 ? [] : [[beta.y[at]!, y[i]!] as const];
  });
  return rankCorrelation(
    both.map(([b]) => b),
    both.map(([, e]) => e),
  );
}

/** By how much more the standard network's accuracy hangs on its initialisation, in points. */
function initialisation(runs: Run[]): Measured {
  const [standard, batchNorm, standardHe, batchNormHe] = runs.map(meanAccuracy) as [
    ...[number, number, number, number],
  ];
  const gains = [standardHe - standard, batchNormHe - batchNorm] as const;
  const part = (i: 0 | 1): Part => ({
    label: `with He’s more, ${nameOf(runs[i]!)}`,
    value: gains[i],
    percent: true,
  });
  return {
    value: 100 * (Math.abs(gains[0]) - Math.abs(gains[1])),
    parts: [part(0), part(1)],
  };
}

const noCurve = 'the paper does not measure it';

export const statements: Statement[] = [
  {
    id: 'fig14-random-directions',
    kind: 'paper',
    figure: 14,
    statement:
      'The loss behaves alike along random directions: with BatchNorm its range is smaller there, too.',
    paper:
      'Appendix A.2.2: "in a similar way when we examine other (random) directions too"; no figure',
    effect: `median range of the loss over the step lengths along a random direction as long as the gradient ${overSteps}, Standard over BatchNorm`,
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: pair,
    measure: ordersOver((run) => medianDuring(run, randomRange(run))),
    noCurve,
  },
  {
    id: 'fig14-random-flat',
    kind: 'ours',
    figure: 14,
    statement:
      'Along a random direction as long as the gradient the loss hardly changes: the gradient is special.',
    paper: 'not in the paper',
    effect:
      'median range of the loss over the step lengths along the gradient over that along the random direction, geometric mean of both networks',
    unit: 'log10',
    direction: 'above',
    ...tenfold,
    groups: pair,
    measure: (runs) => {
      const ratio = (run: Run): number =>
        medianDuring(run, lossRange(run)) / medianDuring(run, randomRange(run));
      return meanOf((run) => Math.log10(ratio(run)), ratio)(runs);
    },
    noCurve,
  },
  {
    id: 'ghorbani-eigenvalue',
    kind: 'critics',
    figure: 'Ghorbani et al. 2019',
    statement: "The Hessian's greatest eigenvalue is smaller with BatchNorm than without.",
    paper:
      '"An Investigation into Neural Net Optimization via Hessian Eigenvalue Density": without BatchNorm large isolated eigenvalues appear, with it hardly any',
    effect: `the Hessian's eigenvalue that is greatest in size, with its sign, median ${overSteps}, Standard over BatchNorm`,
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: pair,
    measure: eigenvalueRatio(eigenvalue),
    noCurve,
  },
  {
    id: 'yao-smoother',
    kind: 'critics',
    figure: 'Yao et al. 2020',
    statement: 'BatchNorm does not make the landscape of VGG smoother, by the Hessian itself.',
    paper:
      '"PyHessian": BatchNorm does not necessarily make the landscape smoother, especially in shallower networks; by the Hessian’s eigenvalues',
    effect: `the Hessian's eigenvalue that is greatest in size, with its sign, median ${overSteps}, BatchNorm over Standard`,
    unit: 'log10',
    direction: 'above',
    margin: -tenth.margin,
    marginReason: 'not smoother: not a tenth smaller',
    groups: reversed,
    measure: eigenvalueRatio(eigenvalue),
    noCurve,
  },
  {
    id: 'fig14-eigenvalue-start',
    kind: 'ours',
    figure: 14,
    statement: "At initialisation the Hessian's greatest eigenvalue is larger with BatchNorm.",
    paper:
      'not in the paper; follows from Yang et al. (2019), whose gradients explode with BatchNorm at initialisation',
    effect:
      "the Hessian's eigenvalue that is greatest in size, with its sign, at step 0, BatchNorm over Standard",
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: reversed,
    measure: eigenvalueRatio((run) => eigenvalueCurve(run).y[0] ?? NaN),
    noCurve,
  },
  {
    id: 'fig14-edge',
    kind: 'critics',
    figure: 'Cohen et al. 2021',
    statement:
      "With minibatches, too, the Hessian's greatest eigenvalue settles near 2 / (learning rate), with and without BatchNorm.",
    paper:
      '"Edge of Stability", for full batches; with minibatches, they say, that of the whole loss stays below, the more so the smaller they are; ours is that of the minibatch’s loss',
    effect:
      "the Hessian's eigenvalue that is greatest in size, with its sign, median over the last third of training, times the learning rate: distance from 2, mean of both networks",
    unit: 'log10',
    direction: 'below',
    ...withinTwice,
    groups: pair,
    measure: (runs) =>
      runs.some((run) => sharpness(run) <= 0)
        ? { undefined: 'an eigenvalue is below 0: the loss curves down' }
        : meanOf((run) => Math.abs(Math.log10(sharpness(run) / 2)), sharpness)(runs),
    noCurve,
  },
  {
    id: 'fig14-proxy',
    kind: 'ours',
    figure: 14,
    statement:
      "The “effective” β-smoothness follows the Hessian's greatest eigenvalue over training.",
    paper: 'not in the paper, which takes the one for smoothness; section 3.2',
    effect:
      "Spearman's rank correlation of the two over the steps at which both are measured, mean of both networks",
    unit: 'rank correlation',
    direction: 'above',
    margin: 0.5,
    marginReason: 'below .5 nobody would say that one follows the other',
    groups: pair,
    measure: meanOf(correlation),
    noCurve,
  },
  {
    id: 'fig14-initialisation',
    kind: 'ours',
    figure: 14,
    statement:
      'How fast the standard network trains hangs on its initialisation; with BatchNorm it does so less.',
    paper: 'not in the paper, which has Glorot’s alone (Appendix A.1)',
    effect:
      'minibatch accuracy averaged over training (10% after a divergence), He’s initialisation minus Glorot’s: the size of that without minus that with BatchNorm',
    unit: 'points',
    direction: 'above',
    margin: 3,
    marginReason: 'three points, as much as the paper’s networks differ in test accuracy',
    groups: groupsOf(openNetworks.all),
    measure: initialisation,
    noCurve,
  },
];

export const claims = claimsBy(statements);
