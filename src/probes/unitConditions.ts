/**
 * What section 4 of the paper assumes of a unit, over all units of the normalised layers of a network in training. For the
 * batch of a channel (all images and positions) let y be what BatchNorm receives, yhat its normalised values and ghat the
 * gradient of the loss by its output. Theorem 4.1 with 1/m is an equality: the squared gradient by y is gamma^2 / sigma^2
 * times (||ghat||^2 - <1, ghat>^2 / m - <yhat, ghat>^2 / m).
 */
import type { Vgg } from '../models/vgg';
import type { AtBatch, stepFunctions } from '../step/step';
import { type LayerGradients, layerGradients } from './layerGradients';

/** Columns of the table `unitConditions`: numbers of units, and a median over the units of a layer. */
export const unitConditionColumns = [
  ...['step', 'layer', 'units'],
  // |gamma| / sigma < 1; <yhat, ghat> > 0; ||dL/dy|| < ||ghat||.
  ...['factorBelowOne', 'innerPositive', 'smallerGradient'],
  // (<1, ghat>^2 + <yhat, ghat>^2) / (m ||ghat||^2), the median.
  'subtracted',
];

/** One channel's conditions. */
export interface UnitConditions {
  /** |gamma| / sigma. */
  factor: number;
  /** <yhat, ghat>. */
  inner: number;
  /** The squared gradient by y over the one by z. */
  ratio: number;
  /** The share of the squared gradient by z that the two terms of Theorem 4.1 take away. */
  subtracted: number;
}

/** The conditions of each channel of a layer, from its outputs [m, channels] and the gradient by what is behind them. */
export function conditionsOf({
  y,
  gradient,
  gamma,
}: Pick<LayerGradients, 'y' | 'gradient' | 'gamma'>): UnitConditions[] {
  const channels = gamma.length;
  const m = y.length / channels;
  return Array.from(gamma, (own, channel) => {
    let [sum, gradientSum, gradientSquares] = [0, 0, 0];
    for (let at = channel; at < y.length; at += channels) {
      sum += y[at]!;
      gradientSum += gradient[at]!;
      gradientSquares += gradient[at]! ** 2;
    }
    const mean = sum / m;
    let [squares, product] = [0, 0];
    for (let at = channel; at < y.length; at += channels) {
      squares += (y[at]! - mean) ** 2;
      product += (y[at]! - mean) * gradient[at]!;
    }
    const sigma = Math.sqrt(squares / m);
    const inner = product / sigma;
    const subtracted = (gradientSum ** 2 + inner ** 2) / (m * gradientSquares);
    const factor = Math.abs(own) / sigma;
    return { factor, inner, ratio: factor ** 2 * (1 - subtracted), subtracted };
  });
}

/** The middle of some numbers, the lower one of two. */
const middle = (values: number[]): number =>
  values.sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? NaN;

/**
 * The table's row for one layer. A channel that gets no gradient, or whose outputs are all alike, meets no condition and
 * has no share.
 */
export function unitConditionRow(
  step: number,
  layer: number,
  units: readonly UnitConditions[],
): number[] {
  const count = (test: (unit: UnitConditions) => boolean): number => units.filter(test).length;
  return [
    ...[step, layer, units.length],
    count(({ factor }) => factor < 1),
    count(({ inner }) => inner > 0),
    count(({ ratio }) => ratio < 1),
    middle(units.map(({ subtracted }) => subtracted).filter(Number.isFinite)),
  ];
}

/** Measures all normalised layers of a BatchNorm network at its parameters on a minibatch: the table's rows at a step. */
export const unitConditionRows = (
  network: Vgg,
  functions: ReturnType<typeof stepFunctions>,
  step: number,
  input: AtBatch,
): number[][] =>
  Array.from({ length: network.convolutions }, (_, i) =>
    unitConditionRow(step, i + 1, conditionsOf(layerGradients(network, functions, input, i + 1))),
  );
