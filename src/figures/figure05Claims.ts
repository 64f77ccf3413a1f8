/** The statements of the paper and ours about Figure 5: a row of its own for each normalisation. */
import { mostOfGap, tenth } from '../claims/margins';
import {
  accuracyBeyondMostOfGap,
  beyondMostOfGap,
  linear,
  ordersOver,
  partsOf,
  vgg,
} from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import { normalisations } from '../layers/normalisation';
import { finalLoss, typicalLoss } from '../measures/losses';
import { lpNames } from '../measures/lpNetworks';
import type { Run } from '../runs/run';

const finalEffect = 'mean loss over the last tenth of training';
const asLoss = (value: number) => ({ value: 10 ** -value });

/** The loss of L-infinity over the greatest of the others'. */
function slowest(runs: Run[]): Measured {
  const losses = runs.map(typicalLoss);
  const [linf, ...others] = losses as [number, ...number[]];
  return { value: Math.log10(linf / Math.max(...others)), parts: partsOf(runs, losses) };
}

const digitised = {
  vgg: 'Figure 5(a), digitised, mean over training: 88.0% standard, 94.2% BatchNorm, 94.3% L1, 94.2% L2, 94.6% L∞',
  linear: 'Figure 5(b), digitised, at the end: 1658 standard, 478 BatchNorm, 97 L1, 480 L2, 984 L∞',
};

export const statements: Statement[] = [
  ...lpNames.map((name): Statement => ({
    id: `fig05-vgg-${name}`,
    kind: 'paper',
    figure: 5,
    statement: `${normalisations[name].label.replace('Standard + ', '')} trains VGG comparably to BatchNorm or better.`,
    paper: `text of section 3.3; ${digitised.vgg}`,
    effect:
      'minibatch accuracy averaged over training (10% after a divergence): how far it lies beyond .7 of the way from Standard to BatchNorm',
    unit: 'points',
    direction: 'above',
    ...mostOfGap,
    groups: vgg('none', 'batch', name),
    measure: accuracyBeyondMostOfGap,
  })),
  {
    id: 'fig05-linear-batchnorm',
    kind: 'paper',
    figure: 5,
    statement: 'The deep linear network trains better with BatchNorm than without.',
    paper: `text of sections 2.2 and 3.3; ${digitised.linear}`,
    effect: `${finalEffect}, Standard over BatchNorm`,
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: linear(['none', 'batch']),
    measure: ordersOver(finalLoss),
  },
  ...lpNames.map((name): Statement => ({
    id: `fig05-linear-${name}`,
    kind: 'paper',
    figure: 5,
    statement: `${normalisations[name].label.replace('Standard + ', '')} trains the deep linear network comparably to BatchNorm or better.`,
    paper: `text of section 3.3; ${digitised.linear}`,
    effect: `log10 of the ${finalEffect}: how far it lies beyond .7 of the way from Standard to BatchNorm`,
    unit: 'log10',
    direction: 'above',
    ...mostOfGap,
    groups: linear(['none', 'batch', name]),
    measure: beyondMostOfGap((run) => -Math.log10(finalLoss(run)), asLoss),
  })),
  {
    id: 'fig05-linear-l1-better',
    kind: 'paper',
    figure: 5,
    statement: 'The deep linear network trains even better with L1 than with BatchNorm.',
    paper: 'text of section 3.3; Figure 5(b), digitised, at the end: 97 L1, 478 BatchNorm',
    effect: `${finalEffect}, BatchNorm over L1`,
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: linear(['batch', 'l1']),
    measure: ordersOver(finalLoss),
  },
  {
    id: 'fig05-linear-linf-slow',
    kind: 'ours',
    figure: 5,
    statement:
      'In the deep linear network L∞ is the slow one: its loss is above that of BatchNorm, L1 and L2.',
    paper:
      'not in its text; Figure 5(b), digitised, at step 1000: 1.42e3 BatchNorm, 1.24e3 L1, 1.16e3 L2, 3.4e3 L∞',
    effect:
      'geometric mean of the loss over training, L∞ over the greatest of BatchNorm, L1 and L2',
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: linear(['linf', 'batch', 'l1', 'l2']),
    measure: slowest,
  },
];

export const claims = claimsBy(statements);
