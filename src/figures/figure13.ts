/** Figure 13: training and landscape of the deep linear network with five normalisations. Paper, page 17. */
import type { Claim } from '../claims/claim';
import {
  normalised,
  normalisedCaption,
  performanceClaim,
  smootherClaims,
} from '../claims/landscape';
import { landscapeFigure } from '../drawing/landscapeFigure';
import { deepLinearTraining } from '../drawing/trainingPanels';
import { finalLoss } from '../measures/losses';
import { lpNormalisations } from '../measures/lpNetworks';
import { deepLinearLandscape } from '../measures/networks';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** The rules were written before any run of a preset was looked at. */
const claims = (runs: readonly Run[]): Claim[] => [
  performanceClaim(
    runs,
    {
      id: 'fig13-performance',
      figure: 13,
      statement: 'Every normalisation improves the training of the deep linear network.',
      paper: `${normalisedCaption}; Figure 13(a), digitised, at the end: 1660 without, 478 BatchNorm, 97.2 L1, 480 L2, 984 L∞`,
      rule:
        'measured: loss averaged over the last tenth of training (infinite after a divergence); interval of log10 of ' +
        "Standard's over the greatest of the others'; true of a seed if above 0",
    },
    {
      network: deepLinearLandscape,
      others: normalised,
      measure: finalLoss,
      gain: (standard, other) => Math.log10(standard / other),
      say: short,
    },
  ),
  ...smootherClaims(runs, {
    figure: 13,
    network: deepLinearLandscape,
    others: normalised,
    paper: {
      'loss-range': `${normalisedCaption}; Figure 13(b), digitised, greatest range: 6.2e14 without, 1.1e5 BatchNorm, 1.1e5 L1, 1.2e5 L2, 96600 L∞`,
      'gradient-change': `${normalisedCaption}; Figure 13(c), digitised maxima: 1.9e16 without, 3.1e6 BatchNorm, 2.9e6 L1, 5.1e6 L2, 3.6e6 L∞`,
      smoothness: `${normalisedCaption}; Figure 13(d), digitised medians: 1.3e7 without, 2e6 BatchNorm, 2e6 L1, 2e6 L2, 2.2e6 L∞`,
    },
  }),
];

/** Figure 13 of the paper (page 17), from five runs a seed. */
export const figure13 = landscapeFigure({
  number: 13,
  title: 'Figure 13: training and landscape of deep linear networks, by normalisation',
  claim: 'Every normalisation makes the deep linear network smoother.',
  notebook: 'fig13-deep-linear-normalisations',
  network: deepLinearLandscape,
  normalisations: lpNormalisations,
  training: deepLinearTraining,
  claims,
});
