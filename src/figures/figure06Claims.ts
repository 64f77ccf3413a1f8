/** The statements of the paper about Figure 6. The rules were written before any run was looked at. */
import { type Claim, claimOver, type Statement } from '../claims/claim';
import type { Layered } from '../config/presets';
import { normalisations } from '../layers/normalisation';
import { lpNormalisations } from '../measures/lpNetworks';
import { distanceFromNormal, drift, typicalSpread } from '../measures/moments';
import { conditionsOf, vggLandscape } from '../measures/networks';
import { groupsOf, type NamedLayer, namedLayer } from '../measures/select';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** The paper's layer 11. */
export const ridgeLayer = (config: Layered): NamedLayer => namedLayer(config, 11);

interface Comparison {
  measure: (run: Run, layer: number) => number;
  /** What the least of the three lp normalisations is compared with. */
  with: 'none' | 'batch';
  compare: (least: number, other: number) => number;
}

/** That a measure of the layer's distribution is greater with each lp normalisation than with another network. */
function greaterWithLp(
  runs: readonly Run[],
  { measure, with: other, compare }: Comparison,
  statement: Omit<Statement, 'figure'>,
): Claim {
  const results = groupsOf(runs, conditionsOf(runs, vggLandscape, lpNormalisations))
    .map(({ seed, runs: group }) => {
      const all = group.map((run) => measure(run, ridgeLayer(run.config).layer));
      const [standard, batchNorm, ...lp] = all as [number, number, ...number[]];
      const value = compare(Math.min(...lp), other === 'none' ? standard : batchNorm);
      return { seed, all, value, holds: value > 0 };
    })
    .filter(({ all }) => !all.some(Number.isNaN));
  return claimOver({ ...statement, figure: 6 }, results, (over) =>
    lpNormalisations
      .map((name, i) => `${normalisations[name].label} ${short(over((r) => r.all[i]!))}`)
      .join('; '),
  );
}

const difference = (least: number, other: number): number => least - other;
const shown = 'at the layer of the figure';

/** The claims of Figure 6 from its runs; of runs that did not end nothing is claimed. */
export const claims = (runs: readonly Run[]): Claim[] => [
  greaterWithLp(
    runs,
    { measure: drift, with: 'none', compare: difference },
    {
      id: 'fig06-shift',
      statement:
        'With lp normalisations the distribution of a layer shifts more than in the standard network.',
      paper: 'caption of Figure 6: "larger distributional covariate shift"; judged by eye',
      rule:
        `measured ${shown}: drift = mean over training of |mean − final mean| / final sd + |ln(sd / final sd)|; interval ` +
        'of the least of L1, L2 and L∞ minus Standard; true of a seed if above 0',
    },
  ),
  greaterWithLp(
    runs,
    {
      measure: typicalSpread,
      with: 'none',
      compare: (least, other) => Math.log10(least / other),
    },
    {
      id: 'fig06-wider',
      statement:
        'With lp normalisations the distribution of a layer is wider than in the standard network.',
      paper: 'Figure 6, judged by eye',
      rule:
        `measured ${shown}: median standard deviation over training; interval of log10 of the least of L1, L2 and L∞ over ` +
        'Standard; true of a seed if above 0',
    },
  ),
  greaterWithLp(
    runs,
    { measure: distanceFromNormal, with: 'batch', compare: difference },
    {
      id: 'fig06-gaussian',
      statement:
        'With lp normalisations the distribution of a layer is less Gaussian than with BatchNorm.',
      paper: 'text of section 3.3: "no longer Gaussian-like"; judged by eye',
      rule:
        `measured ${shown}: distance in total variation of each histogram from the normal one of the same mean and ` +
        'variance, median over training; interval of the least of L1, L2 and L∞ minus BatchNorm; true of a seed if above 0',
    },
  ),
];
