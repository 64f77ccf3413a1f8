/**
 * What the paper's critics and followers say, as they wrote it and as far as our tables can tell. What takes the Hessian
 * (Ghorbani, Yao, Cohen with minibatches) stands with Figure 14, whose runs measure it; that BatchNorm begins as the
 * rougher network (Yang et al.) with Figures 4 and 10. Not here: gradients that explode with depth in VGG, whose measured
 * layers differ in shape, so that no factor a layer can be had from them.
 */
import { type NormalisationName, normalisations } from '../layers/normalisation';
import { meanAccuracy } from '../measures/accuracies';
import { channelValues } from '../measures/channelMoments';
import { landscapeSteps, resolution } from '../measures/landscapeCurves';
import { type Curve, layerRows } from '../measures/select';
import { typicalShift } from '../measures/shiftSettings';
import { mean, quantile, rankCorrelation } from '../measures/statistics';
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import { during, lastThird, medianDuring, overSteps } from './landscape';
import { tenth, twice, withinTwice } from './margins';
import { linear, ordersOver, partsOf, vgg } from './measures';
import type { Measured, Statement } from './statement';

const bjorck = 'Bjorck et al. 2018';
const yang = 'Yang et al. 2019';
const cohen = 'Cohen et al. 2021';
const awais = 'Awais et al.';

/** The loss at the longest step of the landscape over that at the shortest, in the worst steps of training. */
function blowUp(run: Run): number {
  const steps = landscapeSteps(run);
  const ratios = {
    x: steps.map(({ step }) => step),
    y: steps.map(({ loss }) => loss.at(-1)! / loss[0]!),
  };
  const values = [...during(run, ratios).values()];
  return values.length > 0 ? quantile(values, 0.95) : NaN;
}

/** The standard deviation of the deepest measured layer over that of the first one, at the last measured step. */
function growthWithDepth(run: Run): number {
  const { layers } = run.config.probes.activations;
  const last = (layer: number): number => channelValues(run, layer, 'deviation').at(-1) ?? NaN;
  return last(Math.max(...layers)) / last(Math.min(...layers));
}

/** By how much the gradient of a layer shrinks from a layer to the next, at a measurement: 0 is initialisation. */
function gradientFactor(run: Run, measurement = 0): number {
  const { layers } = run.config.probes.covariateShift;
  const [early, late] = [Math.min(...layers), Math.max(...layers)];
  const norm = (layer: number): number =>
    column(layerRows(run.tables.covariateShift, layer), 'norm')[measurement] ?? NaN;
  return (norm(early) / norm(late)) ** (1 / (late - early));
}

/**
 * || grad f(x - eta g) - g || / (eta || g ||) at the shortest eta at which the weights, in the root mean square, move by
 * ten times what their numbers resolve or more: nearest to the curvature along the gradient.
 */
function resolvedCurvature(run: Run): Curve {
  const { config } = run;
  const weights = config.model === 'deepLinear' ? config.depth * config.size ** 2 : 1;
  const least = 10 * resolution * Math.sqrt(weights);
  const points = landscapeSteps(run).flatMap(({ step, change, distance }) => {
    const at = distance.findIndex((way) => way >= least);
    return at < 0 ? [] : [{ step, curvature: change[at]! / distance[at]! }];
  });
  return {
    x: points.map(({ step }) => step),
    y: points.map(({ curvature }) => curvature),
  };
}

function fromEdge([run]: Run[]): Measured {
  const value = medianDuring(run!, resolvedCurvature(run!), lastThird) * run!.config.learningRate;
  return {
    value: Math.abs(Math.log10(value / 2)),
    parts: [{ label: 'curvature times learning rate', value }],
  };
}

/** 1 - cosine of Definition 2.1's two gradients, medians over training, the mean of the measured layers. */
const relativeShift = (run: Run): number =>
  mean(
    run.config.probes.covariateShift.layers.map((layer) => 1 - typicalShift(run, layer, 'cosine')),
  );

const noCurve = 'not a statement about the paper’s curves';
const vggNames = Object.keys(normalisations) as NormalisationName[];

