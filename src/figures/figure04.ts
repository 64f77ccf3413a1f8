/** Figure 4: the optimisation landscape of VGG along the gradient, with and without BatchNorm. Paper, page 6. */
import { medianDuring, whole } from '../claims/landscape';
import { isPaperSize, type PresetName } from '../config/presets';
import { landscapeFigure } from '../drawing/landscapeFigure';
import { normalisations } from '../layers/normalisation';
import { greatestChange, sumOverNorm } from '../measures/landscapeCurves';
import { conditionsOf, vggLandscape } from '../measures/networks';
import { curvesInPaper } from '../measures/paperCurves';
import { type Condition, runsOf } from '../measures/select';
import { median } from '../measures/statistics';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';
import { claims } from './figure04Claims';

const networks = ['none', 'batch'] as const;

/** The paper's median change of the gradient over the same part of its 15,000 steps. */
function paperMedian(condition: Condition): number {
  const { x, hi = [] } = curvesInPaper(vggLandscape.paper.change, 'paper')(condition)!;
  return median(hi.filter((_, i) => x[i]! >= whole[0] * x.at(-1)!));
}

/**
 * The paper gives its gradient changes in "l2" and no more; how far our global norm, and the sum of the norms of all
 * tensors, are from them.
 */
function magnitudeNotes(runs: readonly Run[], { preset }: { preset: PresetName }): string[] {
  const measured = conditionsOf(runs, vggLandscape, networks).flatMap((condition) => {
    const own = runsOf(runs, condition);
    const sums = own.flatMap((run) => sumOverNorm(run).filter(Number.isFinite));
    if (sums.length === 0) return [];
    const norm = median(own.map((run) => medianDuring(run, greatestChange(run))));
    const { label: name } = normalisations[condition.normalisation];
    return [{ name, sum: median(sums), norm, digitised: paperMedian(condition) }];
  });
  if (measured.length === 0) return [];
  const list = (of: (each: (typeof measured)[number]) => string): string =>
    measured.map((each) => `${of(each)} (${each.name})`).join(', ');
  const compared =
    `; the paper's medians are ${list(({ digitised, norm }) => short(digitised / norm))} times our global norm and ` +
    `${list(({ digitised, norm, sum }) => short(digitised / norm / sum))} times that sum`;
  return [
    '(b) shows the l2 norm over all parameters together. The sum of the l2 norms of the tensors of parameters is ' +
      `${list(({ sum }) => short(sum))} times as great, in the median` +
      `${isPaperSize(preset) ? compared : ''}; the paper does not say which it shows.`,
  ];
}

/** Figure 4 of the paper (page 6), from two runs a seed. */
export const figure04 = landscapeFigure({
  number: 4,
  title: 'Figure 4: the optimisation landscape of VGG with and without BatchNorm',
  claim: 'BatchNorm makes the landscape of VGG smoother.',
  notebook: 'fig04-landscape',
  network: vggLandscape,
  normalisations: networks,
  claims,
  notes: magnitudeNotes,
});
