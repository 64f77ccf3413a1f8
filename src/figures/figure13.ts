/** Figure 13: training and landscape of the deep linear network with five normalisations. Paper, page 17. */
import type { LinearNormalisationName } from '../models/deepLinear';
import type { Run } from '../runs/run';
import { diverged } from './accuracies';
import type { Claim } from './figure';
import { performanceClaim, smootherClaims } from './landscapeClaims';
import { landscapeFigure } from './landscapeFigure';
import { deepLinearLandscape, deepLinearTraining } from './landscapeNetworks';
import { curveOf } from './select';
import { mean } from './statistics';
import { short } from './style';

const others: LinearNormalisationName[] = ['batch', 'l1', 'l2', 'linf'];

/** Loss over the last tenth of training; infinite if the run diverged. */
function finalLoss(run: Run): number {
  if (diverged(run)) return Infinity;
  const { x, y } = curveOf(run.tables.steps, 'loss');
  return mean(y.filter((_, i) => x[i]! >= 0.9 * run.config.steps));
}

const caption = 'caption: "any normalization strategy have improved performance and smoothness"';

/** The rules were written before any run of a preset was looked at. */
const claims = (runs: readonly Run[]): Claim[] => [
  performanceClaim(
    runs,
    {
      id: 'fig13-performance',
      figure: 13,
      statement: 'Every normalisation improves the training of the deep linear network.',
      paper: `${caption}; Figure 13(a), digitised, at the end: 1660 without, 478 BatchNorm, 97.2 L1, 480 L2, 984 L∞`,
      rule:
        'measured: loss averaged over the last tenth of training (infinite after a divergence); interval of log10 of ' +
        "Standard's over the greatest of the others'; true of a seed if above 0",
    },
    {
      network: deepLinearLandscape,
      others,
      measure: finalLoss,
      gain: (standard, normalised) => Math.log10(standard / normalised),
      say: short,
    },
  ),
  ...smootherClaims(runs, {
    figure: 13,
    network: deepLinearLandscape,
    others,
    paper: {
      'loss-range': `${caption}; Figure 13(b), digitised, greatest range: 6.2e14 without, 1.1e5 BatchNorm, 1.1e5 L1, 1.2e5 L2, 96600 L∞`,
      'gradient-change': `${caption}; Figure 13(c), digitised maxima: 1.9e16 without, 3.1e6 BatchNorm, 2.9e6 L1, 5.1e6 L2, 3.6e6 L∞`,
      smoothness: `${caption}; Figure 13(d), digitised medians: 1.3e7 without, 2e6 BatchNorm, 2e6 L1, 2e6 L2, 2.2e6 L∞`,
    },
  }),
];

/** Figure 13 of the paper (page 17), from five runs a seed. */
export const figure13 = landscapeFigure({
  number: 13,
  title:
    'Figure 13: training and landscape of the deep linear network with different normalisations',
  network: deepLinearLandscape,
  normalisations: ['none', ...others],
  training: deepLinearTraining,
  claims,
});
