/** The statements of the paper and ours about Figure 8: moments of all channels of a layer. */
import { threefold, twice } from '../claims/margins';
import { ordersAtLayers, vgg } from '../claims/measures';
import { claimsBy, type Statement } from '../claims/statement';
import { typicalOfChannels } from '../measures/channelMoments';
import { noisyLayers } from '../measures/noisyNetworks';
import type { Run } from '../runs/run';

const layersOf = ({ config }: Run): number[] => noisyLayers(config).map(({ layer }) => layer);

/** Of each channel first, then the median over a layer's channels, then that over training. */
const over =
  'median over all channels of a layer and over training, geometric mean of the three layers';

const moments = ['mean', 'variance'] as const;

const medians = {
  mean: '0.032, 0.065 and 0.014 standard, 0.27, 0.27 and 0.35 noisy',
  variance: '0.015, 0.021 and 0.0069 standard, 0.17, 0.18 and 0.20 noisy',
};
const steadier = {
  mean: '0.032 and 0.065 standard, 0.0021 and 0.00049 BatchNorm',
  variance: '0.015 and 0.021 standard, 0.0035 and 0.0011 BatchNorm',
};

export const statements: Statement[] = moments.flatMap((moment): Statement[] => [
  {
    id: `fig08-noisy-${moment}`,
    kind: 'paper',
    figure: 8,
    statement: `From a step to the next the ${moment} of activations changes significantly more with noisy BatchNorm than in the standard network.`,
    paper: `caption of Figure 8 on (a): "significantly higher"; digitised medians, layers 2, 9 and 13: ${medians[moment]}`,
    effect: `|change of the ${moment}| between consecutive steps, ${over}; noisy BatchNorm over Standard`,
    unit: 'log10',
    direction: 'above',
    ...twice,
    groups: vgg('noisyBatch', 'none'),
    measure: ordersAtLayers(layersOf, typicalOfChannels(`${moment}Step`)),
  },
  {
    id: `fig08b-noisy-${moment}`,
    kind: 'paper',
    figure: 8,
    statement: `The ${moment} of activations moves significantly further from where it began with noisy BatchNorm than in the standard network.`,
    paper: 'caption of Figure 8 on (b): "significantly higher"; not digitised',
    effect: `|change of the ${moment}| since step 0, ${over}; noisy BatchNorm over Standard`,
    unit: 'log10',
    direction: 'above',
    ...twice,
    groups: vgg('noisyBatch', 'none'),
    measure: ordersAtLayers(layersOf, typicalOfChannels(`${moment}Drift`)),
    noCurve: 'Figure 8(b) is not digitised',
  },
  {
    id: `fig08-steady-${moment}`,
    kind: 'ours',
    figure: 8,
    statement: `BatchNorm keeps the ${moment} of activations far steadier from a step to the next than it is in the standard network.`,
    paper: `not in its text; but Figure 8(a), digitised medians, layers 2 and 9: ${steadier[moment]}`,
    effect: `|change of the ${moment}| between consecutive steps, ${over}; Standard over BatchNorm`,
    unit: 'log10',
    direction: 'above',
    ...threefold,
    groups: vgg('none', 'batch'),
    measure: ordersAtLayers(layersOf, typicalOfChannels(`${moment}Step`)),
  },
]);

export const claims = claimsBy(statements);
