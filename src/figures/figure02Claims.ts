/** The statements of the paper and ours about Figure 2; that moments are less stable stands with Figure 8. */
import { mostOfGap, onePoint } from '../claims/margins';
import { accuracyBeyondMostOfGap, pointsMore, vgg } from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import { chance, diverged, finalAccuracy, meanAccuracy } from '../measures/accuracies';
import type { Run } from '../runs/run';
import { column } from '../runs/table';

const meanEffect = 'minibatch accuracy averaged over training (10% after a divergence)';

/** What of a tenth of the standard network's learning is left above what it learns with noise. */
function stopped(runs: Run[]): Measured {
  const [without, withNoise] = runs.map(finalAccuracy) as [number, number];
  return {
    value: 100 * (0.1 * (without - chance) - (withNoise - chance)),
    parts: [
      { label: 'Standard', value: without, percent: true },
      { label: 'with noise', value: withNoise, percent: true },
    ],
  };
}

/** Test accuracy of the last evaluation by one of its two columns; chance if the run diverged. */
const tested = (run: Run, by: 'accuracy' | 'batchAccuracy'): number =>
  diverged(run) ? chance : (column(run.tables.evals, by).at(-1) ?? NaN);

function evaluation([noisy]: Run[]): Measured {
  const running = tested(noisy!, 'accuracy');
  const batch = tested(noisy!, 'batchAccuracy');
  return {
    value: 100 * (batch - running),
    parts: [
      { label: 'noisy BatchNorm with running averages', value: running, percent: true },
      { label: 'with batch statistics', value: batch, percent: true },
    ],
  };
}

export const statements: Statement[] = [
  {
    id: 'fig02-better',
    kind: 'paper',
    figure: 2,
    statement:
      'With “noisy” BatchNorm the network trains better than the standard one, although its distributions are less stable (Figure 8).',
    paper:
      'text of section 2.1 and Figure 2, digitised: mean over training 88.0% standard, 92.4% noisy BatchNorm',
    effect: `${meanEffect}, noisy BatchNorm minus Standard`,
    unit: 'points',
    direction: 'above',
    ...onePoint,
    groups: vgg('none', 'noisyBatch'),
    measure: pointsMore(meanAccuracy),
  },
  {
    id: 'fig02-alike',
    kind: 'paper',
    figure: 2,
    statement:
      'The difference between the training with BatchNorm and with “noisy” BatchNorm is almost non-existent.',
    paper:
      'text of section 2.1: "almost non-existent"; but Figure 2, digitised: mean over training 94.2% BatchNorm, 92.4% noisy; 95% first at step 2400 and 3600',
    effect: `${meanEffect}: how far noisy BatchNorm lies beyond .7 of the way from Standard to BatchNorm`,
    unit: 'points',
    direction: 'above',
    ...mostOfGap,
    groups: vgg('none', 'batch', 'noisyBatch'),
    measure: accuracyBeyondMostOfGap,
  },
  {
    id: 'fig02-noise',
    kind: 'paper',
    figure: 2,
    statement: 'The same noise on the activations of the standard network prevents its training.',
    paper: 'text of section 2.1: "prevents it from training entirely"; no figure',
    effect:
      'minibatch accuracy above chance over the last tenth of training (0 if diverged): a tenth of Standard’s minus that with noise',
    unit: 'points',
    direction: 'above',
    margin: 0,
    marginReason: '“entirely”: at most a tenth of what the network learns without noise',
    groups: vgg('none', 'noise'),
    measure: stopped,
    noCurve: 'the paper shows no curve of noise alone',
  },
  {
    id: 'fig02-evaluation',
    kind: 'ours',
    figure: 2,
    statement:
      'Evaluated with running averages, which average over the noise, noisy BatchNorm is poor; with batch statistics it is not.',
    paper: 'not in the paper, which shows training accuracy only',
    effect:
      'test accuracy of noisy BatchNorm after the last step (10% if diverged), with batch statistics minus with running averages',
    unit: 'points',
    direction: 'above',
    margin: 5,
    marginReason: 'five points that an evaluation loses make it poor',
    groups: vgg('noisyBatch'),
    measure: evaluation,
    noCurve: 'the paper shows no test accuracy of noisy BatchNorm',
  },
];

export const claims = claimsBy(statements);
