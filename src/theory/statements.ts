/** The statements as experiments: one random case gives one row of numbers, in which each form has its two sides. */
import { numericGradient, numericJacobian } from './differences';
import { factC1, factC2, normalise, normalisedOutput, type Unit } from './facts';
import { lemma45, type WeightPair } from './lemma45';
import { type LinearLayer, observation43 } from './observation43';
import { randomLoss, randomMatrix, randomOutputs, randomUnit, type Source } from './random';
import { columnsOf, compare, tolerance } from './sides';
import { theorem41 } from './theorem41';
import { theorem42 } from './theorem42';
import { type BoundedUnit, theorem44 } from './theorem44';
import { type BoundedCurvedUnit, theoremC1 } from './theoremC1';
import { combine, operatorOf, squaredNorm, type Vector } from './vectors';

/** One form of a statement, `left <= right`, by the columns of the table that hold its numbers. */
export interface Form {
  /** E.g. 'as printed, 1/sqrt(m)'. */
  label: string;
  left: string;
  right: string;
  /** (right - left) / scale: below 0, beyond `tolerance`, where the form is violated. */
  slack: string;
  /** Columns of 0 and 1: only cases with 1 in all of them count. Default: all cases. */
  where?: readonly string[];
  /** True of every case, by proof: no case may violate it. */
  proven: boolean;
}

export interface Statement {
  /** E.g. 'Theorem 4.1'. */
  name: string;
  about: string;
  forms: readonly Form[];
  /** What the sides are; default 'left side', 'right side'. */
  sides?: { left: string; right: string };
  /** What rounding or differences may do to a slack. */
  tolerance: number;
  /** The numbers of one case, always under the same keys. Sides are comparable between cases as shares of `scale`. */
  row(source: Source): Record<string, number>;
}

export const plain = { left: 'left', right: 'right', slack: 'slack' };
const printed = { left: 'left', right: 'printed', slack: 'printedSlack' };
const second = { left: 'left', right: 'second', slack: 'secondSlack' };
const fixed = { left: 'fixedLeft', right: 'fixedRight', slack: 'fixedSlack' };

/** 0 and 1 in place of false and true. */
export const flags = <Key extends string>(of: Record<Key, boolean>): Record<Key, number> =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, Number(value)])) as Record<
    Key,
    number
  >;

/** A formula against differences: the norms of both, and as slack their distance, below 0. */
function distance(measured: Vector, formula: Vector, scale: number) {
  const [left, right, apart] = [measured, formula, combine(1, measured, -1, formula)].map((v) =>
    Math.sqrt(squaredNorm(v)),
  ) as [number, number, number];
  return { left, right, scale, slack: -apart / scale };
}

const flat = (rows: readonly Float64Array[]): number[] => rows.flatMap((row) => [...row]);

const byDifferences = {
  forms: [{ label: 'the formula equals differences', ...plain, proven: true }],
  tolerance: 1e-7,
};

export const factC1Statement: Statement = {
  name: 'Fact C.1',
  about: 'the gradient through normalisation',
  ...byDifferences,
  row(source) {
    const { y, gamma, beta } = randomOutputs(source);
    const loss = randomLoss(source, y.length);
    const { sigma } = normalise(y);
    const through = (at: Float64Array): number => loss.value(normalisedOutput(at, gamma, beta));
    const gradient = loss.gradient(normalisedOutput(y, gamma, beta));
    const numeric = numericGradient(through, y, sigma);
    const scale = (gamma / sigma) * Math.sqrt(squaredNorm(gradient));
    return {
      m: y.length,
      gamma,
      sigma,
      ...distance(numeric, factC1({ y, gradient, gamma }), scale),
    };
  },
};

/** Fact C.2 on the outputs of one unit, [m]. */
export function factC2Row({ y }: Pick<Unit, 'y'>): Record<string, number> {
  const { sigma } = normalise(y);
  const numeric = numericJacobian((at) => normalise(at).yhat, y, sigma);
  const scale = Math.sqrt(y.length) / sigma;
  return { m: y.length, sigma, ...distance(flat(numeric), flat(factC2({ y })), scale) };
}

export const factC2Statement: Statement = {
  name: 'Fact C.2',
  about: 'the derivative of the normalised outputs',
  ...byDifferences,
  row: (source) => factC2Row(randomOutputs(source)),
};

export const theorem41Statement: Statement = {
  name: 'Theorem 4.1',
  about: 'the squared gradient by the outputs',
  forms: [
    { label: 'corrected, 1/m', ...plain, proven: true },
    { label: 'as printed, 1/sqrt(m)', ...printed, proven: false },
  ],
  tolerance,
  row(source) {
    const unit = randomUnit(source);
    const result = theorem41(unit);
    const { sigma, gammaOverSigma, inner, ratio } = result;
    return {
      ...{ m: unit.y.length, gamma: unit.gamma, sigma, gammaOverSigma, inner },
      ...columnsOf(result),
      ratio,
    };
  },
};

