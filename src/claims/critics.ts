/**
 * What the paper's critics and followers say, as far as our tables can tell. The rules were written before any run was
 * looked at. Not here: Ghorbani, Krishnan, Xiao (2019), whose outlying eigenvalues need the spectrum of the Hessian;
 * that BatchNorm begins as the rougher network (Yang et al.) and keeps moments steadier stand with Figures 4, 10 and 8.
 */
import { type NormalisationName, normalisations } from '../layers/normalisation';
import { meanAccuracy } from '../measures/accuracies';
import { landscapeSteps } from '../measures/landscapeCurves';
import { momentCurve } from '../measures/moments';
import {
  conditionsOf,
  deepLinearLandscape,
  type LandscapeNetwork,
  vggLandscape,
} from '../measures/networks';
import { type Condition, type Curve, groupsOf, layerRows } from '../measures/select';
import { typicalShift } from '../measures/shiftSettings';
import { mean, rankCorrelation } from '../measures/statistics';
import type { Run } from '../runs/run';
import { column } from '../runs/table';
import { short } from '../system/numberText';
import { type Claim, claimOver, inPercent } from './claim';
import { lastThird, medianDuring, overSteps } from './landscape';

const bjorck = 'Bjorck et al. 2018';
const yang = 'Yang et al. 2019';
const yao = 'Yao et al. 2020';
const cohen = 'Cohen et al. 2021';
const awais = 'Awais et al.';
const critics: readonly Claim['figure'][] = [bjorck, yang, yao, cohen, awais];

/** Whether a claim is one of the critics'. */
export const isOfCritics = ({ figure }: Claim): boolean => critics.includes(figure);

/** Leaves out seeds of which a table is missing. */
const measuredOnly = <Result extends { value: number }>(results: Result[]): Result[] =>
  results.filter(({ value }) => !Number.isNaN(value));

const pair: readonly ('none' | 'batch')[] = ['none', 'batch'];
const vggRates = [0.01, 0.1, 0.5];

function advantageOfRates(runs: readonly Run[]): Claim {
  const conditions = pair.flatMap((normalisation) =>
    vggRates.map((learningRate): Condition => ({ normalisation, learningRate })),
  );
  const results = groupsOf(runs, conditions).map(({ seed, runs: group }) => {
    const accuracies = group.map(meanAccuracy);
    const [standard, batchNorm] = [accuracies.slice(0, 3), accuracies.slice(3)];
    const small = batchNorm[0]! - standard[0]!;
    const best = Math.max(...batchNorm) - Math.max(...standard);
    const value = 100 * (best / 2 - small);
    return { seed, small, best, value, holds: value > 0 };
  });
  return claimOver(
    {
      id: 'bjorck-rate',
      figure: bjorck,
      statement:
        "BatchNorm's advantage comes from the larger learning rates that it allows: at an equal small rate most of it is gone.",
      paper:
        '"Understanding Batch Normalization": BatchNorm mainly enables training with larger learning rates',
      rule:
        'measured: minibatch accuracy averaged over training (VGG), BatchNorm minus Standard, at 0.01 and between the ' +
        'best of 0.01, 0.1 and 0.5 for each; half of the second minus the first in points; true of a seed if above 0',
    },
    measuredOnly(results),
    (over) =>
      `BatchNorm is ahead by ${inPercent(over((r) => r.small))} at 0.01 and by ${inPercent(over((r) => r.best))} ` +
      'where each has its best rate',
  );
}

/** The standard deviation of the deepest measured layer over that of the first one, at the last measured step. */
function growthWithDepth(run: Run): number {
  const { layers } = run.config.probes.activations;
  const last = (layer: number): number =>
    Math.sqrt(momentCurve(run, layer, 'variance').y.at(-1) ?? NaN);
  return last(Math.max(...layers)) / last(Math.min(...layers));
}

