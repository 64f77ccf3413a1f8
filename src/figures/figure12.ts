/** Figure 12: training and landscape of VGG with five normalisations. Paper, page 17. */
import { type Claim, inPercent } from '../claims/claim';
import {
  normalised,
  normalisedCaption,
  performanceClaim,
  smootherClaims,
} from '../claims/landscape';
import { landscapeFigure } from '../drawing/landscapeFigure';
import { vggTraining } from '../drawing/trainingPanels';
import { meanAccuracy } from '../measures/accuracies';
import { lpNormalisations } from '../measures/lpNetworks';
import { vggLandscape } from '../measures/networks';
import type { Run } from '../runs/run';

/** The rules were written before any run of a preset was looked at. */
const claims = (runs: readonly Run[]): Claim[] => [
  performanceClaim(
    runs,
    {
      id: 'fig12-performance',
      figure: 12,
      statement: 'Every normalisation improves the training of VGG.',
      paper:
        `${normalisedCaption}; Figure 12(a), digitised, mean over training: ` +
        '88.0% without, 94.2% BatchNorm, 94.3% L1, 94.2% L2, 94.6% L∞',
      rule:
        'measured: minibatch accuracy averaged over training (10% after a divergence); interval of the smallest gain ' +
        'over Standard in points; true of a seed if above 0',
    },
    {
      network: vggLandscape,
      others: normalised,
      measure: meanAccuracy,
      gain: (standard, other) => 100 * (other - standard),
      say: inPercent,
    },
  ),
  ...smootherClaims(runs, {
    figure: 12,
    network: vggLandscape,
    others: normalised,
    paper: {
      'loss-range':
        `${normalisedCaption}; Figure 12(b), digitised medians: 0.95 without, 0.19 BatchNorm, 0.18 L1, ` +
        '0.14 L2, 0.08 L∞',
      'gradient-change':
        `${normalisedCaption}; Figure 12(c), digitised medians: 47.8 without, 21.5 BatchNorm, 22.1 L1, ` +
        '20.0 L2, 18.9 L∞',
      smoothness: `${normalisedCaption}; but Figure 12(d), digitised medians: 20.0 without, 20.0 with each`,
    },
  }),
];

/** Figure 12 of the paper (page 17), from five runs a seed. */
export const figure12 = landscapeFigure({
  number: 12,
  title: 'Figure 12: training and landscape of VGG with different normalisations',
  claim: 'Every normalisation makes VGG smoother.',
  notebook: 'fig12-five-normalisations',
  network: vggLandscape,
  normalisations: lpNormalisations,
  training: vggTraining,
  claims,
});