export const theorem42Statement: Statement = {
  name: 'Theorem 4.2',
  about: 'the curvature along the gradient',
  forms: [
    { label: 'first form', ...plain, proven: true },
    { label: 'second form', ...second, proven: false },
    {
      label: 'second form, convex and inner > 0',
      ...second,
      where: ['convex', 'positive'],
      proven: false,
    },
    { label: 'second form, order kept', ...second, where: ['orderKept'], proven: false },
    {
      label: 'second form, order kept, shrinks',
      ...second,
      where: ['orderKept', 'shrinks'],
      proven: true,
    },
  ],
  tolerance,
  row(source) {
    const unit = randomUnit(source);
    const curved = { ...unit, hessian: operatorOf(unit.hessian) };
    const { left, right, slack, scale, second, premise, inner } = theorem42(curved);
    return {
      m: unit.y.length,
      gamma: unit.gamma,
      sigma: normalise(unit.y).sigma,
      inner,
      left,
      right,
      second: second.right,
      scale,
      slack,
      secondSlack: second.slack,
      ...flags({ convex: unit.kind !== 'symmetric', positive: inner > 0, ...premise }),
    };
  },
};

/** Observation 4.3 on one layer. */
export function observation43Row(layer: LinearLayer): Record<string, number> {
  const { z, y } = observation43(layer);
  const scale = Math.sqrt(squaredNorm(flat(y)));
  return { m: layer.x.length, units: layer.w.length, ...distance(flat(z), flat(y), scale) };
}

export const observation43Statement: Statement = {
  name: 'Observation 4.3',
  about: 'the same activations with gamma = sigma, beta = mu',
  forms: [{ label: 'z equals y', ...plain, proven: true }],
  tolerance,
  row(source) {
    const [m, d, units] = [source.whole(2, 10), source.whole(1, 6), source.whole(1, 5)];
    const x = randomMatrix(source, m, d);
    return observation43Row({ x, w: randomMatrix(source, units, d) });
  },
};

/** Theorem 4.4 on one unit. */
export const theorem44Row = (unit: BoundedUnit): Record<string, number> => ({
  m: unit.y.length,
  lambda: unit.lambda,
  ...columnsOf(theorem44(unit)),
});

export const theorem44Statement: Statement = {
  name: 'Theorem 4.4',
  about: 'the squared gradient by the weights, worst input',
  forms: [
    { label: 'corrected', ...plain, proven: true },
    { label: 'as printed', ...printed, proven: false },
  ],
  tolerance,
  row: (source) => theorem44Row(randomUnit(source)),
};

/** Lemma 4.5 on one pair of weights. */
export function lemma45Row(pair: Required<WeightPair>): Record<string, number> {
  const { left, right, slack, inner, perUnit } = lemma45(pair);
  const scale = squaredNorm(pair.initial) + squaredNorm(pair.optimum);
  const perUnitSlack = compare(perUnit, right, scale).slack;
  const flagged = flags({ positive: inner > 0, negative: inner < 0 });
  const units = pair.units.length;
  return { units, inner, left, right, perUnit, scale, slack, perUnitSlack, ...flagged };
}

export const lemma45Statement: Statement = {
  name: 'Lemma 4.5',
  about: 'the distance from the initial weights to an optimum',
  forms: [
    { label: 'with its premise', ...plain, where: ['positive'], proven: true },
    { label: 'without its premise', ...plain, where: ['negative'], proven: false },
    {
      label: 'every unit scaled by itself',
      left: 'perUnit',
      right: 'right',
      slack: 'perUnitSlack',
      where: ['positive'],
      proven: true,
    },
  ],
  tolerance,
  row(source) {
    const [units, d] = [source.whole(2, 5), source.whole(1, 6)];
    const [initial, optimum] = [source.normals(units * d), source.normals(units * d)];
    return lemma45Row({ initial, optimum, units: new Array<number>(units).fill(d) });
  },
};

/** Theorem C.1 on one unit; `convex` says whether its H is positive semidefinite. */
export function theoremC1Row(
  unit: BoundedCurvedUnit,
  { convex }: { convex: boolean },
): Record<string, number> {
  const { left, right, slack, fixedInput, scale, secondForm, inner } = theoremC1(unit);
  return {
    m: unit.y.length,
    lambda: unit.lambda,
    inner,
    left,
    right,
    fixedLeft: fixedInput.left,
    fixedRight: fixedInput.right,
    scale,
    slack,
    fixedSlack: fixedInput.slack,
    ...flags({ convex, positive: inner > 0, secondForm }),
  };
}

export const theoremC1Statement: Statement = {
  name: 'Theorem C.1',
  about: 'the curvature by the weights, worst input',
  forms: [
    { label: 'one input', ...fixed, proven: false },
    {
      label: 'one input, second form holds',
      ...fixed,
      where: ['secondForm'],
      proven: true,
    },
    { label: 'two maxima', ...plain, proven: false },
    {
      label: 'two maxima, all premises',
      ...plain,
      where: ['secondForm', 'convex', 'positive'],
      proven: false,
    },
  ],
  tolerance,
  row(source) {
    const unit = randomUnit(source);
    return theoremC1Row(unit, { convex: unit.kind !== 'symmetric' });
  },
};