function activationsGrow(runs: readonly Run[]): Claim {
  const results = groupsOf(runs, conditionsOf(runs, vggLandscape, pair)).map(
    ({ seed, runs: group }) => {
      const [standard, batchNorm] = group.map(growthWithDepth) as [number, number];
      const value = Math.log10(standard / batchNorm);
      return { seed, standard, batchNorm, value, holds: standard > 1 && value > 0 };
    },
  );
  return claimOver(
    {
      id: 'bjorck-depth',
      figure: bjorck,
      statement: 'Without BatchNorm activations grow with depth; with it they do not.',
      paper:
        '"Understanding Batch Normalization": without BatchNorm activations grow uncontrollably with depth',
      rule:
        'measured: standard deviation of the example channel (before the ReLU) of the deepest over that of the first ' +
        "measured layer of VGG at the last measured step; interval of log10 of Standard's over BatchNorm's; true of a " +
        "seed if Standard's is above 1 and above BatchNorm's",
    },
    measuredOnly(results),
    (over) =>
      `deepest over first layer: ${short(over((r) => r.standard))} without, ${short(over((r) => r.batchNorm))} with BatchNorm`,
  );
}

/** By how much the gradient of a layer shrinks from a layer to the next, at a measurement: 0 is initialisation. */
function gradientFactor(run: Run, measurement = 0): number {
  const { layers } = run.config.probes.covariateShift;
  const [early, late] = [Math.min(...layers), Math.max(...layers)];
  const norm = (layer: number): number =>
    column(layerRows(run.tables.covariateShift, layer), 'norm')[measurement] ?? NaN;
  return (norm(early) / norm(late)) ** (1 / (late - early));
}

function gradientsExplode(
  runs: readonly Run[],
  { id, name, network }: { id: string; name: string; network: LandscapeNetwork },
): Claim {
  const results = groupsOf(runs, conditionsOf(runs, network, pair)).map(({ seed, runs: group }) => {
    const [standard, batchNorm] = group.map((run) => gradientFactor(run)) as [number, number];
    const value = Math.log10(batchNorm);
    return { seed, standard, batchNorm, value, holds: batchNorm > 1 };
  });
  return claimOver(
    {
      id,
      figure: yang,
      statement: `${name}: BatchNorm makes gradients explode with depth at initialisation.`,
      paper:
        '"A Mean Field Theory of Batch Normalization": exponential in depth, whatever the nonlinearity',
      rule:
        'measured: l2 norm of the gradient of the earlier over that of the later layer of the covariate shift table at ' +
        'step 0, as a factor a layer; interval of log10 of it with BatchNorm; true of a seed if it is above 1',
    },
    measuredOnly(results),
    (over) =>
      `factor a layer: ${over((r) => r.batchNorm).toFixed(3)} with, ${over((r) => r.standard).toFixed(3)} without BatchNorm`,
  );
}

function explosionFades(runs: readonly Run[]): Claim {
  const conditions = conditionsOf(runs, deepLinearLandscape, ['batch']);
  const results = groupsOf(runs, conditions).map(({ seed, runs: [run] }) => {
    const [first, second] = [gradientFactor(run!, 0), gradientFactor(run!, 1)];
    const value = Math.log10(first / second);
    return { seed, first, second, value, holds: first > 1 && value > 0 };
  });
  return claimOver(
    {
      id: 'yang-fades',
      figure: yang,
      statement:
        'Deep linear network: with BatchNorm gradients explode less with depth after the first steps of training.',
      paper:
        '"A Mean Field Theory of Batch Normalization": the dynamic range of gradients is reduced by the first step of training',
      rule:
        'measured: the factor a layer of the row above at step 0 and at the next measured step; interval of log10 of ' +
        'the first over the second; true of a seed if the first is above 1 and above the second',
    },
    measuredOnly(results),
    (over) =>
      `factor a layer: ${over((r) => r.first).toFixed(3)} at step 0, ${over((r) => r.second).toFixed(3)} at the next measured step`,
  );
}

/** || grad f(x - eta g) - g || / (eta || g ||) at the shortest eta: nearest to the curvature along the gradient. */
function curvature(run: Run): Curve {
  const steps = landscapeSteps(run).filter(({ distance }) => distance[0]! > 0);
  return {
    x: steps.map(({ step }) => step),
    y: steps.map(({ change, distance }) => change[0]! / distance[0]!),
  };
}

