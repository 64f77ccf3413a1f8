/** Effects and statements about the landscape along the gradient, which Figures 4, 10, 11, 12 and 13 share. */
import type { NormalisationName } from '../layers/normalisation';
import { diverged } from '../measures/accuracies';
import {
  effectiveSmoothness,
  greatestChange,
  landscapeSteps,
  lossRange,
} from '../measures/landscapeCurves';
import type { Curve } from '../measures/select';
import { median, quantile } from '../measures/statistics';
import type { Run } from '../runs/run';
import { tenth } from './margins';
import { linear, ordersOver, vgg } from './measures';
import type { Statement } from './statement';

/** A part of training as shares of its steps. */
export type Period = readonly [from: number, to: number];

/** All but the very start, from where the paper's Figure 11 begins: step 100 of 15,000. */
const settled = 1 / 150;
export const whole: Period = [settled, 1];
export const firstThird: Period = [settled, 1 / 3];
export const lastThird: Period = [2 / 3, 1];

/** Said in every effect that goes over steps. */
export const overSteps =
  'over the steps from 1/150 of training on (step 100 of 15,000; what a divergence took counts as infinite)';

/** A curve of a run within a period by step; the measurements that a divergence took are infinite. */
export function during(run: Run, { x, y }: Curve, [from, to]: Period = whole): Map<number, number> {
  const { steps, probes } = run.config;
  const values = x.map((step, i): [number, number] => [step, y[i]!]);
  if (diverged(run) && x.length > 0) {
    // As often as the curve was measured: of curvature that is not at every step of the landscape.
    const every = x.length > 1 ? x[1]! - x[0]! : probes.landscape.every;
    for (let step = x.at(-1)! + every; step < steps; step += every) values.push([step, Infinity]);
  }
  return new Map(values.filter(([step]) => step >= from * steps && step <= to * steps));
}

/** The median of a curve of a run within a period; NaN where nothing was measured. */
export const medianDuring = (run: Run, curve: Curve, period?: Period): number =>
  median([...during(run, curve, period).values()]);

/** The length of the gradient itself at each step. */
const gradientNorms = (run: Run): Map<number, number> =>
  new Map(landscapeSteps(run).map(({ step, etas, distance }) => [step, distance[0]! / etas[0]!]));

/** The greatest change of the gradient over the step lengths, as a multiple of the gradient's length. */
export function relativeChange(run: Run): Curve {
  const { x, y } = greatestChange(run);
  const norms = gradientNorms(run);
  return { x, y: y.map((change, i) => change / norms.get(x[i]!)!) };
}

export interface Quantity {
  id: 'loss-range' | 'gradient-change' | 'gradient-change-relative' | 'smoothness';
  name: string;
  short: string;
  curve: (run: Run) => Curve;
  /** The paper's measure, or our check of it. */
  kind: 'paper' | 'ours';
  noCurve?: string;
}

/** What the three panels show, and predictiveness by a measure that does not grow with the gradient. */
export const quantities: Quantity[] = [
  {
    id: 'loss-range',
    name: 'The range of the loss along the gradient',
    short: 'range of the loss over the step lengths',
    curve: lossRange,
    kind: 'paper',
  },
  {
    id: 'gradient-change',
    name: 'The change of the gradient along the gradient',
    short: 'greatest change of the gradient over the step lengths',
    curve: greatestChange,
    kind: 'paper',
  },
  {
    id: 'gradient-change-relative',
    name: 'The change of the gradient along the gradient, relative to its length,',
    short: 'greatest change of the gradient over the step lengths, over the gradient’s l2 norm,',
    curve: relativeChange,
    kind: 'ours',
    noCurve: 'the paper does not show the length of the gradient',
  },
  {
    id: 'smoothness',
    name: 'The “effective” β-smoothness',
    short: '“effective” β-smoothness',
    curve: (run) => effectiveSmoothness(run),
    kind: 'paper',
  },
];

/** What a quantity is over training: VGG by its median, the deep linear network, which bursts, by its bursts. */
interface Summary {
  id: string;
  name: string;
  of: (values: number[]) => number;
}

export const byMedian: Summary = { id: '', name: 'median', of: median };
export const byBursts: readonly [Summary, ...Summary[]] = [
  { id: '', name: '95th percentile', of: (values) => quantile(values, 0.95) },
  { id: '-maximum', name: 'maximum', of: (values) => Math.max(...values) },
];

/** A quantity of a run over training; NaN where nothing was measured. */
export function summarised(run: Run, curve: Curve, { of }: Summary): number {
  const values = [...during(run, curve).values()];
  return values.length > 0 ? of(values) : NaN;
}

interface SmallerOptions {
  figure: 4 | 10 | 12 | 13;
  other: NormalisationName;
  /** How the other network is called, and its part of an id: '' for the only one. */
  called: string;
  suffix: string;
  quantity: Quantity;
  summary: Summary;
  paper: string;
}

/** That a quantity is smaller with a normalisation than without. */
export function smaller(options: SmallerOptions): Statement {
  const { figure, other, called, suffix, quantity, summary, paper } = options;
  const { id, name, short, curve, noCurve } = quantity;
  const isVgg = figure === 4 || figure === 12;
  const names = ['none', other] as const;
  return {
    id: `fig${String(figure).padStart(2, '0')}-${id}${suffix}${summary.id}`,
    kind: quantity.kind,
    figure,
    statement: `${name} is smaller with ${called} than without (${isVgg ? 'VGG' : `deep linear network, ${summary.name}`}).`,
    paper,
    effect: `${short} ${summary.name} ${overSteps}, Standard over ${called}`,
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: isVgg ? vgg(...names) : linear(names),
    measure: ordersOver((run) => summarised(run, curve(run), summary)),
    ...(noCurve !== undefined && { noCurve }),
  };
}

/** That at initialisation the network with BatchNorm is the rougher one, which the paper's data show and its text does not say. */
export function rougherAtStart(figure: 4 | 10, paper: string): Statement {
  const names = ['batch', 'none'] as const;
  return {
    id: `fig${String(figure).padStart(2, '0')}-start`,
    kind: 'ours',
    figure,
    statement:
      'At initialisation the network with BatchNorm is the rougher one: its gradient changes more along the gradient.',
    paper,
    effect:
      'greatest change of the gradient over the step lengths at step 0, BatchNorm over Standard',
    unit: 'log10',
    direction: 'above',
    ...tenth,
    groups: figure === 4 ? vgg(...names) : linear(names),
    measure: ordersOver((run) => {
      const { x, y } = greatestChange(run);
      return y[x.indexOf(0)] ?? NaN;
    }),
  };
}