export const statements: Statement[] = [
  {
    id: 'bjorck-divergence',
    kind: 'critics',
    figure: bjorck,
    statement:
      'Without BatchNorm a large update makes the loss diverge where with BatchNorm it does not.',
    paper:
      '"Understanding Batch Normalization": without BatchNorm large gradient updates diverge, which rules out large learning rates',
    effect: `loss after a step of 4 learning rates along the gradient over that after half a learning rate, 95th percentile ${overSteps}, VGG, Standard over BatchNorm`,
    unit: 'log10',
    direction: 'above',
    ...twice,
    groups: vgg('none', 'batch'),
    measure: ordersOver(blowUp),
    noCurve,
  },
  {
    id: 'bjorck-depth',
    kind: 'critics',
    figure: bjorck,
    statement: 'Activations grow more with depth without BatchNorm than with it.',
    paper:
      '"Understanding Batch Normalization": without BatchNorm activations grow uncontrollably with depth',
    effect:
      'standard deviation before the ReLU (median over all channels) of the deepest over that of the first measured layer of VGG at the last measured step, Standard over BatchNorm',
    unit: 'log10',
    direction: 'above',
    ...twice,
    groups: vgg('none', 'batch'),
    measure: ordersOver(growthWithDepth),
    noCurve,
  },
  {
    id: 'yang-linear',
    kind: 'critics',
    figure: yang,
    statement:
      'Deep linear network: BatchNorm makes gradients explode with depth at initialisation.',
    paper:
      '"A Mean Field Theory of Batch Normalization": exponential in depth, whatever the nonlinearity',
    effect:
      'l2 norm of the gradient of the earlier over that of the later layer of the covariate shift table at step 0, as a factor a layer, with BatchNorm; all layers are of one shape',
    unit: 'log10 a layer',
    direction: 'above',
    margin: 1 / 25,
    marginReason: 'tenfold over the 25 layers of the paper’s network',
    groups: linear(['batch']),
    measure: ([run]) => {
      const factor = gradientFactor(run!);
      return { value: Math.log10(factor), parts: [{ label: 'factor a layer', value: factor }] };
    },
    noCurve,
  },
  {
    id: 'yang-fades',
    kind: 'critics',
    figure: yang,
    statement:
      'Deep linear network: with BatchNorm gradients explode less with depth after the first steps of training.',
    paper:
      '"A Mean Field Theory of Batch Normalization": the dynamic range of gradients is reduced by the first step of training',
    effect:
      'ratio of the row above over all layers between, at step 0 over that at the next measured step',
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: linear(['batch']),
    measure: ([run]) => {
      const { layers } = run!.config.probes.covariateShift;
      const between = Math.max(...layers) - Math.min(...layers);
      const [first, next] = [0, 1].map((at) => gradientFactor(run!, at) ** between);
      return {
        value: Math.log10(first! / next!),
        parts: [
          { label: 'at step 0', value: first! },
          { label: 'at the next measured step', value: next! },
        ],
      };
    },
    noCurve,
  },
  ...(['none', 'batch'] as const).map((name): Statement => ({
    id: `cohen-${name}`,
    kind: 'critics',
    figure: cohen,
    statement: `Deep linear network, ${normalisations[name].label}: training drives the curvature to the edge of stability, 2 / (learning rate).`,
    paper:
      '"Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability": the greatest eigenvalue of the Hessian, with full batches; ours is the curvature along the gradient, which is at most that',
    effect:
      'change of the gradient over the way, at the shortest step length that the numbers of the weights resolve, median over the last third of training, times the learning rate: distance from 2',
    unit: 'log10',
    direction: 'below',
    ...withinTwice,
    groups: linear([name]),
    measure: fromEdge,
    noCurve,
  })),
  {
    id: 'awais-shift',
    kind: 'critics',
    figure: awais,
    statement: 'Networks with less internal covariate shift train better.',
    paper:
      '"Revisiting Internal Covariate Shift for Batch Normalization": schemes with BatchNorm’s other properties but without less covariate shift perform poorly',
    effect: `Spearman's rank correlation over the ${vggNames.length} VGG networks at learning rate 0.1 between 1 − cosine of Definition 2.1 (median over training, mean of two layers; the l2 distance would follow the gradient’s length) and minibatch accuracy averaged over training`,
    unit: 'rank correlation',
    direction: 'below',
    margin: -0.5,
    marginReason: 'a correlation weaker than −.5 is no rule',
    groups: vgg(...vggNames),
    measure: (runs) => ({
      value: rankCorrelation(runs.map(relativeShift), runs.map(meanAccuracy)),
      parts: partsOf(runs, runs.map(relativeShift)),
    }),
    noCurve,
  },
];
