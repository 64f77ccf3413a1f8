/**
 * The statements of the paper and ours about Figure 12: a row of its own for each normalisation. BatchNorm's stand with
 * Figures 1 and 4.
 */
import { byMedian, quantities, type Quantity, smaller } from '../claims/landscape';
import { onePoint, withinHalf } from '../claims/margins';
import { isPaperVgg, pointsMore, vgg } from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import { normalisations } from '../layers/normalisation';
import { meanAccuracy } from '../measures/accuracies';
import { greatestChange, tensorSumBand } from '../measures/landscapeCurves';
import { lpNames, lpNormalisations } from '../measures/lpNetworks';
import { paperCurve, paperNames } from '../measures/paperCurves';
import type { Curve } from '../measures/select';
import { mean, median } from '../measures/statistics';
import type { LinearNormalisationName } from '../models/deepLinear/divisors';
import type { Run } from '../runs/run';

export const normalisedCaption =
  'caption: "any normalization strategy have improved performance and smoothness"';

const called = (name: LinearNormalisationName): string =>
  normalisations[name].label.replace('Standard + ', '');

const shown: Record<Quantity['id'], string> = {
  'loss-range':
    'Figure 12(b), digitised medians: 0.95 without, 0.19 BatchNorm, 0.18 L1, 0.14 L2, 0.08 L∞',
  'gradient-change':
    'Figure 12(c), digitised medians: 47.8 without, 21.5 BatchNorm, 22.1 L1, 20.0 L2, 18.9 L∞',
  'gradient-change-relative': 'Figure 12(c) shows the change alone',
  smoothness: 'but Figure 12(d), digitised medians: 20.0 without, 20.0 with each',
};

/** The sum over parameter tensors of the l2 norms of their gradients' changes, the greatest over the step lengths. */
function greatestSum(run: Run): Curve {
  const { x, hi } = tensorSumBand(run);
  return { x, y: hi };
}

/** The three thirds of the paper's training, from step 100 on. */
const thirds = [
  [100, 5000],
  [5000, 10_000],
  [10_000, 15_000],
] as const;

/** How far a curve is from the paper's upper edge of Figure 12(c), in orders of magnitude, by medians of the thirds. */
const fromPaper =
  (curve: (run: Run) => Curve) =>
  ([run]: Run[]): Measured => {
    if (!isPaperVgg(run!)) return { lacks: 'the digitised curve is of the paper’s network alone' };
    const { x, hi } = paperCurve('fig12c_gradpred_env', paperNames[run!.config.normalisation]!)!;
    const medians = [curve(run!), { x, y: hi! }].map((each) =>
      thirds.map(([from, to]) =>
        median(each.y.filter((_, i) => each.x[i]! >= from && each.x[i]! < to)),
      ),
    );
    const [ours, paper] = medians as [number[], number[]];
    return {
      value: mean(ours.map((value, i) => Math.abs(Math.log10(value / paper[i]!)))),
      parts: [
        ...ours.map((value, i) => ({ label: `third ${i + 1}: ours`, value })),
        ...paper.map((value, i) => ({ label: `third ${i + 1}: the paper`, value })),
      ],
    };
  };

/** That Figures 4(b) and 12(c) show one quantity or the other. Written before any run of this size was looked at. */
const whichNorm = lpNormalisations.flatMap((name): Statement[] => {
  const common = {
    kind: 'ours',
    figure: 12,
    unit: 'log10',
    direction: 'below',
    ...withinHalf,
    groups: vgg(name),
    noCurve: 'the digitised curve is what ours is compared with',
    paper: 'captions of Figures 4 and 12: "l2 changes in the gradient"; nothing on tensors',
  } as const;
  const distance =
    'distance of ours from the digitised upper edge of Figure 12(c), medians of each third of training, mean of the three';
  return [
    {
      ...common,
      id: `fig12-sum-${name}`,
      statement: `Figures 4(b) and 12(c) show the sum over parameter tensors of the l2 norms of the gradients’ changes: ${called(name)}.`,
      effect: `greatest over the step lengths of that sum: ${distance}`,
      measure: fromPaper(greatestSum),
    },
    {
      ...common,
      id: `fig12-norm-${name}`,
      statement: `Figures 4(b) and 12(c) show the l2 norm of the change of the whole gradient: ${called(name)}.`,
      effect: `greatest over the step lengths of that norm: ${distance}`,
      measure: fromPaper(greatestChange),
    },
  ];
});

export const statements: Statement[] = [
  ...lpNames.flatMap((name): Statement[] => [
    {
      id: `fig12-performance-${name}`,
      kind: 'paper',
      figure: 12,
      statement: `VGG trains better with ${called(name)} than without normalisation.`,
      paper: `${normalisedCaption}; Figure 12(a), digitised, mean over training: 88.0% without, 94.2% BatchNorm, 94.3% L1, 94.2% L2, 94.6% L∞`,
      effect: `minibatch accuracy averaged over training (10% after a divergence), ${called(name)} minus Standard`,
      unit: 'points',
      direction: 'above',
      ...onePoint,
      groups: vgg('none', name),
      measure: pointsMore(meanAccuracy),
    },
    ...quantities.map((quantity) =>
      smaller({
        ...{ figure: 12, other: name, called: called(name), suffix: `-${name}` },
        ...{ quantity, summary: byMedian },
        paper: `${normalisedCaption}; ${shown[quantity.id]}`,
      }),
    ),
  ]),
  ...whichNorm,
];

export const claims = claimsBy(statements);
