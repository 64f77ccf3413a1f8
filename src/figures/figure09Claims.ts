/** The statements of the paper about Figure 9. Layer 1 has standard deviation 1 by construction and is left out. */
import { tenfold, twice } from '../claims/margins';
import { linear } from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import type { Layered } from '../config/presets';
import { spreads } from '../measures/moments';
import { type NamedLayer, namedLayer } from '../measures/select';
import { mean, median } from '../measures/statistics';
import type { Run } from '../runs/run';

/** The paper's layers 1, 11 and 24. */
export const ridgeLayers = (config: Layered): NamedLayer[] =>
  [1, 11, 24].map((inPaper) => namedLayer(config, inPaper));

/** The mean over the layers but the first of log10 of a measure of their standard deviations. */
const ofDeviations =
  (measure: (deviations: number[]) => number) =>
  ([run]: Run[]): Measured => {
    const parts = ridgeLayers(run!.config)
      .slice(1)
      .map(({ name, layer }) => ({
        label: name,
        value: measure(spreads(run!, layer)),
      }));
    return { value: mean(parts.map(({ value }) => Math.log10(value))), parts };
  };

const about = {
  kind: 'paper',
  figure: 9,
  unit: 'log10',
  direction: 'above',
  groups: linear(['none']),
  noCurve: 'the ridges of Figure 9 are not digitised',
} as const;

const whose =
  'standard deviation of activations at layers 11 and 24, of one example unit a layer, another one in each seed';

export const statements: Statement[] = [
  {
    ...about,
    id: 'fig09-large',
    statement:
      'The standard deviation of activations, by which BatchNorm would divide, tends to be large in practice.',
    paper: 'text of section 4, with Figure 9: "tends to be large"; judged by eye',
    effect: `${whose}, median over training, geometric mean of the two`,
    margin: twice.margin,
    marginReason:
      'a factor of 2 above 1, where dividing begins to make gradients smaller (γ begins at 1)',
    measure: ofDeviations(median),
  },
  {
    ...about,
    id: 'fig09-uncontrolled',
    statement: 'The standard deviation of activations is highly uncontrolled over training.',
    paper: 'text of section 4, with Figure 9: "highly uncontrolled"; judged by eye',
    effect: `${whose}, greatest over least during training, geometric mean of the two`,
    ...tenfold,
    measure: ofDeviations((all) => Math.max(...all) / Math.min(...all)),
  },
];

export const claims = claimsBy(statements);
