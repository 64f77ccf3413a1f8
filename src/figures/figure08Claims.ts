/** The statements of the paper and ours about Figure 8. The rules were written before any run was looked at. */
import { type Claim, claimOver, type Statement } from '../claims/claim';
import { movementRule, movements } from '../measures/movements';
import { noisyNetworks } from '../measures/noisyNetworks';
import { type Condition, pairsOf } from '../measures/select';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

const [standard, batchNorm, noisy] = noisyNetworks as [Condition, Condition, Condition];

/** How many times less movement counts as far steadier: half an order of magnitude. */
const far = 3;

interface Comparison {
  calm: Condition;
  moving: Condition;
  /** How each is called. */
  names: [calm: string, moving: string];
  /** How many times as much the moments of `moving` must move. */
  times: number;
}

/** That every moment of one network moves more than another's. */
function movesMore(
  runs: readonly Run[],
  { calm, moving, names, times }: Comparison,
  statement: Omit<Statement, 'figure' | 'rule'>,
): Claim {
  const results = pairsOf(runs, calm, moving)
    .map(({ seed, first, second }) => {
      const all = movements(first, second);
      const value = Math.min(...all.map(({ gain }) => gain));
      return { seed, all, value, holds: value > Math.log10(times) };
    })
    .filter(({ value }) => !Number.isNaN(value));
  return claimOver(
    {
      ...statement,
      figure: 8,
      rule:
        `measured: ${movementRule}; interval of log10 of the least of the six ratios, ${names[1]} over ${names[0]}; true ` +
        `of a seed if all are above ${times}`,
    },
    results,
    (over) =>
      (['mean', 'variance'] as const)
        .map((moment) => {
          const layers = results[0]!.all.filter((each) => each.moment === moment);
          const said = layers.map(({ layer }) => {
            const at = (of: 'first' | 'second') => (r: (typeof results)[number]) =>
              r.all.find((each) => each.layer === layer && each.moment === moment)![of];
            return `${layer} ${short(over(at('first')))} and ${short(over(at('second')))}`;
          });
          return `|change of ${moment}|, ${names.join(' and ')}: ${said.join(', ')}`;
        })
        .join('; '),
  );
}

/** The claims of Figure 8 from its runs; of runs that did not end nothing is claimed. */
export const claims = (runs: readonly Run[]): Claim[] => [
  movesMore(
    runs,
    { calm: standard, moving: noisy, names: ['Standard', 'noisy BatchNorm'], times: 1 },
    {
      id: 'fig08-noisy',
      statement:
        'The first two moments of activations move more with noisy BatchNorm than in the standard network.',
      paper:
        'caption of Figure 8; (a), digitised medians, layers 2, 9 and 13: mean 0.032, 0.065 and 0.014 standard, 0.27, ' +
        '0.27 and 0.35 noisy; variance 0.015, 0.021 and 0.0069 standard, 0.17, 0.18 and 0.20 noisy',
    },
  ),
  movesMore(
    runs,
    { calm: batchNorm, moving: standard, names: ['BatchNorm', 'Standard'], times: far },
    {
      id: 'fig08-steady',
      statement:
        'BatchNorm keeps the first two moments of activations far steadier than they are in the standard network.',
      paper:
        'not in its text; but Figure 8(a), digitised medians, layers 2 and 9: mean 0.032 and 0.065 standard, 0.0021 and ' +
        '0.00049 BatchNorm; variance 0.015 and 0.021 standard, 0.0035 and 0.0011 BatchNorm',
    },
  ),
];
