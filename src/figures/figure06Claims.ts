/** The statements of the paper about Figure 6: a row of its own for each normalisation. */
import { tenth } from '../claims/margins';
import { ordersOver, partsOf, vgg } from '../claims/measures';
import { claimsBy, type Measured, type Statement } from '../claims/statement';
import type { Layered } from '../config/presets';
import { normalisations } from '../layers/normalisation';
import { channelDrift, typicalOfChannels } from '../measures/channelMoments';
import { lpNames } from '../measures/lpNetworks';
import { distanceFromNormal } from '../measures/moments';
import { type NamedLayer, namedLayer } from '../measures/select';
import type { Run } from '../runs/run';

/** The paper's layer 11. */
export const ridgeLayer = (config: Layered): NamedLayer => namedLayer(config, 11);

const atLayer = (measure: (run: Run, layer: number) => number) => (run: Run) =>
  measure(run, ridgeLayer(run.config).layer);

/** How much further from a normal distribution the second run's histograms are. */
function lessGaussian(runs: Run[]): Measured {
  const distances = runs.map(atLayer(distanceFromNormal));
  return { value: distances[1]! - distances[0]!, parts: partsOf(runs, distances) };
}

const noCurve = 'the ridges of Figure 6 are not digitised';

export const statements: Statement[] = lpNames.flatMap((name): Statement[] => {
  const called = normalisations[name].label.replace('Standard + ', '');
  const common = { figure: 6, direction: 'above', noCurve } as const;
  return [
    {
      ...common,
      id: `fig06-shift-${name}`,
      kind: 'paper',
      statement: `With ${called} the distribution of a layer shifts more than in the standard network.`,
      paper: 'caption of Figure 6: "larger distributional covariate shift"; judged by eye',
      effect: `drift at the layer of the figure = mean over training of |change of the mean since step 0| / final sd + |change of the variance| / (2 final sd²), medians over all channels; ${called} over Standard`,
      unit: 'log10',
      ...tenth,
      groups: vgg(name, 'none'),
      measure: ordersOver(atLayer(channelDrift)),
    },
    {
      ...common,
      id: `fig06-gaussian-${name}`,
      kind: 'paper',
      statement: `With ${called} the distribution of a layer is less Gaussian than with BatchNorm.`,
      paper: 'text of section 3.3: "no longer Gaussian-like"; judged by eye',
      effect: `distance in total variation of each histogram (one example channel) from the normal one of the same mean and variance, median over training at the layer of the figure; ${called} minus BatchNorm`,
      unit: 'total variation',
      margin: 0.05,
      marginReason: 'a twentieth of the activations lie elsewhere: about what an eye sees',
      groups: vgg('batch', name),
      measure: lessGaussian,
    },
    {
      ...common,
      id: `fig06-wider-${name}`,
      kind: 'ours',
      statement: `With ${called} the distribution of a layer is wider than in the standard network.`,
      paper: 'not in its text; Figure 6, judged by eye',
      effect: `median over training of the standard deviation at the layer of the figure (median over all channels), ${called} over Standard`,
      unit: 'log10',
      ...tenth,
      groups: vgg(name, 'none'),
      measure: ordersOver(atLayer(typicalOfChannels('deviation'))),
    },
  ];
});

export const claims = claimsBy(statements);
