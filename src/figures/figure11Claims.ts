/** The paper's statement about Figure 11. The rule was written before any run of a preset was looked at. */
import { type Claim, claimOver } from '../claims/claim';
import { during, overSteps } from '../claims/landscape';
import { landscapeSteps } from '../measures/landscapeCurves';
import {
  conditionsOf,
  deepLinearLandscape,
  type LandscapeNetwork,
  vggLandscape,
} from '../measures/networks';
import { groupsOf } from '../measures/select';
import { median, sixDigits } from '../measures/statistics';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** "Far more predictive": at most half of the standard network's change. */
const far = 2;

/** The median change of the gradient at each step length, ascending. */
function changeByLength(run: Run): { eta: number; change: number }[] {
  const steps = landscapeSteps(run);
  const x = steps.map(({ step }) => step);
  return (steps[0]?.etas ?? []).map((eta, i) => {
    const y = steps.map(({ change }) => change[i]!);
    return { eta: sixDigits(eta), change: median([...during(run, { x, y }).values()]) };
  });
}

interface Subject {
  id: string;
  name: string;
  network: LandscapeNetwork;
}

function morePredictive(runs: readonly Run[], { id, name, network }: Subject): Claim {
  const results = groupsOf(runs, conditionsOf(runs, network, ['none', 'batch']))
    .map(({ seed, runs: group }) => {
      const [standard, batchNorm] = group.map(changeByLength) as [
        ReturnType<typeof changeByLength>,
        ReturnType<typeof changeByLength>,
      ];
      const times = standard.map(({ change }, i) => change / (batchNorm[i]?.change ?? NaN));
      const least = Math.min(...times);
      const value = Math.log10(least);
      return { seed, etas: standard.map(({ eta }) => eta), times, value, holds: least >= far };
    })
    .filter(({ times }) => times.length > 0 && !times.some(Number.isNaN));
  const etas = results[0]?.etas ?? [];
  return claimOver(
    {
      id,
      figure: 11,
      statement: `${name}: gradients are far more predictive with BatchNorm at all step lengths.`,
      paper: 'caption of Figure 11; shown, not digitised',
      rule:
        `measured: median change of the gradient at each step length, Standard's over BatchNorm's, ${overSteps}; ` +
        `interval of log10 of the least of these; true of a seed if at least ${far} times at every step length`,
    },
    results,
    (over) =>
      'without over with BatchNorm: ' +
      etas
        .map((eta, i) => `${short(over((r) => r.times[i]!))} times at η = ${short(eta)}`)
        .join(', '),
  );
}

/** The claims of Figure 11 from its runs; of runs that did not end nothing is claimed. */
export const claims = (runs: readonly Run[]): Claim[] => [
  morePredictive(runs, { id: 'fig11-vgg', name: 'VGG', network: vggLandscape }),
  morePredictive(runs, {
    id: 'fig11-deep-linear',
    name: 'Deep linear network',
    network: deepLinearLandscape,
  }),
];