function notSmoother(runs: readonly Run[]): Claim {
  const results = groupsOf(runs, conditionsOf(runs, vggLandscape, pair)).map(
    ({ seed, runs: group }) => {
      const [standard, batchNorm] = group.map((run) => medianDuring(run, curvature(run)));
      const value = Math.log10(batchNorm! / standard!);
      return { seed, standard: standard!, batchNorm: batchNorm!, value, holds: value >= 0 };
    },
  );
  return claimOver(
    {
      id: 'yao-smoother',
      figure: yao,
      statement: 'BatchNorm does not make the landscape of VGG smoother where training goes.',
      paper:
        '"PyHessian": BatchNorm does not necessarily make the landscape smoother, especially in shallower networks; ' +
        "by the Hessian's eigenvalues and trace, ours is the curvature along the gradient alone",
      rule:
        'measured: change of the gradient over the way at the shortest step length, half a learning rate, median ' +
        `${overSteps}; interval of log10 of BatchNorm's over Standard's; true of a seed if at least 0`,
    },
    measuredOnly(results),
    (over) =>
      `${short(over((r) => r.standard))} without, ${short(over((r) => r.batchNorm))} with BatchNorm`,
  );
}

/** Within this factor of 2 / (learning rate) curvature counts as at the edge of stability. */
export const nearEdge = 2;

function atEdge(runs: readonly Run[], normalisation: 'none' | 'batch'): Claim {
  const { label } = normalisations[normalisation];
  const results = groupsOf(runs, conditionsOf(runs, deepLinearLandscape, [normalisation])).map(
    ({ seed, runs: [run] }) => {
      const value = medianDuring(run!, curvature(run!), lastThird) * run!.config.learningRate;
      return { seed, value, holds: value >= 2 / nearEdge && value <= 2 * nearEdge };
    },
  );
  return claimOver(
    {
      id: `cohen-${normalisation}`,
      figure: cohen,
      statement: `Deep linear network, ${label}: training drives the curvature to the edge of stability, 2 / (learning rate).`,
      paper:
        '"Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability": the greatest eigenvalue of ' +
        'the Hessian, with full batches; ours is the curvature along the gradient, which is at most that',
      rule:
        'measured: change of the gradient over the way at the shortest step length, 1/100 of a learning rate, times ' +
        'the learning rate, median over the last third of training; true of a seed if from 1 to 4',
    },
    measuredOnly(results),
    (over) => `curvature times learning rate ${short(over((r) => r.value))}`,
  );
}

/** 1 - cosine of Definition 2.1's two gradients, medians over training, the mean of the measured layers. */
const relativeShift = (run: Run): number =>
  mean(
    run.config.probes.covariateShift.layers.map((layer) => 1 - typicalShift(run, layer, 'cosine')),
  );

function shiftMatters(runs: readonly Run[]): Claim {
  const names = Object.keys(normalisations) as NormalisationName[];
  const conditions = names.map((normalisation): Condition => ({
    normalisation,
    learningRate: 0.1,
  }));
  const results = groupsOf(runs, conditions).map(({ seed, runs: group }) => {
    const value = rankCorrelation(group.map(relativeShift), group.map(meanAccuracy));
    return { seed, value, holds: value <= -0.5 };
  });
  return claimOver(
    {
      id: 'awais-shift',
      figure: awais,
      statement: 'Networks with less internal covariate shift train better.',
      paper:
        '"Revisiting Internal Covariate Shift for Batch Normalization": schemes with BatchNorm\'s other properties but ' +
        'without less covariate shift perform poorly',
      rule:
        `measured: Spearman's rank correlation over the ${names.length} VGG networks at learning rate 0.1 between 1 - ` +
        "cosine of Definition 2.1 (median over training, mean of two layers; the l2 distance would follow the gradient's " +
        'length) and minibatch accuracy averaged over training; true of a seed if at most -0.5',
    },
    measuredOnly(results),
    (over) => `rank correlation ${over((r) => r.value).toFixed(2)}`,
  );
}

/** The critics' claims from the runs of all figures; of runs that did not end nothing is claimed. */
export const criticsClaims = (runs: readonly Run[]): Claim[] => [
  advantageOfRates(runs),
  activationsGrow(runs),
  gradientsExplode(runs, { id: 'yang-vgg', name: 'VGG', network: vggLandscape }),
  gradientsExplode(runs, {
    id: 'yang-linear',
    name: 'Deep linear network',
    network: deepLinearLandscape,
  }),
  explosionFades(runs),
  notSmoother(runs),
  atEdge(runs, 'none'),
  atEdge(runs, 'batch'),
  shiftMatters(runs),
];
