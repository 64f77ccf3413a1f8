/** The paper's statements about Figure 1, and about the accuracies of Appendix A.1. */
import { onePoint, smallEffect, tenth, trainsOrNot } from '../claims/margins';
import {
  isPaperVgg,
  nameOf,
  partsOf,
  pointsMore,
  vgg,
  vggAt,
  vggAugmented,
} from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import { earlyLateLayers } from '../config/presets';
import { chance, diverged, finalAccuracy, meanAccuracy, trained } from '../measures/accuracies';
import { channelDrift } from '../measures/channelMoments';
import { curveOf, windowMeans } from '../measures/select';
import { mean } from '../measures/statistics';
import type { Run } from '../runs/run';

/** The middle of the first window that counts as trained; infinite if none does, NaN without a table. */
function stepsToTrain(run: Run): number {
  const { x, y } = windowMeans(run, 'accuracy');
  if (y.length === 0) return NaN;
  return x[y.findIndex((accuracy) => accuracy >= trained)] ?? Infinity;
}

/** Standard's steps over BatchNorm's; of a run that never gets there it is known that it took more than its length. */
function speed(runs: Run[]): Measured {
  const steps = runs.map(stepsToTrain);
  if (steps.some(Number.isNaN)) return { lacks: 'the table of steps is missing' };
  const [standard, batchNorm] = steps.map((step, i) => Math.min(step, runs[i]!.config.steps)) as [
    number,
    number,
  ];
  const [never, neverBatchNorm] = steps.map((step) => step === Infinity);
  if (never && neverBatchNorm) return { undefined: 'neither network reaches 50%' };
  const bound = never ? 'at least' : neverBatchNorm ? 'at most' : undefined;
  return {
    value: Math.log10(standard / batchNorm),
    parts: [
      { label: `50% after ${never ? 'more than ' : ''}steps, Standard:`, value: standard },
      { label: `${neverBatchNorm ? 'more than, ' : ''}BatchNorm:`, value: batchNorm },
    ],
    ...(bound && { bound }),
  };
}

/** Test accuracy of the last evaluation; chance if the run diverged. */
const finalTestAccuracy = (run: Run): number =>
  diverged(run) ? chance : (curveOf(run.tables.evals, 'accuracy').y.at(-1) ?? NaN);

function driftApart(runs: Run[]): Measured {
  const layers = earlyLateLayers(runs[0]!.config);
  const drifts = runs.map((run) => layers.map((layer) => channelDrift(run, layer)));
  return {
    value: mean(layers.map((_, i) => Math.abs(drifts[0]![i]! - drifts[1]![i]!))),
    parts: layers.flatMap((layer, i) =>
      runs.map((run, k) => ({ label: `layer ${layer}, ${nameOf(run)}`, value: drifts[k]![i]! })),
    ),
  };
}

/** How far the two networks' test accuracies are from what the paper prints, in points. */
const fromPrinted =
  (printed: readonly number[]) =>
  (runs: Run[]): Measured => {
    if (!runs.every(isPaperVgg)) return { lacks: 'the numbers are of the paper’s network alone' };
    const accuracies = runs.map(finalTestAccuracy);
    return {
      value: mean(accuracies.map((accuracy, i) => Math.abs(100 * accuracy - printed[i]!))),
      parts: partsOf(runs, accuracies, { percent: true }),
    };
  };

const pair = vgg('none', 'batch');
const points = { unit: 'points', direction: 'above' } as const;
const asPrinted = {
  ...({ unit: 'points', direction: 'below', margin: 2 } as const),
  marginReason: 'two points: the paper prints whole percents of one run each',
};
const noAugmentation = 'no curve: the paper prints the numbers alone';

