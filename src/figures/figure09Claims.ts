/** The statements of the paper about Figure 9. The rules were written before any run was looked at. */
import { type Claim, claimOver, type Statement } from '../claims/claim';
import type { Layered } from '../config/presets';
import { spreads } from '../measures/moments';
import { conditionsOf, deepLinearLandscape } from '../measures/networks';
import { groupsOf, type NamedLayer, namedLayer } from '../measures/select';
import { median } from '../measures/statistics';
import type { Run } from '../runs/run';
import { short } from '../system/numberText';

/** The paper's layers 1, 11 and 24. */
export const ridgeLayers = (config: Layered): NamedLayer[] =>
  [1, 11, 24].map((inPaper) => namedLayer(config, inPaper));

/** What BatchNorm would divide by counts as uncontrolled if it changes by an order of magnitude. */
const uncontrolled = 10;

/** A statement about a measure of the standard deviations at the three layers. */
function aboutSpreads(
  runs: readonly Run[],
  measure: (spreads: number[]) => number,
  judge: (values: number[]) => { value: number; holds: boolean },
  statement: Omit<Statement, 'figure'>,
): Claim {
  const results = groupsOf(runs, conditionsOf(runs, deepLinearLandscape, ['none']))
    .map(({ seed, runs: [run] }) => {
      const layers = ridgeLayers(run!.config);
      const all = layers.map(({ layer }) => measure(spreads(run!, layer)));
      return { seed, layers, all, ...judge(all) };
    })
    .filter(({ all }) => !all.some(Number.isNaN));
  return claimOver({ ...statement, figure: 9 }, results, (over) =>
    results[0]!.layers.map(({ name }, i) => `${name}: ${short(over((r) => r.all[i]!))}`).join('; '),
  );
}

/** The claims of Figure 9 from its runs; of runs that did not end nothing is claimed. */
export const claims = (runs: readonly Run[]): Claim[] => [
  aboutSpreads(
    runs,
    median,
    (all) => {
      const value = Math.log10(Math.min(...all));
      return { value, holds: value > 0 };
    },
    {
      id: 'fig09-large',
      statement:
        'The standard deviation of activations, by which BatchNorm would divide, tends to be large in practice.',
      paper: 'text of section 4, with Figure 9: "tends to be large"; judged by eye',
      rule:
        'measured: median over training of the standard deviation at each of the three layers; interval of log10 of the ' +
        'least; true of a seed if all are above 1, where dividing by it makes gradients smaller (γ begins at 1)',
    },
  ),
  aboutSpreads(
    runs,
    (all) => Math.max(...all) / Math.min(...all),
    (all) => {
      const value = Math.log10(Math.max(...all));
      return { value, holds: value >= Math.log10(uncontrolled) };
    },
    {
      id: 'fig09-uncontrolled',
      statement: 'The standard deviation of activations is highly uncontrolled over training.',
      paper: 'text of section 4, with Figure 9: "highly uncontrolled"; judged by eye',
      rule:
        'measured: greatest over least standard deviation over training at each of the three layers; interval of log10 ' +
        `of the greatest ratio; true of a seed if that ratio is at least ${uncontrolled}`,
    },
  ),
];
