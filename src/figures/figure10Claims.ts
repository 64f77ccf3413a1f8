/** The statements of the paper and ours about Figure 10: the deep linear network by its bursts. */
import {
  byBursts,
  medianDuring,
  overSteps,
  quantities,
  type Quantity,
  rougherAtStart,
  smaller,
} from '../claims/landscape';
import { withinTenth } from '../claims/margins';
import { linear } from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import { effectiveSmoothness } from '../measures/landscapeCurves';
import type { Run } from '../runs/run';

const shown: Record<Quantity['id'], string> = {
  'loss-range': 'Figure 10(a), digitised, greatest range: 6.2e14 without, 1.1e5 with BatchNorm',
  'gradient-change':
    'Figure 10(b), digitised, median / maximum: 1.7e6 / 1.9e16 without, 1.4e6 / 3.1e6 with BatchNorm',
  'gradient-change-relative': 'Figure 10(b), which shows the change alone',
  smoothness:
    'Figure 10(c), digitised, median / maximum: 1.3e7 / 1.2e15 without, 2e6 / 2.3e6 with BatchNorm',
};

/** How far the median of beta is from 2 / (learning rate). */
function fromEdge([run]: Run[]): Measured {
  const beta = medianDuring(run!, effectiveSmoothness(run!));
  const product = beta * run!.config.learningRate;
  return {
    value: Math.abs(Math.log10(product / 2)),
    parts: [
      { label: 'median β', value: beta },
      { label: 'times the learning rate', value: product },
    ],
  };
}

export const statements: Statement[] = [
  ...quantities.flatMap((quantity) =>
    byBursts.map((summary) =>
      smaller({
        ...{ figure: 10, other: 'batch', called: 'BatchNorm', suffix: '' },
        ...{ quantity, summary, paper: shown[quantity.id] },
      }),
    ),
  ),
  {
    id: 'fig10-edge',
    kind: 'ours',
    figure: 10,
    statement:
      'With BatchNorm the “effective” β-smoothness is 2 / (learning rate): the edge of stability, set by the rate.',
    paper:
      'not in its text; Figure 10(c), digitised: median 1.99e6 with BatchNorm, and 2 / 1e-6 = 2e6',
    effect: `median of β times the learning rate ${overSteps}: distance from 2`,
    unit: 'log10',
    direction: 'below',
    ...withinTenth,
    groups: linear(['batch']),
    measure: fromEdge,
  },
  rougherAtStart(
    10,
    'not in its text; (b), digitised, at step 0: 1.6e5 without, 1.4e6 with BatchNorm',
  ),
];

export const claims = claimsBy(statements);