export const statements: Statement[] = [
  {
    id: 'fig01-faster',
    kind: 'paper',
    figure: 1,
    statement: 'At learning rate 0.1 the network trains faster with BatchNorm.',
    paper:
      'Figure 1(a), digitised: 50% minibatch accuracy first at step 900 without, 200 with BatchNorm',
    effect:
      'steps until the mean minibatch accuracy of a window of 1/60 of training reaches 50%, Standard over BatchNorm; of a run that never gets there it is known only that it took longer',
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: pair,
    measure: speed,
  },
  {
    id: 'fig01-training-accuracy',
    kind: 'paper',
    figure: 1,
    statement:
      'At learning rate 0.1 training accuracy, averaged over training, is higher with BatchNorm.',
    paper: 'Figure 1(a), digitised: mean over training 88.0% without, 94.2% with BatchNorm',
    effect:
      'minibatch accuracy averaged over training (10% after a divergence), BatchNorm minus Standard',
    ...points,
    ...onePoint,
    groups: pair,
    measure: pointsMore(meanAccuracy),
  },
  {
    id: 'fig01-high-rate',
    kind: 'paper',
    figure: 1,
    statement: 'At learning rate 0.5 the network trains only with BatchNorm.',
    paper:
      'Figure 1(a), digitised: over the last tenth of training 9.6% without, 96.2% with BatchNorm',
    effect:
      'mean minibatch accuracy over the last tenth of training (10% if diverged), BatchNorm minus Standard',
    ...points,
    ...trainsOrNot,
    groups: vggAt(0.5, 'none', 'batch'),
    measure: pointsMore(finalAccuracy),
  },
  {
    id: 'fig01-test-accuracy',
    kind: 'paper',
    figure: 1,
    statement: 'At learning rate 0.1 the final test accuracy is higher with BatchNorm.',
    paper: 'Appendix A.1: 80% without, 83% with BatchNorm',
    effect: 'test accuracy after the last step (10% if diverged), BatchNorm minus Standard',
    ...points,
    ...onePoint,
    groups: pair,
    measure: pointsMore(finalTestAccuracy),
  },
  {
    id: 'fig01-test-numbers',
    kind: 'paper',
    figure: 1,
    statement: 'The final test accuracy is 80% without and 83% with BatchNorm.',
    paper: 'Appendix A.1: 80% without, 83% with BatchNorm',
    effect:
      'distance of the test accuracy after the last step from the printed one, mean of Standard and BatchNorm',
    ...asPrinted,
    groups: pair,
    measure: fromPrinted([80, 83]),
  },
  {
    id: 'fig01-augmented',
    kind: 'paper',
    figure: 1,
    statement: 'With data augmentation, too, the final test accuracy is higher with BatchNorm.',
    paper: 'Appendix A.1: 88% without, 92% with BatchNorm',
    effect:
      'test accuracy after the last step with augmentation at learning rate 0.1, BatchNorm minus Standard',
    ...points,
    ...onePoint,
    groups: vggAugmented('none', 'batch'),
    measure: pointsMore(finalTestAccuracy),
    noCurve: noAugmentation,
  },
  {
    id: 'fig01-augmented-numbers',
    kind: 'paper',
    figure: 1,
    statement:
      'With data augmentation the final test accuracy is 88% without and 92% with BatchNorm.',
    paper: 'Appendix A.1: 88% without, 92% with BatchNorm',
    effect:
      'distance of the test accuracy after the last step from the printed one, mean of Standard and BatchNorm',
    ...asPrinted,
    groups: vggAugmented('none', 'batch'),
    measure: fromPrinted([88, 92]),
    noCurve: noAugmentation,
  },
  {
    id: 'fig01-distributions',
    kind: 'paper',
    figure: 1,
    statement:
      "The layers' activation distributions evolve much alike with and without BatchNorm: the difference is marginal.",
    paper: 'text on Figure 1(c): the difference "seems to be marginal"; judged by eye',
    effect:
      'drift of a layer = mean over training of |change of the mean since step 0| / final sd + |change of the variance| / (2 final sd²), medians over all channels; size of Standard’s minus BatchNorm’s, mean of the two layers of (c)',
    unit: 'standard deviations',
    direction: 'below',
    ...smallEffect,
    groups: pair,
    measure: driftApart,
    noCurve: 'the ridges of (c) are not digitised',
  },
];

export const claims = claimsBy(statements);
