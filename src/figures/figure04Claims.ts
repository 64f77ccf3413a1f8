/** The statements of the paper and ours about Figure 4. */
import {
  byMedian,
  during,
  firstThird,
  lastThird,
  medianDuring,
  overSteps,
  quantities,
  type Quantity,
  rougherAtStart,
  smaller,
} from '../claims/landscape';
import { nearlyTwoOrders, nineTenths, twice, withinTenth } from '../claims/margins';
import { nameOf, ordersOver, vgg } from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import {
  effectiveSmoothness,
  greatestChange,
  landscapeSteps,
  lossRange,
} from '../measures/landscapeCurves';
import { mean } from '../measures/statistics';
import type { Run } from '../runs/run';

const pair = vgg('none', 'batch');

const shown: Record<Quantity['id'], string> = {
  'loss-range':
    'Figure 4(a), digitised, median / maximum: 0.95 / 7.7 without, 0.19 / 1.6 with BatchNorm',
  'gradient-change':
    'Figure 4(b), digitised, median / maximum: 47.8 / 255 without, 21.5 / 38.6 with BatchNorm',
  'gradient-change-relative': 'Figure 4(b), which shows the change alone',
  smoothness:
    'Figure 4(c), digitised, median / maximum: 20.0 / 45.6 without, 20.0 / 20.9 with BatchNorm',
};

/** Standard's loss range in the first third of training over that in the last. */
function earlyOverLate([run]: Run[]): Measured {
  const [early, late] = [firstThird, lastThird].map((period) =>
    medianDuring(run!, lossRange(run!), period),
  ) as [number, number];
  return {
    value: Math.log10(early / late),
    parts: [
      { label: 'first third', value: early },
      { label: 'last third', value: late },
    ],
  };
}

/** How often BatchNorm's smoothness is below Standard's. */
function howOftenSmoother([standard, batchNorm]: Run[]): Measured {
  const theirs = during(batchNorm!, effectiveSmoothness(batchNorm!));
  const both = [...during(standard!, effectiveSmoothness(standard!))].filter(([step]) =>
    theirs.has(step),
  );
  const share = both.filter(([step, beta]) => theirs.get(step)! < beta).length / both.length;
  return { value: 100 * share, parts: [{ label: 'smaller at', value: share, percent: true }] };
}

/** How far the median of beta is from 1 / (shortest step length), with that length and without it, in both networks. */
function fromGrid(runs: Run[]): Measured {
  const found = runs.flatMap((run) =>
    [0, 1].map((skip) => {
      const shortest = landscapeSteps(run)[0]?.etas[skip] ?? NaN;
      const beta = medianDuring(run, effectiveSmoothness(run, { skip }));
      const label = `β ${nameOf(run)}${skip ? ' without the shortest step' : ''}`;
      return { product: beta * shortest, part: { label, value: beta } };
    }),
  );
  return {
    value: mean(found.map(({ product }) => Math.abs(Math.log10(product)))),
    parts: found.map(({ part }) => part),
  };
}

export const statements: Statement[] = [
  ...quantities.map((quantity) =>
    smaller({
      ...{ figure: 4, other: 'batch', called: 'BatchNorm', suffix: '' },
      ...{ quantity, summary: byMedian, paper: shown[quantity.id] },
    }),
  ),
  {
    id: 'fig04-early',
    kind: 'paper',
    figure: 4,
    statement:
      'Without BatchNorm the range of the loss along the gradient is especially wide early in training.',
    paper:
      'text of section 3.2 on (a); digitised medians: 2.01 in the first and 0.12 in the last third of training',
    effect:
      'Standard’s median range of the loss over the step lengths in the first third of training (from 1/150 on) over that in the last',
    unit: 'log10',
    direction: 'above',
    ...twice,
    groups: vgg('none'),
    measure: earlyOverLate,
  },
  {
    id: 'fig04-early-wider',
    kind: 'paper',
    figure: 4,
    statement:
      'Early in training the loss takes a far wider range of values along the gradient without BatchNorm than with it.',
    paper:
      'text of section 3.2 on (a): "very wide range"; digitised medians of the first third: 2.01 without, 0.37 with BatchNorm',
    effect:
      'median range of the loss over the step lengths in the first third of training (from 1/150 on), Standard over BatchNorm',
    unit: 'log10',
    direction: 'above',
    ...twice,
    groups: pair,
    measure: ordersOver((run) => medianDuring(run, lossRange(run), firstThird)),
  },
  {
    id: 'fig04-two-orders',
    kind: 'paper',
    figure: 4,
    statement:
      'Gradient predictiveness differs by close to two orders of magnitude, especially early in training.',
    paper:
      'text of section 3.2 on (b); but digitised: 2.4 times in the first third of training and 2.2 times over all of it (medians), 6.6 times between the maxima',
    effect:
      'greatest change of the gradient over the step lengths, median in the first third of training (from 1/150 on), Standard over BatchNorm',
    unit: 'log10',
    direction: 'above',
    ...nearlyTwoOrders,
    groups: pair,
    measure: ordersOver((run) => medianDuring(run, greatestChange(run), firstThird)),
  },
  {
    id: 'fig04-consistent',
    kind: 'paper',
    figure: 4,
    statement: 'The “effective” β-smoothness is consistently smaller with BatchNorm.',
    paper:
      'text of section 3.2 on (c): "consistent differences"; but digitised: smaller at 58% of the steps',
    effect: `share of the measured steps at which BatchNorm’s is below Standard’s, ${overSteps}`,
    unit: '% of the steps',
    direction: 'above',
    ...nineTenths,
    groups: pair,
    measure: howOftenSmoother,
  },
  {
    id: 'fig04-grid',
    kind: 'ours',
    figure: 4,
    statement:
      'The “effective” β-smoothness shows the grid: it is 1 / (shortest step length), and moves with it, with and without BatchNorm.',
    paper:
      'not in the paper; (c), digitised: medians 20.0 without and 20.0 with BatchNorm, and 1/0.05 = 20',
    effect: `median β ${overSteps} times the shortest step length left, from all lengths and without the shortest: distance from 1, mean over both networks`,
    unit: 'log10',
    direction: 'below',
    ...withinTenth,
    groups: pair,
    measure: fromGrid,
    noCurve: 'the paper shows β from one grid alone',
  },
  rougherAtStart(4, 'not in its text; (b), digitised, at step 0: 2.58 without, 145 with BatchNorm'),
];

export const claims = claimsBy(statements);
