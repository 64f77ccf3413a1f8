/**
 * The statements of the paper about Figure 13: a row of its own for each normalisation, the landscape by its bursts.
 * BatchNorm's stand with Figures 5 and 10.
 */
import { byBursts, quantities, type Quantity, smaller } from '../claims/landscape';
import { tenth } from '../claims/margins';
import { linear, ordersOver } from '../claims/measures';
import { claimsBy, type Statement } from '../claims/statement';
import { normalisations } from '../layers/normalisation';
import { finalLoss } from '../measures/losses';
import { lpNames } from '../measures/lpNetworks';
import { normalisedCaption } from './figure12Claims';

const shown: Record<Quantity['id'], string> = {
  'loss-range':
    'Figure 13(b), digitised, greatest range: 6.2e14 without, 1.1e5 BatchNorm, 1.1e5 L1, 1.2e5 L2, 96600 L∞',
  'gradient-change':
    'Figure 13(c), digitised maxima: 1.9e16 without, 3.1e6 BatchNorm, 2.9e6 L1, 5.1e6 L2, 3.6e6 L∞',
  'gradient-change-relative': 'Figure 13(c) shows the change alone',
  smoothness:
    'Figure 13(d), digitised medians: 1.3e7 without, 2e6 BatchNorm, 2e6 L1, 2e6 L2, 2.2e6 L∞',
};

export const statements: Statement[] = lpNames.flatMap((name): Statement[] => {
  const called = normalisations[name].label.replace('Standard + ', '');
  return [
    {
      id: `fig13-performance-${name}`,
      kind: 'paper',
      figure: 13,
      statement: `The deep linear network trains better with ${called} than without normalisation.`,
      paper: `${normalisedCaption}; Figure 13(a), digitised, at the end: 1660 without, 478 BatchNorm, 97.2 L1, 480 L2, 984 L∞`,
      effect: `mean loss over the last tenth of training, Standard over ${called}`,
      unit: 'log10',
      direction: 'above',
      ...tenth,
      groups: linear(['none', name]),
      measure: ordersOver(finalLoss),
    },
    ...quantities.map((quantity) =>
      smaller({
        ...{ figure: 13, other: name, called, suffix: `-${name}` },
        ...{ quantity, summary: byBursts[0] },
        paper: `${normalisedCaption}; ${shown[quantity.id]}`,
      }),
    ),
  ];
});

export const claims = claimsBy(statements);
