/** Figure 10: the landscape of the deep linear network, with and without BatchNorm. Paper, page 16. */
import { type Claim, claimOver } from '../claims/claim';
import { medianDuring, overSteps, rougherAtStart, smootherClaims } from '../claims/landscape';
import { landscapeFigure } from '../drawing/landscapeFigure';
import { effectiveSmoothness } from '../measures/landscapeCurves';
import { conditionsOf, deepLinearLandscape } from '../measures/networks';
import { groupsOf } from '../measures/select';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** Gradient descent on a quadratic with a sharpness above 2 / lr diverges; training stays just there. */
function atEdgeOfStability(runs: readonly Run[]): Claim {
  const results = groupsOf(runs, conditionsOf(runs, deepLinearLandscape, ['batch']))
    .map(({ seed, runs: [run] }) => {
      const smoothness = medianDuring(run!, effectiveSmoothness(run!));
      const value = smoothness * run!.config.learningRate;
      return { seed, smoothness, value, holds: Math.abs(value / 2 - 1) <= 0.1 };
    })
    .filter(({ value }) => !Number.isNaN(value));
  return claimOver(
    {
      id: 'fig10-edge',
      figure: 10,
      statement:
        'With BatchNorm the “effective” β-smoothness is 2 / (learning rate): the edge of stability, set by the rate.',
      paper:
        'not in its text; Figure 10(c), digitised: median 1.99e6 with BatchNorm, and 2 / 1e-6 = 2e6',
      rule: `measured: median of β times the learning rate, ${overSteps}; true of a seed if within 10% of 2`,
    },
    results,
    (over) =>
      `median β ${short(over((r) => r.smoothness))}, times the learning rate ${over((r) => r.value).toFixed(2)}`,
  );
}

/** The rules were written before any run of a preset was looked at. */
const claims = (runs: readonly Run[]): Claim[] => [
  ...smootherClaims(runs, {
    figure: 10,
    network: deepLinearLandscape,
    others: ['batch'],
    paper: {
      'loss-range': 'Figure 10(a), digitised, greatest range: 6.2e14 without, 1.1e5 with BatchNorm',
      'gradient-change':
        'Figure 10(b), digitised, median / maximum: 1.7e6 / 1.9e16 without, 1.4e6 / 3.1e6 with BatchNorm',
      smoothness:
        'Figure 10(c), digitised, median / maximum: 1.3e7 / 1.2e15 without, 2e6 / 2.3e6 with BatchNorm',
    },
  }),
  atEdgeOfStability(runs),
  rougherAtStart(runs, {
    figure: 10,
    network: deepLinearLandscape,
    paper: 'not in its text; (b), digitised, at step 0: 1.6e5 without, 1.4e6 with BatchNorm',
  }),
];

/** Figure 10 of the paper (page 16), from two runs a seed. */
export const figure10 = landscapeFigure({
  number: 10,
  title: 'Figure 10: the optimisation landscape of the deep linear network',
  claim: 'BatchNorm makes the landscape of the deep linear network smoother.',
  notebook: 'fig10-deep-linear-landscape',
  network: deepLinearLandscape,
  normalisations: ['none', 'batch'],
  claims,
});
