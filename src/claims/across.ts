/** What the paper says of a figure that takes the runs of several figures to check. The rules were written before any run was looked at. */
import { finalAccuracy } from '../measures/accuracies';
import { type Condition, groupsOf } from '../measures/select';
import type { Run } from '../runs/run';
import { type Claim, claimOver, inPercent } from './claim';

/** Of VGG: those of Figures 1 and 3. */
const rates = [0.01, 0.1, 0.5];
/** A network is robust if at its worst rate it reaches this share of what it reaches at its best. */
const robustShare = 0.5;

function robustToRates(runs: readonly Run[]): Claim {
  const conditions = (['none', 'batch'] as const).flatMap((normalisation) =>
    rates.map((learningRate): Condition => ({ normalisation, learningRate })),
  );
  const results = groupsOf(runs, conditions).map(({ seed, runs: group }) => {
    const accuracies = group.map(finalAccuracy);
    const [standard, batchNorm] = [
      accuracies.slice(0, rates.length),
      accuracies.slice(rates.length),
    ];
    const share = (each: number[]): number => Math.min(...each) / Math.max(...each);
    return {
      ...{ seed, standard, batchNorm, value: share(batchNorm) - share(standard) },
      holds: share(batchNorm) >= robustShare && share(standard) < robustShare,
    };
  });
  const say = (
    over: (number: (result: (typeof results)[number]) => number) => number,
    of: 'standard' | 'batchNorm',
  ) => rates.map((rate, i) => `${inPercent(over((r) => r[of][i]!))} at ${rate}`).join(', ');
  return claimOver(
    {
      id: 'fig11-robust',
      figure: 11,
      statement:
        'Networks with BatchNorm are largely robust to a broad range of learning rates, standard ones are not (VGG).',
      paper:
        'caption of Figure 11: "largely robust to a broad range of learning rates"; shown in Figure 1 for 0.1 and 0.5',
      rule:
        `measured: mean minibatch accuracy over the last tenth of training (10% if diverged) at learning rates ${rates.join(', ')}, the lowest ` +
        `of the three over the highest, BatchNorm minus Standard; true of a seed if with BatchNorm it is at least ${robustShare}, and less without`,
    },
    results,
    (over) => `BatchNorm ${say(over, 'batchNorm')}; Standard ${say(over, 'standard')}`,
  );
}

/** Those claims, from the runs of all figures; of runs that did not end nothing is claimed. */
export const acrossClaims = (runs: readonly Run[]): Claim[] => [robustToRates(runs)];
